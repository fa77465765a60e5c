"""What the check says about a mailing's time, its place among the others, and how many people it goes to."""

from __future__ import annotations

import pytest

from campaigns.models import Delivery, DeliveryState, Mailing, MailingState
from groups.models import Group, User, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person, a_workspace, an_audience, root_group
from tests.campaigns.builders import a_mailing
from tests.campaigns.schedule.builders import (
    a_blackout,
    at,
    findings_about_time,
    role_said,
    sentences_about_time,
    times_said,
)

NOV_24_TO_26 = "Nov 24\u2009–\u200926"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday_morning"), pytest.mark.catalogue("M18")]


@pytest.fixture
def mailing(group: Group) -> Mailing:
    """Gives a draft that goes out tomorrow at noon."""
    return a_mailing(group=group, people=1, send_at=at("2026-11-24 12:00"))


def another(mailing: Mailing, goes_at: str = "", *, author: User | None = None, state: str = "scheduled") -> Mailing:
    """Gives another mailing of the group; without a time it is one that goes, or went, "now"."""
    return Mailing.objects.create(
        group=mailing.group,
        version=mailing.version,
        name="Another",
        author=author or mailing.author,
        state=state,
        send_at=at(goes_at) if goes_at else None,
    )


def moved_to(mailing: Mailing, text: str) -> Mailing:
    Mailing.objects.filter(pk=mailing.pk).update(send_at=at(text) if text else None)
    mailing.refresh_from_db()
    return mailing


def test_without_rules_nothing_is_found(mailing: Mailing) -> None:
    assert findings_about_time(mailing) == {}


@pytest.mark.parametrize(
    ("send_at", "found"),
    [
        ("2026-11-24 20:59", {}),
        ("2026-11-24 21:00", {"time_quiet": True}),
        ("2026-11-25 06:59", {"time_quiet": True}),
        ("2026-11-25 07:00", {}),
    ],
)
def test_quiet_hours_block_to_the_minute_by_the_clock_of_the_group(
    mailing: Mailing, send_at: str, found: dict[str, bool]
) -> None:
    times_said(root_group(mailing.group.brand), quiet="21:00-07:00")

    assert findings_about_time(moved_to(mailing, send_at)) == found


def test_the_same_moment_is_quiet_in_one_zone_and_not_in_another(group: Group, mailing: Mailing) -> None:
    times_said(root_group(group.brand), quiet="21:00-07:00")
    there = a_group(brand=group.brand, time_zone="Asia/Seoul")
    elsewhere = a_mailing(group=there, people=1, send_at=mailing.send_at)

    assert (findings_about_time(mailing), findings_about_time(elsewhere)) == ({}, {"time_quiet": True})


@pytest.mark.parametrize(("until", "found"), [("10:01", {}), ("10:02", {"time_quiet": True})])
def test_now_is_this_moment_and_the_lead(mailing: Mailing, until: str, found: dict[str, bool]) -> None:
    times_said(mailing.group, quiet=f"09:00-{until}")

    assert findings_about_time(moved_to(mailing, "")) == found


def test_a_finding_names_the_next_possible_time(mailing: Mailing) -> None:
    times_said(mailing.group, quiet="21:00-08:00")
    a_blackout(root_group(mailing.group.brand), "2026-11-24", "2026-11-26", reason="Thanksgiving")

    assert sentences_about_time(moved_to(mailing, "2026-11-24 22:00")) == [
        f"No mail goes out on {NOV_24_TO_26} (Thanksgiving). The next possible time is Friday Nov. 27, 2026, 8 a.m.",
        "Between 9 p.m. and 8 a.m. no mail goes out. The next possible time is Friday Nov. 27, 2026, 8 a.m.",
    ]


@pytest.mark.parametrize(
    ("send_at", "found"),
    [("2026-11-30 23:59", {}), ("2026-12-01 00:00", {"time_too_far": True})],
)
def test_days_ahead_are_counted_in_whole_days_from_today(
    mailing: Mailing, send_at: str, found: dict[str, bool]
) -> None:
    times_said(mailing.group, days_ahead=7)

    assert findings_about_time(moved_to(mailing, send_at)) == found
    assert findings_about_time(moved_to(mailing, "")) == {}


@pytest.mark.parametrize(
    ("period", "code", "inside", "outside"),
    [
        ("day", "time_day_full", ("2026-11-24 00:00", "2026-11-24 23:59"), ("2026-11-23 23:59", "2026-11-25 00:00")),
        ("week", "time_week_full", ("2026-11-23 00:00", "2026-11-29 23:59"), ("2026-11-22 23:59", "2026-11-30 00:00")),
        (
            "month",
            "time_month_full",
            ("2026-11-01 00:00", "2026-11-30 23:59"),
            ("2026-10-31 23:59", "2026-12-01 00:00"),
        ),
    ],
)
def test_days_weeks_and_months_are_those_of_the_groups_zone(
    mailing: Mailing, period: str, code: str, inside: tuple[str, str], outside: tuple[str, str]
) -> None:
    times_said(mailing.group, **{f"mailings_per_{period}": 2})

    for goes_at in outside:
        another(mailing, goes_at)
        another(mailing, goes_at)
    beside = findings_about_time(mailing)
    another(mailing, inside[0])
    with_one = findings_about_time(mailing)
    another(mailing, inside[1])

    assert (beside, with_one, findings_about_time(mailing)) == ({}, {}, {code: True})


@pytest.mark.parametrize("state", list(MailingState))
def test_what_goes_out_counts_and_what_does_not_counts_not(mailing: Mailing, state: MailingState) -> None:
    counted = {"scheduled", "sending", "paused", "sent", "sent_open"}
    times_said(mailing.group, mailings_per_day=1)
    another(mailing, "2026-11-24 09:00", state=state)

    assert findings_about_time(mailing) == ({"time_day_full": True} if state.value in counted else {})


def test_mailings_of_other_groups_do_not_count(group: Group, mailing: Mailing) -> None:
    times_said(root_group(group.brand), mailings_per_day=1)
    elsewhere = another(mailing, "2026-11-24 09:00")
    Mailing.objects.filter(pk=elsewhere.pk).update(group=a_group(brand=group.brand))

    assert findings_about_time(mailing) == {}


def test_a_mailing_that_went_now_counts_on_the_day_it_went_and_once(group: Group, mailing: Mailing) -> None:
    workspace = a_workspace(brand=group.brand)
    times_said(group, mailings_per_day=2)
    sent = another(mailing, state="sent")
    for go_at, state in (
        ("2026-11-26 09:00", DeliveryState.WITHDRAWN),
        ("2026-11-24 09:00", DeliveryState.SETTLED),
        ("2026-11-25 09:00", DeliveryState.SETTLED),
    ):
        a_delivery(sent, workspace, go_at, state)
    another(mailing, "2026-11-25 10:00")
    another(mailing, "2026-11-26 10:00")

    with_both = {day: findings_about_time(moved_to(mailing, f"2026-11-{day} 12:00")) for day in (24, 25, 26)}
    another(mailing, "2026-11-24 10:00")

    assert with_both == {24: {}, 25: {}, 26: {}}
    assert findings_about_time(moved_to(mailing, "2026-11-24 12:00")) == {"time_day_full": True}


def a_delivery(mailing: Mailing, workspace: Workspace, go_at: str, state: DeliveryState) -> None:
    Delivery.objects.create(
        mailing=mailing,
        workspace=workspace,
        route=mailing.route,
        state=state,
        digest="0" * 64,
        campaign_id="campaign",
        is_now=True,
        go_at=at(go_at),
        started_by=mailing.author,
    )


def test_a_full_week_names_a_time_in_the_next_one_that_keeps_the_other_rules_too(mailing: Mailing) -> None:
    times_said(mailing.group, mailings_per_week=1, quiet="21:00-07:00")
    a_blackout(mailing.group, "2026-11-30", reason="Inventory")
    another(mailing, "2026-11-27 09:00")

    (sentence,) = sentences_about_time(mailing)

    assert sentence.startswith(f"{mailing.group.name} sends at most 1 mailing a week")
    assert "The next possible time is Tuesday Dec. 1, 2026, 7 a.m." in sentence


def test_a_time_beyond_what_may_be_planned_is_not_proposed(mailing: Mailing) -> None:
    times_said(mailing.group, days_ahead=3)
    a_blackout(mailing.group, "2026-11-24", "2026-11-26")

    assert sentences_about_time(mailing) == [f"No mail goes out on {NOV_24_TO_26} (Christmas)."]


@pytest.mark.catalogue("M23")
def test_the_limit_of_a_role_counts_the_mailings_of_its_author_alone(group: Group, mailing: Mailing) -> None:
    role_said(root_group(group.brand), Role.LOCAL_SENDER, mailings_per_week=1, days_ahead=2)
    another(mailing, "2026-11-25 09:00", author=a_person(role=Role.LOCAL_SENDER, group=group))
    others = findings_about_time(mailing)
    another(mailing, "2026-11-25 09:00")

    assert (others, findings_about_time(mailing)) == ({}, {"time_week_full": True})
    assert findings_about_time(moved_to(mailing, "2026-11-26 09:00")) == {"time_too_far": True, "time_week_full": True}
    assert sentences_about_time(mailing)[1].startswith(
        f"In the role “Local sender” {mailing.author.name} sends at most 1 mailing a week."
    )


@pytest.mark.catalogue("M23")
@pytest.mark.parametrize(("people", "found"), [(2, {}), (3, {"audience_too_large": True})])
def test_a_mailing_goes_to_no_more_people_than_group_or_role_allow(
    group: Group, people: int, found: dict[str, bool]
) -> None:
    role_said(group, Role.LOCAL_SENDER, people_per_mailing=2)
    times_said(group, people_per_mailing=1000)

    assert findings_about_time(a_mailing(group=group, people=people)) == found


@pytest.mark.catalogue("M23")
def test_a_segment_that_nobody_has_counted_keeps_no_limit(group: Group) -> None:
    times_said(group, people_per_mailing=1000)
    segment = an_audience(group=group, segment_id="11ae5b4b-2445-4440-a04f-bf537764c9ad")

    assert findings_about_time(a_mailing(group=group, audience=segment)) == {"audience_uncounted": True}


def test_whoever_manages_rules_is_warned_and_nobody_else_may_overrule(group: Group, mailing: Mailing) -> None:
    times_said(group, quiet="11:00-13:00", days_ahead=1, mailings_per_day=1, people_per_mailing=1)
    a_blackout(group, "2026-11-24")
    another(mailing, "2026-11-24 09:00")
    codes = {"time_blackout", "time_quiet", "time_day_full"}
    overruling = {Role.ADMIN, Role.BRAND_MANAGER}

    for role in Role:
        found = findings_about_time(mailing, a_person(role=role, group=group))
        assert found == dict.fromkeys(codes, role not in overruling), role

    manager_next_door = a_person(role=Role.BRAND_MANAGER, group=a_group(brand=group.brand))
    assert findings_about_time(mailing, manager_next_door) == dict.fromkeys(codes, True)
