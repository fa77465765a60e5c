"""Refusals of this package as the API says them: status, stable name, the sentence that a page would show."""

from __future__ import annotations

from campaigns.errors import NotAllowed, NotEditable, NotReady, Refusal, StaleRevision, StaleState, ValuesRefused
from campaigns.preflight import CheckFinding
from campaigns.review.approval import ApprovalVoid
from groups.api.problems import Problem, Wrong


def problem_of(error: Refusal) -> Problem:
    """Gives a refusal as a problem."""
    match error:
        case ValuesRefused():
            return Problem(422, "values-refused", error.sentence, [_of_value(found) for found in error.findings])
        case NotReady():
            wrong = [Wrong(found.step, found.sentence, found.code) for found in error.findings]
            return Problem(422, "not-ready", error.sentence, wrong)
        case NotAllowed():
            return Problem(403, "not-permitted", error.sentence)
        case StaleRevision():
            return Problem(409, "stale-revision", error.sentence)
        case NotEditable():
            return Problem(409, "not-editable", error.sentence)
        case StaleState() | ApprovalVoid():
            return Problem(409, "moved-on", error.sentence)
    return Problem(422, "refused", error.sentence)


def _of_value(found: CheckFinding) -> Wrong:
    return Wrong(f"values.{found.step}" if found.step else "values", found.sentence, found.code)
