"""A word that is restricted after a mailing was scheduled stops it before anything is handed to Braze."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.delivery.control import edit_again
from campaigns.delivery.decisions import send_late
from campaigns.delivery.services import send
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.errors import NotAllowed, NotReady
from campaigns.models import Delivery, Mailing, MailingState, RuleLevel
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from campaigns.rules.services import add_word
from groups.models import Group, User, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing

WORDS = {"headline": "Results guaranteed"}


def restrict(group: Group, level: RuleLevel) -> None:
    add_word(brand=group.brand, text="guaranteed", is_pattern=False, level=level, reason="", actor=None)


@pytest.fixture
def scheduled(group: Group, workspace: Workspace) -> Mailing:
    """Gives a mailing that goes out in three days, sent without a review."""
    mailing = a_mailing(group=group, values=WORDS, send_at=timezone.now() + timedelta(days=3))
    return send(mailing=mailing, actor=mailing.author)


def when_it_is_due(mailing: Mailing) -> None:
    """Lets the sweep look at the time when the mailing would be staged."""
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)):
        start_due_mailings()
    mailing.refresh_from_db()


@pytest.mark.parametrize(("level", "refusal"), [(RuleLevel.BLOCK, NotReady), (RuleLevel.APPROVE, NotAllowed)])
def test_a_scheduled_mailing_waits_for_a_person_and_cannot_be_sent_as_it_is(
    group: Group, scheduled: Mailing, level: RuleLevel, refusal: type[Exception]
) -> None:
    restrict(group, level)

    when_it_is_due(scheduled)
    with pytest.raises(refusal):
        send_late(mailing=scheduled, actor=scheduled.author)
    reason = scheduled.state_reason
    edit_again(mailing=scheduled, actor=a_person(role=Role.REGIONAL_MANAGER, group=group))

    scheduled.refresh_from_db()
    assert "restricted “guaranteed” since this was scheduled" in reason
    assert (scheduled.state, Delivery.objects.count()) == (MailingState.DRAFT, 0)


def test_a_word_that_only_warns_lets_it_go(group: Group, scheduled: Mailing) -> None:
    restrict(group, RuleLevel.WARN)

    when_it_is_due(scheduled)

    assert Delivery.objects.count() == 1


def test_what_somebody_approved_may_hold_words_that_need_approval(group: Group, workspace: Workspace) -> None:
    author: User = a_person(role=Role.LOCAL_AUTHOR, group=group)
    mailing = a_mailing(group=group, author=author, values=WORDS, send_at=timezone.now() + timedelta(days=3))
    approve(review=submit(mailing=mailing, actor=author), actor=a_person(role=Role.APPROVER, group=group))
    restrict(group, RuleLevel.APPROVE)

    when_it_is_due(mailing)

    assert Delivery.objects.count() == 1
