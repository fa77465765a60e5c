"""The day after which nothing of a mailing goes out (M17): at no step, and by nobody's word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from campaigns.compose.services import choose_last_day
from campaigns.delivery.control import reschedule
from campaigns.delivery.decisions import send_late
from campaigns.delivery.services import send
from campaigns.errors import NotReady, Refusal
from campaigns.models import Mailing, MailingState
from groups.models import Group, User
from groups.roles import Role
from tests.builders import a_person, a_workspace
from tests.campaigns.builders import a_mailing
from tests.campaigns.schedule.builders import NOW, at, findings_about_time, sentences_about_time, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday_morning"), pytest.mark.catalogue("M17")]

FRIDAY = date(2026, 11, 27)
LATE_ON_FRIDAY, ON_SATURDAY = at("2026-11-27 23:59"), at("2026-11-28 00:00")


@pytest.fixture
def store(group: Group) -> Group:
    """Gives a store that is connected to an address where nobody answers."""
    a_workspace(brand=group.brand)
    return group


@pytest.fixture
def draft(store: Group) -> Mailing:
    """Gives a draft of an offer that ends on Friday."""
    mailing = a_mailing(group=store, people=1, send_at=LATE_ON_FRIDAY)
    return choose_last_day(mailing=mailing, last_day=FRIDAY, actor=mailing.author)


@pytest.fixture
def manager(store: Group) -> User:
    """Gives somebody who may set the rules about time aside."""
    return a_person(role=Role.BRAND_MANAGER, group=store)


def test_until_the_last_minute_of_the_day_by_the_groups_clock_it_goes(draft: Mailing) -> None:
    assert findings_about_time(draft) == {}
    assert send(mailing=draft, actor=draft.author).state == MailingState.SCHEDULED


def test_a_minute_later_it_is_blocked_and_head_office_cannot_overrule(draft: Mailing, manager: User) -> None:
    Mailing.objects.filter(pk=draft.pk).update(send_at=ON_SATURDAY)
    draft.refresh_from_db()

    assert findings_about_time(draft, manager) == {"time_after_last_day": True}
    assert sentences_about_time(draft) == [
        "This email must not go out after Nov. 27, 2026. Choose an earlier time, or another last day."
    ]
    with pytest.raises(NotReady):
        send(mailing=draft, actor=manager)


def test_it_is_not_moved_beyond_the_day(draft: Mailing, manager: User) -> None:
    send(mailing=draft, actor=draft.author)

    for person in (draft.author, manager):
        with pytest.raises(Refusal, match="must not go out after"):
            reschedule(mailing=draft, send_at=ON_SATURDAY, actor=person)


def test_what_missed_its_time_is_not_sent_late_after_the_day(draft: Mailing, manager: User) -> None:
    Mailing.objects.filter(pk=draft.pk).update(state=MailingState.NEEDS_DECISION)
    draft.refresh_from_db()

    with time_machine.travel(ON_SATURDAY, tick=False), pytest.raises(NotReady) as refused:
        send_late(mailing=draft, actor=manager)

    assert "time_after_last_day" in [finding.code for finding in refused.value.findings]


def test_no_time_after_the_day_is_proposed(draft: Mailing, store: Group) -> None:
    times_said(store, quiet="22:00-07:00")

    assert sentences_about_time(draft) == ["Between 10 p.m. and 7 a.m. no mail goes out."]


def test_a_day_that_has_passed_is_refused(draft: Mailing) -> None:
    with pytest.raises(Refusal, match="The last day has passed"):
        choose_last_day(mailing=draft, last_day=NOW.date() - timedelta(days=1), actor=draft.author)

    assert choose_last_day(mailing=draft, last_day=NOW.date(), actor=draft.author).last_day == NOW.date()


def test_the_composer_takes_it_gives_it_back_and_says_what_is_no_day(client: Client, draft: Mailing) -> None:
    client.force_login(draft.author)
    page = reverse("campaigns:mailing-edit", args=[draft.pk])

    def saved(last_day: str) -> str:
        draft.refresh_from_db()
        posted = {"mailing-revision": draft.revision, "mailing-when": "now", "mailing-last_day": last_day}
        return client.post(reverse("campaigns:mailing-save", args=[draft.pk]), posted).content.decode()

    saved("2026-12-01")
    draft.refresh_from_db()
    chosen, shown = draft.last_day, client.get(page).content.decode()
    wrong = saved("soon")
    saved("")

    draft.refresh_from_db()
    assert (chosen, draft.last_day) == (date(2026, 12, 1), None)
    assert 'value="2026-12-01"' in shown
    assert "The last day is no date." in wrong
