"""Mailing the notices that are due: one claim after the other, through one connection to the mail server."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import translation

from groups.errors import StaleState
from groups.models import MailState, Notice
from groups.notices.kinds import kind_named
from groups.notices.mails import mail_of
from groups.notices.queries import accessible
from groups.notices.queue import Claim, claim_next, settle, start_leaving, take_back_lost, wait_again

log = logging.getLogger(__name__)

# The server has answered, or was never reached: it surely took no mail. Any other failure leaves that open.
_NOTHING_LEFT = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError, ConnectionRefusedError)


def mail_due(*, limit_seconds: float = 20.0) -> bool:
    """Mails what is due; tells whether more may be.

    A mail server that does not answer ends the run: what was claimed waits a while, and the clock asks again.
    """
    if lost := take_back_lost():
        log.warning("notice.uncertain count=%s", lost)
    deadline = time.monotonic() + limit_seconds
    server = get_connection()
    try:
        while (claim := claim_next()) is not None:
            if not _mail(claim, server):
                return False
            if time.monotonic() >= deadline:
                return True
    finally:
        server.close()
    return False


def _mail(claim: Claim, server: Any) -> bool:
    """Mails the notices of a claim as one mail; tells whether the mail server can be asked for another one."""
    try:
        notices = _worth_a_mail(claim)
        mail = _written(notices) if notices else None
    except Exception:
        # One notice that cannot be written must not keep the others from being mailed; it is tried again, not for ever.
        log.exception("notice.unwritten notice=%s", claim.notices[0].pk)
        wait_again(claim, claim.notices)
        return True
    return mail is None or _hand_over(claim, notices, mail, server)


def _worth_a_mail(claim: Claim) -> Sequence[Notice]:
    """Gives what is still to be mailed: not what was read, has been dealt with, or is no longer for this person."""
    person, brand = claim.notices[0].person, claim.notices[0].brand
    allowed = accessible(person, claim.notices)
    notices = []
    with translation.override(person.language or brand.language):
        for notice in claim.notices:
            kind = kind_named(notice.kind)
            if kind is None:
                log.warning("notice.unknown notice=%s kind=%s", notice.pk, notice.kind)
                settle(claim, [notice], MailState.FAILED)
            elif notice.read_at or notice.pk not in allowed or not kind.is_worth_a_mail(notice):
                settle(claim, [notice], MailState.KEPT)
            else:
                notices.append(notice)
    return notices


def _written(notices: Sequence[Notice]) -> EmailMultiAlternatives:
    mail = mail_of(notices)
    mail.message()  # a header that cannot be is refused here, before anything is noted as leaving
    return mail


def _hand_over(claim: Claim, notices: Sequence[Notice], mail: EmailMultiAlternatives, server: Any) -> bool:
    try:
        server.open()
    except OSError as error:  # every SMTPException is one
        log.warning("notice.waits notice=%s error=%s", notices[0].pk, type(error).__name__)
        server.close()
        wait_again(claim, notices)
        return False
    try:
        start_leaving(claim, notices)
    except StaleState:
        return True  # this took longer than its lease, and somebody else does it
    try:
        server.send_messages([mail])
    except _NOTHING_LEFT as error:
        log.warning("notice.refused notice=%s error=%s", notices[0].pk, type(error).__name__)
        server.close()
        if _is_final(error):
            settle(claim, notices, MailState.FAILED)
        else:
            wait_again(claim, notices)
        return not isinstance(error, ConnectionRefusedError)
    except OSError as error:
        log.warning("notice.uncertain notice=%s error=%s", notices[0].pk, type(error).__name__)
        server.close()
        settle(claim, notices, MailState.UNCERTAIN)
        return False
    settle(claim, notices, MailState.MAILED)
    return True


def _is_final(error: OSError) -> bool:
    """Tells whether the mail server will never take a mail to this address."""
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _text in error.recipients.values())
