"""Cutting work into calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def chunked(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Yield the items in order in tuples of ``size``, the last one shorter; nothing for no items."""
    if size < 1:
        raise ValueError("a chunk holds at least one item")
    source = iter(items)
    while chunk := tuple(islice(source, size)):
        yield chunk
