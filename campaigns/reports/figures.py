"""The numbers of a mailing as pages show them: a count, a share, and how it stands in words and a sign."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaigns.reports.queries import Numbers, Rate, Standing


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, None where Braze names none; `tone` is `good`, `bad` or empty, `word` says it too, `note` why."""

    name: str
    label: str
    count: int | None
    share: str = ""
    tone: str = ""
    word: str = ""
    note: str = ""


def labels() -> dict[str, str]:
    """Gives what each rate is called on pages, in their order."""
    return {
        "opens": _("Opens"),
        "clicks": _("Clicks"),
        "bounces": _("Bounces"),
        "unsubscribes": _("Unsubscribes"),
        "spam": _("Spam reports"),
    }


def figures_of(numbers: Numbers) -> tuple[Figure, ...]:
    """Gives delivered, opens, clicks, bounces, unsubscribes and spam reports, in that order."""
    names = labels()
    notes = {"opens": _("Uncertain: some mail programmes open every mail by themselves.")}
    if numbers.days > 1:
        strongest = _("At least: Braze counts people day by day, and this is the strongest day.")
        notes = {"opens": f"{notes['opens']} {strongest}", "clicks": strongest}
    rates = tuple(_figure(rate, names[name], notes.get(name, "")) for name, rate in numbers.rates.items())
    return (Figure("delivered", _("Delivered"), numbers.delivered), *rates)


def _figure(rate: Rate, label: str, note: str) -> Figure:
    words = {Standing.BETTER: _("better than usual"), Standing.WORSE: _("worse than usual")}
    tones = {Standing.BETTER: "good", Standing.WORSE: "bad"}
    if rate.usual is not None:
        differs = {
            Standing.BETTER: _("Better than usual by a tenth or more."),
            Standing.WORSE: _("Worse than usual by a tenth or more."),
        }.get(rate.standing, "")
        usual = _("The group's other mailings: %(usual)s in the middle.") % {"usual": percent(rate.usual)}
        note = " ".join(part for part in (differs, usual, note) if part)
    return Figure(
        name=rate.name,
        label=label,
        count=rate.count,
        share="" if rate.share is None else percent(rate.share),
        tone=tones.get(rate.standing, ""),
        word=words.get(rate.standing, ""),
        note=note,
    )


def percent(share: float) -> str:
    """Gives a share of 0 to 1 as the reader's language writes percent, with one decimal."""
    return f"{number_format(round(100 * share, 1), decimal_pos=1)} %"
