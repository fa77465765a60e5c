"""Adding up in the background: exact, over the tree, in pieces that can be cut off and made again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from campaigns.models import (
    GroupStanding,
    GroupWeek,
    MailingClash,
    MailingResult,
    MailingState,
    ReportDay,
    Review,
    ReviewState,
    RollupRun,
    TemplateStanding,
    UsageMonth,
)
from campaigns.reports import tasks
from campaigns.reports.rolling.running import STAGES, rebuild, roll_up
from groups.models import Audience, AudienceMember, Event, Group
from tests.builders import a_contact, an_audience, an_event, root_group
from tests.campaigns.reports.network_of import MONDAY, NOW, TODAY, Network


def week(group: Group, day: date = MONDAY) -> GroupWeek:
    return GroupWeek.objects.get(group=group, week=day)


def standing(group: Group) -> GroupStanding:
    return GroupStanding.objects.get(group=group)


def test_a_week_is_added_up_for_a_group_and_for_all_above_it(network: Network) -> None:
    cast = network.cast
    network.sent(cast.store, "One", clicks=10, unique_opens=40)
    network.sent(cast.store, "Two", clicks=None, unique_opens=20)
    network.sent(cast.next_store, "Three", delivered=50, clicks=5)
    network.sent(cast.store, "Last week", days_ago=7, clicks=30)
    network.sent(cast.store, "Stopped", clicks=90, state=MailingState.STOPPED)

    network.add_up()

    own = week(cast.store)
    assert (own.own_mailings, own.own_clicks, own.own_clicks_of) == (3, 10, 100)
    assert (own.own_opens, own.own_opens_of) == (60, 200)
    region, root = week(cast.region), week(root_group(cast.brand))
    assert (region.own_mailings, region.below_mailings) == (0, 4)
    assert (region.below_clicks, region.below_clicks_of) == (15, 150)
    assert (root.below_clicks, root.below_clicks_of) == (15, 150)
    assert week(cast.store, MONDAY - timedelta(weeks=1)).own_clicks == 30
    assert week(cast.far_store).below_mailings == 0


def test_lists_are_read_once_a_day_and_who_left_is_what_is_missing(network: Network) -> None:
    cast = network.cast
    with time_machine.travel(NOW - timedelta(days=9), tick=False):
        regulars = an_audience(group=cast.store, contacts=10)
        network.add_up()
    with time_machine.travel(NOW - timedelta(days=7), tick=False):
        network.add_up()
    AudienceMember.objects.filter(pk__in=regulars.members.order_by("pk")[:3].values("pk")).delete()
    someone = regulars.members.order_by("pk").last()
    assert someone is not None
    second = Audience.objects.create(group=cast.store, name="VIP", is_private=True)
    AudienceMember.objects.create(audience=second, contact=someone.contact)
    a_contact(audience=second)
    a_contact(audience=an_audience(group=cast.next_store))
    assert AudienceMember.objects.filter(audience=second).count() == 2

    network.add_up()

    # Ten were there, three left, one came, and the one who is on two lists counts once.
    assert (week(cast.store).own_contacts, week(cast.store).own_came) == (8, 1)
    assert (week(cast.region).below_contacts, week(cast.region).below_came) == (9, 2)
    assert week(cast.store, MONDAY - timedelta(weeks=1)).own_contacts == 10


def test_a_standing_has_four_weeks_and_the_four_before(network: Network) -> None:
    cast = network.cast
    network.sent(cast.store, "New", days_ago=1, clicks=20, people=120)
    network.sent(cast.next_store, "Edge", days_ago=27, clicks=5)
    network.sent(cast.store, "Before", days_ago=28, clicks=8)
    network.sent(cast.store, "Long ago", days_ago=56, clicks=90)
    best = network.sent(cast.next_store, "Best", days_ago=3, delivered=50, clicks=15, people=50)
    network.sent(cast.next_store, "Too small", days_ago=3, delivered=49, clicks=49, people=49)

    network.add_up()

    region = standing(cast.region)
    assert (region.as_of, region.below_mailings, region.below_clicks, region.below_clicks_of) == (TODAY, 4, 89, 299)
    assert (region.before_clicks, region.before_clicks_of) == (8, 100)
    assert region.below_click_rate == 89 / 299
    assert region.below_handed_over == 120 + 100 + 50 + 49
    assert region.best_mailing_id == best.pk
    # 69 of 199 in Astoria against 20 of 100 in Portland.
    assert region.best_group == cast.next_store
    assert (standing(cast.store).click_rate, standing(cast.far_store).click_rate) == (0.2, None)
    assert standing(cast.far_store).best_mailing is None


@pytest.mark.catalogue("P8")
def test_silent_is_who_sent_nothing_for_four_weeks_and_plans_nothing(network: Network) -> None:
    cast = network.cast
    network.sent(cast.store, "Old", days_ago=28)
    network.sent(cast.next_store, "New", days_ago=27)
    network.add_up()
    root = standing(root_group(cast.brand))
    assert [standing(one).is_silent for one in (cast.store, cast.next_store, cast.far_store)] == [True, False, True]
    assert (root.below_groups, root.below_silent, root.is_silent) == (3, 2, False)
    assert (standing(cast.store).last_went_on, standing(cast.far_store).last_went_on) == (date(2026, 10, 28), None)
    network.sent(cast.store, "Waits", days_ago=-5, delivered=None, state=MailingState.IN_APPROVAL)
    Group.objects.filter(pk=cast.far_store.pk).update(created_at=NOW - timedelta(days=27))

    network.add_up()

    assert not GroupStanding.objects.filter(is_silent=True).exists()


def test_templates_are_added_up_over_twelve_months(network: Network) -> None:
    cast = network.cast
    network.sent(cast.store, "One", clicks=10)
    network.sent(cast.store, "Two", days_ago=200, clicks=20)
    network.sent(cast.far_store, "Three", delivered=40, clicks=20, people=40)
    network.sent(cast.next_store, "Too old", days_ago=365, clicks=99)

    network.add_up()

    found = {one.group_id: one for one in TemplateStanding.objects.filter(template=network.template)}
    root = found[root_group(cast.brand).pk]
    assert (root.own_mailings, root.below_mailings, root.below_users) == (0, 3, 2)
    assert (root.below_clicks, root.below_clicks_of) == (50, 240)
    assert (found[cast.store.pk].click_rate, found[cast.far_store.pk].click_rate) == (0.15, None)
    assert cast.next_store.pk not in found


@pytest.mark.catalogue("P3")
def test_usage_counts_each_person_once_and_takes_the_middle_of_reviews(network: Network) -> None:
    cast = network.cast
    for group, actor in ((cast.store, cast.author), (cast.store, cast.sender), (cast.next_store, cast.sender)):
        an_event("mailing.edited", group=group, actor=actor)
        an_event("mailing.edited", group=group, actor=actor)
    an_event("mailing.edited", group=cast.store, actor=None)
    for number, hours in enumerate((1, 3, 11)):
        mailing = network.sent(cast.store, f"Reviewed {number}", people=100)
        review = Review.objects.create(
            mailing=mailing,
            state=ReviewState.CHANGES_ASKED if number else ReviewState.APPROVED,
            digest="-",
            window_from=NOW,
            window_until=NOW,
            submitted_by=cast.author,
            decided_by=cast.approver,
            decided_at=NOW,
        )
        Review.objects.filter(pk=review.pk).update(submitted_at=NOW - timedelta(hours=hours))
    in_october = network.sent(cast.store, "October", days_ago=30, people=70)
    assert in_october.pk

    network.add_up()

    november = UsageMonth.objects.get(group=cast.region, month=date(2026, 11, 1))
    assert (november.below_people, november.below_mailings) == (2, 3)
    assert (november.below_reviews, november.below_review_seconds) == (3, 3 * 3600)
    own = UsageMonth.objects.get(group=cast.store, month=date(2026, 11, 1))
    assert (own.own_mailings, own.own_handed_over, own.own_uncounted) == (3, 300, 0)
    assert UsageMonth.objects.get(group=cast.store, month=date(2026, 10, 1)).own_handed_over == 70
    assert Event.objects.filter(brand=cast.brand, actor=None, action="mailing.edited").count() == 1


def test_clashes_are_found_ahead_and_go_away_with_their_mailing(network: Network) -> None:
    cast = network.cast
    regulars = an_audience(group=cast.store, contacts=4)
    coming = [
        network.sent(cast.store, f"Coming {number}", days_ago=-3, delivered=None, state=MailingState.SCHEDULED)
        for number in range(2)
    ]
    for mailing in coming:
        mailing.deliveries.get().batches.all().delete()
        mailing.deliveries.all().delete()
        mailing.audience = regulars
        mailing.save()

    network.add_up()

    found = {one.mailing_id: (one.share, one.others) for one in MailingClash.objects.all()}
    assert found == {mailing.pk: (1.0, 1) for mailing in coming}
    coming[0].state = MailingState.CANCELLED
    coming[0].save()
    network.add_up()
    assert not MailingClash.objects.exists()


def test_a_run_that_is_cut_off_goes_on_where_it_was(network: Network) -> None:
    network.sent(network.cast.store, "One", clicks=10)
    runs = RollupRun.objects.filter(brand=network.cast.brand)

    # No time at all is over after the first piece of one brand, each time.
    pieces = 0
    while not runs.exclude(finished_at=None).exists():
        pieces += 1
        roll_up(seconds=0)
        assert pieces < 300

    run = runs.get()
    assert pieces > 53 + 13
    assert (run.stage, run.cursor, run.lease_until) == (len(STAGES), "", None)
    assert run.finished_at == NOW
    assert week(network.cast.store).own_clicks == 10


def test_a_run_is_made_once_an_hour_and_by_one_at_a_time(network: Network) -> None:
    roll_up(seconds=60)
    assert roll_up(seconds=60) == 0
    RollupRun.objects.update(finished_at=None, lease_until=NOW + timedelta(minutes=1))
    assert roll_up(seconds=60) == 0
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        tasks.roll_up()

    run = RollupRun.objects.get(brand=network.cast.brand)
    assert run.finished_at == NOW + timedelta(hours=1)


def test_a_later_run_takes_in_what_has_changed_since(network: Network) -> None:
    cast = network.cast
    roll_up(seconds=60)
    mailing = network.sent(cast.store, "One", days_ago=0, clicks=10)
    later = NOW + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        assert roll_up(seconds=60) == 2  # both brands
        assert week(cast.store).own_clicks == 10
        ReportDay.objects.filter(delivery__mailing=mailing).update(metrics={"delivered": 100, "unique_clicks": 12})
        mailing.deliveries.update(report_read_at=later)
    with time_machine.travel(later + timedelta(hours=1), tick=False):
        roll_up(seconds=60)

    assert week(cast.store).own_clicks == 12
    run = RollupRun.objects.get(brand=cast.brand)
    assert (run.since, run.reads_lists) == (later, False)


def test_the_command_makes_all_anew_and_resumes(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    network.sent(network.cast.store, "One", clicks=10)
    network.add_up()
    MailingResult.objects.update(clicks=77)
    GroupWeek.objects.update(own_clicks=55)

    call_command("roll_up_reports", brand=network.cast.brand.slug)

    assert capsys.readouterr().out.startswith(f"{network.cast.brand.slug}: ")
    assert MailingResult.objects.get().clicks == 10
    assert week(network.cast.store).own_clicks == 10
    RollupRun.objects.update(finished_at=None, stage=len(STAGES), cursor="")
    GroupWeek.objects.update(own_clicks=55)
    call_command("roll_up_reports", brand=network.cast.brand.slug, resume=True)
    assert week(network.cast.store).own_clicks == 55
    assert rebuild(network.cast.brand).started_at == datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
