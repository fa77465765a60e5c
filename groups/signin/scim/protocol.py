"""The words of SCIM: schemas, errors, bodies and lists (RFC 7644, sections 3.4.2 and 3.12)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE: Final = "application/scim+json"
USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
_LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
PAGE_SIZE: Final = 100
MOST_RESULTS: Final = 200


class ScimError(Exception):
    """A refusal as the directory reads it; `kind` is the `scimType` of RFC 7644, table 9."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind


def not_found() -> ScimError:
    """Gives the refusal of an id that this brand does not have."""
    return ScimError(404, _("There is nothing with this id."))


def reply(body: dict[str, Any], status: int = 200) -> JsonResponse:
    """Gives a body as SCIM's content type."""
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def error(refusal: ScimError) -> JsonResponse:
    """Gives a refusal as a body."""
    body: dict[str, Any] = {"schemas": [_ERROR], "status": str(refusal.status), "detail": refusal.detail}
    if refusal.kind:
        body["scimType"] = refusal.kind
    return reply(body, refusal.status)


def page_of(request: HttpRequest) -> tuple[int, int]:
    """Gives the first position, from 1, and the most results that a list was asked for."""
    try:
        start, count = int(request.GET.get("startIndex", 1)), int(request.GET.get("count", PAGE_SIZE))
    except ValueError as problem:
        raise ScimError(400, _("startIndex and count are whole numbers."), "invalidValue") from problem
    return min(max(start, 1), 10**9), min(max(count, 0), MOST_RESULTS)


def listing(resources: Sequence[dict[str, Any]], total: int, start: int) -> JsonResponse:
    """Gives one page of a list."""
    return reply(
        {
            "schemas": [_LIST],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(resources),
            "Resources": list(resources),
        }
    )


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Reads a body; raises `ScimError` for what is no JSON object, or holds text that no database takes."""
    try:
        body = json.loads(request.body)
        text = json.dumps(body, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError) as problem:
        raise ScimError(400, _("The body is no JSON."), "invalidSyntax") from problem
    if not isinstance(body, dict) or "\\u0000" in text:
        raise ScimError(400, _("The body is no JSON object of plain text."), "invalidSyntax")
    return body


def text_in(value: Any, name: str, most: int) -> str:
    """Gives a text of a body; raises `ScimError` for anything else and for one that is too long."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        message = _("%(name)s is a text of at most %(most)s characters.") % {"name": name, "most": most}
        raise ScimError(400, message, "invalidValue")
    return value.strip()


def truth_in(value: Any, name: str) -> bool:
    """Gives a truth of a body; Microsoft Entra sends it as the text "True" or "False"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ScimError(400, _("%(name)s is true or false.") % {"name": name}, "invalidValue")
