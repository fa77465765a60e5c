"""A small network whose numbers can be worked out by hand: a region with two stores, and one far away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    ReportDay,
    Template,
)
from campaigns.reports.rolling.running import rebuild
from groups.models import Group, Workspace
from tests.builders import Cast, a_cast, a_workspace
from tests.campaigns.builders import a_template

# A Wednesday; its week begins on 23 November.
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
MONDAY = date(2026, 11, 23)


@dataclass
class Network:
    """The cast with a template, a workspace, and ways to add what went out."""

    cast: Cast
    template: Template
    workspace: Workspace

    def sent(
        self,
        group: Group,
        name: str,
        *,
        days_ago: int = 1,
        delivered: int | None = 100,
        clicks: int | None = 10,
        people: int = 100,
        subject: str = "",
        state: MailingState = MailingState.SENT,
        **metrics: int,
    ) -> Mailing:
        """Gives a mailing that went out some days ago at this hour; of None Braze says nothing."""
        version = self.template.current
        assert version is not None
        at = NOW - timedelta(days=days_ago)
        mailing = Mailing.objects.create(
            group=group,
            version=version,
            name=name,
            values={"subject": subject} if subject else {},
            author=self.cast.admin,
            state=state,
            send_at=at,
        )
        delivery = Delivery.objects.create(
            mailing=mailing,
            workspace=self.workspace,
            route=mailing.route,
            state=DeliveryState.SETTLED,
            message={"subject": subject or "News of the week"},
            campaign_id="-",
            is_now=False,
            go_at=at,
            started_by=self.cast.admin,
        )
        Batch.objects.create(delivery=delivery, number=1, size=people, state=BatchState.ACCEPTED)
        known = {"sent": people, "delivered": delivered, "unique_clicks": clicks, **metrics}
        counts = {key: count for key, count in known.items() if count is not None}
        if delivered is not None:
            ReportDay.objects.create(delivery=delivery, day=at.date(), metrics=counts, read_at=NOW)
        return mailing

    def age(self) -> None:
        """Lets all groups be older than four weeks."""
        Group.objects.filter(brand=self.cast.brand).update(created_at=NOW - timedelta(days=100))

    def add_up(self) -> None:
        """Adds up everything anew."""
        rebuild(self.cast.brand)


def a_network() -> Network:
    """Gives a network in which nothing has gone out yet, whose groups are older than four weeks."""
    cast = a_cast()
    network = Network(cast, a_template(brand=cast.brand), a_workspace(brand=cast.brand))
    network.age()
    return network
