"""The root of the API: its rooms under `/api/v1/`, its errors, and its OpenAPI."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from campaigns.api import refusals as of_campaigns
from campaigns.api.rooms import deliveries, library, mailings, reports, reviews, sending
from campaigns.errors import Refusal
from groups.api import problems
from groups.api import refusals as of_groups
from groups.api.authentication import Bearer
from groups.api.idempotency import REPLAYED
from groups.api.parsing import PlainParser
from groups.api.problems import Problem, response_of
from groups.api.rooms import audiences, imports, people
from groups.api.schemas import ProblemOut
from groups.errors import GroupsError
from groups.roles import Permission

VERSION = "1.0.0"
# What may come of nearly any call; each operation's own answers stand beside them.
_PROBLEMS = {
    400: "The request cannot be read, or an idempotency key is missing.",
    401: "There is no token of this brand that holds.",
    403: "The token, or its person, may not do this.",
    404: "There is nothing of this ID that the token's person may see.",
    405: "The address does not take this method.",
    409: "It has moved on, or the same call is being done right now.",
    413: "The body is too large.",
    422: "Something in the request cannot be taken; `errors` say what.",
    429: "The token has made its calls of this minute; `Retry-After` says when to go on.",
    503: "Braze does not answer; try again later.",
}


class PortalApi(NinjaAPI):
    """The API with our headers on every answer, and our problems in its OpenAPI."""

    def create_response(
        self, request: HttpRequest, data: Any, *args: Any, status: int | None = None, **options: Any
    ) -> HttpResponse:
        """Adds what the call has left of its minute, and whether the answer is that of an earlier call."""
        answer = super().create_response(request, data, *args, status=status, **options)
        return _with_headers(request, answer)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Adds the problems that every operation may answer with."""
        schema = super().get_openapi_schema(**options)
        known = schema["components"]["schemas"]
        template = "#/components/schemas/{model}"
        known["ProblemOut"] = ProblemOut.model_json_schema(ref_template=template)
        known |= known["ProblemOut"].pop("$defs", {})
        content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
        scopes = {self.get_openapi_operation_id(one): one for one in self._operations()}
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["x-scopes"] = [need.value for need in _needs_of(scopes[operation["operationId"]])]
                for status, description in _PROBLEMS.items():
                    operation["responses"].setdefault(status, {"description": description, "content": content})
        return schema

    def _operations(self) -> Iterator[Operation]:
        for bound in self._get_bound_routers():
            for view in bound.path_operations.values():
                yield from view.operations


def _needs_of(operation: Operation) -> tuple[Permission, ...]:
    """Gives the scopes of which an operation asks one."""
    return tuple(need for one in operation.auth_callbacks if isinstance(one, Bearer) for need in one.needs)


api = PortalApi(
    title="SmarterSends",
    version=VERSION,
    description="Everything that people do in the portal, by the rights of the token's person. "
    "Moments carry their offset from UTC. Lists come in pages; errors are problem details (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=PlainParser(),
)
for room in (people, library, mailings, sending, reviews, deliveries, reports, audiences, imports):
    api.add_router("", room.router)


def _with_headers(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    for name, value in getattr(request, "rate_headers", {}).items():
        answer.headers.setdefault(name, value)
    if getattr(request, "replayed", False):
        answer[REPLAYED] = "true"
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return _with_headers(request, response_of(problem))


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return _answer(request, error)


@api.exception_handler(GroupsError)
def _groups_error(request: HttpRequest, error: GroupsError) -> HttpResponse:
    return _answer(request, of_groups.problem_of(error))


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return _answer(request, of_campaigns.problem_of(error))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, problems.not_found())


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = problems.wrong_of(error.errors)
    return _answer(request, Problem(422, "invalid", _("Something in the request cannot be taken."), wrong))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Whatever the parser raises comes in the framework's own words.
    if isinstance(error.__cause__, Problem):
        return _answer(request, error.__cause__)
    if isinstance(error.__cause__, SuspiciousOperation | MultiPartParserError):
        return _unreadable(request, error.__cause__)
    status = error.status_code
    return _answer(request, Problem(status, HTTPStatus(status).phrase.lower().replace(" ", "-"), str(error)))


def _unreadable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return _answer(request, Problem(413, "too-large", _("The request is too large.")))
    return _answer(request, Problem(400, "unreadable", _("The request cannot be read.")))


for kind in (SuspiciousOperation, MultiPartParserError):
    api.add_exception_handler(kind, _unreadable)


def nothing_here(request: HttpRequest) -> JsonResponse:
    """Answers an address of the API that there is none of, as the API says it."""
    return response_of(Problem(404, "not-found", _("There is no such address in the API.")))
