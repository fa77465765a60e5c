"""Every table of the reports as a file: what each is called, and its rows, a head first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import GroupWeek, MailingResult, Nudge, Template, UsageMonth
from campaigns.reports.network import queries as network
from campaigns.reports.scope import Scope
from campaigns.reports.templates import queries as templates
from campaigns.reports.usage import queries as usage
from groups.spreadsheets import csv_lines

Row = Iterable[object]
YEAR_OF_WEEKS: Final = 53
COST: Final = "cost"


def answer(name: str, scope: Scope, month: str = "") -> StreamingHttpResponse:
    """Gives a table of a group or network as CSV; raises `Http404` for one that there is not."""
    of_month = f"-{usage.month_named(scope, month):%Y-%m}" if name == COST else ""
    return _file(f"{name}{of_month}", scope, rows_of(name, scope, month))


def answer_of_template(name: str, scope: Scope, template: Template) -> StreamingHttpResponse:
    """Gives a table of one template as CSV; raises `Http404` for one that there is not."""
    return _file(f"{name}-{template.slug}", scope, rows_of_template(name, scope, template))


def rows_of(name: str, scope: Scope, month: str = "") -> Iterator[Row]:
    """Gives the rows of a table, its head first; `month` is that of the costs. Raises `Http404` for an unknown one."""
    if name == COST:
        return cost_rows(scope, usage.month_named(scope, month))
    if name not in TABLES:
        raise Http404
    return TABLES[name](scope)


def rows_of_template(name: str, scope: Scope, template: Template) -> Iterator[Row]:
    """Gives the rows of a table of one template, its head first; raises `Http404` for one that there is not."""
    if name not in TEMPLATE_TABLES:
        raise Http404
    return TEMPLATE_TABLES[name](scope, template)


def _file(name: str, scope: Scope, rows: Iterator[Row]) -> StreamingHttpResponse:
    spoken = _spoken(rows, translation.get_language() or "en")
    response = StreamingHttpResponse(csv_lines(spoken), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{scope.group.code}-{scope.today:%Y-%m-%d}.csv"'
    return response


def _spoken(rows: Iterator[Row], language: str) -> Iterator[Row]:
    """The response asks for rows when the request's language is over already."""
    while True:
        with translation.override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


def mailing_rows(scope: Scope) -> Iterator[Row]:
    """Gives what went out of the group itself, with its numbers; an empty cell is not known, which is not zero."""
    yield (
        _("Mailing"), _("Subject"), _("Template"), _("Went out on"), _("Handed over"), _("Sent"), _("Delivered"),
        _("Opens, uncertain"), _("Clicks"), _("Bounces"), _("Unsubscribes"), _("Spam reports"), _("Conversions"),
        _("Days reported"), _("Read at"),
    )  # fmt: skip
    found = MailingResult.objects.filter(group=scope.group).select_related("mailing", "template")
    for one in found.order_by("-went_on", "pk").iterator(chunk_size=500):
        yield (
            one.mailing.name, one.subject, one.template.name, one.went_on.isoformat(),
            _uncounted(one), *map(_cell, (one.sent, one.delivered, one.opens, one.clicks, one.bounces)),
            *map(_cell, (one.unsubscribes, one.spam, one.conversions)), one.days,
            "" if one.read_at is None else one.read_at.isoformat(timespec="seconds"),
        )  # fmt: skip


def week_rows(scope: Scope) -> Iterator[Row]:
    """Gives a year of weeks, of the group itself and with all below it."""
    yield (
        _("Week from"), _("Own mailings"), _("Own clicks"), _("Of delivered"), _("Own opens, uncertain"),
        _("Of delivered"), _("Mailings with all below"), _("Clicks"), _("Of delivered"), _("Opens, uncertain"),
        _("Of delivered"), _("People on lists"), _("Came"), _("Left"),
    )  # fmt: skip
    days = scope.weeks(YEAR_OF_WEEKS)
    weeks = network.weeks_of(scope, YEAR_OF_WEEKS)
    for day in days:
        row = weeks.get(day) or GroupWeek()
        came, left = network.came_and_left(weeks, day, day - timedelta(weeks=1))
        yield (
            day.isoformat(), row.own_mailings, *_rated(row.own_clicks, row.own_clicks_of),
            *_rated(row.own_opens, row.own_opens_of), row.below_mailings,
            *_rated(row.below_clicks, row.below_clicks_of), *_rated(row.below_opens, row.below_opens_of),
            _cell(row.below_contacts), _cell(came), _cell(left),
        )  # fmt: skip


def network_rows(scope: Scope) -> Iterator[Row]:
    """Gives every open group of the network with its four weeks, alone and with all below it."""
    yield (
        _("Code"), _("Group"), _("Above it"), _("Until"), _("Last mailing"), _("Silent"), _("Own mailings"),
        _("Own clicks"), _("Of delivered"), _("Mailings with all below"), _("Clicks"), _("Of delivered"),
        _("Four weeks before: clicks"), _("Of delivered"), _("Groups below"), _("Silent ones below"),
    )  # fmt: skip
    for one in network.all_below(scope):
        yield (
            one.group.code, one.group.name, one.group.parent.name if one.group.parent else "", one.as_of.isoformat(),
            _day(one.last_went_on), _("yes") if one.is_silent else _("no"), one.own_mailings,
            *_rated(one.own_clicks, one.own_clicks_of), one.below_mailings,
            *_rated(one.below_clicks, one.below_clicks_of), *_rated(one.before_clicks, one.before_clicks_of),
            one.below_groups, one.below_silent,
        )  # fmt: skip


def silent_rows(scope: Scope) -> Iterator[Row]:
    """Gives the silent groups, when something of them last went out, and when they were last nudged."""
    yield (_("Code"), _("Group"), _("Last mailing"), _("Last nudged"))
    nudged: dict[object, date] = {}
    for group, at in Nudge.objects.filter(scope.below()).order_by("at").values_list("group", "at"):
        nudged[group] = timezone.localtime(at).date()
    for one in network.silent_groups(scope).iterator(chunk_size=1000):
        yield (one.group.code, one.group.name, _day(one.last_went_on), _day(nudged.get(one.group_id)))


def clash_rows(scope: Scope) -> Iterator[Row]:
    """Gives the mailings of the next two weeks that clash."""
    yield (_("Mailing"), _("Group"), _("Goes out"), _("Share of its people, percent"), _("Other mailings"))
    for one in network.clashes_of(scope):
        yield (
            one.mailing.name, one.mailing.group.name, one.goes_at.isoformat(timespec="minutes"),
            round(100 * one.share, 1), one.others,
        )  # fmt: skip


def template_rows(scope: Scope) -> Iterator[Row]:
    """Gives the templates that the network used in twelve months."""
    yield (_("Template"), _("Mailings"), _("Groups"), _("Clicks"), _("Opens, uncertain"), _("Of delivered"))
    for one in templates.used_templates(scope):
        yield (one.template.name, one.mailings, one.users, one.clicks.text, one.opens.text, one.clicks.sample)


def usage_rows(scope: Scope) -> Iterator[Row]:
    """Gives a year of months; the time in review is in hours."""
    yield (_("Month"), _("Active people"), _("Mailings"), _("Decisions"), _("Hours in review, in the middle"))
    for one in usage.months_of(scope):
        row = one.usage or UsageMonth()
        if one.usage is None:
            yield (f"{one.month:%Y-%m}", "", "", "", "")
            continue
        seconds = row.below_review_seconds
        yield (
            f"{one.month:%Y-%m}", row.below_people, row.below_mailings, row.below_reviews,
            "" if seconds is None else round(seconds / 3600, 1),
        )  # fmt: skip


def cost_rows(scope: Scope, month: date) -> Iterator[Row]:
    """Gives the mails that each group handed over to Braze in a month, for whoever charges them to locations (P10).

    A mail is counted when Braze took it, delivered or not. There is no price: brands have their own contracts.
    """
    yield (
        _("Month"), _("Code"), _("Group"), _("Mailings"), _("Mails handed over"),
        _("Mailings that Braze alone can count"), _("Of those sent, as Braze reports"),
    )  # fmt: skip
    for one in usage.costs_of(scope, month):
        yield (
            f"{month:%Y-%m}", one.code, one.name, one.mailings, one.handed_over, one.uncounted,
            "" if not one.uncounted else _cell(one.reported),
        )  # fmt: skip


def league_rows(scope: Scope, template: Template) -> Iterator[Row]:
    """Gives the league of a template; without a rank where too few mails were delivered."""
    yield (_("Rank"), _("Code"), _("Group"), _("Mailings"), _("Clicks"), _("Of delivered"), _("Opens, uncertain"))
    for number, one in enumerate(templates.league(scope, template).iterator(chunk_size=1000), start=1):
        yield (
            "" if one.click_rate is None else number, one.group.code, one.group.name, one.own_mailings,
            *_rated(one.own_clicks, one.own_clicks_of), _rated(one.own_opens, one.own_opens_of)[0],
        )  # fmt: skip


def subject_rows(scope: Scope, template: Template) -> Iterator[Row]:
    """Gives the best subjects that groups wrote themselves."""
    yield (_("Subject"), _("Group"), _("Went out on"), _("Clicks"), _("Of delivered"))
    for one in templates.best_subjects(scope, template):
        yield (one.subject, one.mailing.group.name, one.went_on.isoformat(), one.clicks, one.delivered)


def _rated(part: int, whole: int) -> tuple[object, object]:
    """Gives a count with what it is of, both empty for no data."""
    return (part, whole) if whole else ("", "")


def _cell(number: int | None) -> object:
    return "" if number is None else number


def _uncounted(result: MailingResult) -> object:
    return "" if result.is_counted_by_braze and not result.handed_over else result.handed_over


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


TABLES: Final[Mapping[str, Callable[[Scope], Iterator[Row]]]] = {
    "mailings": mailing_rows,
    "weeks": week_rows,
    "network": network_rows,
    "silent": silent_rows,
    "clashes": clash_rows,
    "templates": template_rows,
    "usage": usage_rows,
}
TEMPLATE_TABLES: Final[Mapping[str, Callable[[Scope, Template], Iterator[Row]]]] = {
    "league": league_rows,
    "subjects": subject_rows,
}
