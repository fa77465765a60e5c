"""Mails of the portal to the people who may act on what a delivery met."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.errors import MessageError
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from campaigns.brandlock import clean_text
from campaigns.models import Delivery
from groups.access import members_with
from groups.addresses import public_url
from groups.models import Group, Workspace
from groups.roles import Permission

log = logging.getLogger(__name__)


def tell_breaker_opened(workspace: Workspace, paused: Sequence[Delivery]) -> None:
    """Tells those who may stop mailings of the whole brand that Braze fails and what waits for it."""
    brand = workspace.brand
    root = Group.objects.get(brand=brand, parent=None)
    for person in members_with(root, Permission.STOP_MAILINGS):
        with translation.override(person.language or brand.language):
            context = {
                "person": person,
                "brand": brand,
                "mailings": [delivery.mailing for delivery in paused],
                "url": public_url(brand, reverse("campaigns:home")),
            }
            subject, _, body = render_to_string("delivery/mail_breaker.txt", context).strip().partition("\n")
        heading = " ".join(clean_text(f"{brand.name}: {subject}").split())
        try:
            EmailMessage(subject=heading, body=body.strip() + "\n", to=[person.email]).send()
        except (SMTPException, OSError, ValueError, MessageError) as error:
            log.warning("notice.unsent workspace=%s error=%s", workspace.pk, type(error).__name__)
