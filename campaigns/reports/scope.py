"""Of whom a report is: one group and, on most pages, all below it; with when it was last added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.library.offering import day_of
from campaigns.models import RollupRun
from campaigns.reports.rolling.weeks import monday_of
from groups.models import Group


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry in the head of all report pages."""

    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """A group that came through the door; `added_up_at` is None while nothing was added up yet."""

    group: Group
    has_below: bool
    added_up_at: datetime | None
    today: date

    @property
    def every_minutes(self) -> int:
        """How often the sums are made anew."""
        return int(settings.ROLL_UP_EVERY_MINUTES)

    @property
    def is_brand(self) -> bool:
        """Whether it is the whole brand, of which no tree has to be asked."""
        return self.group.parent_id is None

    def below(self, path: str = "group") -> Q:
        """A condition on rows whose group `path` leads to: it is this group or one below it."""
        if self.is_brand:
            return Q(**{f"{path}__brand": self.group.brand_id})
        return Q(**{f"{path}__paths_up__ancestor": self.group})

    def weeks(self, number: int) -> list[date]:
        """Gives the first days of so many weeks, this one last."""
        this = monday_of(self.today)
        return [this - timedelta(weeks=back) for back in reversed(range(number))]

    def tabs(self, chosen: str) -> list[Tab]:
        """Gives the pages of reports for this group, of which one is `chosen` by the name of its address."""
        pages = [
            ("report-group", _("This group")),
            ("report-template-list", _("Templates")),
            ("report-usage", _("Usage")),
        ]
        if self.has_below:
            pages.insert(0, ("report-network", _("Network")))
        return [Tab(label, reverse(f"campaigns:{name}", args=[self.group.pk]), name == chosen) for name, label in pages]


def scope_of(group: Group) -> Scope:
    """Gives the scope of a group; two queries."""
    run = RollupRun.objects.filter(brand=group.brand_id).first()
    return Scope(
        group=group,
        has_below=Group.objects.filter(parent=group).exists(),
        added_up_at=None if run is None else run.finished_at or run.since,
        today=day_of(group, timezone.now()),
    )
