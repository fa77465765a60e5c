"""Numbers of reports in words: a rate with its sample, and how it moved."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.reports.figures import percent
from campaigns.reports.queries import Standing, standing
from campaigns.reports.totals import LEAST_DELIVERED

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Share:
    """A rate in words, empty for no data; `sample` says of how many, `tone` and `word` how it moved."""

    text: str
    sample: str
    tone: str = ""
    word: str = ""
    is_ranked: bool = True


def share_of(part: int, whole: int, *, before: tuple[int, int] = (0, 0)) -> Share:
    """Gives clicks of delivered mails; against those `before`, where both samples are large enough to compare."""
    if not whole:
        return Share("", _("No data yet"), is_ranked=False)
    sample = ngettext("of %(number)s delivered", "of %(number)s delivered", whole) % {"number": counted(whole)}
    tone, word = "", ""
    if whole >= LEAST_DELIVERED and before[1] >= LEAST_DELIVERED:
        moved = standing("clicks", part / whole, before[0] / before[1])
        tone = {Standing.BETTER: "good", Standing.WORSE: "bad"}.get(moved, "")
        word = {Standing.BETTER: _("better than before"), Standing.WORSE: _("worse than before")}.get(
            moved, _("as before")
        )
    return Share(percent(part / whole), sample, tone, word, is_ranked=whole >= LEAST_DELIVERED)


def per_thousand(part: int, whole: int) -> int | None:
    """Gives how many of a thousand, None for no data."""
    return round(1000 * part / whole) if whole else None


def counted(number: int | None) -> str:
    """Gives a number as the reader's language groups it, a dash for one that is not known."""
    return UNKNOWN if number is None else number_format(number, force_grouping=True)


def duration(seconds: int | None) -> str:
    """Gives a length of time in its largest fitting unit, a dash for none."""
    if seconds is None:
        return UNKNOWN
    if seconds < 3600:
        minutes = max(round(seconds / 60), 1)
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    if seconds < 48 * 3600:
        hours = round(seconds / 3600)
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours}
    days = round(seconds / 86400)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}
