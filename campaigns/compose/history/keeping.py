"""Keeping what a draft held: a stretch of edits by one person is one snapshot, and of those a bounded number stays.

What was changed is named as the composer's steps and inputs are: a field or a repeated part by its name, a switch as
`sections.offer`, a variant as `choices.hero`, everything else as the portal's own steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.utils import timezone

from campaigns.compose.step import ATTACHMENTS, AUDIENCE, NAME, PERSON, SENDER, WHEN, own_key
from campaigns.models import Mailing, Snapshot
from groups.models import User

PAUSE: Final = timedelta(minutes=10)
"""Edits of one person with less than this between them are one stretch."""
LONGEST: Final = timedelta(hours=1)
MOST_KEPT: Final = 50
_ROOMS = ("sections", "choices")
_STEP_OF = {
    "name": own_key(NAME),
    "envelope": own_key(SENDER),
    "on_behalf_of": own_key(PERSON),
    "audience": own_key(AUDIENCE),
    "send_at": own_key(WHEN),
    "in_local_time": own_key(WHEN),
    "last_day": own_key(WHEN),
    "attachments": own_key(ATTACHMENTS),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a draft can be brought back, at one revision."""

    revision: int
    version_id: Any
    name: str
    values: Mapping[str, Any]
    envelope: Mapping[str, Any]

    @classmethod
    def of(cls, mailing: Mailing) -> Self:
        """Takes down how a draft stands."""
        return cls(mailing.revision, mailing.version_id, mailing.name, mailing.values, mailing.envelope)


def keep(
    mailing: Mailing,
    actor: User | None,
    *,
    before: Standing,
    columns: Collection[str],
    restored: Snapshot | None = None,
) -> None:
    """Keeps a draft as it stands after an edit; needs the transaction of that edit, which holds the mailing's row.

    `before` is how it stood, `columns` names what was written. An edit of the one who edited last goes into the same
    snapshot, unless they paused, have written for an hour, brought something back, or the template's version changed.
    """
    now = timezone.now()
    latest = mailing.snapshots.first() or _beginning(mailing, before)
    changed = _named(before, mailing, columns)
    held = {"revision": mailing.revision, "name": mailing.name, "values": mailing.values, "envelope": mailing.envelope}
    if restored is None and _goes_on(latest, mailing, actor, now):
        changed = list(dict.fromkeys([*latest.changed, *changed]))
        Snapshot.objects.filter(pk=latest.pk).update(changed=changed, ended_at=now, **held)
        return
    Snapshot.objects.create(
        mailing=mailing,
        version_id=mailing.version_id,
        author=actor,
        changed=changed,
        restored_from=restored,
        begun_at=now,
        ended_at=now,
        **held,
    )
    spare = mailing.snapshots.values_list("pk", flat=True)[MOST_KEPT:]
    Snapshot.objects.filter(pk__in=list(spare)).delete()


def _beginning(mailing: Mailing, before: Standing) -> Snapshot:
    """Keeps how a draft stood before its first edit."""
    return Snapshot.objects.create(
        mailing=mailing,
        version_id=before.version_id,
        author_id=mailing.author_id,
        revision=before.revision,
        name=before.name,
        values=before.values,
        envelope=before.envelope,
        begun_at=mailing.created_at,
        ended_at=mailing.created_at,
    )


def _goes_on(latest: Snapshot, mailing: Mailing, actor: User | None, now: datetime) -> bool:
    is_own = actor is not None and latest.author_id == actor.pk
    is_edit = bool(latest.changed) and latest.restored_from_id is None
    is_recent = now - latest.ended_at < PAUSE and now - latest.begun_at < LONGEST
    return is_own and is_edit and is_recent and latest.version_id == mailing.version_id


def _named(before: Standing, mailing: Mailing, columns: Collection[str]) -> list[str]:
    """Names what an edit changed, in the order of the email."""
    found = [*_values(before.values, mailing.values)] if "values" in columns else []
    return list(dict.fromkeys([*found, *(_STEP_OF[column] for column in columns if column in _STEP_OF)]))


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if name in _ROOMS:
            old, new = was or {}, now or {}
            yield from (f"{name}.{part}" for part in {**new, **old} if old.get(part) != new.get(part))
        else:
            yield name
