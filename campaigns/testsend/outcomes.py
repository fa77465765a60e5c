"""What became of a test mail, with a sentence for whoever asked; what is not known is never guessed."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from braze_client import (
    Accepted,
    BrazeError,
    ContractViolation,
    KeyRefused,
    NotSent,
    PermissionRefused,
    RateLimited,
    Uncertain,
)
from campaigns.errors import Refusal
from campaigns.models import TestMail, TestState
from groups.errors import GroupsError
from groups.workspace.braze import explained

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(seconds=30)


def language_of(test: TestMail) -> AbstractContextManager[None]:
    """Gives the language of whoever asked, in which they read what became of a test."""
    return translation.override(test.asked_by.language or test.group.brand.language)


def write(test: TestMail, answer: Accepted | BrazeError) -> None:
    """Stores what Braze answered to the call of a claimed test.

    An acceptance that comes after the lease ran out is a certain answer to an uncertain test.
    """
    match answer:
        case Accepted():
            _move(
                test,
                (TestState.CALLING, TestState.UNCERTAIN),
                TestState.ACCEPTED,
                dispatch_id=answer.dispatch_id or "",
                schedule_id=answer.schedule_id or "",
            )
        case NotSent():
            put_off(test, answer)
        case Uncertain():
            log.warning("test.uncertain test=%s error=%s", test.pk, answer)
            leave_uncertain(test)
        case _:
            refuse(test, answer)


def put_off(test: TestMail, until: datetime | BrazeError) -> None:
    """Lets a test wait of which no mail was made: until a moment, or for what an error tells."""
    if isinstance(until, datetime):
        _move(test, (TestState(test.state),), TestState.WAITING, not_before=until)
        return
    log.info("test.put_off test=%s error=%s", test.pk, until)
    retry_at = until.retry_at if isinstance(until, RateLimited) else None
    moment = retry_at or timezone.now() + AGAIN_AFTER
    sentence = explained(until).sentence
    _move(test, (TestState(test.state),), TestState.WAITING, not_before=moment, error=sentence)


def refuse(test: TestMail, reason: Refusal | GroupsError | BrazeError) -> None:
    """Ends a test that cannot be handed over."""
    if isinstance(reason, BrazeError):
        log.warning("test.refused test=%s error=%s", test.pk, reason)
        sentence = _in_words(reason)
    else:
        sentence = reason.sentence
    _move(test, (TestState(test.state),), TestState.REFUSED, error=sentence)


def leave_uncertain(test: TestMail) -> None:
    """Notes that nobody knows whether Braze took a test; it is not called again."""
    sentence = _(
        "Nobody knows whether Braze took this test. Look into the inbox, and send another one if it does not come."
    )
    _move(test, (TestState.CALLING,), TestState.UNCERTAIN, error=sentence)


def _move(
    test: TestMail, start: tuple[TestState, ...], to: TestState, *, error: str = "", **changes: str | datetime
) -> None:
    """Moves a test if it still stands where the answer speaks of it, in this very attempt."""
    TestMail.objects.filter(pk=test.pk, attempt=test.attempt, state__in=start).update(
        state=to, lease_until=None, answered_at=timezone.now(), error=error[:500], **changes
    )


def _in_words(error: BrazeError) -> str:
    match error:
        case KeyRefused() | PermissionRefused():
            return explained(error).sentence
        case ContractViolation():
            return _("The portal refused to make this call: %(error)s") % {"error": error.message}
    return _("Braze refused this test: %(error)s") % {"error": error}
