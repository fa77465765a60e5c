"""What the ledger says of a batch, in a word and in a sentence, also after a cancel and after a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Exclusion, Route


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` gives the shape, `label` the word, `meaning` a sentence; `is_plain` where the word says it all."""

    state: str
    label: str
    meaning: str
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """When somebody moved a delivery to another time, and to which."""

    asked_at: datetime
    to: datetime


_MEANINGS: Mapping[BatchState, StrPromise] = {
    BatchState.WAITING: gettext_lazy("Braze does not have it yet."),
    BatchState.CALLING: gettext_lazy("It is on its way to Braze."),
    BatchState.REFUSED: gettext_lazy("Braze refused it and did nothing. Nobody gets it."),
    BatchState.UNCERTAIN: gettext_lazy("Braze gave no clear answer. It may or may not have been sent."),
    BatchState.UPDATING: gettext_lazy("The new time is on its way to Braze."),
    BatchState.WITHDRAWING: gettext_lazy("Braze is being asked to give it back."),
    BatchState.WITHDRAWN: gettext_lazy("Braze has given it back. Nobody gets it."),
    BatchState.WITHDRAWAL_UNCERTAIN: gettext_lazy("Braze did not confirm the withdrawal. It may still go out."),
    BatchState.NOT_SENT: gettext_lazy("It counts as not sent. Nobody gets it."),
    BatchState.HALVED: gettext_lazy("Braze refused the call, so its people stand in two new batches."),
}
_SAYS_IT_ALL = (BatchState.WAITING, BatchState.CALLING, BatchState.UPDATING, BatchState.WITHDRAWING)


def standing_of(batch: Batch, delivery: Delivery, move: Move | None = None) -> Standing:
    """Says where a batch stands; `move` is the last one of its delivery, if it was moved."""
    state = BatchState(batch.state)
    if state == BatchState.ACCEPTED:
        return _accepted(batch, delivery, move)
    if state == BatchState.WITHDRAWN and batch.is_recalled and not batch.size:
        return _standing(state, _("Braze has given it back. Its people were handed over again in another batch."))
    return _standing(state, str(_MEANINGS[state]), is_plain=state in _SAYS_IT_ALL)


def standing_of_person(outcome: str, batch: Batch, delivery: Delivery) -> Standing:
    """Says where a person stands: as their batch does, unless they have an outcome of their own."""
    if not outcome or outcome == batch.state:
        return standing_of(batch, delivery)
    state = BatchState(outcome)
    if state == BatchState.REFUSED:
        return _standing(state, _("Braze took the batch and refused this person."))
    return _standing(state, str(_MEANINGS.get(state, "")))


def why_left_out(exclusion: Exclusion) -> str:
    """Says why somebody was left out, and which group mailed them instead where that is why (catalogue A12)."""
    if exclusion.winner is not None:
        return _("Mailed by %(group)s that day") % {"group": exclusion.winner.name}
    return exclusion.get_reason_display()


def _accepted(batch: Batch, delivery: Delivery, move: Move | None) -> Standing:
    is_staged = delivery.route == Route.SCHEDULE
    if batch.is_recalled or (is_staged and delivery.state == DeliveryState.WITHDRAWING):
        return _standing(BatchState.ACCEPTED, _("Braze has it, and is about to be asked to give it back."))
    if not batch.dispatch_id and not batch.schedule_id:
        return _standing(BatchState.ACCEPTED, _("Somebody decided that it counts as sent."))
    if not is_staged:
        return _standing(BatchState.ACCEPTED, _("Braze took it and sends it at once."), is_plain=True)
    if batch.planned_for is None:
        return Standing(BatchState.UNCERTAIN.value, _("Time uncertain"), _("Nobody knows for which time Braze has it."))
    if delivery.state == DeliveryState.STAGED and batch.planned_for != (delivery.moved_to or delivery.go_at):
        return Standing(BatchState.WAITING.value, _("Not moved yet"), _("Braze still has it for another time."))
    if move is not None and batch.planned_for != move.to:
        return _standing(BatchState.ACCEPTED, _("It could not be moved, so Braze has it for the old time."))
    if move is not None and batch.called_at is not None and batch.called_at >= move.asked_at:
        return Standing(BatchState.ACCEPTED.value, _("Moved"), _("Braze has it for the new time."))
    if batch.planned_for > timezone.now():
        return _standing(BatchState.ACCEPTED, _("Braze has it and sends it at its time."), is_plain=True)
    return _standing(BatchState.ACCEPTED, _("Braze had it when its time came."), is_plain=True)


def _standing(state: BatchState, meaning: str, *, is_plain: bool = False) -> Standing:
    return Standing(state.value, str(state.label), meaning, is_plain)
