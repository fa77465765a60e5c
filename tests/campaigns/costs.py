"""What a piece of work costs: the queries that it asks, and the rows of a model that it makes objects of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from campaigns.models import AccessKind, Image, Template, TemplateAccess
from groups.models import Group


@dataclass
class Cost:
    """The queries of some work, as they were sent."""

    queries: list[str]

    def __len__(self) -> int:
        return len(self.queries)


def cost_of(work: Callable[[], object]) -> Cost:
    """Gives the cost of work that was done once before, so that what is kept between requests is there."""
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return Cost([query["sql"] for query in captured.captured_queries])


@contextmanager
def objects_of(model: type[Model]) -> Iterator[list[Model]]:
    """Gives a list that fills with the objects of a model that are made meanwhile."""
    made: list[Model] = []

    def note(instance: Model, **_options: Any) -> None:
        made.append(instance)

    post_init.connect(note, sender=model)
    try:
        yield made
    finally:
        post_init.disconnect(note, sender=model)


def fill_gallery(group: Group, number: int, *, name: str = "Picture") -> list[Image]:
    """Puts that many images without files into a group's gallery, the last one newest."""
    return [
        Image.objects.create(
            group=group,
            name=f"{name} {position}",
            alt="A picture",
            file=f"images/{group.code}-{name}-{position}.jpg",
            sha256=f"{group.code}-{name}-{position}",
            width=400,
            height=300,
            size_bytes=9000,
        )
        for position in range(number)
    ]


def fill_wall(template: Template, number: int) -> None:
    """Makes that many more templates of the same published version, each kept from the readers."""
    for position in range(number):
        other = Template.objects.create(
            brand=template.brand, slug=f"more-{position}", name=f"More {position:02}", current=template.current
        )
        TemplateAccess.objects.create(template=other, kind=AccessKind.DENY, role="read_only")
        TemplateAccess.objects.create(template=other, kind=AccessKind.ALLOW, role="local_author")
