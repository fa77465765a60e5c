"""Bringing back what a draft held before; what it holds now stays in its history (catalogue M26)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.brandlock import ValuesRefused as ValuesWrong
from campaigns.brandlock import clean_values
from campaigns.compose.content import compiled_of
from campaigns.compose.editing import edit_draft
from campaigns.compose.history.queries import values_for
from campaigns.errors import Refusal
from campaigns.models import Mailing, Snapshot
from groups.audit import record
from groups.models import User


def restore(*, mailing: Mailing, snapshot: Snapshot, actor: User) -> Mailing:
    """Brings back the texts, pictures, name and sender of a snapshot; audience, time and files stay as they are.

    Raises `Refusal` where they stand like that already or the template takes them no more, `NotEditable` when the
    mailing is no draft, and `StaleRevision` when somebody saved at this moment.
    """
    try:
        values = clean_values(compiled_of(mailing.version), values_for(mailing, snapshot))
    except ValuesWrong as error:
        raise Refusal(_("The template has changed since, and does not take this any more.")) from error
    brought = {"name": snapshot.name, "values": values, "envelope": snapshot.envelope}
    changes = {column: value for column, value in brought.items() if value != getattr(mailing, column)}
    if not changes:
        raise Refusal(_("The mailing stands like this already."))
    with transaction.atomic():
        edit_draft(mailing, actor, revision=mailing.revision, restored=snapshot, **changes)
        record("mailing.restored", actor=actor, group=mailing.group, target=mailing, from_revision=snapshot.revision)
    return mailing
