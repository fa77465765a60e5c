"""Making an evidence pack, and noting who took it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.delivery.ledger.exporting import export
from campaigns.delivery.ledger.statement import statement_rows
from campaigns.errors import Refusal
from campaigns.models import Delivery, Mailing
from campaigns.reports.evidence import facts
from campaigns.reports.evidence.archive import Piece, as_json, zipped
from campaigns.reports.mailing.queries import live_deliveries, report_of
from campaigns.reports.mailing.table import day_rows
from groups.audit import record
from groups.models import User
from groups.spreadsheets import csv_lines

Rows = Iterable[Iterable[object]]


def make_evidence_pack(*, mailing: Mailing, actor: User, with_recipients: bool) -> Iterator[bytes]:
    """Notes who takes the evidence of a mailing, then yields it as a zip, a part at a time.

    With recipients, which the caller has made sure that the person may export, that is a second event. Raises `Refusal`
    where nothing was handed over, or where there is nobody to name.
    """
    deliveries = live_deliveries(mailing)
    if not deliveries:
        raise Refusal(_("Nothing of this mailing was handed over to Braze, so there is no evidence of it."))
    with transaction.atomic():
        recipients = export(mailing=mailing, actor=actor) if with_recipients else None
        record(
            "mailing.evidence_exported",
            actor=actor,
            target=mailing,
            group=mailing.group,
            deliveries=len(deliveries),
            with_recipients=with_recipients,
        )
    now = timezone.now()
    about = {
        "evidence_of": str(mailing.pk),
        "mailing": mailing.name,
        "made_at": now.isoformat(),
        "made_for": facts.person(actor),
        "names_recipients": with_recipients,
    }
    return zipped(_pieces(mailing, deliveries, actor, recipients, now, translation.get_language() or "en"), about, now)


def _pieces(
    mailing: Mailing, deliveries: list[Delivery], actor: User, recipients: Rows | None, now: datetime, language: str
) -> Iterator[Piece]:
    """Each piece is made when its turn comes, when the request's language is over already."""
    with translation.override(language):
        report = report_of(mailing, now)
        days = list(day_rows(mailing, report))
        known: dict[str, Any] = {
            "mailing.json": facts.mailing_facts(mailing),
            "values.json": mailing.values,
            "template.json": facts.template_facts(mailing),
            "approvals.json": facts.approval_facts(mailing),
            "audience.json": facts.audience_facts(mailing, deliveries, actor),
            "report.json": facts.report_facts(report),
        }
    for name, fact in known.items():
        yield Piece(name, [as_json(fact)])
    yield Piece("report.csv", csv_lines(days))
    for number, delivery in enumerate(deliveries, start=1):
        yield from _pieces_of(delivery, f"delivery-{number}", language)
    if recipients is not None:
        yield Piece("recipients.csv", csv_lines(recipients))


def _pieces_of(delivery: Delivery, folder: str, language: str) -> Iterator[Piece]:
    """The mail stands there byte for byte as it was handed over; on route B as the portal's mirror of it."""
    mail = dict(delivery.message)
    yield Piece(f"{folder}/message.html", [str(mail.pop("html", "")).encode()])
    yield Piece(f"{folder}/message.txt", [str(mail.pop("text", "")).encode()])
    yield Piece(f"{folder}/envelope.json", [as_json(mail)])
    yield Piece(f"{folder}/delivery.json", [as_json(facts.delivery_facts(delivery))])
    if delivery.properties:
        yield Piece(f"{folder}/trigger_properties.json", [as_json(delivery.properties)])
    yield Piece(f"{folder}/batches.csv", csv_lines(_in_language(statement_rows(delivery), language)))


def _in_language(rows: Rows, language: str) -> Iterator[Iterable[object]]:
    """Gives rows that are put into words one by one, while somebody else's language is on in between."""
    each = iter(rows)
    while True:
        with translation.override(language):
            row = next(each, None)
        if row is None:
            return
        yield row
