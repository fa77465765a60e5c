"""A program that calls the API with a token of somebody's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from groups.api.tokens import create_token, givable_scopes
from groups.models import ApiToken, Brand, User
from groups.roles import Permission


def a_token(user: User, brand: Brand, *scopes: Permission, days: int | None = None) -> tuple[ApiToken, str]:
    """Gives a token of a person with its text; without scopes it may do all that they may give it."""
    given = scopes or givable_scopes(user, brand)
    return create_token(brand=brand, user=user, name="Till", scopes=given, days=days)


@dataclass(slots=True)
class Program:
    """Calls the API; each POST carries a key of its own unless one is given."""

    token: str
    host: str = "testserver"
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, said: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self._send("post", path, said, {"Idempotency-Key": key or str(uuid.uuid4()), **headers})

    def patch(self, path: str, said: Any) -> Any:
        return self._send("patch", path, said, {})

    def put(self, path: str, said: Any) -> Any:
        return self._send("put", path, said, {})

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=self._headers())

    def upload(self, path: str, form: Mapping[str, Any], *, key: str | None = None) -> Any:
        headers = self._headers() | {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.client.post(f"/api/v1{path}", form, headers=headers)

    def _send(self, method: str, path: str, said: Any, headers: Mapping[str, str]) -> HttpResponse:
        call = getattr(self.client, method)
        answer: HttpResponse = call(
            f"/api/v1{path}",
            {} if said is None else said,
            content_type="application/json",
            headers=self._headers() | dict(headers),
        )
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Host": self.host}


def program_of(user: User, brand: Brand, *scopes: Permission) -> Program:
    """Gives a program with a new token of a person."""
    _token, text = a_token(user, brand, *scopes)
    return Program(text)


def kind_of(answer: Any) -> str:
    """Gives the stable name of a problem."""
    assert answer["Content-Type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:smartersends:problem:")
