"""Which mailings of a group a person is looking for: state, folder, author, template, days, words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date

from campaigns.models import Mailing, MailingFolder, MailingState
from groups.audiences.cleaning import shown_text
from groups.models import Group

STATES: Final[dict[str, tuple[MailingState, ...]]] = {
    "drafts": (MailingState.DRAFT, MailingState.EXPIRED),
    "approval": (MailingState.IN_REVIEW, MailingState.IN_APPROVAL),
    "scheduled": (
        MailingState.SCHEDULED,
        MailingState.SENDING,
        MailingState.PAUSED,
        MailingState.NEEDS_DECISION,
    ),
    "sent": (
        MailingState.SENT,
        MailingState.SENT_WITH_OPEN_QUESTIONS,
        MailingState.STOPPED,
        MailingState.CANCELLED,
        MailingState.FAILED,
    ),
}
NO_FOLDER: Final = "none"
WORDS_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for; empty texts ask for nothing. What makes no sense in an address is passed over.

    `folder` is an id or `none`; `since` and `until` are days by the clock of the group, both inclusive: the day that a
    mailing goes or went, else that of its last change.
    """

    state: str = ""
    folder: str = ""
    author: str = ""
    template: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """Reads an address; ids that are none and days that do not exist ask for nothing."""
        asked = {item.name: query.get(item.name, "").strip() for item in fields(cls)}
        asked["state"] = asked["state"] if asked["state"] in STATES else ""
        asked["folder"] = asked["folder"] if asked["folder"] == NO_FOLDER else _id(asked["folder"])
        asked |= {name: _id(asked[name]) for name in ("author", "template")}
        asked |= {name: asked[name] if _day(asked[name]) else "" for name in ("since", "until")}
        asked["words"] = shown_text(asked["words"])[:WORDS_CHARACTERS]
        return cls(**asked)

    @property
    def is_narrow(self) -> bool:
        """Whether something beside the state was asked for."""
        return any(getattr(self, item.name) for item in fields(self) if item.name != "state")

    def query(self, **other: str) -> str:
        """Gives the address that asks for the same, with other values for some names, without its `?`."""
        asked = QueryDict(mutable=True)
        values = {item.name: getattr(self, item.name) for item in fields(self)} | other
        asked.update({name: value for name, value in values.items() if value})
        return asked.urlencode()


def mailings_of(group: Group, wanted: Wanted) -> QuerySet[Mailing]:
    """Gives the mailings of a group that a person asked for, newest change first."""
    found = Mailing.objects.filter(group=group).select_related(
        "version__template", "author", "audience", "folder", "rollout", "rollout_part"
    )
    if wanted.state:
        found = found.filter(state__in=STATES[wanted.state])
    if wanted.folder:
        found = found.filter(folder=None if wanted.folder == NO_FOLDER else uuid.UUID(wanted.folder))
    if wanted.author:
        found = found.filter(author=uuid.UUID(wanted.author))
    if wanted.template:
        found = found.filter(version__template=uuid.UUID(wanted.template))
    if since := _day(wanted.since):
        start = _start(since, group)
        found = found.filter(Q(send_at__gte=start) | Q(send_at=None, updated_at__gte=start))
    if until := _day(wanted.until):
        end = _start(until + timedelta(days=1), group)
        found = found.filter(Q(send_at__lt=end) | Q(send_at=None, updated_at__lt=end))
    for word in wanted.words.split():
        found = found.filter(Q(name__icontains=word) | Q(version__template__name__icontains=word))
    return found


def choices_of(group: Group) -> dict[str, list[tuple[str, str]]]:
    """Gives what a group's mailings can be narrowed to: folders, authors and templates, each as (id, name)."""
    mailings = Mailing.objects.filter(group=group).order_by()
    authors = mailings.values_list("author", "author__name").distinct().order_by("author__name")
    templates = mailings.values_list("version__template", "version__template__name").distinct()
    return {
        "folders": [(str(pk), name) for pk, name in folders_of(group).values_list("pk", "name")],
        "authors": [(str(pk), name) for pk, name in authors],
        "templates": [(str(pk), name) for pk, name in templates.order_by("version__template__name")],
    }


def folders_of(group: Group) -> QuerySet[MailingFolder]:
    """Gives the folders of a group by name."""
    return MailingFolder.objects.filter(group=group)


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 1900 < day.year < 9000 else None


def _start(day: date, group: Group) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(group.time_zone))
