"""What of a form is taken as it was sent, and what its sender is asked about because somebody else changed it too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled
from campaigns.compose.asked import words_of
from campaigns.compose.content import compiled_of
from campaigns.compose.history.queries import labels_of, last_change
from campaigns.compose.inputs import ACT_PREFIX, CHOICE_PREFIX, ORDER, SECTION_PREFIX
from campaigns.compose.merging import Inputs, merge, stand_alike
from campaigns.compose.step import AUDIENCE, ENVELOPE, PERSON, SENDER, WHEN, own_key
from campaigns.compose.units import BASE, base_in, units_of
from campaigns.models import Image, Mailing
from groups import access
from groups.access import usable
from groups.models import Audience, User
from groups.people.queries import colleagues_of

KEEP = own_key("keep")
THEIRS = "theirs"
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people, or two tabs, changed at once: both texts in words, and the inputs of one's own.

    `who` is empty where it was the same person on another page, or is not known any more.
    """

    unit: str
    step: str
    label: str
    mine: str
    theirs: str
    inputs: tuple[tuple[str, str], ...]
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left of a form once everything that only looks changed, and everything that clashes, is out of it.

    `moved` are the steps in which the entries or the order are not those any more that a button was pressed for.
    """

    post: QueryDict
    clashes: tuple[Clash, ...] = ()
    moved: tuple[str, ...] = ()


def taken_of(mailing: Mailing, post: QueryDict, files: Collection[str], actor: User) -> Taken | None:
    """Compares a form with what is stored; None where it does not say what it was based on."""
    base = base_in(str(post.get(BASE, "")))
    if base is None:
        return None
    stored, left = units_of(mailing), post.copy()
    for unit in {**base, **stored}:
        if post.get(f"{KEEP}.{unit}") == THEIRS:
            _leave(left, stored.get(unit, {}))
    sent = {name: str(values[-1]) for name, values in left.lists() if values}
    with_files = {name.removesuffix(".upload") for name in files}
    merged = merge(sent, base=base, stored=stored, with_files=with_files)
    _leave(left, merged.left)
    moved = [act for act in _acts(left) if act in base and not stand_alike(base, stored, act)]
    _leave(left, [f"{ACT_PREFIX}{act}" for act in moved])
    clashes = tuple(_shown(mailing, clash.unit, clash.mine, clash.theirs, actor) for clash in merged.clashes)
    steps = tuple(_step_of_act(act, str(post[f"{ACT_PREFIX}{act}"])) for act in moved)
    return Taken(left, clashes, steps)


def sentence_of(clash: Clash) -> str:
    """Says at a step that both texts are still there and one has to be chosen."""
    if clash.who:
        return _("%(name)s changed “%(label)s” in the meantime. Choose which text stays.") % {
            "name": clash.who,
            "label": clash.label,
        }
    return _("“%(label)s” was changed on another page in the meantime. Choose which text stays.") % {
        "label": clash.label
    }


def step_of_unit(unit: str) -> str:
    """Gives the key of the step that asks for a unit."""
    for prefix, step in ((SECTION_PREFIX, "section-"), (CHOICE_PREFIX, "choice-")):
        if unit.startswith(prefix):
            return step + unit.removeprefix(prefix)
    top = unit.partition(".")[0]
    return ENVELOPE[0] if top in ENVELOPE else top


def _shown(mailing: Mailing, unit: str, mine: Inputs, theirs: Inputs, actor: User) -> Clash:
    change = last_change(mailing, unit)
    writer = change.author if change is not None else None
    return Clash(
        unit=unit,
        step=step_of_unit(unit),
        label=_label(compiled_of(mailing.version), unit),
        mine=_words(mailing, unit, mine, actor),
        theirs=_words(mailing, unit, theirs, actor),
        inputs=tuple(mine.items()),
        who=writer.name if writer is not None and writer.pk != actor.pk else "",
        at=change.ended_at if change is not None else None,
    )


def _step_of_act(act: str, value: str) -> str:
    return f"section-{value.partition('.')[2]}" if act == ORDER else act


def _acts(post: QueryDict) -> Iterator[str]:
    yield from (name.removeprefix(ACT_PREFIX) for name in post if name.startswith(ACT_PREFIX))


def _leave(post: QueryDict, names: Collection[str]) -> None:
    for name in names:
        post.pop(name, None)


def _label(compiled: Compiled, unit: str) -> str:
    labels = labels_of(compiled)
    if unit in labels:
        return labels[unit]
    top, _dot, rest = unit.partition(".")
    if top == own_key(SENDER):
        return labels[top]
    number, _dot, inside = rest.partition(".")
    spec = next((one for one in compiled.fields if one.repeat == top and one.name == inside), None)
    return f"{labels.get(top, top)} {number}" + (f", {spec.label}" if spec is not None else "")


def _named(objects: QuerySet[M], id: str) -> M | None:
    """Gives the object that an input names among those that the person may choose; None for any other."""
    try:
        return access.one_of(objects, id)
    except Http404:
        return None


def _words(mailing: Mailing, unit: str, inputs: Mapping[str, str], actor: User) -> str:
    """Gives what stands in the inputs of a unit as a person reads it."""
    text = inputs.get(unit, "")
    if unit == own_key(WHEN):
        if inputs.get(unit) != "later":
            return _("As soon as possible")
        return f"{inputs.get(own_key('day'), '')} {inputs.get(own_key('time'), '')}".strip()
    if unit == own_key(AUDIENCE):
        found = _named(usable(mailing.group, Audience), text)
        return found.name if found is not None else _("Nobody chosen yet")
    if unit == own_key(PERSON):
        if text in ("", str(mailing.on_behalf_of_id)):
            person = mailing.on_behalf_of if text else mailing.author
        else:
            person = _named(colleagues_of(actor, mailing.group), text)
        return person.name if person is not None else ""
    if SECTION_PREFIX in unit:
        return _("Left out") if text == "off" else _("Shown in the email")
    if unit.startswith(CHOICE_PREFIX):
        section = compiled_of(mailing.version).section(text)
        return section.label if section is not None else text
    if image := inputs.get(f"{unit}.image"):
        picture = _named(usable(mailing.group, Image), image)
        return " · ".join(words for words in (picture.name if picture else "", inputs.get(f"{unit}.alt", "")) if words)
    return " · ".join(words for value in inputs.values() if (words := words_of(value)))
