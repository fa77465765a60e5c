"""Builders of templates, mailings and deliveries, on top of the ones for groups."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaigns.compose.services import start_mailing
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.planning import plan
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Delivery, Mailing, Route, SourceKind, Template
from groups.audiences.syncing import sync_contacts
from groups.models import Audience, Brand, Group, ReviewPolicy, User, Workspace
from groups.roles import Role
from tests.builders import a_contact, a_group, a_person, a_workspace, an_audience
from tests.sandbox_server import RunningSandbox

SOURCE = """<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title data-field="subject" data-label="Subject" data-required data-max="60">News of the week</mj-title>
    <mj-preview data-field="preheader" data-label="Preheader" data-max="90">What is new at your store</mj-preview>
  </mj-head>
  <mj-body>
    <mj-section><mj-column>
      <mj-text><h1 data-field="headline" data-label="Headline" data-required data-max="60">A new roast</h1></mj-text>
      <mj-text>Hello [[first_name]]</mj-text>
      <mj-text data-field="intro" data-type="text" data-label="Text" data-max="600"><p>Come and taste it.</p></mj-text>
      <mj-text>[[group.name]], [[group.street]], [[group.postal_code]] [[group.city]]</mj-text>
      <mj-text><a href="[[unsubscribe_url]]">Unsubscribe</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>"""


def a_template(*, brand: Brand, slug: str = "news", route: Route = Route.SCHEDULE, source: str = SOURCE) -> Template:
    """Gives a template with one published version."""
    template = create_template(brand=brand, name="News", slug=slug, route=route, actor=None)
    publish_version(template=template, source=source, kind=SourceKind.MJML, actor=None, tested=False)
    template.refresh_from_db()
    return template


def a_mailing(
    *,
    group: Group | None = None,
    author: User | None = None,
    audience: Audience | None = None,
    people: int = 3,
    route: Route = Route.SCHEDULE,
    values: Mapping[str, Any] | None = None,
    send_at: datetime | None = None,
) -> Mailing:
    """Gives a draft with an audience, ready to be sent; its group needs no review from people who may send."""
    group = group or a_group()
    Brand.objects.filter(pk=group.brand_id).update(review_policy=ReviewPolicy.NONE)
    group.refresh_from_db()
    group.brand.refresh_from_db()
    template = Template.objects.filter(brand=group.brand, route=route).first() or a_template(
        brand=group.brand, slug=f"news-{route}", route=route
    )
    author = author or a_person(role=Role.LOCAL_SENDER, group=group)
    mailing = start_mailing(group=group, template=template, actor=author)
    if audience is None:
        audience = an_audience(group=group, contacts=people)
    mailing.audience = audience
    mailing.send_at = send_at
    mailing.values = {**mailing.values, **(values or {})}
    mailing.save()
    return mailing


def a_sent(mailing: Mailing) -> Delivery:
    """Hands a mailing over as its author and gives the delivery, not yet planned."""
    send(mailing=mailing, actor=mailing.author)
    return mailing.deliveries.get()


def a_planned(mailing: Mailing, workspace: Workspace) -> Delivery:
    """Hands a mailing over, synchronises its contacts and plans it."""
    delivery = a_sent(mailing)
    sync_contacts(workspace.pk)
    assert plan(delivery)
    delivery.refresh_from_db()
    return delivery


def a_staged(mailing: Mailing, workspace: Workspace) -> Delivery:
    """Hands a mailing over and works until everything is staged, or as far as it goes."""
    delivery = a_planned(mailing, workspace)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)
    delivery.refresh_from_db()
    return delivery


def deliver_due(sandbox: RunningSandbox) -> None:
    """Waits until the sandbox has delivered what is due by the clock of the test."""
    for _attempt in range(500):
        waiting = [one for one in list(sandbox.state.schedules.values()) if one.state == "waiting"]
        if sandbox.app.dispatcher.is_idle and not [one for one in waiting if one.due <= time.time()]:
            return
        time.sleep(0.01)
    raise AssertionError("The sandbox did not deliver what is due.")


def a_connected(group: Group, sandbox: RunningSandbox) -> Workspace:
    """Connects the brand of a group to a sandbox."""
    return a_workspace(brand=group.brand, endpoint=sandbox.url)


__all__ = [
    "SOURCE",
    "a_connected",
    "a_contact",
    "a_mailing",
    "a_planned",
    "a_sent",
    "a_staged",
    "a_template",
    "deliver_due",
]
