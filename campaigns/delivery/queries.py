"""What the ledger says of a delivery, in people and in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.delivery.pace import Pace, pace_of
from campaigns.models import GONE, Batch, BatchKind, BatchState, Delivery, DeliveryState, ExclusionReason, Mailing
from campaigns.states import UNDER_WAY

_DONE = (
    BatchState.ACCEPTED,
    BatchState.REFUSED,
    BatchState.UNCERTAIN,
    BatchState.WITHDRAWN,
    BatchState.WITHDRAWAL_UNCERTAIN,
    BatchState.NOT_SENT,
    BatchState.HALVED,
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
    BatchState.HALVED: gettext_lazy("%(count)s in halves"),
}
_LEFT_OUT: Mapping[str, StrPromise] = {
    ExclusionReason.UNSUBSCRIBED: gettext_lazy("%(count)s unsubscribed"),
    ExclusionReason.SUPPRESSED: gettext_lazy("%(count)s must not be mailed"),
    ExclusionReason.DUPLICATE: gettext_lazy("%(count)s with the same address as another person"),
    ExclusionReason.MAYBE_MAILED: gettext_lazy("%(count)s may have got it already"),
    ExclusionReason.UNKNOWN_TO_BRAZE: gettext_lazy("%(count)s refused by Braze"),
    ExclusionReason.CAPPED: gettext_lazy("%(count)s got enough mail lately"),
    ExclusionReason.MAILED_TODAY: gettext_lazy("%(count)s mailed by another group today"),
    GONE: gettext_lazy("%(count)s deleted meanwhile"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A delivery at one moment.

    `planned` counts the people in batches (None for people whom only Braze knows), `judged` those whom the plan has
    looked at so far, `excluded_by_reason` those left out; `percent` is the share of batches that Braze has answered, or
    while it is planned of people that were judged, 0 to 100. `people_a_minute` is what Braze took lately, `finishes_at`
    when everything will be handed over at that rate. `statement` says in one sentence what happened and adds up.
    """

    state: DeliveryState
    state_label: str
    people_by_state: Mapping[str, int]
    batches_by_state: Mapping[str, int]
    planned: int | None
    batches: int
    frozen: int | None
    judged: int
    excluded_by_reason: tuple[tuple[str, int], ...]
    percent: int
    go_at: datetime | None
    undo_until: datetime | None
    is_under_way: bool
    may_undo: bool
    people_a_minute: int
    finishes_at: datetime | None
    statement: str


def delivery_of(mailing: Mailing) -> Delivery | None:
    """Gives the newest delivery of a mailing, if it has one."""
    return mailing.deliveries.select_related("workspace").first()


def ledger(delivery: Delivery) -> dict[str, tuple[int, int]]:
    """Gives batches and people by batch state; states without a batch are left out.

    Read from the index alone, fifty times fewer entries than people. Whoever Braze refused inside a batch that it took
    counts as refused.
    """
    rows = delivery.batches.order_by().values("state").annotate(batches=Count("pk"), people=Sum("size"))
    counts = {row["state"]: (row["batches"], row["people"]) for row in rows if row["state"] != BatchState.HALVED}
    alone = delivery.recipients.filter(outcome=BatchState.REFUSED, batch__state=BatchState.ACCEPTED).count()
    if alone:
        batches, people = counts[BatchState.ACCEPTED]
        counts[BatchState.ACCEPTED.value] = (batches, people - alone)
        batches, people = counts.get(BatchState.REFUSED, (0, 0))
        counts[BatchState.REFUSED.value] = (batches, people + alone)
    return counts


def handed_over_in_words(mailings: Iterable[Mailing]) -> dict[UUID, str]:
    """Says of each mailing that is on its way how many people's batches Braze has answered, by mailing."""
    under_way = Q(delivery__mailing__in=list(mailings), delivery__state__in=UNDER_WAY, kind=BatchKind.LIST)
    rows = Batch.objects.filter(under_way).order_by().values_list("delivery__mailing", "state")
    done: Counter[UUID] = Counter()
    everybody: Counter[UUID] = Counter()
    for mailing, state, people in rows.annotate(people=Sum("size")):
        everybody[mailing] += people
        done[mailing] += people if state in _DONE else 0
    sentence = _("%(done)s of %(all)s people handed to Braze")
    return {
        mailing: sentence % {"done": _number(done[mailing]), "all": _number(people)}
        for mailing, people in everybody.items()
    }


def progress(delivery: Delivery) -> Progress:
    """Reads where a delivery stands."""
    counts = ledger(delivery)
    batches = sum(number for number, _people in counts.values())
    done = sum(counts[state][0] for state in _DONE if state in counts)
    is_broadcast = delivery.batches.filter(kind=BatchKind.BROADCAST).exists()
    people = {state: number for state, (_batches, number) in counts.items()}
    left_out = tuple(sorted(delivery.excluded.items(), key=lambda one: (-one[1], one[0])))
    is_under_way = delivery.state in UNDER_WAY
    is_planned = delivery.state != DeliveryState.PLANNING
    now = timezone.now()
    pace = pace_of(delivery, now) if is_under_way and is_planned and not is_broadcast else Pace(0, None)
    return Progress(
        state=DeliveryState(delivery.state),
        state_label=delivery.get_state_display(),
        people_by_state=people,
        batches_by_state={state: number for state, (number, _people) in counts.items()},
        planned=None if is_broadcast else sum(people.values()),
        batches=batches,
        frozen=delivery.frozen,
        judged=delivery.judged,
        excluded_by_reason=tuple((reason_label(reason), number) for reason, number in left_out),
        percent=_percent(done, batches) if is_planned else _percent(delivery.judged, delivery.frozen or 0),
        go_at=delivery.go_at,
        undo_until=delivery.undo_until,
        is_under_way=is_under_way,
        may_undo=is_under_way
        and delivery.state != DeliveryState.WITHDRAWING
        and (delivery.undo_until is None or delivery.undo_until > now),
        people_a_minute=pace.people_a_minute,
        finishes_at=pace.finishes_at,
        statement=_statement(people, left_out, is_broadcast=is_broadcast, counts=counts),
    )


def reason_label(reason: str) -> str:
    """Gives a reason to be left out in words."""
    return _("Deleted meanwhile") if reason == GONE else str(ExclusionReason(reason).label)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _statement(
    people: Mapping[str, int],
    left_out: tuple[tuple[str, int], ...],
    *,
    is_broadcast: bool,
    counts: Mapping[str, tuple[int, int]],
) -> str:
    """Says what became of everybody: the parts add up to the whole, and the whole is named."""
    if is_broadcast:
        states = ", ".join(str(BatchState(state).label) for state in counts)
        return _("One call to Braze for a whole audience: %(states)s. Braze alone knows how many people that is.") % {
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
