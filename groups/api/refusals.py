"""Refusals of this package as the API says them: status, stable name, the sentence that a page would show."""

from __future__ import annotations

from groups.api.problems import Problem, Wrong
from groups.contacts.typed import FieldsRefused
from groups.errors import BrazeUnreachable, GroupsError, InputRefused, NotConnected, NotPermitted, StaleState


def problem_of(error: GroupsError) -> Problem:
    """Gives a refusal as a problem."""
    match error:
        case FieldsRefused():
            wrong = [Wrong(name, sentence) for name, sentence in error.wrong.items()]
            return Problem(422, "refused", error.sentence, wrong)
        case InputRefused():
            return Problem(422, "refused", " ".join(dict.fromkeys([error.sentence, *error.findings])))
        case NotPermitted():
            return Problem(403, "not-permitted", error.sentence)
        case StaleState():
            return Problem(409, "moved-on", error.sentence)
        case NotConnected():
            return Problem(409, "not-connected", error.sentence)
        case BrazeUnreachable():
            return Problem(503, "braze-unreachable", error.sentence, headers={"Retry-After": "60"})
    return Problem(422, "refused", error.sentence)
