"""What its rollout says of a mailing, for the rooms that write, submit and send mailings.

A mailing of a rollout is its *pattern* (what all have in common; never goes out), a *part* (one group's mailing of a
task) or a *use* (a group's own mailing that was started from an offer). Every function here does nothing, without a
query, for a mailing of no rollout.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled
from campaigns.errors import NotAllowed, NotEditable, Refusal, ValuesRefused
from campaigns.models import Answer, Mailing, Rollout, RolloutKind, RolloutPart, RolloutState
from groups.access import may
from groups.models import Event, User
from groups.roles import Permission

if TYPE_CHECKING:
    from campaigns.preflight.findings import CheckFinding

CHANGEABLE: Final = (RolloutState.DRAFT, RolloutState.SCHEDULED, RolloutState.PAUSED)
SHOWN: Final = (RolloutState.SCHEDULED, RolloutState.PAUSED)
_PREPARING: Final = ("rollout.created", "rollout.changed", "rollout.filled", "rollout.submitted")


def is_pattern(mailing: Mailing) -> bool:
    """Tells whether a mailing is what the parts of a rollout have in common."""
    return mailing.rollout is not None and mailing.rollout.pattern_id == mailing.pk


def is_part(mailing: Mailing) -> bool:
    """Tells whether a mailing is one group's part of a task."""
    return mailing.rollout is not None and mailing.rollout.kind == RolloutKind.TASK and not is_pattern(mailing)


def manages(user: User, rollout: Rollout) -> bool:
    """Tells whether a person prepares this rollout: whoever may edit mailings of its own group."""
    return may(user, Permission.EDIT_MAILINGS, rollout.group)


def is_open_for_groups(rollout: Rollout) -> bool:
    """Tells whether groups may still change their parts, opt out or come back: until the cut-off, by the clock."""
    is_before = rollout.cut_off is None or timezone.now() < rollout.cut_off
    return rollout.state in SHOWN and rollout.was_shown_at is not None and rollout.closed_at is None and is_before


def demand_open(mailing: Mailing, actor: User, changes: Mapping[str, Any]) -> frozenset[str]:
    """Gives the names of values that become a part's own by an edit, for `note_own`.

    Raises `NotEditable` for what its rollout fixes, and `ValuesRefused` for fields that it does not leave open to
    groups. Whoever prepares the rollout may change every part, until it is submitted.
    """
    rollout = mailing.rollout
    if rollout is None:
        return frozenset()
    if is_pattern(mailing):
        _demand_changeable(rollout)
        return frozenset()
    names = changed_names(mailing.values, changes.get("values", mailing.values))
    is_head_office = manages(actor, rollout)
    if is_part(mailing) and not is_head_office:
        _demand_for_group(rollout, changes)
    closed = [] if is_head_office else sorted(names - set(rollout.open_fields))
    if closed:
        sentence = _("Head office has fixed this part for all groups. You can change what is open in the steps.")
        raise ValuesRefused(sentence, [_fixed(name) for name in closed])
    return names if is_part(mailing) else frozenset()


def note_own(mailing: Mailing, names: Collection[str], actor: User) -> None:
    """Notes which values of a part are its group's own. Needs the transaction of the edit.

    Where the rollout is submitted already, the group has the part in hand from now on, so that the worker does not
    submit it from under the hands of whoever writes.
    """
    if not names or mailing.rollout is None:
        return
    part = RolloutPart.objects.select_for_update().get(mailing=mailing.pk)
    writes = mailing.rollout.submitted_at is not None and not manages(actor, mailing.rollout)
    RolloutPart.objects.filter(pk=part.pk).update(own=sorted({*part.own, *names}), is_in_hand=part.is_in_hand or writes)


def changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """Gives the names under which two sets of values differ."""
    return frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))


def demand_not_held(mailing: Mailing) -> None:
    """Raises `NotEditable` for a mailing that only its rollout may remove."""
    if is_pattern(mailing) or is_part(mailing):
        raise NotEditable(_("This mailing belongs to a rollout of head office. Opt out instead of deleting it."))


def demand_own_way(mailing: Mailing) -> None:
    """Raises `NotAllowed` for a mailing that never goes out without the approval of its rollout."""
    if is_pattern(mailing):
        raise NotAllowed(_("This is the common text of a rollout. It goes out from the groups, not by itself."))
    if is_part(mailing):
        raise NotAllowed(_("Head office has this approved for all groups together, and then it goes out by itself."))


def demand_submittable(mailing: Mailing, actor: User) -> None:
    """Raises `Refusal` for a mailing whose rollout does not let this person submit it now."""
    rollout = mailing.rollout
    if rollout is None or not (is_pattern(mailing) or is_part(mailing)):
        return
    is_head_office = manages(actor, rollout)
    if is_pattern(mailing) or rollout.submitted_at is None:
        demand_own_way(mailing)
    if rollout.state not in (*SHOWN, RolloutState.ACTIVE):
        raise Refusal(_("The rollout is over, so this cannot be submitted any more."))
    if RolloutPart.objects.filter(mailing=mailing.pk, answer=Answer.OPTED_OUT).exists():
        raise Refusal(_("The group has opted out. Take part again first."))
    if not is_head_office and not is_open_for_groups(rollout):
        raise NotAllowed(after_cut_off())


def demand_stoppable(mailing: Mailing, actor: User, *, is_move: bool = False) -> None:
    """Raises `NotAllowed` for a part that only head office, or whoever may stop mailings of the group, calls back.

    With `is_move` it is about its time, which head office alone sets.
    """
    rollout = mailing.rollout
    if rollout is None or not is_part(mailing) or manages(actor, rollout):
        return
    if is_move:
        raise NotAllowed(_("Head office sets the time of this mailing for all groups."))
    if may(actor, Permission.STOP_MAILINGS, mailing.group):
        return
    if is_open_for_groups(rollout):
        raise NotAllowed(_("This mailing belongs to a rollout of head office. Change it or opt out on its page."))
    raise NotAllowed(after_cut_off())


def may_call_back(mailing: Mailing, actor: User) -> bool:
    """Tells whether its rollout lets a person call a mailing back."""
    try:
        demand_stoppable(mailing, actor)
    except NotAllowed:
        return False
    return True


def is_held(mailing: Mailing) -> bool:
    """Tells whether a mailing waits because its rollout is paused, or has ended."""
    rollout = mailing.rollout
    if rollout is None or not is_part(mailing):
        return False
    state = Rollout.objects.values_list("state", flat=True).get(pk=rollout.pk)
    return state not in (RolloutState.SCHEDULED, RolloutState.ACTIVE)


def has_prepared(mailing: Mailing, guises: Collection[uuid.UUID]) -> bool:
    """Tells whether one of the people has prepared the rollout of a mailing, so that it is their own work."""
    return mailing.rollout is not None and is_prepared_by(mailing.rollout, guises)


def is_prepared_by(rollout: Rollout, guises: Collection[uuid.UUID]) -> bool:
    """Tells whether one of the people has made, changed or submitted a rollout, or written its common text."""
    if rollout.created_by_id in guises or rollout.submitted_by_id in guises:
        return True
    own = Q(target_kind="rollout", target_id=str(rollout.pk), action__in=_PREPARING)
    text = Q(target_kind="mailing", target_id=str(rollout.pattern_id), action="mailing.edited")
    return Event.objects.filter(own | text).filter(Q(actor__in=guises) | Q(acting_as__in=guises)).exists()


def as_open_to(mailing: Mailing, actor: User, compiled: Compiled) -> Compiled:
    """Gives a template as a page asks a person for it: what the rollout fixes is locked, at the value it has here."""
    rollout = mailing.rollout
    if rollout is None or is_pattern(mailing) or manages(actor, rollout):
        return compiled
    fields = tuple(
        spec
        if (spec.repeat or spec.name) in rollout.open_fields
        else replace(spec, is_locked=True, default=mailing.values.get(spec.name, spec.default))
        for spec in compiled.fields
    )
    return replace(compiled, fields=fields)


def after_cut_off() -> str:
    """Says what the cut-off means for a group."""
    return _("The cut-off of this rollout has passed, so only head office can change it now.")


def _demand_changeable(rollout: Rollout) -> None:
    if rollout.state not in CHANGEABLE:
        raise NotEditable(_("This rollout has begun or is over, so its common text stays as it is."))
    if rollout.submitted_at is not None:
        raise NotEditable(_("This rollout waits for approval or has it. Take it back before you change it."))


def _demand_for_group(rollout: Rollout, changes: Mapping[str, Any]) -> None:
    if not is_open_for_groups(rollout):
        raise NotEditable(after_cut_off())
    if set(changes) != {"values"}:
        raise NotEditable(_("Head office has fixed this for all groups. You can change the open fields."))


def _fixed(name: str) -> CheckFinding:
    # The checks ask this room about authors, so that they cannot be imported while it is.
    from campaigns.preflight.findings import CheckFinding

    message = "Head office has fixed this part for all groups. You can change what is open in the steps."
    return CheckFinding("rollout_fixed", message, name)
