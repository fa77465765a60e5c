"""One line of the list of mailings: what it is, where it stands, and its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.compose.closing import in_words, moment_in_words
from campaigns.delivery.queries import handed_over_in_words
from campaigns.models import Delivery, Mailing, MailingState
from campaigns.reports.figures import Figure, figures_of
from campaigns.reports.queries import numbers_for
from groups.models import Group

AWAITING = (
    MailingState.SENDING,
    MailingState.SENT,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
    MailingState.STOPPED,
)

RESTING = (MailingState.DRAFT, MailingState.EXPIRED, MailingState.CANCELLED, MailingState.FAILED)


@dataclass(frozen=True, slots=True)
class Row:
    """A mailing with its time in words and its figures; `when` is empty where no time was chosen.

    `handed_over` says how far its delivery is, while it is under way, as the mailing's own page does. `figures` is
    empty while Braze has reported nothing; `awaits_figures` tells that it will.
    """

    mailing: Mailing
    when: str
    handed_over: str
    figures: tuple[Figure, ...]
    awaits_figures: bool

    @property
    def is_moving(self) -> bool:
        """Whether the line may change by itself while somebody looks at it."""
        return self.mailing.state not in RESTING


def rows_of(group: Group, mailings: Iterable[Mailing]) -> list[Row]:
    """Gives the lines of a page of mailings of one group."""
    shown = list(mailings)
    numbers = numbers_for(group, shown)
    went = Delivery.objects.filter(mailing__in=shown, mailing__state__in=AWAITING).order_by("created_at")
    went_at = dict(went.values_list("mailing_id", "go_at"))
    handed_over = handed_over_in_words(shown)
    rows = []
    for mailing in shown:
        mailing.group = group
        reported = numbers.get(mailing.pk)
        rows.append(
            Row(
                mailing=mailing,
                when=_when(mailing, went_at.get(mailing.pk)),
                handed_over=handed_over.get(mailing.pk, ""),
                figures=() if reported is None else figures_of(reported),
                awaits_figures=reported is None and mailing.state in AWAITING and not mailing.is_practice,
            )
        )
    return rows


def _when(mailing: Mailing, went_at: datetime | None) -> str:
    """Gives the time that Braze was told, else the chosen one; drafts that go "now" and practice have none."""
    if went_at is not None:
        return in_words(went_at, mailing.group)
    if mailing.is_practice:
        return ""
    is_unsent_draft = mailing.state == MailingState.DRAFT and mailing.send_at is None
    return "" if is_unsent_draft else moment_in_words(mailing)
