"""The page that shows the API to people, made from the OpenAPI that programs read, without script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smartersends.api import api

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A name in a body or an address, and what kind of value it takes."""

    name: str
    kind: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the page shows it; `scopes` are those of which one is needed."""

    id: str
    method: str
    path: str
    operation: Schema
    scopes: tuple[str, ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Shows every operation; open to everybody at a brand's host name, because it tells nothing of the brand."""
    return render(request, "api/docs.html", {"rooms": _rooms()})


@lru_cache(maxsize=1)
def _rooms() -> Mapping[str, list[Operation]]:
    """Gives the operations by their room; the API stays the same while the portal runs."""
    schema = api.get_openapi_schema()
    known = schema["components"]["schemas"]
    rooms: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            made = Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                operation=operation,
                scopes=tuple(operation.get("x-scopes", ())),
                inputs=tuple(_inputs(operation, known)),
                outputs=tuple(_outputs(operation, known)),
            )
            rooms.setdefault(operation["tags"][0], []).append(made)
    return rooms


def _inputs(operation: Schema, known: Schema) -> Iterator[Shape]:
    for parameter in operation.get("parameters", ()):
        yield Shape(parameter["name"], _kind(parameter["schema"], known), parameter["required"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _shapes(content["schema"], known)


def _outputs(operation: Schema, known: Schema) -> Iterator[Shape]:
    for status, answer in operation["responses"].items():
        if int(status) < 300:
            for content in answer.get("content", {}).values():
                yield from _shapes(content["schema"], known)


def _shapes(schema: Schema, known: Schema) -> Iterator[Shape]:
    """Yields the names of an object, also of one that is made of several."""
    schema = _resolved(schema, known)
    for part in schema.get("allOf", ()):
        yield from _shapes(part, known)
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield Shape(name, _kind(part, known), name in required)


def _kind(schema: Schema, known: Schema) -> str:
    """Says in a word or two what a value is."""
    if choices := schema.get("anyOf"):
        return " | ".join(dict.fromkeys(_kind(one, known) for one in choices))
    if "$ref" in schema:
        found = _resolved(schema, known)
        return _kind(found, known) if "enum" in found else str(schema["$ref"]).rpartition("/")[2].removesuffix("Out")
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), known)}]"
    return str(schema.get("format") or schema.get("type") or "JSON")


def _resolved(schema: Schema, known: Schema) -> Schema:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return known[name] if name else schema
