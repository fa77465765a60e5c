"""What the history of a draft says: who edited when and what, and how an earlier state differs from the present."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, carry_values
from campaigns.compose.content import compiled_of
from campaigns.compose.queries import value_differences
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, NAME, PERSON, SENDER, WHEN, own_key
from campaigns.models import Mailing, Snapshot
from campaigns.review.changes import Eye, Shown


@dataclass(frozen=True, slots=True)
class Row:
    """One snapshot with the labels of what was changed.

    `is_present` is how the draft stands, `is_first` how it began.
    """

    snapshot: Snapshot
    labels: tuple[str, ...]
    is_present: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class Differing:
    """One field as it stood then and as it stands now."""

    label: str
    then: Shown
    now: Shown


def rows_of(mailing: Mailing) -> list[Row]:
    """Gives the history of a draft, the newest first."""
    found = list(mailing.snapshots.select_related("author", "restored_from").defer("values", "restored_from__values"))
    words = labels_of(compiled_of(mailing.version))
    return [
        Row(
            snapshot,
            tuple(dict.fromkeys(words.get(name, name) for name in snapshot.changed)),
            is_present=snapshot.revision == mailing.revision,
            is_first=not snapshot.changed and snapshot.restored_from_id is None and snapshot == found[-1],
        )
        for snapshot in found
    ]


def differences_from(mailing: Mailing, snapshot: Snapshot) -> list[Differing]:
    """Gives what bringing a snapshot back would change, in the order of the email, then the name and the sender."""
    then = values_for(mailing, snapshot)
    eye = Eye.of(mailing, then)
    return [
        *(
            Differing(found.label, eye.shown(found.before), eye.shown(found.after))
            for found in value_differences(compiled_of(mailing.version), then, mailing.values)
        ),
        *_besides(mailing, snapshot),
    ]


def values_for(mailing: Mailing, snapshot: Snapshot) -> dict[str, Any]:
    """Gives the values of a snapshot, carried over by name where the draft has a newer version of its template now."""
    if snapshot.version_id == mailing.version_id:
        return dict(snapshot.values)
    return dict(carry_values(compiled_of(snapshot.version), compiled_of(mailing.version), snapshot.values).values)


def labels_of(compiled: Compiled) -> dict[str, str]:
    """Gives the labels of everything that a snapshot names."""
    return {
        **{spec.name: spec.label for spec in compiled.fields if spec.repeat is None},
        **{section.name: section.label for section in compiled.sections if section.is_repeated},
        **{f"sections.{section.name}": section.label for section in compiled.sections},
        **{f"choices.{choice}": choice.replace("_", " ").capitalize() for choice in compiled.choices},
        "order": _("Order of the parts"),
        own_key(NAME): _("Internal name"),
        own_key(SENDER): _("Sender"),
        own_key(PERSON): _("In whose name"),
        own_key(AUDIENCE): _("Audience"),
        own_key(WHEN): _("When it goes out"),
        own_key(ATTACHMENTS): _("Attachments"),
    }


def last_change(mailing: Mailing, name: str) -> Snapshot | None:
    """Gives the stretch in which a field, a part or a setting was changed last, as far as the history goes."""
    top = name if name.startswith(("sections.", "choices.")) else name.partition(".")[0]
    found = mailing.snapshots.select_related("author").defer("values")
    return next((snapshot for snapshot in found if top in snapshot.changed), None)


def _besides(mailing: Mailing, snapshot: Snapshot) -> Iterator[Differing]:
    if snapshot.name != mailing.name:
        yield Differing(_("Internal name"), Shown(words=snapshot.name), Shown(words=mailing.name))
    if snapshot.envelope != mailing.envelope:
        yield Differing(_("Sender"), Shown(words=_sender(snapshot.envelope)), Shown(words=_sender(mailing.envelope)))


def _sender(envelope: Mapping[str, Any]) -> str:
    return ", ".join(str(part) for part in envelope.values() if part)
