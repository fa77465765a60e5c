"""What a page costs: never more for many than for a few, and two queries for the rights of whoever reads it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from groups import access
from groups.models import Membership
from groups.roles import Role
from smartersends.branding import PersonMiddleware
from tests.matrix.asking import ask
from tests.matrix.growing import grow
from tests.matrix.row import HOLDERS, Asks, At, Place, Row, Who
from tests.matrix.rows import ROWS
from tests.matrix.world import World, holder

# One process builds the world once, and asks everything of it.
pytestmark = pytest.mark.xdist_group("foreign-ids")

PAGES = tuple(row for row in ROWS if row.method == "GET" and ":" in row.name and row.answers == (200,))
OF_PEOPLE = tuple(row for row in PAGES if row.asks not in (Asks.ANYBODY, Asks.TOKEN, Asks.OWNER))
ANSWERS = {function.__code__ for function in (access.may, access.rights_of, access.has_feature)}


def test_no_page_asks_more_queries_for_thirty_of_everything_than_for_three(world: World, client: Client) -> None:
    readers = [holder(role, Place.ROOT) for role in (Role.ADMIN, Role.BRAND_MANAGER)]
    others = [world.people[who].pk for who in HOLDERS if who not in readers]
    Membership.objects.filter(user__in=others).delete()
    visits = {f"{row.name} for the {who.role}": (row, who) for row in OF_PEOPLE for who in readers if row.acts_for(who)}
    things, group, reader = world.own, world.groups[Place.OWN], world.people[readers[0]]

    grow(things, group, reader, range(3))
    before = {name: _queries(client, world, *visit) for name, visit in visits.items()}
    grow(things, group, reader, range(3, 30))
    after = {name: _queries(client, world, *visit) for name, visit in visits.items()}

    grown = {name: _more(before[name], after[name]) for name in visits if len(after[name]) > len(before[name])}
    assert grown == {}


@pytest.mark.parametrize("row", OF_PEOPLE, ids=lambda row: row.label)
def test_the_rights_of_a_page_are_two_queries_at_most(row: Row, world: World, client: Client) -> None:
    places = row.at.value if row.at is not At.SOMEWHERE else {Place.OWN, Place.PARENT, Place.ROOT}
    readers = [next((who for who in HOLDERS if who.place is place and row.acts_for(who)), None) for place in places]

    asked = {}
    for who in (one for one in readers if one is not None):
        with _rights_asked() as found:
            ask(client, world, who, row)
        asked[who.name] = found.total()

    assert asked
    assert all(number <= 2 for number in asked.values()), asked


@pytest.mark.parametrize(("method", "is_remembered"), [("get", True), ("head", True), ("post", False), ("put", False)])
def test_only_what_shows_remembers_rights_and_whatever_acts_asks_anew(
    method: str, is_remembered: bool, world: World
) -> None:
    request = getattr(RequestFactory(), method)("/")
    request.user, request.session = world.people[holder(Role.ADMIN, Place.ROOT)], {}
    request.brand = world.brand
    request.user.rights_memory = None

    def seen(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(request.user.rights_memory is not None))

    answer = PersonMiddleware(seen)(request)

    assert answer.content == str(is_remembered).encode()
    request.user.rights_memory = None


def _queries(client: Client, world: World, row: Row, who: Who) -> list[str]:
    """Gives the queries of a page that was shown once before, so that what is kept between requests is there."""
    ask(client, world, who, row)
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client, world, who, row)
        if answer.streaming:
            list(answer)
    assert answer.status_code == 200, row.name
    return [query["sql"] for query in captured.captured_queries]


def _more(before: list[str], after: list[str]) -> list[str]:
    """Gives the tables that are asked more often than before."""
    first, then = Counter(map(_table, before)), Counter(map(_table, after))
    return [f"{table}: {first[table]} > {number}" for table, number in then.items() if number > first[table]]


def _table(sql: str) -> str:
    return sql.partition(" FROM ")[2][:60]


@contextmanager
def _rights_asked() -> Iterator[Counter[str]]:
    """Counts the queries that the functions of `groups.access` make which answer what somebody may do."""
    found: Counter[str] = Counter()

    def watch(execute: Callable[..., Any], *query: Any) -> Any:
        frame = sys._getframe()
        while frame is not None and frame.f_code not in ANSWERS:
            frame = frame.f_back  # type: ignore[assignment]  # the outermost frame has none
        if frame is not None:
            found[frame.f_code.co_name] += 1
        return execute(*query)

    with connection.execute_wrapper(watch):
        yield found
