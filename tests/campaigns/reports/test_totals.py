"""The totals of a mailing: made from its days, unique people never added up, unknown never zero."""

from __future__ import annotations

from datetime import date, timedelta

from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    MailingResult,
    Recipient,
    ReportDay,
)
from campaigns.reports.totals import refresh
from tests.builders import a_contact
from tests.campaigns.reports.network_of import NOW, Network


def test_unique_people_of_several_days_are_those_of_the_strongest_and_the_rest_is_added_up(network: Network) -> None:
    mailing = network.sent(network.cast.store, "Spring", delivered=90, clicks=7, bounces=1)
    metrics = {"delivered": 5, "unique_clicks": 9, "unsubscribes": 2, "a_new_metric": 4}
    ReportDay.objects.create(delivery=mailing.deliveries.get(), day="2026-11-25", metrics=metrics, read_at=NOW)

    refresh([mailing.pk])

    result = MailingResult.objects.get()
    assert (result.sent, result.delivered, result.clicks, result.bounces) == (100, 95, 9, 1)
    assert (result.unsubscribes, result.opens, result.spam, result.conversions) == (2, None, None, None)
    assert (result.days, result.first_day, result.last_day) == (2, date(2026, 11, 24), date(2026, 11, 25))
    assert (result.read_at, result.click_rate) == (NOW, 9 / 95)


def test_a_mailing_went_out_on_the_day_of_its_groups_calendar(network: Network) -> None:
    mailing = network.sent(network.cast.store, "Late in the evening")
    # Three in the morning of 25 November in UTC is still the evening before in Portland.
    Delivery.objects.filter(mailing=mailing).update(go_at=NOW.replace(hour=3))

    refresh([mailing.pk])

    assert MailingResult.objects.get().went_on == date(2026, 11, 24)


def test_fewer_than_fifty_delivered_are_never_ranked_and_nothing_reported_is_no_zero(network: Network) -> None:
    small = network.sent(network.cast.store, "Small", delivered=49, clicks=20, people=49)
    silent = network.sent(network.cast.store, "Unread", delivered=None, people=80)

    refresh([small.pk, silent.pk])

    results = {one.mailing_id: one for one in MailingResult.objects.all()}
    assert (results[small.pk].clicks, results[small.pk].click_rate) == (20, None)
    unread = results[silent.pk]
    assert (unread.sent, unread.delivered, unread.clicks, unread.days, unread.read_at) == (None, None, None, 0, None)
    assert unread.handed_over == 80


def test_people_are_those_whom_braze_took_and_those_who_were_left_out_for_enough_mail(network: Network) -> None:
    mailing = network.sent(network.cast.store, "Spring", people=50)
    delivery = mailing.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(excluded={"capped": 3, "mailed_today": 2, "unsubscribed": 9})
    taken, refused = (
        delivery.batches.get(),
        Batch.objects.create(delivery=delivery, number=2, size=50, state=BatchState.REFUSED),
    )
    for number, (batch, outcome) in enumerate(
        ((taken, BatchState.REFUSED), (taken, BatchState.ACCEPTED), (refused, BatchState.ACCEPTED), (refused, ""))
    ):
        Recipient.objects.create(
            delivery=delivery,
            contact=a_contact(brand=network.cast.brand),
            batch=batch,
            address=f"{number}@example.com",
            outcome=outcome,
        )
    Batch.objects.create(delivery=delivery, number=3, size=0, kind=BatchKind.BROADCAST, state=BatchState.ACCEPTED)

    refresh([mailing.pk])

    result = MailingResult.objects.get()
    # Fifty, less one who was refused after all, and one of the refused batch who was taken.
    assert (result.handed_over, result.capped, result.is_counted_by_braze) == (50, 5, True)


def test_a_subject_is_the_groups_own_only_where_it_is_not_the_templates(network: Network) -> None:
    usual = network.sent(network.cast.store, "Usual", subject="News of the week")
    own = network.sent(network.cast.store, "Own", subject="Two for one")

    refresh([usual.pk, own.pk])

    found = dict(MailingResult.objects.values_list("mailing", "has_own_subject"))
    assert found == {usual.pk: False, own.pk: True}
    assert MailingResult.objects.get(mailing=own).subject == "Two for one"


def test_what_has_not_gone_out_or_was_withdrawn_has_no_result(network: Network) -> None:
    planned = network.sent(network.cast.store, "Planned", days_ago=-2, delivered=None)
    withdrawn = network.sent(network.cast.store, "Withdrawn", delivered=None)
    refresh([planned.pk, withdrawn.pk])
    assert [one.mailing_id for one in MailingResult.objects.all()] == [withdrawn.pk]
    Delivery.objects.filter(mailing=withdrawn).update(state=DeliveryState.WITHDRAWN)

    refresh([planned.pk, withdrawn.pk])

    assert not MailingResult.objects.exists()


def test_the_first_of_two_deliveries_says_when_it_went_out(network: Network) -> None:
    mailing = network.sent(network.cast.store, "Spring", days_ago=5)
    Delivery.objects.create(
        mailing=mailing,
        workspace=network.workspace,
        route=mailing.route,
        state=DeliveryState.SETTLED,
        campaign_id="-",
        is_now=True,
        go_at=NOW - timedelta(days=1),
        started_by=network.cast.admin,
    )

    refresh([mailing.pk])

    result = MailingResult.objects.get()
    assert (result.went_on, result.subject) == (date(2026, 11, 20), "News of the week")
