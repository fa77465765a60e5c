"""What the tests of exports share: a file as its rows, and how many objects of a model live at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from weakref import WeakSet

from django.db.models import Model
from django.db.models.signals import post_init
from django.http import StreamingHttpResponse


def rows_of(response: Any) -> list[list[str]]:
    """Gives the rows of a file that was streamed, its head first."""
    assert response.status_code == 200
    assert isinstance(response, StreamingHttpResponse)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="')
    return list(csv.reader(StringIO(b"".join(response).decode("utf-8-sig"))))


@dataclass
class Alive:
    """How many objects were made, and the most that lived at the same time."""

    now: WeakSet[Model] = field(default_factory=WeakSet)
    made: int = 0
    most: int = 0


@contextmanager
def alive(model: type[Model]) -> Iterator[Alive]:
    """Watches the objects of a model that are made meanwhile."""
    found = Alive()

    def note(instance: Model, **_options: Any) -> None:
        found.now.add(instance)
        found.made += 1
        found.most = max(found.most, len(found.now))

    post_init.connect(note, sender=model)
    try:
        yield found
    finally:
        post_init.disconnect(note, sender=model)
