"""What a group says to its part: it takes part, opts out, or takes it in hand to change it; until the cut-off."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.library.words import one_line
from campaigns.models import Answer, Mailing, MailingState, Rollout, RolloutPart
from campaigns.rollouts.belonging import after_cut_off, is_open_for_groups, manages
from campaigns.rollouts.calling_back import call_back
from campaigns.rollouts.letting_go import submit_part
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

REASON_CHARACTERS: Final = 300


def part_of(mailing: Mailing) -> RolloutPart:
    """Gives the part that a mailing is; raises `StaleState` for any other mailing."""
    found = RolloutPart.objects.select_related("rollout__group", "group__brand").filter(mailing=mailing.pk).first()
    if found is None:
        raise StaleState(_("This mailing belongs to no rollout."))
    return found


def take_part(*, mailing: Mailing, actor: User) -> RolloutPart:
    """Says that a group takes part, with what stands there now; where the rollout is submitted, this part is as well.

    Raises `NotAllowed` without the right to edit, or after the cut-off for whoever is not head office.
    """
    part = part_of(mailing)
    _demand(actor, part)
    with transaction.atomic():
        _answer(part, Answer.TAKES_PART, actor, is_in_hand=False, tried_revision=None)
        record("rollout.joined", actor=actor, group=part.group, target=part.rollout)
    if part.rollout.submitted_at is not None and mailing.state == MailingState.DRAFT:
        submit_part(part, actor, is_told=True)
        part.refresh_from_db()
    return part


def opt_out(*, mailing: Mailing, actor: User, reason: str = "") -> RolloutPart:
    """Says that nothing goes out from a group; what was submitted or scheduled is called back first.

    Raises `NotAllowed` as `take_part` does, and `Refusal` where it is too late.
    """
    part = part_of(mailing)
    _demand(actor, part)
    with transaction.atomic():
        _call_back(mailing, actor, _("%(name)s opted out.") % {"name": actor})
        text = one_line(reason)[:REASON_CHARACTERS]
        _answer(part, Answer.OPTED_OUT, actor, reason=text, is_in_hand=False, pending=None, approved_digest="")
        record("rollout.opted_out", actor=actor, group=part.group, target=part.rollout, reason=text)
    return part


def take_in_hand(*, mailing: Mailing, actor: User) -> RolloutPart:
    """Takes a part that is submitted or approved back, so that its group can change it; its approval is void.

    It is submitted again when the group takes part, or at the cut-off. Raises as `opt_out` does.
    """
    part = part_of(mailing)
    _demand(actor, part)
    if not part.rollout.open_fields and not manages(actor, part.rollout):
        raise NotAllowed(_("Head office has left nothing open to be changed."))
    with transaction.atomic():
        _call_back(mailing, actor, _("%(name)s changes it.") % {"name": actor})
        RolloutPart.objects.filter(pk=part.pk).update(is_in_hand=True, pending=None, approved_digest="", problem="")
    part.refresh_from_db()
    return part


def _call_back(mailing: Mailing, actor: User, reason: str) -> None:
    mailing.refresh_from_db()
    if mailing.state != MailingState.DRAFT:
        call_back(mailing, actor, reason=reason)


def _demand(actor: User, part: RolloutPart) -> None:
    """Raises `NotAllowed` for whoever may not answer for this group, or not any more."""
    if not may(actor, Permission.EDIT_MAILINGS, part.group):
        raise NotAllowed(_("You may not answer for this group."))
    if not is_open_for_groups(part.rollout):
        raise NotAllowed(after_cut_off())


def _answer(part: RolloutPart, answer: Answer, actor: User, *, reason: str = "", **changes: object) -> None:
    """Stores an answer, while groups may still give one by the row itself. Needs a transaction."""
    rollout = Rollout.objects.select_for_update().get(pk=part.rollout_id)
    if not is_open_for_groups(rollout):
        raise Refusal(after_cut_off())
    RolloutPart.objects.filter(pk=part.pk).update(
        answer=answer, answered_by=actor, answered_at=timezone.now(), reason=reason, problem="", **changes
    )
    part.refresh_from_db()
