"""The error tree of the Braze client: every error says whether Braze may have acted.

::

    BrazeError
    ├── ContractViolation   the call would break a rule of Braze; it was never made. Mend the caller
    ├── EndpointRefused     the address is no REST endpoint of Braze. Mend the setting
    ├── NotSent             the request did not reach Braze, or Braze took none of it. Try again
    │   └── RateLimited     a window is used up. Try again at ``retry_at``
    ├── Refused             Braze said no and did nothing. The same call will be refused again
    │   ├── CallRefused         400: something in this call; ``errors`` may name it
    │   ├── KeyRefused          401: dead key, wrong instance, or key of another workspace
    │   ├── PermissionRefused   403: the key lacks the permission, or the plan does not include it
    │   ├── EndpointMissing     404: wrong address
    │   ├── TooLarge            413: the body is too large
    │   └── WrongMediaType      415: the content type is wrong
    ├── PartlyRefused       Braze took the call and refused objects in it; ``reply`` names them. Mend those
    └── Uncertain           Braze may have acted: a cut, a timeout, any 5xx, an unreadable 2xx, a redirect

Decisions rest on status and structure, never on the text of a message (B-ERR-1).
"""

from __future__ import annotations

from datetime import datetime

from braze_client.replies.people import RefusedObject, TrackReply


class BrazeError(Exception):
    """The base of all errors of this package.

    ``message`` is redacted and fit for a log; ``status`` is the HTTP status where Braze answered; ``request_id`` is
    what Braze's support asks for (B-HTTP-7).
    """

    may_have_acted: bool = False

    def __init__(self, message: str, *, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        if self.status is None:
            return self.message
        return f"{self.status}: {self.message}"


class ContractViolation(BrazeError):
    """A value that Braze's contract forbids was refused before any call; ``rule`` names the contract's rule."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{message} ({rule})")
        self.rule = rule


class EndpointRefused(BrazeError):
    """The address has not the shape of a REST endpoint of Braze (B-HOST-1)."""


class NotSent(BrazeError):
    """Nothing reached Braze: no name, no connection, no TLS, no free connection in time."""


class RateLimited(NotSent):
    """Braze answered 429 and did nothing (B-RL-3); ``retry_at`` is when the window opens again, if Braze said so."""

    def __init__(
        self, message: str, *, retry_at: datetime | None, status: int | None = 429, request_id: str | None = None
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.retry_at = retry_at


class Refused(BrazeError):
    """Braze refused the call and did nothing.

    ``errors`` are the redacted sentences of its answer, in order; ``refused`` those of them that name an object of the
    call, by array and place in it (B-TRK-13).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        errors: tuple[str, ...] = (),
        refused: tuple[RefusedObject, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.errors = errors
        self.refused = refused


class CallRefused(Refused):
    """400, or another 4xx without a class of its own: something in this very call."""


class KeyRefused(Refused):
    """401: the key is unknown to this endpoint (B-HTTP-1; a key lives on its own instance only)."""


class PermissionRefused(Refused):
    """403: the key lacks the permission, or the account does not have the feature."""


class EndpointMissing(Refused):
    """404: there is nothing at this address."""


class TooLarge(Refused):
    """413: the body is larger than the endpoint takes (B-HTTP-8)."""


class WrongMediaType(Refused):
    """415: the content type is not what the endpoint takes (B-HTTP-2)."""


class PartlyRefused(BrazeError):
    """A 2xx with errors (B-ENV-1): Braze acted, except for the objects that ``reply`` names."""

    may_have_acted = True

    def __init__(self, reply: TrackReply, *, status: int, request_id: str | None = None) -> None:
        count = len(reply.refused) + len(reply.unplaced)
        super().__init__(f"Braze refused {count} of the objects of a call", status=status, request_id=request_id)
        self.reply = reply


class Uncertain(BrazeError):
    """Nobody can say whether Braze acted; a call that makes mail is never repeated after this (B-RETRY-3).

    ``was_answered`` is true for a 500 or 503 that carried a JSON body. ``later`` is what a repetition of the call met
    after an unclear first attempt, for example the 400 to a second delete (contract, section 7.3).
    ``may_have_acted`` is false only for calls that read and change nothing.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        may_have_acted: bool = True,
        was_answered: bool = False,
        later: BrazeError | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.may_have_acted = may_have_acted
        self.was_answered = was_answered
        self.later = later
