"""What this package keeps for a number of days, and what it keeps of people whom it has mailed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    Batch,
    Delivery,
    DeliveryState,
    Exclusion,
    Mailing,
    Recipient,
    Snapshot,
    TestMail,
    TestState,
)
from campaigns.retention.images import forget_images, hidden_images
from groups.retention.own import note_use
from groups.retention.rules import Rule, register

OVER: Final = (DeliveryState.SETTLED, DeliveryState.WITHDRAWN, DeliveryState.FAILED)
NAMELESS: Final = "@erased.invalid"


def mailed_since(before: datetime) -> Exists:
    """Gives the condition on contacts that a delivery that began since has, or that one has which is under way."""
    recent = Q(delivery__created_at__gte=before) | ~Q(delivery__state__in=OVER)
    return Exists(Recipient.objects.filter(recent, contact=OuterRef("pk")))


def left_out_since(before: datetime) -> Exists:
    """Gives the condition on contacts that a delivery under way has left out, who may be asked about still."""
    return Exists(Exclusion.objects.exclude(delivery__state__in=OVER).filter(contact=OuterRef("pk")))


def old_deliveries(before: datetime) -> QuerySet[Delivery]:
    """Gives deliveries that are over and whose recipients have their addresses here still.

    They lose them all in one statement, so that one of them tells of all, and the night reads one row a delivery.
    """
    one = Recipient.objects.filter(delivery=OuterRef("pk")).order_by("delivery", "address").values("address")[:1]
    over = Delivery.objects.filter(state__in=OVER, settled_at__lt=before).annotate(an_address=Subquery(one))
    return over.exclude(an_address=None).exclude(an_address__endswith=NAMELESS)


def forget_recipients(pks: Sequence[Any]) -> int:
    """Takes addresses and what Braze wrote out of the ledger, in three statements; each row and every count stays.

    The mail as it went out stays: it names merge tags, and nobody's values.
    """
    stand_in = Concat(Cast(F("contact_id"), CharField()), Value(NAMELESS))
    Recipient.objects.filter(delivery__in=pks).exclude(address__endswith=NAMELESS).update(address=stand_in)
    Batch.objects.filter(delivery__in=pks).exclude(error="", remarks=[]).update(error="", remarks=[])
    return len(pks)


def old_snapshots(before: datetime) -> QuerySet[Snapshot]:
    """Gives what drafts held while they were written, of mailings that nobody has changed since."""
    return Snapshot.objects.filter(mailing__in=Mailing.everything.filter(updated_at__lt=before), ended_at__lt=before)


def old_tests(before: datetime) -> QuerySet[TestMail]:
    """Gives test mails that are over."""
    return TestMail.objects.filter(created_at__lt=before).exclude(state__in=(TestState.WAITING, TestState.CALLING))


def _deleted(rows: QuerySet[Any]) -> int:
    number = rows.count()
    rows.delete()
    return number


def tell() -> None:
    """Registers the rules and whom this package has mailed."""
    note_use(mailed_since)
    note_use(left_out_since)
    register(*RULES)


RULES: Final = (
    Rule(
        name="recipients",
        words=_("The addresses of those who got a mail"),
        setting="RETENTION_RECIPIENTS_DAYS",
        due=old_deliveries,
        remove=forget_recipients,
        brand_path="mailing__group__brand",
    ),
    Rule(
        name="images",
        words=_("Hidden images that nothing shows"),
        setting="RETENTION_IMAGES_DAYS",
        due=hidden_images,
        remove=forget_images,
        brand_path="group__brand",
    ),
    Rule(
        name="snapshots",
        words=_("What drafts held while they were written"),
        setting="RETENTION_SNAPSHOTS_DAYS",
        due=old_snapshots,
        remove=lambda pks: _deleted(Snapshot.objects.filter(pk__in=pks)),
        brand_path="mailing__group__brand",
    ),
    Rule(
        name="tests",
        words=_("Test mails"),
        setting="RETENTION_TESTS_DAYS",
        due=old_tests,
        remove=lambda pks: _deleted(TestMail.objects.filter(pk__in=pks)),
        brand_path="group__brand",
    ),
)
