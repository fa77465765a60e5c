"""What this room holds of contacts when a brand forgets them: the ledger's addresses, and what Braze wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Batch, Delivery, Mailing, Recipient, Route, Template, TestMail
from campaigns.states import UNDER_WAY
from groups.keeping.places import Exchange, Place, Room, not_exchanged, text_place
from groups.keeping.reasons import SHOWN, named
from groups.keeping.rewriting import rewrite
from groups.keeping.texts import NOBODY
from groups.models import Brand


def _raw_recipients(brand: Brand) -> QuerySet[Recipient]:
    rows = Recipient.objects.filter(not_exchanged("address"), delivery__workspace__brand=brand)
    return rows.only("pk", "address", "contact_id", "delivery_id")


def _exchange_recipients(exchange: Exchange, rows: Sequence[Recipient]) -> None:
    wanted = [(row, exchange.stand_in(row.address)) for row in rows]
    try:
        with transaction.atomic():
            rewrite(Recipient, ("address",), ((row.pk, address) for row, address in wanted))
    except IntegrityError:
        # Two spellings of one address in one delivery: both people stay, the second one by a hash of their own.
        _exchange_doubled(exchange, wanted)


def _exchange_doubled(exchange: Exchange, wanted: Sequence[tuple[Recipient, str]]) -> None:
    deliveries = {row.delivery_id for row, _address in wanted}
    known = Recipient.objects.filter(delivery__in=deliveries, address__in={address for _row, address in wanted})
    taken = set(known.values_list("delivery_id", "address"))
    changed = []
    for row, wished in wanted:
        address = wished
        if (row.delivery_id, address) in taken:
            address = exchange.stand_in(f"{row.contact_id} {row.address}")
        taken.add((row.delivery_id, address))
        changed.append((row.pk, address))
    rewrite(Recipient, ("address",), changed)


def _reasons(brand: Brand) -> Sequence[str]:
    under_way = Mailing.objects.filter(deliveries__state__in=UNDER_WAY, group__brand=brand)
    names = list(under_way.order_by("name").values_list("name", flat=True)[: SHOWN + 1])
    if not names:
        return []
    return [
        _("Mailings are on their way: %(names)s. Wait until they are done, or stop them.") % {"names": named(names)}
    ]


def _remarks(brand: Brand) -> Sequence[str]:
    templates = Template.objects.filter(brand=brand, route=Route.TRIGGER, recalled_at=None, current__isnull=False)
    showing = templates.exclude(current__personal_values=[])
    names = list(showing.order_by("name").values_list("name", flat=True)[: SHOWN + 1])
    if not names:
        return []
    return [
        _("Mailings of these templates cannot be sent afterwards, because they show personal values: %(names)s.")
        % {"names": named(names)}
    ]


ROOM: Final = Room(
    places=(
        Place(
            "recipients",
            _raw_recipients,
            lambda row: not row.address.endswith(NOBODY),
            _exchange_recipients,
        ),
        text_place(
            "batches", lambda brand: Batch.objects.filter(delivery__workspace__brand=brand), ("error", "remarks")
        ),
        text_place("deliveries", lambda brand: Delivery.objects.filter(workspace__brand=brand), ("state_reason",)),
        text_place("mailings", lambda brand: Mailing.objects.filter(group__brand=brand), ("state_reason",)),
        text_place("test_mails", lambda brand: TestMail.objects.filter(group__brand=brand), ("error",)),
    ),
    reasons=_reasons,
    remarks=_remarks,
)
