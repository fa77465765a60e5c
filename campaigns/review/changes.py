"""What differs from the template, side by side, as an approver reads it (catalogue M4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from campaigns.brandlock import RenderContext
from campaigns.compose.asked import filled, words_of
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.gallery import images_named_in, is_named, names_of
from campaigns.compose.queries import Difference, differences
from campaigns.models import Image, Mailing
from groups.access import usable


@dataclass(frozen=True, slots=True)
class Shown:
    """A value to be looked at: words, an address, a picture; all empty where there was nothing."""

    words: str = ""
    url: str = ""
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field, in the template's words and in the author's.

    On a second round `is_new` tells that it has changed since the last look, when it was `seen`.
    """

    field: str
    label: str
    before: Shown
    after: Shown
    seen: Shown | None = None
    is_new: bool = False

    @property
    def anchor(self) -> str:
        """The field or repeated part that comments on it hang on."""
        return self.field.partition(".")[0]


def changes_of(mailing: Mailing, seen: Mapping[str, Any] | None = None) -> tuple[Change, ...]:
    """Gives what a mailing changes against its template, in the order of the email.

    `seen` are the values of the last look: what has changed since then is marked, and what was set back to the
    template's words is among it.
    """
    now = {found.field: found for found in differences(mailing)}
    since = {} if seen is None else {found.field: found for found in differences(mailing, against=seen)}
    eye = Eye.of(mailing, seen or {})
    return tuple(
        eye.change(name, now.get(name), since.get(name), is_second=seen is not None)
        for name in _in_order(mailing, {**now, **since})
    )


def _in_order(mailing: Mailing, found: Mapping[str, Difference]) -> list[str]:
    """Gives the names of all differences in the order of the email; what is no field comes last, as it was found."""
    places = {
        spec.repeat or spec.name: place
        for place, spec in reversed(list(enumerate(compiled_of(mailing.version).fields)))
    }
    names = list(found)
    return sorted(names, key=lambda name: (places.get(name.partition(".")[0], len(places) * 2), names.index(name)))


@dataclass(frozen=True, slots=True)
class Eye:
    """Looks at values as people see them: pictures, and what stands for merge tags and the group's own values."""

    images: Mapping[str, Image]
    context: RenderContext

    @classmethod
    def of(cls, mailing: Mailing, seen: Mapping[str, Any]) -> Self:
        """Reads the pictures that the mailing shows, and showed, all at once."""
        compiled = compiled_of(mailing.version)
        named = {*images_named_in(compiled, mailing.values), *images_named_in(compiled, seen)}
        images: dict[str, Image] = {}
        for image in usable(mailing.group, Image).filter(is_named(named)).select_related("group"):
            for name in names_of(image):
                images.setdefault(name, image)
        return cls(images, context_for(mailing))

    def change(self, name: str, now: Difference | None, since: Difference | None, *, is_second: bool) -> Change:
        """Joins what differs from the template and what differs from the last look; one of them is there."""
        found = now or since
        assert found is not None
        before, after = (self.shown(found.before), self.shown(found.after))
        if now is None:  # set back: the template's words are those of now
            before = after
        seen = self.shown(since.before) if since is not None else after if is_second else None
        return Change(name, found.label, before, after, seen, is_new=since is not None)

    def shown(self, value: Any) -> Shown:
        """Gives a value as it is looked at."""
        if not isinstance(value, Mapping):
            return Shown(words=filled(words_of(value), self.context))
        return Shown(
            words=filled(words_of(value), self.context),
            url=str(value.get("url", "")),
            image=self.images.get(str(value.get("image", ""))),
        )
