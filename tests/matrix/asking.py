"""Asking at an address of the matrix as somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.matrix.row import HOLDERS, Row, Who
from tests.matrix.things import Things
from tests.matrix.world import World


def named_addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields the name of every address of the portal, with the names of its parts."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "api":
                continue  # its operations take tokens: tests/smartersends/test_api.py tries each of them
            yield from named_addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", tuple(pattern.pattern.converters) or _groups_of(pattern)


def _groups_of(pattern: URLPattern) -> tuple[str, ...]:
    return tuple(re.compile(str(pattern.pattern)).groupindex)


ADDRESSES = dict(named_addresses())


def ask(
    client: Client,
    world: World,
    who: Who,
    row: Row,
    *,
    form: Mapping[str, object] | None = None,
    parts: Mapping[str, object] | None = None,
    query: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Sends the request of a row as somebody and gives the answer.

    `form` is sent in place of the row's own, `parts` stand in the address in place of the world's own things.
    """
    client.cookies = SimpleCookie()
    if who in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
    # Attempts to sign in are counted by address, and each of these people comes from one of their own.
    comes_from = {"REMOTE_ADDR": f"10.0.0.{1 + HOLDERS.index(who) if who in HOLDERS else 0}"}
    address = address_of(row, {**world.own, **(parts or {})}) + query
    if row.method == "GET":
        return client.get(address, headers=headers, **comes_from)
    named = row.form if form is None else form
    said = filled(named, world.own, _own_membership(world, who) if "@me" in named.values() else 0)
    if row.method == "POST":
        return client.post(address, said, headers=headers, **comes_from)
    return client.generic(row.method, address, "{}", content_type="application/json", **comes_from)


def address_of(row: Row, things: Things) -> str:
    """Gives the path of a row, with the things that it names."""
    return reverse(row.name, kwargs={part: things[row.ids.get(part, part)] for part in ADDRESSES[row.name]})


def filled(form: Mapping[str, object], things: Things, own_membership: int = 0) -> dict[str, Any]:
    """Gives a form with the things that it names."""
    said: dict[str, Any] = {}
    for name, value in form.items():
        name = f"digest-{things['review_id']}" if name == "@digest-of-review" else name
        if callable(value):
            said[name] = value()
        elif value == "@me":
            said[name] = own_membership
        elif isinstance(value, str) and value.startswith("@"):
            said[name] = str(things[value[1:]])
        else:
            said[name] = value
    return said


def _own_membership(world: World, who: Who) -> int:
    person = world.people.get(who)
    held = None if person is None else person.memberships.first()
    return 0 if held is None else held.pk
