"""The matrix: every group's part with where it stands, what differs from the common text, and what a check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from campaigns.compose.asked import filled, words_of
from campaigns.compose.closing import moment_in_words
from campaigns.compose.content import context_for
from campaigns.compose.queries import differences
from campaigns.models import Answer, Batch, BatchState, Mailing, MailingState, ReportDay, Rollout, RolloutPart
from campaigns.preflight.findings import CheckFinding
from campaigns.reports.totals import add_day
from campaigns.rollouts.checking import findings_of
from campaigns.states import UNDECIDED

PAGE_SIZE: Final = 24
_WENT: Final = (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS, MailingState.STOPPED)
_ENDED: Final = (MailingState.CANCELLED, MailingState.FAILED, MailingState.EXPIRED)
_STANDING: Final = (MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED, MailingState.NEEDS_DECISION)
FILTERS: Final = {
    "all": (gettext_lazy("All"), Q()),
    "unmade": (gettext_lazy("Being made"), Q(mailing=None)),
    "mend": (gettext_lazy("To be mended"), Q(is_blocked=True, mailing__state=MailingState.DRAFT) | ~Q(problem="")),
    "own": (gettext_lazy("With words of their own"), ~Q(own=[])),
    "silent": (gettext_lazy("No answer"), Q(answer=Answer.NOTHING)),
    "out": (gettext_lazy("Opted out"), Q(answer=Answer.OPTED_OUT)),
    "waiting": (gettext_lazy("Waiting for approval"), Q(mailing__state__in=UNDECIDED)),
    "approved": (gettext_lazy("Approved"), Q(mailing__state__in=_STANDING)),
    "gone": (gettext_lazy("Gone out"), Q(mailing__state__in=_WENT)),
    "ended": (gettext_lazy("Did not go out"), Q(mailing__state__in=_ENDED)),
}


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One field of a part that differs from the common text, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a part: people whom Braze took, and what it reported; None while there is no data yet."""

    accepted: int
    delivered: int | None = None
    clicks: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A part in the matrix; `differs` is what its group, or the grid, wrote over the common text."""

    part: RolloutPart
    when: str
    findings: tuple[CheckFinding, ...]
    differs: tuple[OwnWords, ...]
    result: Result | None

    @property
    def mailing(self) -> Mailing | None:
        """Its mailing, once it is made."""
        return self.part.mailing


def parts_of(rollout: Rollout, *, state: str = "all", words: str = "") -> QuerySet[RolloutPart]:
    """Gives the parts of a rollout that somebody looks for, by the name of the group."""
    found = rollout.parts.filter(FILTERS.get(state, FILTERS["all"])[1])
    for word in words.split():
        found = found.filter(Q(group__name__icontains=word) | Q(group__code__icontains=word))
    return found.select_related(
        "group__brand", "mailing__group__brand", "mailing__audience", "mailing__version", "answered_by"
    ).defer("mailing__version__source", "mailing__version__compiled")


def counts_of(rollout: Rollout) -> dict[str, int]:
    """Counts the parts under each filter, in one query."""
    asked = {name: Count("pk", filter=condition) for name, (_label, condition) in FILTERS.items() if name != "all"}
    return rollout.parts.order_by().aggregate(all=Count("pk"), **asked)


def progress_of(rollout: Rollout) -> dict[str, int]:
    """Counts how far the worker is, in one query: parts made, checked, and with a yes that is still to be given."""
    return rollout.parts.order_by().aggregate(
        all=Count("pk"),
        made=Count("mailing"),
        checked=Count("checked_revision"),
        pending=Count("pending"),
    )


def rows_of(rollout: Rollout, parts: Iterable[RolloutPart], pattern: Mailing) -> list[Row]:
    """Gives the rows of a page of parts; the queries are the same for one part and for many."""
    shown = list(parts)
    results = results_of([part.mailing for part in shown if part.mailing is not None])
    context = context_for(pattern)
    rows = []
    for part in shown:
        mailing = part.mailing
        if mailing is not None:
            mailing.version, mailing.group = pattern.version, part.group
        rows.append(
            Row(
                part=part,
                when="" if mailing is None else moment_in_words(mailing),
                findings=findings_of(part),
                differs=() if mailing is None else tuple(_own_words(mailing, pattern, context)),
                result=None if mailing is None else results.get(mailing.pk),
            )
        )
    return rows


def results_of(mailings: Iterable[Mailing]) -> dict[UUID, Result]:
    """Gives what became of mailings, in two queries; those that were never handed over are left out."""
    ids = [mailing.pk for mailing in mailings]
    batches = Batch.objects.filter(delivery__mailing__in=ids, state=BatchState.ACCEPTED).order_by()
    accepted = dict(
        batches.values_list("delivery__mailing").annotate(people=Sum("size")).values_list("delivery__mailing", "people")
    )
    reported: dict[UUID, Counter[str]] = {}
    for pk, metrics in ReportDay.objects.filter(delivery__mailing__in=ids).values_list("delivery__mailing", "metrics"):
        add_day(reported.setdefault(pk, Counter()), metrics)
    return {
        pk: Result(
            accepted=accepted.get(pk, 0),
            delivered=reported[pk].get("delivered") if pk in reported else None,
            clicks=reported[pk].get("unique_clicks") if pk in reported else None,
        )
        for pk in {*accepted, *reported}
    }


def _own_words(mailing: Mailing, pattern: Mailing, context: Any) -> Iterable[OwnWords]:
    for found in differences(mailing, against=pattern.values):
        yield OwnWords(found.label, filled(words_of(found.before), context), filled(words_of(found.after), context))
