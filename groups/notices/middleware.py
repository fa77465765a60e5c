"""Knows from the link of a mail which notice it carried, so that reading the thing reads the notice too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse

from groups.access import get_own
from groups.models import Notice, User
from groups.notices.mails import PARAMETER
from groups.notices.services import mark_read


class NoticeMiddleware:
    """Marks a person's own notice read when they follow its mail to its thing; any other id changes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = request.GET.get(PARAMETER) if request.method == "GET" else None
        if named and isinstance(request.user, User):
            with suppress(Http404):
                notice = get_own(request.user, Notice, named)
                if notice.path.partition("#")[0].partition("?")[0] == request.path:
                    mark_read(notice=notice, reader=request.user)
        return self.get_response(request)
