"""The API as a whole: what it says of itself, what its documentation says, and that nobody gets in without a token."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.test import Client

from campaigns.webhooks.signing import new_secret, signature
from groups.api.tokens import SCOPES
from groups.models import Event
from groups.roles import Permission
from smartersends.api import api
from tests.builders import Cast
from tests.groups.api.builders import Program, kind_of, program_of

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
NOTHING = str(UUID(int=0))
CALLS = re.findall(r"curl (?:-X (\w+) )?.*?https://[^/]+(/api/v1/[^\s\"\\?]+)", DOCS)
# The rooms whose operations everybody would look for; the catalogue's row is as wide as the pages.
ROOMS = {
    "You and your groups",
    "Templates and images",
    "Mailings",
    "Sending",
    "Reviews",
    "Deliveries",
    "Reports and calendar",
    "Audiences and contacts",
    "Imports",
}


@pytest.fixture(scope="module")
def schema() -> Any:
    return api.get_openapi_schema()


def operations_of(schema: Any) -> list[tuple[str, str, Any]]:
    return [
        (method, path, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]


@pytest.mark.catalogue("X6")
def test_nobody_gets_in_without_a_token_and_no_session_counts(cast: Cast, client: Client, schema: Any) -> None:
    before, let_in = Event.objects.count(), []
    client.force_login(cast.admin)

    for method, path, _operation in operations_of(schema):
        address = re.sub(r"\{batch_id\}", "1", path)
        address = re.sub(r"\{\w+\}", NOTHING, address)
        answer = client.generic(method.upper(), address, "{}", content_type="application/json")
        let_in += [] if (answer.status_code, kind_of(answer)) == (401, "no-token") else [f"{method} {path}"]

    assert let_in == []
    assert Event.objects.count() == before


def test_the_openapi_names_scopes_keys_and_problems_of_every_operation(schema: Any) -> None:
    operations = operations_of(schema)

    assert len(operations) >= 56
    assert {operation["tags"][0] for _method, _path, operation in operations} == ROOMS
    for method, path, operation in operations:
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) is (method == "post"), path
        assert operation["security"] == [{"Bearer": []}], path
        assert operation["x-scopes"] or path == "/api/v1/me"
        assert {401, 404, 409, 422, 429} <= set(operation["responses"]), path
        assert operation["description"], path


def test_a_token_can_be_given_every_scope_that_an_operation_asks_for(schema: Any) -> None:
    asked = {scope for _method, _path, operation in operations_of(schema) for scope in operation["x-scopes"]}

    # Asked for by a service, and not at the door of an operation.
    behind = {Permission.OVERRIDE_CHECKS, Permission.OVERWRITE_AUDIENCE}
    assert asked | behind == set(SCOPES)


def test_the_openapi_and_its_page_are_open_and_tell_nothing_of_the_brand(cast: Cast, client: Client) -> None:
    openapi, page = client.get("/api/v1/openapi.json"), client.get("/api/v1/docs")

    assert openapi.json()["info"]["title"] == "SmarterSends"
    assert page.status_code == 200
    assert "/api/v1/mailings/{mailing_id}/send" in page.text
    assert "script-src" in page["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert cast.store.name not in openapi.text + page.text


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_the_calls_of_the_documentation_exist(schema: Any, method: str, path: str) -> None:
    wanted = re.sub(r"\$\w+", "{}", path)

    known = {
        (re.sub(r"\{\w+\}", "{}", there), verb.upper()) for there, verbs in schema["paths"].items() for verb in verbs
    }
    assert (wanted, method or "GET") in known


def test_every_address_that_the_documentation_names_exists(schema: Any) -> None:
    named = re.findall(r"`(GET|POST|PATCH|PUT|DELETE) (/[^`]+)`", DOCS)

    assert len(named) >= 7
    for method, path in named:
        assert method.lower() in schema["paths"][f"/api/v1{path}"]


def test_the_check_of_signatures_in_the_documentation_holds() -> None:
    names: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", DOCS, re.DOTALL)[1], names)  # type: ignore[index]  # it stands there
    secret, body, now = new_secret(), b'{"type": "webhook.test"}', int(time.time())

    def headers(timestamp: int) -> dict[str, str]:
        signed = signature([new_secret(), secret], id="msg_1", timestamp=timestamp, body=body)
        return {"webhook-id": "msg_1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}

    assert names["is_genuine"](secret, headers(now), body)
    assert not names["is_genuine"](secret, headers(now), body + b" ")
    assert not names["is_genuine"](new_secret(), headers(now), body)
    assert not names["is_genuine"](secret, headers(now - 3600), body)


def test_the_kinds_of_problems_that_the_documentation_names_are_those_of_the_code() -> None:
    lines = re.findall(r"^\| 4\d\d \| (.*?) \|", DOCS, re.MULTILINE)
    named = {kind for line in lines for kind in re.findall(r"`([\w-]+)`", line)}
    root = Path(__file__).parents[2]
    code = "".join(
        path.read_text() for folder in ("groups/api", "campaigns/api") for path in (root / folder).rglob("*.py")
    )

    assert {kind for kind in named if f'"{kind}"' not in code} == {"unreadable"}


def test_an_unknown_method_is_a_problem_too(cast: Cast) -> None:
    program = program_of(cast.author, cast.brand)

    answer = program.delete("/groups")

    assert (answer.status_code, kind_of(answer), answer["Allow"]) == (405, "method-not-allowed", "GET")


def test_a_failure_is_a_problem_and_tells_nothing_of_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: HttpRequest, _user: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("groups.api.rooms.people.named", broken)
    program = program_of(cast.author, cast.brand)
    program.client.raise_request_exception = False

    answer = program.get("/me")

    assert (answer.status_code, kind_of(answer)) == (500, "failed")
    assert "secret" not in answer.text
    assert Program("").client.get("/api/v2/me").status_code == 404
