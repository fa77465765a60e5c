"""The kinds of notices: each room registers its own, so that this room knows none of them.

A kind gives its words in the language that is active, from plain parameters alone; what must be looked up (a preview, a
note) it gives as details, which only mails carry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from groups.models import Notice
    from groups.roles import Permission

Plain = str | int | bool | None
Parameters = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds that a person chooses a pace for together; `label` heads them on the settings page."""

    name: str
    label: _StrPromise


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in one language: `title` is the subject too, `action` is written on the button."""

    title: str
    sentence: str
    action: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of what a mail shows beside the words."""

    label: str
    text: str


def no_details(notice: Notice) -> tuple[Detail, ...]:
    """Gives nothing, for kinds whose words say everything."""
    return ()


def always(notice: Notice) -> bool:
    """Tells that a notice is worth a mail however late it is."""
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    Nobody is mailed, or led anywhere, who does not hold `permission` in the notice's group (in the brand's own where it
    has none) by then; a kind without one is about its person alone. `is_worth_a_mail` is asked right before the mail:
    what has been dealt with meanwhile needs none. Where `may_be_muted` is false the mail goes at once, come what may.
    """

    name: str
    family: Family
    words: Callable[[Parameters], Words]
    permission: Permission | None = None
    may_be_muted: bool = True
    details: Callable[[Notice], tuple[Detail, ...]] = no_details
    is_worth_a_mail: Callable[[Notice], bool] = always


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Makes kinds known; raises `ValueError` where another one has the name already."""
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"There is another kind of notice that is called {kind.name}.")


def kind_named(name: str) -> Kind | None:
    """Gives the kind of a row; None for one that an older or newer portal wrote."""
    return _kinds.get(name)


def all_kinds() -> tuple[Kind, ...]:
    """Gives every kind, in the order in which they were registered."""
    return tuple(_kinds.values())


def families(*, may_be_muted: bool) -> tuple[Family, ...]:
    """Gives the families that have a kind which may, or may not, be muted; in the order of their kinds."""
    return tuple(dict.fromkeys(kind.family for kind in all_kinds() if kind.may_be_muted is may_be_muted))
