"""The pictures that a field offers: the newest, more of them or those of a name when asked, and the one it shows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from campaigns.brandlock import FieldSpec
from campaigns.compose.gallery import is_named, names_of
from campaigns.library.folders import folder_names
from campaigns.library.images import NAME_LENGTH, offered_images
from campaigns.library.words import one_line
from campaigns.models import Image
from groups.models import Group

PICTURES_AT_ONCE = 24
MOST_TIMES = 100
# The composer's address says these of a field, as `mailing-find.photo`; the dash is what no name of a field has.
FIND, PICTURES = "mailing-find", "mailing-pictures"


@dataclass(frozen=True, slots=True)
class Offer:
    """The pictures that a field offers; `more` is how many times the usual number to ask for next, 0 at the end.

    `find` is the word that they were looked for by; without `has_found` none but the one that the field shows is there.
    """

    images: tuple[Image, ...] = ()
    more: int = 0
    find: str = ""
    has_found: bool = False


NOTHING = Offer()


class Chooser:
    """The pictures that the fields of a mailing offer; `named` are those that their values show.

    `wishes` is what the page was asked for. Fields of the same folders share one query, however large the gallery is.
    """

    def __init__(self, group: Group, named: Collection[str], wishes: Mapping[str, str] | None = None) -> None:
        self._group = group
        self._wishes = wishes or {}
        self._shown: dict[str, Image] = {}
        self._read: dict[tuple[tuple[str, ...], str, int], list[Image]] = {}
        if named:
            for image in offered_images(group).filter(is_named(named)):
                for name in names_of(image):
                    self._shown.setdefault(name, image)

    def id_of(self, value: str) -> str:
        """Gives the id of the picture that a value names by its id, or as a default by its name."""
        return str(self._shown[value].pk) if value in self._shown else value

    def offer(self, spec: FieldSpec, path: str, shown: str) -> Offer:
        """Gives the pictures of the field at a path, which shows one of them already."""
        find = one_line(self._wishes.get(f"{FIND}.{path}", ""))[:NAME_LENGTH]
        times = _times(self._wishes.get(f"{PICTURES}.{path}", ""))
        limit = PICTURES_AT_ONCE * times
        found = self._newest(spec.folders, find, limit)
        images = found[:limit]
        own = self._shown.get(shown)
        if own is not None and own not in images and self._lies_in(own, spec.folders):
            images = [own, *images]
        is_more = len(found) > limit and times < MOST_TIMES
        return Offer(tuple(images), times + 1 if is_more else 0, find, has_found=bool(found))

    def _newest(self, folders: tuple[str, ...], find: str, limit: int) -> list[Image]:
        """Gives the newest pictures of some folders, one more than the limit where there are more."""
        key = (folders, find, limit)
        if key not in self._read:
            images = offered_images(self._group)
            if folders:
                images = images.filter(folder__in=self._ids_of(folders))
            if find:
                images = images.filter(name__icontains=find)
            self._read[key] = list(images[: limit + 1])
        return self._read[key]

    def _lies_in(self, image: Image, folders: tuple[str, ...]) -> bool:
        return not folders or image.folder_id in self._ids_of(folders)

    def _ids_of(self, folders: tuple[str, ...]) -> frozenset[uuid.UUID]:
        return frozenset(folder_id for folder_id, name in self._folder_names.items() if name in folders)

    @cached_property
    def _folder_names(self) -> dict[uuid.UUID, str]:
        return folder_names(self._group)


def wished_fields(wishes: Mapping[str, str]) -> list[str]:
    """Gives the fields of whose pictures an address asks for others than the newest."""
    asked = [name.split(".") for name, text in wishes.items() if text]
    return [parts[1] for parts in asked if parts[0] in (FIND, PICTURES) and len(parts) > 1]


def _times(text: str) -> int:
    return min(int(text), MOST_TIMES) if text.isdecimal() and 0 < len(text) < 6 and int(text) else 1
