"""The images that a mail may show, read as it names them: a render costs what it shows, not what a gallery holds."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import Q

from campaigns.brandlock import Compiled, FieldType, ImageRef
from campaigns.brandlock.types.base import part_of
from campaigns.library.folders import folder_names
from campaigns.models import Image
from groups.access import usable
from groups.addresses import public_url
from groups.models import Group

DEMO_IMAGE = "demo:"


class Gallery(Mapping[str, ImageRef]):
    """The images that a group may use, by id, and those of the brand's own group also as `demo:` and their name.

    A template's default may go by a name; only the brand gives such names, never a group below it. Hidden images are
    among them: what shows one goes on showing it. All of `named` are read at once, when the first is asked for; what
    was read stays as it was, so that two renders of one context are the same.
    """

    def __init__(self, group: Group, named: Collection[str] = ()) -> None:
        self._group = group
        self._named = frozenset(named)
        self._read: dict[str, ImageRef | None] = {}

    def __getitem__(self, name: str) -> ImageRef:
        if name not in self._read:
            self._look_up({name, *self._named} - self._read.keys())
        found = self._read[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        for image in usable(self._group, Image).select_related("group"):
            yield from names_of(image)

    def __len__(self) -> int:
        return sum(1 for _name in self)

    def _look_up(self, names: Collection[str]) -> None:
        found: dict[str, ImageRef] = {}
        for image in usable(self._group, Image).filter(is_named(names)).select_related("group"):
            reference = self._reference(image)
            for name in names_of(image):
                found.setdefault(name, reference)
        self._read |= {name: found.get(name) for name in names}

    def _reference(self, image: Image) -> ImageRef:
        return ImageRef(
            url=public_url(self._group.brand, image.file.url),
            width=image.width,
            height=image.height,
            folder="" if image.folder_id is None else self._folders.get(image.folder_id, ""),
            size_bytes=image.size_bytes,
        )

    @cached_property
    def _folders(self) -> dict[uuid.UUID, str]:
        return folder_names(self._group)


def names_of(image: Image) -> Iterator[str]:
    """Yields the names by which values mean an image; its group is asked for."""
    yield str(image.pk)
    if image.group.parent_id is None:
        yield f"{DEMO_IMAGE}{image.name}"


def is_named(names: Collection[str]) -> Q:
    """Gives the images that values mean by some names; what is no name of an image means none."""
    ids = [found for name in names if (found := _id_in(name)) is not None]
    titles = [name.removeprefix(DEMO_IMAGE) for name in names if name.startswith(DEMO_IMAGE) and "\x00" not in name]
    by_id = Q(pk__in=ids)
    return by_id | Q(name__in=titles, group__parent=None) if titles else by_id


def images_named_in(compiled: Compiled, values: Mapping[str, Any]) -> frozenset[str]:
    """Gives the names of the images that values show, and that a template shows by default."""
    found: set[str] = set()
    for spec in compiled.fields:
        if spec.type is not FieldType.IMAGE:
            continue
        stored = values.get(spec.repeat or spec.name)
        items = stored if spec.repeat and isinstance(stored, list) else []
        inside = [item.get(spec.name) for item in items if isinstance(item, Mapping)]
        found.update(part_of(value, "image") for value in (spec.default, stored, *inside))
    return frozenset(found - {""})


def _id_in(name: str) -> uuid.UUID | None:
    try:
        found = uuid.UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None
