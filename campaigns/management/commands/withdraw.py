"""`manage.py withdraw`: calls a delivery back before it goes out."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.delivery.control import cancel
from campaigns.errors import Refusal
from campaigns.models import Delivery
from campaigns.states import UNDER_WAY
from groups.people.services import service_user


class Command(BaseCommand):
    """Withdraws every batch of a delivery, as the page's Cancel does; the workers do the calls."""

    help = "Withdraws a delivery before it goes out."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the one argument."""
        parser.add_argument("delivery_id", metavar="DELIVERY_ID", type=uuid.UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        """Cancels the mailing of the delivery; a refusal is a sentence and exit code 1."""
        delivery = Delivery.objects.select_related("mailing__group__brand").filter(pk=options["delivery_id"]).first()
        if delivery is None:
            raise CommandError(f"There is no delivery {options['delivery_id']}.", returncode=1)
        if delivery.state not in UNDER_WAY:
            raise CommandError(
                f"This delivery is over ({delivery.get_state_display()}); nothing of it can be withdrawn.", returncode=1
            )
        mailing = delivery.mailing
        try:
            cancel(mailing=mailing, actor=service_user(brand=mailing.group.brand))
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=1) from refusal
        self.stdout.write(f"Withdrawing delivery {delivery.pk} of “{mailing.name}”.")
