"""Celery's way in: what is due stands in the rows, the messages carry nothing."""

from __future__ import annotations

from celery import shared_task

from groups.notices import mailing, nudges, services


@shared_task(name="groups.notices.mail_due")
def mail_due() -> None:
    """Mails what is due, for at most 20 seconds, and nudges itself while there is more.

    Twice or at once: each notice is claimed by one worker before its mail is written. Late or never: the notices wait,
    and the clock sends the same message every half minute.
    """
    if mailing.mail_due():
        nudges.mail_due()


@shared_task(name="groups.notices.tidy")
def tidy() -> None:
    """Removes old read notices. Twice or at once: both remove the same rows. Never: they only take room."""
    services.forget_read()
