"""What a change of groups or fields means elsewhere: other rooms tell it, because this one knows nothing of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.models import Group, User
from groups.models.brand_field import BrandField


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that shows a field: its name, and where the person can mend it, empty where they may not."""

    name: str
    path: str = ""


UsesOf = Callable[[BrandField, User], tuple[Use, ...]]
CountIn = Callable[[Group], int]
_uses: list[UsesOf] = []
_scheduled: list[CountIn] = []


def register(*, uses: UsesOf, scheduled: CountIn) -> None:
    """Lets another room tell what shows a field, and how many mailings of a group and below it have a time."""
    _uses.append(uses)
    _scheduled.append(scheduled)


def uses_of(field: BrandField, user: User) -> tuple[Use, ...]:
    """Gives what shows a field of groups or of people."""
    return tuple(use for tell in _uses for use in tell(field, user))


def scheduled_in(group: Group) -> int:
    """Counts the mailings of a group, and of those below it, that are scheduled."""
    return sum(count(group) for count in _scheduled)


def demand_sure(field: BrandField, user: User, *, is_sure: bool) -> None:
    """Raises `InputRefused` where something shows a field and nobody has said that it shall go all the same."""
    if not is_sure and uses_of(field, user):
        raise InputRefused(
            _("Templates still show “%(label)s”. Tick that you know it, or change them first.") % {"label": field.label}
        )
