"""What we send stands in the community's description of Braze's API: method, path, and every parameter by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import orjson
import pytest

from tests.braze_client.builders import NOW
from tests.braze_client.every_call import EVERY_CALL
from tests.braze_client.openapi_faults import FAULTS, DescriptionFault
from tests.shared_data import SHARED_DATA

DESCRIPTION: Final = SHARED_DATA / "braze" / "openapi-community.json"
pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason=f"{DESCRIPTION.name} is not beside the project")

TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@cache
def description() -> dict[str, Any]:
    """Returns the description."""
    return dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


def resolved(schema: Any) -> dict[str, Any]:
    """Returns a schema without its reference."""
    while isinstance(schema, dict) and "$ref" in schema:
        found: Any = description()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema if isinstance(schema, dict) else {}


def members(schema: Any) -> dict[str, Any]:
    """Returns the named members of an object, or of the objects in a list."""
    schema = resolved(schema)
    if "items" in schema:
        return members(schema["items"])
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found |= members(part)
    return found


def differing(endpoint: str, body: object, schema: Any, above: str = "") -> Iterator[str]:
    """Yields the paths in a body whose name or type the description does not have; bare objects describe nothing."""
    if isinstance(body, list):
        for member in body:
            yield from differing(endpoint, member, schema, above)
    known = members(schema)
    if not isinstance(body, Mapping) or not known:
        return
    for name, value in body.items():
        path = f"{above}{name}"
        right = right_type(endpoint, path) or resolved(known.get(name)).get("type")
        if right is None or not isinstance(value, TYPES[right]):
            yield f"{path}: {right}"
        else:
            yield from differing(endpoint, value, known.get(name), f"{path}.")


def right_type(endpoint: str, path: str) -> str | None:
    """Returns the type that a parameter has in truth, where the description is known to be wrong about it."""
    matching = (one for one in FAULTS if one.endpoint in ("*", endpoint) and f".{path}".endswith(f".{one.path}"))
    return next((one.right for one in matching), None)


@pytest.mark.parametrize("name", EVERY_CALL)
def test_a_request_stands_in_the_description(name: str) -> None:
    call = EVERY_CALL[name](NOW)

    operation = description()["paths"][call.path][call.method.lower()]

    parameters = {resolved(one)["name"].removesuffix("[]") for one in operation.get("parameters", ())}
    asked = {key.removesuffix("[]") for key, _ in call.query}
    assert [one for one in asked - parameters if right_type(call.path, one) != "query"] == []
    if call.body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert list(differing(call.path, orjson.loads(orjson.dumps(call.body)), schema)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.endpoint} {fault.path}")
def test_each_named_fault_is_still_one(fault: DescriptionFault, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(one for one in FAULTS if one != fault)
    monkeypatch.setattr("tests.braze_client.test_openapi.FAULTS", others)

    failing = 0
    for name in EVERY_CALL:
        try:
            test_a_request_stands_in_the_description(name)
        except AssertionError:
            failing += 1

    assert failing > 0
