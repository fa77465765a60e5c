"""Closing a group ends what is on its way from it and below; its reports stay, and opening lets nothing go."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.compose.services import copy_mailing, start_mailing
from campaigns.delivery.closed_groups import close, concerned
from campaigns.delivery.decisions import resume, send_late
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.rest import send_to_rest
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.stopping import pause
from campaigns.delivery.sweeping import sweep
from campaigns.errors import NotReady, Refusal
from campaigns.library.errors import ImageRefused
from campaigns.library.images import add_image
from campaigns.models import BatchState, DeliveryState, Mailing, MailingState, Review, ReviewState, Route
from campaigns.preflight import check
from campaigns.review.services import submit
from campaigns.testsend.services import ask_for_tests
from groups.errors import InputRefused, NotPermitted
from groups.models import Event, Group
from groups.tree.closing import close_group, open_group
from tests.builders import Cast, root_group
from tests.campaigns.builders import a_connected, a_mailing, a_planned, a_staged
from tests.sandbox_server import RunningSandbox

DELETE = "/messages/schedule/delete"


def state_of(mailing: Mailing) -> str:
    """Gives where a mailing stands."""
    return Mailing.objects.values_list("state", flat=True).get(pk=mailing.pk)


def later(hours: int = 2) -> dict[str, object]:
    """Gives a time ahead."""
    return {"send_at": timezone.now() + timedelta(hours=hours)}


def test_closing_ends_every_mailing_of_the_subtree_and_says_what_became_of_each(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    workspace = a_connected(cast.store, sandbox)
    soon, far = timezone.now() + timedelta(hours=2), timezone.now() + timedelta(days=3)
    staged = a_staged(a_mailing(group=cast.store, people=60, send_at=soon), workspace).mailing
    scheduled = a_mailing(group=cast.next_store, send_at=far)
    send(mailing=scheduled, actor=scheduled.author)
    waiting = a_mailing(group=cast.store, author=cast.author)
    review = submit(mailing=waiting, actor=cast.author)
    elsewhere = a_staged(a_mailing(group=cast.far_store, send_at=soon), workspace).mailing

    ended = close(group=cast.region, actor=cast.manager)
    dispatch(workspace)
    sweep()

    assert {one.mailing.pk: state_of(one.mailing) for one in ended} == {
        staged.pk: MailingState.CANCELLED,
        scheduled.pk: MailingState.CANCELLED,
        waiting.pk: MailingState.DRAFT,
    }
    assert sandbox.calls(DELETE) == 2
    assert state_of(elsewhere) == MailingState.SCHEDULED
    review.refresh_from_db()
    assert review.state == ReviewState.VOID
    told = Event.objects.filter(action="mailing.group_closed")
    assert {one.target_id for one in told} == {str(one.pk) for one in (staged, scheduled, waiting)}
    assert {one.actor for one in told} == {cast.manager}
    staged.refresh_from_db()
    assert "Northwind Coffee Portland was closed" in staged.state_reason


def test_what_goes_out_call_by_call_is_stopped(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    delivery = a_planned(a_mailing(group=cast.store, people=60, route=Route.TRIGGER), workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)

        close(group=cast.store, actor=cast.admin)
        dispatch(workspace)
        delivery.refresh_from_db()
        settle(delivery)

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.WITHDRAWN
    assert set(delivery.batches.values_list("state", flat=True)) == {BatchState.NOT_SENT}
    assert state_of(delivery.mailing) == MailingState.STOPPED
    assert sandbox.calls("/campaigns/trigger/send") == 0


def test_the_sweep_ends_what_began_while_the_group_was_closed_once(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    delivery = a_staged(a_mailing(group=cast.store, **later()), workspace)  # type: ignore[arg-type]
    close_group(group=cast.store, actor=cast.admin)

    sweep()
    sweep()
    dispatch(workspace)
    sweep()

    assert state_of(delivery.mailing) == MailingState.CANCELLED
    assert Event.objects.filter(action="mailing.group_closed").count() == 1


def test_nothing_new_begins_in_a_closed_group(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    draft = a_mailing(group=cast.store)
    sent = a_staged(a_mailing(group=cast.store), workspace)
    with time_machine.travel(sent.go_at + timedelta(seconds=1)):
        settle(sent)
    missed = a_mailing(group=cast.store)
    Mailing.objects.filter(pk=missed.pk).update(state=MailingState.NEEDS_DECISION)
    paused = a_planned(a_mailing(group=cast.store, route=Route.TRIGGER), workspace).mailing
    pause(mailing=paused, actor=cast.admin)
    Group.objects.filter(pk=cast.store.pk).update(closed_at=timezone.now())
    group = Group.objects.select_related("brand").get(pk=cast.store.pk)

    def again(mailing: Mailing) -> Mailing:
        return Mailing.objects.get(pk=mailing.pk)

    with pytest.raises(Refusal, match="This group is closed"):
        start_mailing(group=group, template=draft.version.template, actor=cast.author)
    with pytest.raises(Refusal, match="This group is closed"):
        copy_mailing(mailing=again(draft), actor=cast.author)
    with pytest.raises(NotReady):
        send(mailing=again(draft), actor=draft.author)
    with pytest.raises(NotReady):
        submit(mailing=again(draft), actor=cast.author)
    with pytest.raises(Refusal, match="This group is closed"):
        ask_for_tests(mailing=again(draft), testers=[cast.author], actor=cast.author)
    with pytest.raises(Refusal, match="This group is closed"):
        send_to_rest(mailing=again(sent.mailing), actor=cast.sender)
    with pytest.raises(Refusal, match="This group is closed"):
        resume(mailing=again(paused), actor=cast.admin)
    with pytest.raises(NotReady):
        send_late(mailing=again(missed), actor=missed.author)
    with pytest.raises(ImageRefused, match="This group is closed"):
        add_image(group=group, data=b"", file_name="x.png", alt="x", actor=cast.author)

    assert [found.code for found in check(again(draft)) if found.blocks] == ["group_closed"]
    assert (state_of(draft), state_of(missed)) == (MailingState.DRAFT, MailingState.NEEDS_DECISION)
    assert Mailing.objects.count() == 4


def test_opening_again_lets_nothing_go_by_itself(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_staged(a_mailing(group=cast.store, **later()), workspace).mailing  # type: ignore[arg-type]
    close(group=cast.store, actor=cast.admin)
    dispatch(workspace)
    sweep()

    open_group(group=Group.objects.get(pk=cast.store.pk), actor=cast.admin)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        sweep()

    assert state_of(mailing) == MailingState.CANCELLED
    assert mailing.deliveries.count() == 1


def test_reports_and_mailings_of_a_closed_group_stay_to_be_seen(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_connected(cast.store, sandbox)
    delivery = a_staged(a_mailing(group=cast.store), workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)

    ended = close(group=cast.store, actor=cast.admin)

    client.force_login(cast.author)
    detail = client.get(reverse("campaigns:mailing-detail", kwargs={"mailing_id": delivery.mailing_id}))
    listed = client.get(reverse("campaigns:mailing-list", kwargs={"group_id": cast.store.pk}))
    assert (ended, detail.status_code, listed.status_code) == ([], 200, 200)
    assert state_of(delivery.mailing) == MailingState.SENT


def test_the_root_and_groups_of_others_stay_open_and_their_mailings_go(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_staged(a_mailing(group=cast.store, **later()), workspace).mailing  # type: ignore[arg-type]

    with pytest.raises(InputRefused):
        close(group=root_group(cast.brand), actor=cast.admin)
    for person in cast.without(cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            close(group=cast.store, actor=person)

    assert state_of(mailing) == MailingState.SCHEDULED
    assert not Group.objects.filter(closed_at__isnull=False).exists()


def test_the_page_asks_closes_and_is_for_those_who_manage_the_group(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    a_connected(cast.store, sandbox)
    waiting = a_mailing(group=cast.store, author=cast.author)
    submit(mailing=waiting, actor=cast.author)
    page = reverse("campaigns:group-close", kwargs={"group_id": cast.region.pk})

    for person in cast.without(cast.admin, cast.manager):
        client.force_login(person)
        assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)
    assert concerned(cast.region) == 1
    client.force_login(cast.manager)
    asked = client.get(page)
    assert "1 mailing that is waiting, scheduled or going out is stopped." in asked.text
    assert Review.objects.get().state == ReviewState.OPEN

    closed = client.post(page)

    assert "Its approval is void; it is a draft again." in closed.text
    assert waiting.name in closed.text
    cast.region.refresh_from_db()
    assert cast.region.closed_at is not None
