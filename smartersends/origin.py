"""Tells the audit trail where a request, a task or a command comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from groups.models import Origin
from groups.trail.origins import act_from, acting_from, client_network
from smartersends.branding import GetResponse

API = "/api/"


def note_command(arguments: Sequence[str]) -> None:
    """Says for the whole process that it acts from a command, where `manage.py` was called with one."""
    if len(arguments) > 1 and Path(arguments[0]).name == "manage.py":
        act_from(Origin.COMMAND, arguments[1])


class OriginMiddleware:
    """Says for the time of a request that its person acts from a page or the API, and from which network."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin.API if request.path.startswith(API) else Origin.PAGE
        network = client_network(
            str(request.META.get("REMOTE_ADDR", "")),
            request.headers.get("X-Forwarded-For", ""),
            settings.ALLAUTH_TRUSTED_PROXY_COUNT,
        )
        with acting_from(origin, network):
            return self.get_response(request)
