"""One yes for all parts: bound to what was seen, never by whoever prepared it; pausing keeps it, cancelling ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.compose.services import save_values
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.planning import plan
from campaigns.delivery.recalling import recall
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.errors import NotAllowed, StaleState
from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, Review, ReviewState, Rollout, RolloutState
from campaigns.review.approval import demand_covered
from campaigns.review.deciding import approve as approve_one
from campaigns.rollouts.answering import take_in_hand, take_part
from campaigns.rollouts.approving import approve_all, matrix_of
from campaigns.rollouts.control import cancel, pause, resume
from campaigns.rollouts.services import archive, submit_all, take_back_all
from groups.audiences.syncing import sync_contacts
from groups.models import Group, Notice, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.rollouts.builders import OPEN, Network, a_shown, a_submitted, an_approved, approve
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.mark.catalogue("M22")
def test_one_yes_schedules_every_part_each_with_an_approval_of_its_own_digest() -> None:
    network = a_submitted()
    waiting = Notice.objects.filter(kind="rollout.waits")

    approve(network)

    assert network.states() == ["scheduled"] * 3
    reviews = Review.objects.filter(mailing__rollout_part__rollout=network.rollout)
    assert {(one.state, one.decided_by) for one in reviews} == {(ReviewState.APPROVED, network.approver)}
    assert len({one.digest for one in reviews}) == 3
    for store in network.stores:
        mailing = network.mailing(store)
        assert mailing.send_at is not None
        demand_covered(mailing, go_at=mailing.send_at)
    assert [one.person for one in waiting] == [network.approver]
    assert not Notice.objects.filter(kind__startswith="review.").exists()


def test_whoever_prepared_it_never_approves_it_together_or_one_by_one() -> None:
    network = a_submitted(stores=1)
    helper = a_person(role=Role.BRAND_MANAGER, group=network.root)
    pattern = network.rollout.pattern
    take_back_all(rollout=network.rollout, actor=network.manager)
    network.run()
    pattern.refresh_from_db()
    save_values(mailing=pattern, changes={OPEN: "Common"}, revision=pattern.revision, actor=helper)
    network.run()
    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()
    review = network.mailing().reviews.get(state=ReviewState.OPEN)

    for person in (network.manager, helper, network.author):
        with pytest.raises(NotAllowed):
            approve_all(rollout=network.rollout, actor=person, seen=matrix_of(network.rollout, network.approver).digest)
        with pytest.raises(NotAllowed):
            approve_one(review=review, actor=person)

    assert network.states() == ["in_approval"]


@pytest.mark.catalogue("M22")
def test_a_yes_is_to_what_was_seen_and_not_to_what_changed_before_the_worker_came() -> None:
    network = a_submitted()
    seen = matrix_of(network.rollout, network.approver).digest
    take_in_hand(mailing=network.mailing(), actor=network.author)

    with pytest.raises(StaleState):
        approve_all(rollout=network.rollout, actor=network.approver, seen=seen)
    approve_all(
        rollout=network.rollout,
        actor=network.approver,
        seen=matrix_of(network.rollout, network.approver).digest,
    )
    # Now what the second store shows changes, after the yes and before the worker gives it.
    Group.objects.filter(pk=network.stores[1].pk).update(street="9 Other Street")
    network.run()

    assert network.states() == ["draft", "in_approval", "scheduled"]
    assert "has changed since it was submitted" in network.part(network.stores[1]).problem


@pytest.mark.catalogue("M22")
def test_a_part_that_its_group_changes_after_approval_goes_out_only_with_a_yes_of_its_own() -> None:
    network = an_approved()
    take_in_hand(mailing=network.mailing(), actor=network.author)
    mine = network.mailing()
    save_values(mailing=mine, changes={OPEN: "Ours"}, revision=mine.revision, actor=network.author)
    take_part(mailing=network.mailing(), actor=network.author)
    network.run()
    before = network.states()

    approve(network)

    assert before == ["in_approval", "scheduled", "scheduled"]
    assert network.states() == ["scheduled"] * 3
    assert network.mailing().values[OPEN] == "Ours"
    states = network.mailing().reviews.order_by("submitted_at").values_list("state", flat=True)
    assert list(states) == [ReviewState.VOID, ReviewState.APPROVED]


def test_a_part_with_something_to_mend_is_left_behind_and_follows_when_it_is_mended() -> None:
    network = a_shown(stores=2)
    Group.objects.filter(pk=network.store.pk).update(street="")
    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()
    before = (network.states(), network.part().is_blocked)

    Group.objects.filter(pk=network.store.pk).update(street="1 New Street")
    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()

    assert before == (["draft", "in_approval"], True)
    assert network.states() == ["in_approval", "in_approval"]


def test_taken_back_every_part_is_a_draft_again_and_no_approval_stands() -> None:
    network = an_approved()

    take_back_all(rollout=network.rollout, actor=network.manager)
    network.run()

    assert network.states() == ["draft"] * 3
    assert not Review.objects.filter(state__in=(ReviewState.OPEN, ReviewState.APPROVED)).exists()


@pytest.fixture
def staged(sandbox: RunningSandbox) -> Network:
    """Gives an approved rollout that goes out in four hours, all of it staged in Braze."""
    start = timezone.now().replace(microsecond=0) + timedelta(hours=4)
    network = an_approved(stores=2, starts_at=start, cut_off=start - timedelta(hours=2), by_group_clock=False)
    Workspace.objects.filter(brand=network.brand).update(endpoint=sandbox.url)
    stage(network)
    return network


def stage(network: Network) -> None:
    """Starts what is due, and works until it is staged or withdrawn."""
    workspace = Workspace.objects.get(brand=network.brand)
    start_due_mailings()
    sync_contacts(workspace.pk)
    for delivery in Delivery.objects.filter(workspace=workspace, state=DeliveryState.PLANNING):
        assert plan(delivery)
    dispatch(workspace)
    for delivery in Delivery.objects.filter(workspace=workspace).exclude(
        state__in=(DeliveryState.WITHDRAWN, DeliveryState.SETTLED)
    ):
        settle(delivery)


@pytest.mark.catalogue("M20")
def test_a_pause_calls_everything_back_keeps_the_approvals_and_goes_on_where_it_stood(
    staged: Network, sandbox: RunningSandbox
) -> None:
    approvals = set(Review.objects.filter(state=ReviewState.APPROVED).values_list("pk", flat=True))
    pause(rollout=staged.rollout, actor=staged.manager)
    staged.run()
    stage(staged)
    stage(staged)
    held = (staged.states(), [one.state for one in Delivery.objects.all()])
    live = [one for one in sandbox.state.schedules.values() if one.state == "waiting"]

    resume(rollout=staged.rollout, actor=staged.manager)
    staged.run()
    stage(staged)

    assert held == (["scheduled"] * 2, [DeliveryState.WITHDRAWN] * 2)
    assert not live
    assert set(Review.objects.filter(state=ReviewState.APPROVED).values_list("pk", flat=True)) == approvals
    assert staged.rollout.state == RolloutState.SCHEDULED
    assert Delivery.objects.filter(state=DeliveryState.STAGED).count() == 2


@pytest.mark.catalogue("M20")
def test_cancelled_all_of_it_is_withdrawn_and_nothing_starts_any_more(staged: Network, sandbox: RunningSandbox) -> None:
    with pytest.raises(NotAllowed):
        cancel(rollout=staged.rollout, reason="Wrong price", actor=staged.author)
    cancel(rollout=staged.rollout, reason="Wrong price", actor=staged.manager)
    staged.run()
    stage(staged)
    staged.run()
    stage(staged)

    assert staged.states() == ["cancelled"] * 2
    assert not [one for one in sandbox.state.schedules.values() if one.state == "waiting"]
    assert not Mailing.objects.filter(pk=staged.rollout.pattern_id).exists()
    archive(rollout=staged.rollout, actor=staged.manager)
    assert staged.rollout.state == RolloutState.ARCHIVED


@pytest.mark.catalogue("M24")
def test_a_recalled_template_ends_the_parts_of_its_rollout(staged: Network) -> None:
    template = staged.rollout.pattern.version.template

    recall(template=template, reason="Wrong price", actor=staged.manager)
    stage(staged)

    assert staged.states() == ["cancelled"] * 2


@pytest.mark.catalogue("M20")
def test_it_begins_by_the_clock_and_is_complete_when_nothing_of_it_moves() -> None:
    network = an_approved(stores=2)
    started = timezone.now() - timedelta(minutes=1)
    Mailing.everything.filter(rollout_part__rollout=network.rollout).update(send_at=started)
    Rollout.objects.filter(pk=network.rollout.pk).update(cut_off=None)

    network.run()
    begun = network.rollout.state
    Mailing.everything.filter(group=network.store, rollout=network.rollout).update(state=MailingState.SENT)
    network.run()
    half = network.rollout.state
    Mailing.everything.filter(rollout_part__rollout=network.rollout).update(state=MailingState.SENT)
    network.run()

    assert (begun, half, network.rollout.state) == (RolloutState.ACTIVE, RolloutState.ACTIVE, RolloutState.COMPLETED)
    assert Notice.objects.filter(kind="rollout.gone", person=network.author).count() == 1
    for act in (pause, resume):
        with pytest.raises(StaleState):
            act(rollout=network.rollout, actor=network.manager)
