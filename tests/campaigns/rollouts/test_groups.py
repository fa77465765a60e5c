"""What groups see and may do: from when on, which fields, opting out, and not after the cut-off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from campaigns.compose.services import choose_audience, choose_time, delete_draft, save_values
from campaigns.delivery.control import cancel, reschedule
from campaigns.delivery.services import send
from campaigns.errors import NotAllowed, NotEditable, Refusal, ValuesRefused
from campaigns.models import Answer, Mailing, MailingState, Rollout, RolloutState
from campaigns.review.deciding import ask_for_changes
from campaigns.review.services import submit, take_back
from campaigns.rollouts.answering import opt_out, take_in_hand, take_part
from campaigns.rollouts.checking import findings_of
from campaigns.rollouts.services import change_setup, release, submit_all
from campaigns.rollouts.setup import SetupRefused
from campaigns.rollouts.sweeping import sweep
from groups import access
from groups.models import Event, FeatureSwitch, Notice, User
from groups.roles import Feature, Permission, Role
from tests.builders import a_person
from tests.campaigns.rollouts.builders import OPEN, Network, a_network, a_setup, a_shown, a_submitted, an_approved

pytestmark = pytest.mark.django_db(transaction=False)


def pass_cut_off(network: Network) -> None:
    """Lets the cut-off pass by the row; whether the sweep comes is up to the test."""
    Rollout.objects.filter(pk=network.rollout.pk).update(cut_off=timezone.now() - timedelta(seconds=1))


@pytest.mark.catalogue("M20")
def test_groups_see_nothing_before_the_time_that_head_office_chose() -> None:
    later = timezone.now() + timedelta(hours=3)
    network = a_network(stores=2, visible_from=later)
    network.run()
    release(rollout=network.rollout, actor=network.manager)
    network.run()
    mailing = network.mailing()

    with pytest.raises(Http404):
        access.get(network.author, Mailing, mailing.pk, Permission.SEE_MAILINGS)
    before = Notice.objects.filter(person=network.author).count()
    Rollout.objects.filter(pk=network.rollout.pk).update(visible_from=timezone.now())
    network.run()
    network.run()

    assert access.get(network.author, Mailing, mailing.pk, Permission.SEE_MAILINGS) == mailing
    assert before == 0
    assert [one.kind for one in Notice.objects.filter(person=network.author)] == ["rollout.shown"]
    assert not Notice.objects.filter(person=network.manager).exists()


@pytest.mark.catalogue("M20", "M21")
def test_a_group_changes_what_is_open_and_nothing_else() -> None:
    network = a_shown()
    mailing, actor = network.mailing(), network.author

    save_values(mailing=mailing, changes={OPEN: "Ours"}, revision=mailing.revision, actor=actor)
    revision, values = mailing.revision, mailing.values
    refused: list[tuple[type[Refusal], Callable[[], object]]] = [
        (
            ValuesRefused,
            lambda: save_values(
                mailing=mailing, changes={"intro": {"html": "<p>x</p>"}}, revision=revision, actor=actor
            ),
        ),
        (NotEditable, lambda: choose_time(mailing=mailing, send_at=timezone.now() + timedelta(days=5), actor=actor)),
        (NotEditable, lambda: choose_audience(mailing=mailing, audience=None, actor=actor)),
        (NotEditable, lambda: delete_draft(mailing=mailing, actor=actor)),
        (NotAllowed, lambda: submit(mailing=mailing, actor=actor)),
        (NotAllowed, lambda: send(mailing=mailing, actor=actor)),
    ]
    for error, act in refused:
        with pytest.raises(error):
            act()

    stored = network.mailing()
    assert (stored.revision, stored.values, stored.state) == (revision, values, MailingState.DRAFT)
    assert stored.audience is not None
    assert network.part().own == [OPEN]


def test_the_pattern_never_goes_out_by_itself_and_stays_while_its_parts_are_submitted() -> None:
    network = a_submitted(stores=1)
    pattern = network.rollout.pattern
    pattern.refresh_from_db()

    for error, act in (
        (NotAllowed, lambda: send(mailing=pattern, actor=network.manager)),
        (NotAllowed, lambda: submit(mailing=pattern, actor=network.manager)),
        (NotEditable, lambda: delete_draft(mailing=pattern, actor=network.manager)),
        (
            NotEditable,
            lambda: save_values(mailing=pattern, changes={OPEN: "x"}, revision=pattern.revision, actor=network.manager),
        ),
    ):
        with pytest.raises(error):
            act()

    assert network.mailing().state == MailingState.IN_APPROVAL
    assert pattern.values[OPEN] == "A new roast"


@pytest.mark.catalogue("M20")
def test_a_group_opts_out_and_comes_back_until_the_cut_off() -> None:
    network = an_approved(stores=2)

    opt_out(mailing=network.mailing(), actor=network.author, reason="We are closed that week")
    network.run()
    out = (network.part().answer, network.part().reason, network.states())
    take_part(mailing=network.mailing(), actor=network.author)
    network.run()

    assert out == (Answer.OPTED_OUT, "We are closed that week", [MailingState.DRAFT, MailingState.SCHEDULED])
    assert network.part().answer == Answer.TAKES_PART
    # Its approval was void; it waits for a yes of its own.
    assert network.states() == [MailingState.IN_APPROVAL, MailingState.SCHEDULED]
    assert list(
        Event.objects.filter(action__startswith="rollout.", group=network.store)
        .order_by("id")
        .values_list("action", flat=True)
    ) == [
        "rollout.opted_out",
        "rollout.joined",
    ]


@pytest.mark.catalogue("M21")
@pytest.mark.parametrize("has_swept", [False, True])
def test_after_the_cut_off_a_part_is_frozen_for_its_group_whether_the_sweep_came_or_not(has_swept: bool) -> None:
    network = an_approved(stores=1)
    sender = a_person(role=Role.LOCAL_SENDER, group=network.store)
    pass_cut_off(network)
    if has_swept:
        network.run()
    mailing = network.mailing()

    later = timezone.now() + timedelta(days=8)
    acts: list[Callable[[User], object]] = [
        lambda actor: opt_out(mailing=mailing, actor=actor),
        lambda actor: take_part(mailing=mailing, actor=actor),
        lambda actor: take_in_hand(mailing=mailing, actor=actor),
        lambda actor: take_back(mailing=mailing, actor=actor),
        lambda actor: cancel(mailing=mailing, actor=actor),
        lambda actor: reschedule(mailing=mailing, send_at=later, actor=actor),
    ]
    for actor in (network.author, sender):
        for act in acts:
            with pytest.raises(Refusal):
                act(actor)

    assert network.part().answer == Answer.NOTHING
    assert network.mailing().state == MailingState.SCHEDULED
    assert network.mailing().send_at == mailing.send_at


def test_nobody_of_another_group_answers_for_a_group() -> None:
    network = a_shown(stores=2)
    neighbour = a_person(role=Role.LOCAL_SENDER, group=network.stores[1])

    with pytest.raises(NotAllowed):
        opt_out(mailing=network.mailing(), actor=neighbour)

    assert network.part().answer == Answer.NOTHING


@pytest.mark.catalogue("M21")
@pytest.mark.parametrize(("by_default", "expected"), [(True, "in_approval"), (False, "draft")])
def test_a_group_that_says_nothing_goes_out_with_the_common_text_only_where_head_office_says_so(
    by_default: bool, expected: str
) -> None:
    network = a_shown(stores=2, sends_by_default=by_default)
    take_part(mailing=network.mailing(network.stores[1]), actor=network.manager)

    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()
    pass_cut_off(network)
    network.run()

    assert network.states() == [expected, "in_approval"]


def test_what_a_group_has_in_hand_is_submitted_by_the_cut_off_and_doing_it_twice_changes_nothing() -> None:
    network = a_submitted(stores=2)
    take_in_hand(mailing=network.mailing(), actor=network.author)
    mine = network.mailing()
    save_values(mailing=mine, changes={OPEN: "Ours"}, revision=mine.revision, actor=network.author)
    network.run()
    held = network.states()

    pass_cut_off(network)
    sweep()
    network.run()
    events = Event.objects.count()
    network.run()

    assert held == ["draft", "in_approval"]
    assert network.states() == ["in_approval", "in_approval"]
    assert network.rollout.closed_at is not None
    assert Event.objects.count() == events


def test_what_a_group_writes_after_it_was_sent_back_is_not_submitted_from_under_its_hands() -> None:
    network = a_submitted(stores=1)
    review = network.mailing().reviews.get()
    ask_for_changes(review=review, actor=network.approver, reason="Name the day.")
    network.run()
    mine = network.mailing()

    save_values(mailing=mine, changes={OPEN: "On Tuesday"}, revision=mine.revision, actor=network.author)
    network.run()
    while_writing = network.states()
    take_part(mailing=network.mailing(), actor=network.author)

    assert while_writing == ["draft"]
    assert network.states() == ["in_approval"]


def test_head_office_sets_the_time_of_a_group_that_may_choose_none_itself() -> None:
    network = a_network(stores=1)
    FeatureSwitch.objects.create(group=network.store, feature=Feature.SCHEDULING)

    network.run()

    assert "time_switched_off" not in {one.code for one in findings_of(network.part())}
    assert network.mailing().send_at is not None


def test_a_day_before_the_cut_off_groups_hear_of_it_once() -> None:
    now = timezone.now()
    network = a_shown(stores=1)
    Rollout.objects.filter(pk=network.rollout.pk).update(
        was_shown_at=now - timedelta(days=3), cut_off=now + timedelta(hours=20)
    )

    network.run()
    network.run()

    kinds = list(Notice.objects.filter(person=network.author).order_by("pk").values_list("kind", flat=True))
    assert sorted(kinds) == ["rollout.closing", "rollout.shown"]


def test_times_that_cannot_be_are_refused_at_their_field() -> None:
    network = a_network(stores=1)
    now = timezone.now()
    for changed, name in (
        ({"starts_at": now - timedelta(hours=1)}, "starts_at"),
        ({"cut_off": now + timedelta(days=3, hours=2)}, "cut_off"),
        ({"visible_from": now + timedelta(days=2, hours=1)}, "visible_from"),
        ({"name": "  "}, "name"),
        ({"open_fields": ["nothing"]}, "open_fields"),
    ):
        with pytest.raises(SetupRefused) as refused:
            change_setup(rollout=network.rollout, setup=a_setup(**changed), actor=network.manager)
        assert refused.value.field == name

    network.rollout.refresh_from_db()
    assert (network.rollout.setup_revision, network.rollout.state) == (1, RolloutState.DRAFT)
    network.run()
    release(rollout=network.rollout, actor=network.manager)
    with pytest.raises(SetupRefused):
        change_setup(rollout=network.rollout, setup=a_setup(starts_at=None), actor=network.manager)
    change_setup(rollout=network.rollout, setup=a_setup(visible_from=None), actor=network.manager)
    assert network.rollout.visible_from is not None
