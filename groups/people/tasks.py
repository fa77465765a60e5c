"""Celery's way in: a message is a hint; the rows say which invitations are to be mailed."""

from __future__ import annotations

from celery import shared_task

from groups.people.invitation_mail import AT_ONCE, mail_due_invitations


@shared_task(name="groups.people.mail_invitations")
def mail_invitations() -> None:
    """Mails the invitations that are due, and nudges itself while there may be more.

    Twice or at once: each is claimed by one update. Late or never: the next sweep mails them.
    """
    if mail_due_invitations() == AT_ONCE:
        mail_invitations.delay()
