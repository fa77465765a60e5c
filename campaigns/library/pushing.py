"""A new version of a template reaches the drafts that were begun with an older one (catalogue T17, T18)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from campaigns.brandlock import Carried, carry_values, default_values
from campaigns.compose.content import compiled_of
from campaigns.compose.history.keeping import Standing, keep
from campaigns.errors import StaleRevision
from campaigns.models import Mailing, MailingState, Review, ReviewState, Template
from campaigns.states import UNDECIDED
from groups.audit import record
from groups.models import User

OPEN = (MailingState.DRAFT, *UNDECIDED)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft of an older version, and what the newest one would make of it.

    An attached draft still has the template's own text and follows each new version by itself; one with a word of its
    author's is detached.
    """

    mailing: Mailing
    carried: Carried
    is_attached: bool


def behind(template: Template) -> QuerySet[Mailing]:
    """Gives the open drafts of a template that were begun with an older version; rollouts stay with theirs."""
    drafts = Mailing.objects.filter(version__template=template, state__in=OPEN, rollout=None)
    return (
        drafts.exclude(version=template.current_id)
        .select_related("group", "version", "author")
        .defer("version__source", "version__compiled")
    )


def open_drafts(template: Template) -> Iterator[OpenDraft]:
    """Yields the drafts that the newest version can be pushed to, with what would become of each."""
    if template.current is None:
        return
    new = compiled_of(template.current)
    for mailing in behind(template):
        old = compiled_of(mailing.version)
        yield OpenDraft(mailing, carry_values(old, new, mailing.values), is_attached(mailing))


def is_attached(mailing: Mailing) -> bool:
    """Tells whether a draft still has nothing but its template's text."""
    return bool(mailing.values == default_values(compiled_of(mailing.version)))


def push_version(*, template: Template, mailings: Collection[Mailing], actor: User | None) -> int:
    """Moves open drafts to the newest version and gives their number; values stay by name, approvals are void.

    A draft that was sent, deleted or edited in between is left as it is.
    """
    return sum(_push(template, mailing, actor, reset=False) for mailing in mailings)


def follow(template: Template, actor: User | None) -> int:
    """Moves the attached drafts to the newest version, after it was published; gives their number (T18)."""
    attached = [mailing for mailing in behind(template).filter(state=MailingState.DRAFT) if is_attached(mailing)]
    return sum(_push(template, mailing, actor, reset=True) for mailing in attached)


def attach_again(*, mailing: Mailing, revision: int, actor: User) -> bool:
    """Gives a draft the newest version with the template's own text, and tells whether it could be done (T18).

    Raises `StaleRevision` where the draft is not the one any more whose words are to be thrown away.
    """
    if mailing.revision != revision:
        raise StaleRevision(mailing.revision)
    return bool(_push(mailing.version.template, mailing, actor, reset=True))


def _push(template: Template, mailing: Mailing, actor: User | None, *, reset: bool) -> int:
    new = template.current
    if new is None or mailing.version.template_id != template.pk:
        return 0
    compiled = compiled_of(new)
    carried = carry_values(compiled_of(mailing.version), compiled, mailing.values)
    values: dict[str, Any] = default_values(compiled) if reset else carried.values
    with transaction.atomic():
        before, has_own_words = Standing.of(mailing), not is_attached(mailing)
        moved = Mailing.objects.filter(pk=mailing.pk, state__in=OPEN, revision=mailing.revision, rollout=None).update(
            version=new,
            values=values,
            state=MailingState.DRAFT,
            revision=F("revision") + 1,
            updated_at=timezone.now(),
        )
        if not moved:
            return 0
        Review.objects.filter(mailing=mailing, state=ReviewState.OPEN).update(
            state=ReviewState.VOID, decided_at=timezone.now()
        )
        record(
            "mailing.pushed",
            actor=actor,
            group=mailing.group,
            target=mailing,
            number=new.number,
            dropped=", ".join(one.name for one in carried.fates if one.fate == "dropped"),
        )
        mailing.refresh_from_db()
        if has_own_words:
            keep(mailing, actor, before=before, columns=["values"])
    return 1
