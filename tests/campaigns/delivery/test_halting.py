"""Kill switches and recall: sending stops at once, and what could not be stopped is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.compose.services import start_mailing
from campaigns.delivery.decisions import resume, send_late
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.halting import halt, lift
from campaigns.delivery.recalling import offer_again, recall
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import sweep
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.models import BatchState, DeliveryState, Halt, Mailing, MailingState, PauseCause, Route, Template
from campaigns.preflight import check
from campaigns.review.services import submit
from groups.models import Event, Group, Workspace
from groups.roles import Role
from tests.builders import Cast, a_group, a_person, root_group
from tests.campaigns.builders import a_connected, a_mailing, a_planned, a_sent, a_staged
from tests.sandbox_server import RunningSandbox

CREATE, DELETE = "/messages/schedule/create", "/messages/schedule/delete"


@pytest.mark.catalogue("M24")
def test_a_halt_pauses_what_is_handed_over_and_withdraws_what_is_staged(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    staged = a_staged(a_mailing(group=group, people=120, send_at=timezone.now() + timedelta(hours=2)), workspace)
    coming = a_planned(a_mailing(group=group, people=60, route=Route.TRIGGER), workspace)

    halt(group=group, reason="Wrong price", actor=a_person(role=Role.REGIONAL_MANAGER, group=group))
    dispatch(workspace)
    staged.refresh_from_db()
    settle(staged)

    staged.refresh_from_db()
    coming.refresh_from_db()
    assert (staged.state, staged.mailing.__class__.objects.get(pk=staged.mailing_id).state) == (
        DeliveryState.WITHDRAWN,
        MailingState.NEEDS_DECISION,
    )
    assert (coming.state, coming.pause_cause) == (DeliveryState.PAUSED, PauseCause.HALT)
    assert sandbox.calls(DELETE) == 3
    assert set(staged.batches.values_list("state", flat=True)) == {BatchState.WITHDRAWN}
    assert "Sending is stopped for" in coming.state_reason and "Wrong price." in coming.state_reason


def test_a_halt_holds_for_the_groups_below_and_not_beside(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    below = a_planned(a_mailing(group=cast.store), workspace)
    beside = a_planned(a_mailing(group=cast.far_store), workspace)

    halt(group=cast.region, reason="Recall of the cups.", actor=cast.manager)

    below.refresh_from_db()
    beside.refresh_from_db()
    assert (below.state, beside.state) == (DeliveryState.WITHDRAWING, DeliveryState.STAGING)


def test_while_it_stands_nothing_is_sent_resumed_or_started(group: Group, workspace: Workspace) -> None:
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)
    draft = a_mailing(group=group)
    later = a_mailing(group=group, send_at=timezone.now() + timedelta(hours=30))
    send(mailing=later, actor=later.author)
    paused = a_planned(a_mailing(group=group, route=Route.TRIGGER), workspace).mailing
    halt(group=group, reason="Wrong price.", actor=boss)
    paused.refresh_from_db()

    with pytest.raises(NotReady):
        send(mailing=draft, actor=draft.author)
    with pytest.raises(Refusal, match="Sending is stopped"):
        resume(mailing=paused, actor=boss)
    with time_machine.travel(timezone.now() + timedelta(hours=10)):
        sweep()

    later.refresh_from_db()
    assert [finding.code for finding in check(draft) if finding.blocks] == ["sending_stopped"]
    assert (later.state, later.deliveries.count()) == (MailingState.SCHEDULED, 0)


def test_what_began_while_the_halt_was_made_is_found_by_the_sweep(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, route=Route.TRIGGER), workspace)
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)
    Halt.objects.create(group=group, reason="Wrong price.", started_by=boss)

    sweep()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PAUSED


def test_after_it_is_lifted_a_person_decides_mailing_by_mailing(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)
    staged = a_staged(a_mailing(group=group, send_at=timezone.now() + timedelta(hours=2)), workspace)
    paused = a_planned(a_mailing(group=group, route=Route.TRIGGER), workspace)
    halt(group=group, reason="Wrong price.", actor=boss)
    dispatch(workspace)
    staged.refresh_from_db()
    settle(staged)

    lift(group=group, actor=boss)
    sweep()
    paused.refresh_from_db()
    after_lifting = paused.state
    resume(mailing=Mailing.objects.get(pk=paused.mailing_id), actor=boss)
    send_late(mailing=Mailing.objects.get(pk=staged.mailing_id), actor=staged.mailing.author)

    paused.refresh_from_db()
    assert (after_lifting, paused.state) == (DeliveryState.PAUSED, DeliveryState.SENDING)
    assert Mailing.objects.get(pk=staged.mailing_id).state == MailingState.SCHEDULED
    told = Event.objects.filter(action__startswith="sending.").order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["sending.stopped", "sending.allowed_again"]


def test_a_second_halt_is_the_first_and_lifting_twice_is_told(group: Group, workspace: Workspace) -> None:
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)

    first = halt(group=group, reason="Wrong price.", actor=boss)
    second = halt(group=group, reason="Once more.", actor=boss)
    lift(group=group, actor=boss)

    assert first.pk == second.pk
    with pytest.raises(StaleState):
        lift(group=group, actor=boss)


def test_the_page_stops_and_allows_and_forged_requests_change_nothing(cast: Cast, client: Client) -> None:
    stop, allow = (reverse(f"campaigns:sending-{verb}", args=[cast.store.pk]) for verb in ("stop", "allow"))
    page = reverse("campaigns:sending-detail", args=[cast.store.pk])
    for person in cast.without(cast.manager, cast.admin):
        client.force_login(person)
        assert client.get(page).status_code == 404
        assert client.post(stop, {"reason": "Because."}).status_code == 404
    forged = Halt.objects.count()

    client.force_login(cast.manager)
    empty = client.post(stop, {"reason": " "})
    client.post(stop, {"reason": "The  price is\nwrong"})
    stopped = Halt.objects.get(group=cast.store, lifted_at=None)
    shown = client.get(page).content.decode()
    listed = client.get(reverse("campaigns:mailing-list", args=[cast.store.pk])).content.decode()
    client.post(allow)

    assert (forged, empty.status_code, stopped.reason) == (0, 422, "The price is wrong")
    assert "The price is wrong" in shown and "The price is wrong" in listed
    stopped.refresh_from_db()
    assert (stopped.started_by, stopped.lifted_by) == (cast.manager, cast.manager)


@pytest.mark.catalogue("M24")
def test_a_recall_stops_every_mailing_of_a_template_and_says_what_became_of_each(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    workspace = a_connected(cast.store, sandbox)
    soon = timezone.now() + timedelta(hours=2)
    staged = a_staged(a_mailing(group=cast.store, people=60, send_at=soon), workspace).mailing
    later = a_mailing(group=cast.next_store, send_at=timezone.now() + timedelta(days=3))
    send(mailing=later, actor=later.author)
    gone = a_staged(a_mailing(group=cast.far_store, people=3), workspace)
    with time_machine.travel(gone.go_at + timedelta(seconds=1)):
        settle(gone)
    waiting = a_mailing(group=cast.store, author=cast.author)
    submit(mailing=waiting, actor=cast.author)
    draft = a_mailing(group=cast.store, author=cast.author)
    template = staged.version.template

    recalled = recall(template=template, reason="Wrong price.", actor=cast.manager)
    dispatch(workspace)
    sweep()

    states = {one.mailing.pk: Mailing.objects.get(pk=one.mailing.pk).state for one in recalled}
    assert states == {
        staged.pk: MailingState.CANCELLED,
        later.pk: MailingState.CANCELLED,
        gone.mailing_id: MailingState.SENT,
        waiting.pk: MailingState.DRAFT,
    }
    assert {one.mailing.pk: one.people_reached for one in recalled}[gone.mailing_id] == 3
    assert sandbox.calls(DELETE) == 2
    assert Mailing.objects.get(pk=draft.pk).state == MailingState.DRAFT
    assert [finding.code for finding in check(Mailing.objects.get(pk=draft.pk)) if finding.blocks] == [
        "template_recalled"
    ]


def test_a_recalled_template_is_offered_to_nobody_meanwhile(cast: Cast, sandbox: RunningSandbox) -> None:
    a_connected(cast.store, sandbox)
    template = a_mailing(group=cast.store, author=cast.author).version.template
    recall(template=template, reason="Wrong price.", actor=cast.manager)
    template.refresh_from_db()

    with pytest.raises(Refusal, match="not offered"):
        start_mailing(group=cast.store, template=template, actor=cast.author)
    offer_again(template=template, actor=cast.manager)
    template.refresh_from_db()

    assert start_mailing(group=cast.store, template=template, actor=cast.author).state == MailingState.DRAFT


def test_a_regional_manager_recalls_in_their_region_alone(cast: Cast, sandbox: RunningSandbox) -> None:
    workspace = a_connected(cast.store, sandbox)
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    soon = timezone.now() + timedelta(hours=2)
    inside = a_staged(a_mailing(group=cast.store, send_at=soon), workspace).mailing
    outside = a_staged(a_mailing(group=cast.far_store, send_at=soon), workspace).mailing

    recalled = recall(template=inside.version.template, reason="Wrong price.", actor=regional)

    outside.refresh_from_db()
    assert [one.mailing.pk for one in recalled] == [inside.pk]
    assert outside.state == MailingState.SCHEDULED
    assert Template.objects.get(pk=inside.version.template_id).recalled_at is None


def test_forged_recalls_change_nothing(cast: Cast, sandbox: RunningSandbox, client: Client) -> None:
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, send_at=timezone.now() + timedelta(days=3))
    send(mailing=mailing, actor=cast.sender)
    url = reverse("campaigns:template-recall", args=[mailing.version.template_id])

    for person in cast.without(cast.manager, cast.admin):
        client.force_login(person)
        assert client.post(url, {"reason": "Because."}).status_code == 404
    client.force_login(cast.manager)
    asked = client.get(url).content.decode()
    empty = client.post(url, {"reason": ""})

    mailing.refresh_from_db()
    assert (mailing.state, empty.status_code) == (MailingState.SCHEDULED, 422)
    assert "1 mailing is waiting, staged or going out." in asked
    with pytest.raises(NotAllowed):
        offer_again(template=mailing.version.template, actor=cast.sender)


def test_the_answer_of_a_recall_lists_the_mailings(cast: Cast, sandbox: RunningSandbox, client: Client) -> None:
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, send_at=timezone.now() + timedelta(days=3))
    send(mailing=mailing, actor=cast.sender)
    client.force_login(cast.manager)

    page = client.post(
        reverse("campaigns:template-recall", args=[mailing.version.template_id]), {"reason": "Wrong price."}
    ).content.decode()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert "It was waiting for its time and is cancelled." in page
    assert reverse("campaigns:mailing-detail", args=[mailing.pk]) in page


def test_a_sent_mailing_of_a_halted_group_keeps_its_page(group: Group, workspace: Workspace, client: Client) -> None:
    delivery = a_sent(a_mailing(group=group))
    boss = a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))
    halt(group=root_group(group.brand), reason="Wrong price.", actor=boss)
    client.force_login(boss)

    page = client.get(reverse("campaigns:mailing-detail", args=[delivery.mailing_id]))

    assert page.status_code == 200
    assert "Sending is stopped for" in page.content.decode()
    assert a_group(brand=group.brand).halts.count() == 0
