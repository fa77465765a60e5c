"""Reading JSON that anybody may have written: what no database takes is refused before anything looks at it."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from groups.api.problems import Problem

MOST_BYTES: Final = 2 * 1024 * 1024


class PlainParser(Parser):
    """Reads a body of JSON; raises `Problem` for what is none, too large, or holds characters that cannot be kept."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Gives what a body says."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise Problem(413, "too-large", _("A body may have 2 MB at most. Send people as a file."))
        try:
            body = json.loads(request.body)
            text = json.dumps(body, ensure_ascii=False, allow_nan=False)
            text.encode()
        except (ValueError, RecursionError) as error:
            raise Problem(400, "no-json", _("The body is no JSON.")) from error
        if "\\u0000" in text:
            raise Problem(400, "no-json", _("The body holds a character that cannot be kept (U+0000)."))
        return body

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """Gives the fields of an address or a form, without characters that cannot be kept."""
        for name, texts in data.lists():
            if "\x00" in name or any("\x00" in text for text in texts):
                raise Problem(400, "no-text", _("The request holds a character that cannot be kept (U+0000)."))
        return super().parse_querydict(data, list_fields, request)
