"""Reading what groups made of templates: use, league and subjects. Clicks rank; too small a sample is never ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F, QuerySet

from campaigns.models import Mailing, MailingResult, Template, TemplateStanding
from campaigns.reports.figures import percent
from campaigns.reports.rolling.templates import DAYS
from campaigns.reports.rolling.tree import SENT
from campaigns.reports.scope import Scope
from campaigns.reports.words import Share, counted, share_of
from groups.models import Group

PER_PAGE: Final = 50
SUBJECTS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Used:
    """A template with what a group and all below it made of it."""

    template: Template
    mailings: int
    users: int
    clicks: Share
    opens: Share


@dataclass(frozen=True, slots=True)
class Place:
    """A group in the league of a template; `rank` is None where its sample is too small."""

    rank: int | None
    group: Group
    mailings: int
    clicks: Share
    opens: Share


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that a group wrote itself, with the mailing, its clicks, and of how many."""

    subject: str
    mailing: Mailing
    went_on: date
    clicks: str
    delivered: str


def used_templates(scope: Scope) -> list[Used]:
    """Gives the templates that a group or one below it used in twelve months, the most used first."""
    found = TemplateStanding.objects.filter(group=scope.group, below_mailings__gt=0).select_related("template")
    return [
        Used(
            one.template,
            one.below_mailings,
            one.below_users,
            share_of(one.below_clicks, one.below_clicks_of),
            share_of(one.below_opens, one.below_opens_of),
        )
        for one in found.defer("template__description").order_by("-below_mailings", "template__name")
    ]


def standing_of(scope: Scope, template: Template) -> TemplateStanding | None:
    """Gives what a group and all below it made of a template."""
    return TemplateStanding.objects.filter(template=template, group=scope.group).first()


def league(scope: Scope, template: Template) -> QuerySet[TemplateStanding]:
    """Gives the groups that used a template: ranked by clicks, then those with too small a sample by its size."""
    found = TemplateStanding.objects.filter(scope.below(), template=template, own_mailings__gt=0)
    return found.select_related("group").order_by(
        F("click_rate").desc(nulls_last=True), "-own_clicks_of", "group__name", "pk"
    )


def places_of(standings: Sequence[TemplateStanding], first: int) -> list[Place]:
    """Gives lines of the league of which the first has the place `first`, counted from 1."""
    return [
        Place(
            rank=None if one.click_rate is None else first + number,
            group=one.group,
            mailings=one.own_mailings,
            clicks=share_of(one.own_clicks, one.own_clicks_of),
            opens=share_of(one.own_opens, one.own_opens_of),
        )
        for number, one in enumerate(standings)
    ]


def best_subjects(scope: Scope, template: Template) -> list[Subject]:
    """Gives the subjects that groups wrote themselves whose mailings were clicked most, of twelve months."""
    found = MailingResult.objects.filter(
        SENT,
        scope.below(),
        template=template,
        has_own_subject=True,
        click_rate__isnull=False,
        went_on__gt=scope.today - timedelta(days=DAYS),
    )
    return [
        Subject(one.subject, one.mailing, one.went_on, percent(one.click_rate or 0), counted(one.delivered))
        for one in found.select_related("mailing__group").order_by("-click_rate", "-delivered", "pk")[:SUBJECTS_SHOWN]
    ]
