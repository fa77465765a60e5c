"""Mails of the portal to its own people: something waits for you, somebody has decided."""

from __future__ import annotations

import logging
from email.errors import MessageError
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from campaigns.brandlock import clean_text
from campaigns.models import Review
from groups.access import members_with
from groups.addresses import public_url
from groups.models import User
from groups.roles import Permission

log = logging.getLogger(__name__)


def tell_submission(review: Review) -> None:
    """Tells everybody who may approve that a mailing waits (catalogue M5)."""
    approvers = members_with(review.mailing.group, Permission.APPROVE_MAILINGS).exclude(pk=review.submitted_by_id)
    for approver in approvers:
        _mail(review, approver, "review/mail_submitted.txt", "campaigns:review-detail", review.pk)


def tell_decision(review: Review) -> None:
    """Tells the author what became of their mailing."""
    _mail(review, review.submitted_by, "review/mail_decided.txt", "campaigns:mailing-detail", review.mailing_id)


def _mail(review: Review, person: User, template: str, view: str, pk: object) -> None:
    """Sends one notice: the first line of the template is the subject. A mail server that is down stops nobody."""
    brand = review.mailing.group.brand
    with translation.override(person.language or brand.language):
        context = {
            "review": review,
            "mailing": review.mailing,
            "person": person,
            "url": public_url(brand, reverse(view, args=[pk])),
        }
        subject, _, body = render_to_string(template, context).strip().partition("\n")
    heading = " ".join(clean_text(f"{brand.name}: {subject}").split())
    try:
        EmailMessage(subject=heading, body=body.strip() + "\n", to=[person.email]).send()
    except (SMTPException, OSError, ValueError, MessageError) as error:
        log.warning("notice.unsent review=%s error=%s", review.pk, type(error).__name__)
