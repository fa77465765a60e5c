"""At the API's addresses a failure is a problem for programs too, wherever it came from, and never a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from groups.api.problems import CONTENT_TYPE, Problem, response_of
from smartersends.branding import GetResponse
from smartersends.origin import API

_KINDS = {400: "unreadable", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


class ApiMiddleware:
    """Says in problem details what the framework says in pages: an unknown method, host or address, and a failure."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API) or response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        return _as_problem(response)


def _as_problem(response: HttpResponse) -> HttpResponse:
    status = response.status_code
    sentences = {
        404: _("There is nothing here that you may see."),
        405: _("This address does not take this method."),
    }
    failed = _("Something went wrong here. The operator can see what; try again later.")
    detail = sentences.get(status, failed if status >= 500 else _("The request cannot be read."))
    allow = {"Allow": response["Allow"]} if "Allow" in response else {}
    return response_of(Problem(status, _KINDS.get(status, "failed" if status >= 500 else "refused"), detail, (), allow))
