"""Decides on an uncertain batch: `manage.py reconcile DELIVERY_ID --batch N --as sent|waiting`."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.delivery.decisions import decide_batch
from campaigns.errors import Refusal
from campaigns.models import Batch


class Command(BaseCommand):
    """Does what the page of a mailing does with an uncertain batch, for operators; the audit trail keeps it."""

    help = "Decides what became of an uncertain batch, after somebody looked in Braze."

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes the delivery, the number of the batch and the decision."""
        parser.add_argument("delivery", type=uuid.UUID, help="ID of the delivery, from the page of its batches")
        parser.add_argument("--batch", type=int, required=True, help="number of the batch in the delivery")
        parser.add_argument(
            "--as",
            dest="decision",
            choices=("sent", "waiting"),
            required=True,
            help="sent: its people got the mail. waiting: they did not, and are handed over again where there is time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Decides, and says what became of the batch."""
        known = Batch.objects.select_related("delivery__mailing__group__brand", "delivery__workspace")
        batch = known.filter(delivery=options["delivery"], number=options["batch"]).first()
        if batch is None:
            raise CommandError(f"There is no batch {options['batch']} in the delivery {options['delivery']}.")
        try:
            batch = decide_batch(batch=batch, as_sent=options["decision"] == "sent", actor=None)
        except Refusal as refusal:
            raise CommandError(f"{refusal.sentence} The batch is {batch.get_state_display()}.") from refusal
        self.stdout.write(f"Batch {batch.number} ({batch.size} people): {batch.get_state_display()}.")
