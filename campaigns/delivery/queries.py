"""What the ledger says of a delivery, in people and in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Batch, BatchKind, BatchState, Delivery, DeliveryState, ExclusionReason, Mailing
from campaigns.states import UNDER_WAY

_DONE = (
    BatchState.ACCEPTED,
    BatchState.REFUSED,
    BatchState.UNCERTAIN,
    BatchState.WITHDRAWN,
    BatchState.WITHDRAWAL_UNCERTAIN,
    BatchState.NOT_SENT,
)


_IN_STATE: Mapping[BatchState, StrPromise] = {
    BatchState.WAITING: gettext_lazy("%(count)s waiting"),
    BatchState.CALLING: gettext_lazy("%(count)s being handed over"),
    BatchState.ACCEPTED: gettext_lazy("%(count)s accepted"),
    BatchState.REFUSED: gettext_lazy("%(count)s refused"),
    BatchState.UNCERTAIN: gettext_lazy("%(count)s uncertain"),
    BatchState.UPDATING: gettext_lazy("%(count)s being moved"),
    BatchState.WITHDRAWING: gettext_lazy("%(count)s being withdrawn"),
    BatchState.WITHDRAWN: gettext_lazy("%(count)s withdrawn"),
    BatchState.WITHDRAWAL_UNCERTAIN: gettext_lazy("%(count)s perhaps not withdrawn"),
    BatchState.NOT_SENT: gettext_lazy("%(count)s not sent"),
}
_LEFT_OUT: Mapping[ExclusionReason, StrPromise] = {
    ExclusionReason.UNSUBSCRIBED: gettext_lazy("%(count)s unsubscribed"),
    ExclusionReason.SUPPRESSED: gettext_lazy("%(count)s must not be mailed"),
    ExclusionReason.DUPLICATE: gettext_lazy("%(count)s with the same address as another person"),
    ExclusionReason.UNKNOWN_TO_BRAZE: gettext_lazy("%(count)s refused by Braze"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A delivery at one moment.

    `planned` counts the people in batches (None for a Braze segment), `excluded_by_reason` those left out; `percent`
    is the share of batches that Braze has answered, 0 to 100. `statement` says in one sentence what happened and adds
    up.
    """

    state: DeliveryState
    state_label: str
    people_by_state: Mapping[str, int]
    batches_by_state: Mapping[str, int]
    planned: int | None
    batches: int
    frozen: int | None
    excluded_by_reason: tuple[tuple[str, int], ...]
    percent: int
    go_at: datetime | None
    undo_until: datetime | None
    is_under_way: bool
    may_undo: bool
    statement: str


def delivery_of(mailing: Mailing) -> Delivery | None:
    """Gives the newest delivery of a mailing, if it has one."""
    return mailing.deliveries.select_related("workspace").first()


def batches_of(delivery: Delivery) -> QuerySet[Batch]:
    """Gives the batches of a delivery in order."""
    return delivery.batches.order_by("number")


def ledger(delivery: Delivery) -> dict[str, tuple[int, int]]:
    """Gives batches and people by batch state; states without a batch are left out."""
    rows = delivery.batches.order_by().values("state").annotate(batches=Count("pk"), people=Sum("size"))
    return {row["state"]: (row["batches"], row["people"]) for row in rows}


def progress(delivery: Delivery) -> Progress:
    """Reads where a delivery stands."""
    counts = ledger(delivery)
    batches = sum(number for number, _people in counts.values())
    done = sum(counts[state][0] for state in _DONE if state in counts)
    is_broadcast = delivery.batches.filter(kind=BatchKind.BROADCAST).exists()
    people = {state: number for state, (_batches, number) in counts.items()}
    reasons = delivery.exclusions.order_by().values_list("reason").annotate(number=Count("pk"))
    excluded = reasons.order_by("-number", "reason")
    left_out = tuple((ExclusionReason(reason), number) for reason, number in excluded)
    is_under_way = delivery.state in UNDER_WAY
    now = timezone.now()
    return Progress(
        state=DeliveryState(delivery.state),
        state_label=delivery.get_state_display(),
        people_by_state=people,
        batches_by_state={state: number for state, (number, _people) in counts.items()},
        planned=None if is_broadcast else sum(people.values()),
        batches=batches,
        frozen=delivery.frozen,
        excluded_by_reason=tuple((str(reason.label), number) for reason, number in left_out),
        percent=100 * done // batches if batches else 0,
        go_at=delivery.go_at,
        undo_until=delivery.undo_until,
        is_under_way=is_under_way,
        may_undo=is_under_way
        and delivery.state != DeliveryState.WITHDRAWING
        and (delivery.undo_until is None or delivery.undo_until > now),
        statement=_statement(people, left_out, is_broadcast=is_broadcast, counts=counts),
    )


def _statement(
    people: Mapping[str, int],
    left_out: tuple[tuple[ExclusionReason, int], ...],
    *,
    is_broadcast: bool,
    counts: Mapping[str, tuple[int, int]],
) -> str:
    """Says what became of everybody: the parts add up to the whole, and the whole is named."""
    if is_broadcast:
        states = ", ".join(str(BatchState(state).label) for state in counts)
        return _("One call to Braze for a whole segment: %(states)s. Braze alone knows how many people that is.") % {
            "states": states
        }
    total = sum(people.values())
    parts = [_counted(_IN_STATE[BatchState(state)], number) for state, number in sorted(people.items()) if number]
    sentence = ngettext("%(total)s person: %(parts)s.", "%(total)s people: %(parts)s.", total) % {
        "total": _number(total),
        "parts": ", ".join(parts) or _("nobody"),
    }
    if not left_out:
        return sentence
    skipped = sum(number for _reason, number in left_out)
    reasons = ", ".join(_counted(_LEFT_OUT[reason], number) for reason, number in left_out)
    return f"{sentence} " + _("%(count)s left out: %(reasons)s.") % {"count": _number(skipped), "reasons": reasons}


def _counted(phrase: StrPromise, number: int) -> str:
    return str(phrase) % {"count": _number(number)}


def _number(number: int) -> str:
    """Gives a number as the reader's language writes it."""
    return number_format(number, force_grouping=True)
