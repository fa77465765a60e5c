"""The one way to write to a draft: only to the revision that was looked at."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.compose.history.keeping import Standing, keep
from campaigns.errors import NotEditable, StaleRevision
from campaigns.models import Mailing, MailingState, Snapshot
from campaigns.rollouts.belonging import demand_open, note_own
from groups.audit import record
from groups.models import User


def edit_draft(
    mailing: Mailing,
    actor: User,
    *,
    revision: int,
    beside: str = "",
    restored: Snapshot | None = None,
    **changes: Any,
) -> Mailing:
    """Writes columns of a draft whose revision is still the expected one, counts the edit and keeps it in its history.

    `beside` names what is changed in other rows, in the same transaction; `restored` is what is brought back. Raises
    `StaleRevision` when something newer is stored, `NotEditable` when the mailing is no draft, and what its rollout
    refuses.
    """
    own = demand_open(mailing, actor, changes)
    with transaction.atomic():
        before = Standing.of(mailing)
        changed = Mailing.everything.filter(pk=mailing.pk, state=MailingState.DRAFT, revision=revision).update(
            revision=F("revision") + 1, updated_at=timezone.now(), **changes
        )
        mailing.refresh_from_db()
        if changed:
            note_own(mailing, own, actor)
            columns = sorted([*changes, *([beside] if beside else [])])
            record("mailing.edited", actor=actor, group=mailing.group, target=mailing, changed=", ".join(columns))
            keep(mailing, actor, before=before, columns=columns, restored=restored)
            return mailing
    if mailing.state != MailingState.DRAFT:
        raise NotEditable(
            _("This mailing is no draft any more: %(state)s. Take it back or cancel it before you change it.")
            % {"state": mailing.get_state_display()}
        )
    raise StaleRevision(mailing.revision)
