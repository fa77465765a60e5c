"""Whether a mailing keeps its group's rules about time, and goes to no more people at once than it may (M18, M23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.compose.queries import audience_count
from campaigns.preflight.findings import CheckFinding
from campaigns.schedule.objections import Objection, objections_to, objections_to_people
from campaigns.schedule.overruling import is_overruled, people_behind
from campaigns.schedule.wishes import Wish, expected_at, wish_of

if TYPE_CHECKING:
    from campaigns.preflight.subject import Subject


def times(subject: Subject) -> Iterator[CheckFinding]:
    """Asks every rule; what it says only warns where one of the people behind the mailing may overrule it."""
    mailing = subject.mailing
    if mailing.is_practice:
        return  # no rule about time is kept or broken by tests
    wish = wish_of(mailing, expected_at(mailing))
    objections = [*_about_the_time(wish), *_about_the_people(wish)]
    binds = bool(objections) and not is_overruled(mailing, people_behind(mailing, subject.actor))
    for objection in objections:
        step = "audience" if objection.code.startswith("audience_") else "when"
        yield CheckFinding(objection.code, objection.message, step, binds or objection.is_final, objection.params)


def _about_the_time(wish: Wish) -> tuple[Objection, ...]:
    """A time that has passed has a finding of its own."""
    return objections_to(wish) if wish.go_at > timezone.now() else ()


def _about_the_people(wish: Wish) -> tuple[Objection, ...]:
    """Counts the audience only where there is a limit on it."""
    audience = wish.mailing.audience
    if audience is None or not any(wish.bounds("people_per_mailing")):
        return ()
    return tuple(objections_to_people(wish, audience_count(audience, wish.mailing.group).reached))
