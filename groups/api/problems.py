"""What the API says when it does not do what it was asked: problem details in plain words (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: the path of the field in the request (`values.headline`), and a sentence."""

    field: str
    message: str
    code: str = ""


class Problem(Exception):
    """A refusal as a program reads it: `kind` is its stable name, `detail` a sentence for people."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        wrong: Sequence[Wrong] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.wrong = tuple(wrong)
        self.headers = dict(headers or {})


def not_found() -> Problem:
    """Gives the refusal of what does not exist for this token's person, whether or not it exists for others."""
    return Problem(404, "not-found", _("There is nothing here that you may see."))


def refused(name: str, message: str, status: int = 422) -> Problem:
    """Gives the refusal of one field."""
    return Problem(status, "invalid", _("Something in the request cannot be taken."), [Wrong(name, message)])


def response_of(problem: Problem) -> JsonResponse:
    """Gives a problem as an answer."""
    body: dict[str, Any] = {
        "type": f"urn:smartersends:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.wrong:
        body["errors"] = [
            {"field": one.field, "message": one.message, **({"code": one.code} if one.code else {})}
            for one in problem.wrong
        ]
    answer = JsonResponse(body, status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        answer[name] = value
    answer["Cache-Control"] = "no-store"
    return answer


def wrong_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Wrong, ...]:
    """Gives what a request has wrong by the field, from what the framework found."""
    return tuple(Wrong(_field_of(error.get("loc", ())), _message_of(error)) for error in errors)


def _field_of(place: Sequence[str | int]) -> str:
    """Leaves out where a field came from (`body`, `query`) and what the code calls the whole body."""
    parts = list(place)
    if parts and parts[0] in ("body", "form", "file"):
        parts = parts[1:]
        if len(parts) > 1 and parts[0] in ("said", "payload"):
            parts = parts[1:]
    elif parts and parts[0] in ("query", "path", "header"):
        parts = parts[1:]
    return ".".join(str(part) for part in parts)


def _message_of(error: Mapping[str, Any]) -> str:
    given = error.get("ctx") or {}
    match str(error.get("type", "")):
        case "missing":
            return _("This is missing.")
        case "extra_forbidden":
            return _("Nothing of this name is known here.")
        case "string_too_long":
            return _("At most %(most)s characters.") % {"most": given.get("max_length")}
        case "string_too_short" | "too_short":
            return _("This may not be empty.")
        case "too_long":
            return _("At most %(most)s entries.") % {"most": given.get("max_length")}
        case "uuid_parsing" | "uuid_type":
            return _("This is no ID.")
        case "enum" | "literal_error":
            return _("Choose one of: %(known)s.") % {"known": given.get("expected", "")}
        case name if name.startswith(("datetime", "timezone")):
            return _("Give a moment with its offset from UTC, such as 2026-11-24T09:00:00-08:00.")
        case name if name.startswith("date"):
            return _("Give a day as 2026-11-24.")
        case name if name.startswith("string"):
            return _("This must be a text.")
        case name if name.startswith("bool"):
            return _("This must be true or false.")
        case name if name.startswith("int"):
            return _("This must be a whole number.")
        case name if name.startswith(("dict", "model")):
            return _("This must be an object.")
        case name if name.startswith("list"):
            return _("This must be a list.")
        case "greater_than_equal" | "less_than_equal":
            return _("This number is too small or too large.")
    return str(error.get("msg", "")) or _("This cannot be taken.")
