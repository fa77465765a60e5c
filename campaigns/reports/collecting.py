"""Collecting: reads what Braze says of each delivery while Braze keeps it, and stores it for good."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from braze_client import BrazeError, DataSeries, calls
from campaigns.models import Delivery, DeliveryState, ReportDay
from campaigns.reports.totals import refresh
from groups.errors import NotConnected
from groups.workspace.braze import client_for

log = logging.getLogger(__name__)

# Braze forgets send analytics 14 days after the send (B-SND-5).
KEPT_DAYS = 14
YOUNG = timedelta(hours=6)
OLD_INTERVAL = timedelta(hours=1)


def collect() -> int:
    """Reads the numbers of every delivery that is due to be read; gives how many were read."""
    read = 0
    for delivery in due(timezone.now()):
        try:
            collect_one(delivery)
            read += 1
        except (BrazeError, NotConnected) as error:
            # The next run asks again; a number that is missing is shown as missing, not as zero.
            log.warning("report.unread delivery=%s error=%s", delivery.pk, error)
    return read


def due(now: datetime) -> list[Delivery]:
    """Gives the deliveries to read: at every run while they are young, hourly after that, until Braze forgets."""
    gone = Delivery.objects.filter(
        state=DeliveryState.SETTLED, go_at__lte=now, go_at__gt=now - timedelta(days=KEPT_DAYS)
    ).exclude(send_id="")
    young = Q(go_at__gt=now - YOUNG)
    unread = Q(report_read_at=None) | Q(report_read_at__lte=now - OLD_INTERVAL)
    return list(gone.filter(young | unread).select_related("workspace"))


def collect_one(delivery: Delivery) -> None:
    """Reads one delivery and stores its days; raises `BrazeError`."""
    with client_for(delivery.workspace) as braze:
        series = braze.send(calls.send_data_series(delivery.campaign_id, delivery.send_id, length=KEPT_DAYS))
    now = timezone.now()
    with transaction.atomic():
        for day, metrics in _by_day(series, delivery).items():
            ReportDay.objects.update_or_create(
                delivery=delivery, day=day, defaults={"metrics": metrics, "read_at": now}
            )
        Delivery.objects.filter(pk=delivery.pk).update(report_read_at=now)
        refresh([delivery.mailing_id])


def _by_day(series: DataSeries, delivery: Delivery) -> dict[date, dict[str, int]]:
    """Adds up each day's variations that are this delivery's: its own, or all where Braze names none (B-SND-6)."""
    days: dict[date, dict[str, int]] = {}
    for day in series.days:
        mine = [
            variation
            for variation in day.variations
            if not delivery.variation_id or variation.variation_id in (None, delivery.variation_id)
        ]
        if not mine:
            continue
        totals: Counter[str] = Counter()
        for variation in mine:
            totals.update(variation.metrics)
        days[day.date] = dict(totals)
    return days
