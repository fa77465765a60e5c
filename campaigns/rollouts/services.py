"""Preparing a rollout: what is common, what groups may change, which groups, when, and letting them see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.compose.services import start_mailing
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Mailing, Rollout, RolloutKind, RolloutPart, RolloutState, Template
from campaigns.rollouts import nudges
from campaigns.rollouts.belonging import CHANGEABLE, manages
from campaigns.rollouts.checking import check_again
from campaigns.rollouts.setup import (
    Setup,
    cleaned_name,
    demand_complete,
    demand_open_fields,
    demand_times,
    fields_to_open,
    setup_of,
    told_of,
)
from campaigns.rollouts.telling import tell_approvers
from campaigns.states import UNDECIDED, move_rollout
from groups.access import groups_with
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission

NOTE_CHARACTERS: Final = 500
GROUPS_AT_ONCE: Final = 1_000


def create_rollout(*, group: Group, template: Template, kind: RolloutKind, name: str, actor: User) -> Rollout:
    """Begins a rollout of a group for those below it; its pattern is a mailing that the composer writes.

    Raises `NotAllowed`, and `Refusal` for a group with none below it and as `start_mailing` does.
    """
    if not groups_with(actor, Permission.EDIT_MAILINGS).filter(pk=group.pk).exists():
        raise NotAllowed(_("You may not prepare mailings of this group."))
    if not group.children.filter(closed_at=None).exists():
        raise Refusal(_("There are no groups below this one. Write a mailing instead."))
    cleaned = cleaned_name(name)
    with transaction.atomic():
        pattern = start_mailing(group=group, template=template, actor=actor, name=cleaned)
        rollout = Rollout.objects.create(group=group, kind=kind, name=cleaned, pattern=pattern, created_by=actor)
        Mailing.objects.filter(pk=pattern.pk).update(rollout=rollout)
        if kind == RolloutKind.ASSET:  # free use, unless head office closes something
            rollout.open_fields = [name for name, _label in fields_to_open(rollout)]
            rollout.save(update_fields=["open_fields"])
        record("rollout.created", actor=actor, group=group, target=rollout, kind=kind, template=template.slug)
    rollout.refresh_from_db()
    return rollout


def change_setup(*, rollout: Rollout, setup: Setup, actor: User) -> Rollout:
    """Stores what a rollout says; its parts follow by the worker.

    Raises `NotAllowed`, `StaleState` once it has begun or is submitted, and `SetupRefused` for what cannot be.
    """
    _demand(actor, rollout)
    checked = Setup(
        **{**setup.as_columns(), "name": cleaned_name(setup.name), "note": setup.note.strip()[:NOTE_CHARACTERS]}
    )
    demand_open_fields(rollout, checked.open_fields)
    demand_times(rollout, checked)
    if rollout.state != RolloutState.DRAFT:
        demand_complete(rollout, checked)
        checked = replace(checked, visible_from=checked.visible_from or timezone.now())
    with transaction.atomic():
        changed = Rollout.objects.filter(pk=rollout.pk, state__in=CHANGEABLE, submitted_at=None, closed_at=None)
        if not changed.update(
            setup_revision=F("setup_revision") + 1, updated_at=timezone.now(), **checked.as_columns()
        ):
            raise StaleState(_("This rollout is submitted, has begun or is over. Take it back before you change it."))
        Mailing.everything.filter(pk=rollout.pattern_id).update(name=checked.name)
        before, rollout_id = setup_of(rollout), rollout.pk
        rollout.refresh_from_db()
        record(
            "rollout.changed",
            actor=actor,
            group=rollout.group,
            target=rollout,
            before=told_of(before),
            after=told_of(checked),
        )
        nudges.work(rollout_id)
    return rollout


def candidates(rollout: Rollout, actor: User) -> QuerySet[Group]:
    """Gives the groups that a person may take into a rollout: open ones below its own, where they may edit mailings."""
    mine = groups_with(actor, Permission.EDIT_MAILINGS)
    return mine.filter(
        brand=rollout.group.brand_id, closed_at=None, paths_up__ancestor=rollout.group_id, paths_up__depth__gt=0
    )


def add_groups(*, rollout: Rollout, groups: QuerySet[Group], actor: User) -> int:
    """Takes groups in, among those that `candidates` gives, and gives how many are new; the worker makes their parts.

    Raises `NotAllowed`, and `StaleState` once the rollout is over or its cut-off was acted on.
    """
    _demand(actor, rollout)
    wanted = candidates(rollout, actor).filter(pk__in=groups.order_by().values("pk"))
    with transaction.atomic():
        _lock_changeable(rollout)
        before = rollout.parts.count()
        ids = list(wanted.exclude(rollout_parts__rollout=rollout).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), GROUPS_AT_ONCE):
            RolloutPart.objects.bulk_create(
                [RolloutPart(rollout=rollout, group_id=pk) for pk in ids[start : start + GROUPS_AT_ONCE]],
                ignore_conflicts=True,
            )
        added = rollout.parts.count() - before
        if added:
            record("rollout.groups_added", actor=actor, group=rollout.group, target=rollout, groups=added)
            nudges.work(rollout.pk)
    return added


def leave_out(*, rollout: Rollout, parts: QuerySet[RolloutPart], actor: User) -> int:
    """Takes groups out of a rollout with their drafts, and gives how many; what was ever submitted stays.

    Raises `NotAllowed`, and `StaleState` once the rollout is over or its cut-off was acted on.
    """
    _demand(actor, rollout)
    left = 0
    with transaction.atomic():
        _lock_changeable(rollout)
        for part in parts.filter(rollout=rollout).select_related("mailing", "group__brand"):
            mailing = part.mailing
            if mailing is not None and mailing.reviews.exists():
                continue
            part.delete()
            if mailing is not None:
                record("mailing.deleted", actor=actor, group=part.group, target=mailing, name=mailing.name)
                mailing.delete()
            left += 1
        if left:
            record("rollout.groups_left_out", actor=actor, group=rollout.group, target=rollout, groups=left)
    return left


def release(*, rollout: Rollout, actor: User) -> Rollout:
    """Lets a draft go its way: its groups see it from `visible_from`, an offer is used from `starts_at`.

    Raises `NotAllowed`, `StaleState`, and `SetupRefused` while times or groups are missing.
    """
    _demand(actor, rollout)
    rollout.refresh_from_db()
    setup = setup_of(rollout)
    demand_complete(rollout, setup)
    demand_times(rollout, setup)
    if not rollout.parts.exists():
        raise Refusal(_("Choose the groups that it is for."))
    with transaction.atomic():
        visible = setup.visible_from or timezone.now()
        move_rollout(rollout, RolloutState.SCHEDULED, start={RolloutState.DRAFT}, visible_from=visible)
        record("rollout.released", actor=actor, group=rollout.group, target=rollout)
        nudges.sweep()
        nudges.work(rollout.pk)
    return rollout


def submit_all(*, rollout: Rollout, actor: User) -> Rollout:
    """Asks for approval of every part that is to go; the worker submits them, and those that become ready later.

    Again, it tries those that a check kept back. Raises `NotAllowed`, and `StaleState` where nothing can be submitted.
    """
    _demand(actor, rollout)
    if rollout.kind != RolloutKind.TASK:
        raise StaleState
    with transaction.atomic():
        open_states = (RolloutState.SCHEDULED, RolloutState.ACTIVE, RolloutState.PAUSED)
        if not Rollout.objects.filter(pk=rollout.pk, state__in=open_states).update(
            submitted_at=timezone.now(), submitted_by=actor
        ):
            raise StaleState(_("Let the groups see the rollout first, then ask for approval."))
        rollout.parts.update(tried_revision=None)
        rollout.refresh_from_db()
        record("rollout.submitted", actor=actor, group=rollout.group, target=rollout)
        check_again(rollout)
        tell_approvers(rollout, occasion=f"submitted:{rollout.submitted_at}")
        nudges.work(rollout.pk)
    return rollout


def take_back_all(*, rollout: Rollout, actor: User) -> Rollout:
    """Takes every part back to draft, approved ones as well: their approvals are void. The worker does it.

    Raises `NotAllowed`, and `StaleState` unless it is submitted and has not begun.
    """
    _demand(actor, rollout)
    with transaction.atomic():
        submitted = Rollout.objects.filter(pk=rollout.pk, state__in=CHANGEABLE, submitted_at__isnull=False)
        if not submitted.update(submitted_at=None, spoken_by=actor):
            raise StaleState
        rollout.parts.update(pending=None, approved_digest="", tried_revision=None)
        rollout.refresh_from_db()
        record("rollout.taken_back", actor=actor, group=rollout.group, target=rollout)
        nudges.work(rollout.pk)
    return rollout


def archive(*, rollout: Rollout, actor: User) -> Rollout:
    """Puts a rollout away that is over, or a draft that is given up. Raises `NotAllowed` and `StaleState`."""
    _demand(actor, rollout)
    with transaction.atomic():
        move_rollout(rollout, RolloutState.ARCHIVED)
        hide_drafts(rollout)
        record("rollout.archived", actor=actor, group=rollout.group, target=rollout)
    return rollout


def hide_drafts(rollout: Rollout) -> None:
    """Takes what never went out of a rollout that is over from the lists of the groups, and its pattern."""
    parts = Mailing.everything.filter(rollout_part__rollout=rollout, state="draft")
    Mailing.everything.filter(pk__in=parts.values("pk")).update(is_held_back=True)
    Mailing.everything.filter(pk=rollout.pattern_id).update(is_held_back=True)


def undecided_parts(rollout: Rollout) -> QuerySet[RolloutPart]:
    """Gives the parts that wait for approval."""
    return rollout.parts.filter(mailing__state__in=UNDECIDED)


def _demand(actor: User, rollout: Rollout) -> None:
    if not manages(actor, rollout):
        raise NotAllowed(_("You may not prepare rollouts of this group."))


def _lock_changeable(rollout: Rollout) -> None:
    locked = Rollout.objects.select_for_update().get(pk=rollout.pk)
    if locked.state not in CHANGEABLE or locked.closed_at is not None:
        raise StaleState(_("This rollout has begun or is over, so its groups stay as they are."))
