"""Calling the API with whatever its OpenAPI allows and with what it does not, and judging each answer.

`python -m pytest tests/smartersends/test_api_fuzz.py` runs a bounded, repeatable part; `API_FUZZ_EXAMPLES=1000` more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from groups.models import Brand
from groups.roles import Role
from smartersends.wsgi import application
from tests.groups.api.builders import a_token
from tests.matrix.row import Place
from tests.matrix.world import World, holder

OPENAPI = "/api/v1/openapi.json"
# What the parts of addresses are called, and the things of the world that stand for them.
NAMES: Mapping[str, Sequence[str]] = {
    "group_id": ("group_id",),
    "template_id": ("template_id", "recalled"),
    "mailing_id": ("mailing_id", "waiting", "approved", "questions", "attached"),
    "audience_id": ("audience_id", "segment_audience", "filter_id", "spare_list"),
    "contact_id": ("contact_id",),
    "import_id": ("import_id", "failed_import", "checked_import", "replaced_import"),
    "review_id": ("review_id", "approved_review"),
    "delivery_id": ("delivery_id",),
    "batch_id": ("batch_id",),
    "folder_id": ("folder_id",),
}


@dataclass(slots=True)
class Tally:
    """What was answered: how many calls by status, and everything that must never be."""

    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(self.statuses.values())


def foreign_words(world: World) -> list[str]:
    """Gives the ids and names of another brand's things, none of which may stand in an answer to this one."""
    things = world.other_brand
    ids = {str(things[name]) for names in NAMES.values() for name in names if not name.startswith("batch")}
    other = Brand.objects.get(slug="harbor")
    words = {str(other.pk), other.name, things["contact_address"], things["author"].email, str(things["author_id"])}
    return sorted(ids | words)


def operations() -> Iterator[Any]:
    """Gives every operation of the OpenAPI."""
    schema = schemathesis.openapi.from_wsgi(OPENAPI, application, headers={"Host": "testserver"})
    for found in schema.get_all_operations():
        yield found.ok()


def tokens_of(world: World) -> tuple[str, str]:
    """Gives tokens of two people who together may do everything: an admin and a brand manager."""
    people = (world.people[holder(role, Place.ROOT)] for role in (Role.ADMIN, Role.BRAND_MANAGER))
    admin, manager = (a_token(person, world.brand)[1] for person in people)
    return admin, manager


def fuzz(world: World, operation: Any, *, tokens: Sequence[str], examples: int, tally: Tally) -> None:
    """Calls one operation with made-up requests; nothing stays of any call."""
    forbidden = foreign_words(world)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        data=st.data(),
    )
    def calls(case: Any, data: Any) -> None:
        _put_real_things(case, world, data.draw)
        headers = {"Authorization": f"Bearer {data.draw(st.sampled_from(tokens))}", "Host": "testserver"}
        if data.draw(st.integers(0, 9)):
            headers["Idempotency-Key"] = f"fuzz-{tally.calls}"
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        _judge(case, answer, forbidden, tally)

    calls()


def _put_real_things(case: Any, world: World, draw: Callable[[Any], Any]) -> None:
    """Puts ids of real things, of this brand and of the other, where made-up ones would all be unknown."""
    for name in list(case.path_parameters or {}):
        if name in NAMES and draw(st.integers(0, 9)):
            case.path_parameters[name] = draw(st.sampled_from(_ids(world, name)))
    if isinstance(case.body, dict):
        for name in NAMES.keys() & case.body.keys():
            if draw(st.integers(0, 4)):
                case.body[name] = draw(st.sampled_from(_ids(world, name)))
        if "revision" in case.body and draw(st.booleans()):
            case.body["revision"] = world.own["revision"]


def _ids(world: World, name: str) -> list[str]:
    return [str(things[thing]) for thing in NAMES[name] for things in (world.own, world.sibling, world.other_brand)]


def _judge(case: Any, answer: Any, forbidden: Sequence[str], tally: Tally) -> None:
    status = answer.status_code
    tally.statuses[status] = tally.statuses.get(status, 0) + 1
    what = f"{case.method} {case.formatted_path} {json.dumps(case.body, default=repr)[:200]}: {status}"
    # 503 says that Braze does not answer; nothing here asks it.
    if status >= 500:
        tally.wrong.append(what)
    tally.wrong += [f"{what} tells of {word}" for word in forbidden if word in answer.text]
    if status >= 400 and "application/problem+json" not in answer.headers.get("content-type", [""])[0]:
        tally.wrong.append(f"{what} is no problem as RFC 9457 has it: {answer.headers.get('content-type')}")
