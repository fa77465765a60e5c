"""Mails of the portal to its own people, a function an event: something waits, somebody has spoken, time runs out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from email.errors import MessageError
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from campaigns.brandlock import clean_text
from campaigns.models import Comment, Mailing, Review
from campaigns.review.deciders import nearest_deciders, next_deciders
from groups.addresses import public_url
from groups.models import User

log = logging.getLogger(__name__)


def tell_submission(review: Review) -> None:
    """Tells the nearest people who may decide that a mailing waits for them (catalogue M5)."""
    _ask(review, nearest_deciders(review), "review/mail_submitted.txt")


def tell_reviewed(review: Review) -> None:
    """Tells the nearest approvers that a mailing has passed the first level."""
    _ask(review, nearest_deciders(review), "review/mail_reviewed.txt")


def tell_decision(review: Review) -> None:
    """Tells the author what became of their mailing."""
    for person in _own_people(review):
        _mail(review.mailing, person, "review/mail_decided.txt", _mailing_page(review.mailing), review=review)


def tell_expiry(review: Review) -> None:
    """Tells both sides that nobody approved in time."""
    for person in (*_own_people(review), *nearest_deciders(review)):
        _mail(review.mailing, person, "review/mail_expired.txt", _mailing_page(review.mailing), review=review)


def tell_reminder(review: Review) -> None:
    """Reminds those who may decide, and tells the author, that the time for a yes runs out (M8)."""
    _ask(review, nearest_deciders(review), "review/mail_reminder.txt")
    for person in _own_people(review):
        _mail(review.mailing, person, "review/mail_undecided.txt", _mailing_page(review.mailing), review=review)


def tell_escalation(review: Review) -> None:
    """Tells the people of the next group above of what is still undecided."""
    _ask(review, next_deciders(review), "review/mail_escalated.txt")


def tell_mentions(comment: Comment) -> None:
    """Tells the people whom a comment names (M9)."""
    page = reverse("campaigns:mailing-comments", args=[comment.mailing_id])
    for person in comment.mentions.exclude(pk=comment.author_id).filter(is_active=True):
        _mail(comment.mailing, person, "review/mail_mentioned.txt", page, comment=comment)


def _ask(review: Review, people: Iterable[User], template: str) -> None:
    page = reverse("campaigns:review-detail", args=[review.pk])
    for person in people:
        _mail(review.mailing, person, template, page, review=review)


def _own_people(review: Review) -> tuple[User, ...]:
    """Gives the submitter, and the author where that is somebody else."""
    submitter, author = review.submitted_by, review.mailing.author
    return (submitter,) if submitter == author else (submitter, author)


def _mailing_page(mailing: Mailing) -> str:
    return reverse("campaigns:mailing-detail", args=[mailing.pk])


def _mail(mailing: Mailing, person: User, template: str, page: str, **told: Review | Comment) -> None:
    """Sends one notice: the first line of the template is the subject. A mail server that is down stops nobody."""
    brand = mailing.group.brand
    with translation.override(person.language or brand.language):
        context = {"mailing": mailing, "person": person, "url": public_url(brand, page), **told}
        subject, _, body = render_to_string(template, context).strip().partition("\n")
    heading = " ".join(clean_text(f"{brand.name}: {subject}").split())
    try:
        EmailMessage(subject=heading, body=body.strip() + "\n", to=[person.email]).send()
    except (SMTPException, OSError, ValueError, MessageError) as error:
        log.warning("notice.unsent mailing=%s error=%s", mailing.pk, type(error).__name__)
