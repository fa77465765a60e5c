"""Mailing invitations from their rows: a mail server that is down, or a worker that is killed, loses none."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from email.errors import MessageError
from smtplib import SMTPException
from typing import Final

from celery import current_app
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from groups.addresses import public_url
from groups.models import Invitation

AGAIN_AFTER: Final = timedelta(minutes=5)
AT_ONCE: Final = 200

log = logging.getLogger(__name__)


def digest_of(secret: str) -> str:
    """Gives what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def nudge() -> None:
    """Asks a worker, once this transaction is written, to mail what is due; the sweep does so without this hint."""
    transaction.on_commit(_send_hint)


def mail_due_invitations() -> int:
    """Mails invitations that are due, at most `AT_ONCE` of them; gives how many went out.

    Each is claimed by one conditional update, which makes its secret. A mail that could not be sent, or whose worker
    was killed, is due again after five minutes with a new link, until the invitation expires.
    """
    sent, now = 0, timezone.now()
    due = Invitation.objects.filter(
        mailed_at=None, mail_after__lte=now, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    for invitation in due.select_related("group__brand", "role", "invited_by").order_by("mail_after")[:AT_ONCE]:
        secret = secrets.token_urlsafe(32)
        claimed = due.filter(pk=invitation.pk, mail_after=invitation.mail_after).update(
            secret_sha256=digest_of(secret), mail_after=timezone.now() + AGAIN_AFTER
        )
        if claimed and _mail(invitation, secret):
            Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
            sent += 1
    return sent


def _mail(invitation: Invitation, secret: str) -> bool:
    brand = invitation.group.brand
    with translation.override(invitation.group.language or brand.language):
        context = {
            "invitation": invitation,
            "brand": brand,
            "url": public_url(brand, reverse("groups:invitation-accept", args=[secret])),
        }
        first, _, body = render_to_string("people/mail_invitation.txt", context).strip().partition("\n")
        subject = " ".join(first.split())
        page = render_to_string("people/mail_invitation.html", {**context, "title": subject})
    mail = EmailMultiAlternatives(subject=subject, body=body.strip() + "\n", to=[invitation.email])
    mail.attach_alternative(page, "text/html")
    try:
        mail.send()
    except (SMTPException, OSError, ValueError, MessageError) as error:
        log.warning("invitation.unsent invitation=%s error=%s", invitation.pk, type(error).__name__)
        return False
    return True


def _send_hint() -> None:
    try:
        current_app.send_task("groups.people.mail_invitations")
    except OperationalError:
        log.warning("The broker did not take a hint for invitations; the sweep will find them.")
