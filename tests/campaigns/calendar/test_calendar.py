"""The calendar of a group and of the network below it: what stands where, for whom, and at what cost (M19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Delivery, DeliveryState, Mailing, MailingState
from groups.models import Audience, Group, Workspace
from tests.campaigns.compose.scene import Scene, a_scene, an_audience
from tests.campaigns.costs import cost_of
from tests.campaigns.schedule.builders import a_blackout, at, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M19")]
DECEMBER = {"day": "2026-12-10"}


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def calendar(scene: Scene, part: str, group: Group | None = None, **asked: str) -> HttpResponse:
    return as_(scene, part).get(reverse("campaigns:calendar", args=[(group or scene.store).pk]), {**DECEMBER, **asked})


def a_mailing(scene: Scene, name: str, when: str = "", group: Group | None = None, **facts: Any) -> Mailing:
    mailing = scene.draft()
    moment = at(when) if when else None
    state = facts.pop("state", MailingState.SCHEDULED)
    Mailing.objects.filter(pk=mailing.pk).update(
        name=name, group=group or scene.store, send_at=moment, state=state, **facts
    )
    mailing.refresh_from_db()
    return mailing


def shown(page: HttpResponse) -> dict[date, list[str]]:
    days = page.context["days"]  # type: ignore[attr-defined]  # set by the test client
    return {day.day: ["-" if line.is_hidden else line.entry.name for line in day.lines] for day in days if day.lines}


def test_each_mailing_stands_on_its_day_by_the_clock_of_the_group(scene: Scene) -> None:
    a_mailing(scene, "Late", "2026-12-02 23:30")  # 3 December in UTC
    a_mailing(scene, "Draft with a time", "2026-12-02 08:00", state=MailingState.DRAFT)
    a_mailing(scene, "Draft without", state=MailingState.DRAFT)
    a_mailing(scene, "Called off", "2026-12-02 09:00", state=MailingState.CANCELLED)
    a_mailing(scene, "Practice", "2026-12-02 09:00", state=MailingState.DRAFT, audience=None, is_practice=True)
    at_once = a_mailing(scene, "Sent at once", state=MailingState.SENT)
    for state, go_at in ((DeliveryState.WITHDRAWN, "2026-12-04 10:00"), (DeliveryState.SETTLED, "2026-12-05 10:00")):
        Delivery.objects.create(
            mailing=at_once,
            workspace=Workspace.objects.get(),
            state=state,
            is_now=True,
            go_at=at(go_at),
            started_by=at_once.author,
        )

    page = calendar(scene, "author")

    assert shown(page) == {
        date(2026, 12, 2): ["Draft with a time", "Late"],
        date(2026, 12, 5): ["Sent at once"],
    }
    text = page.content.decode()
    assert "11:30 p.m." in text
    assert 'data-state="scheduled">Scheduled</span>' in text
    assert reverse("campaigns:mailing-edit", args=[at_once.pk]) in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Of head office", "Of the store", "Of the other"}),
        ({"scope": "own"}, {"Of head office"}),
        ({"state": "drafts"}, {"Of the other"}),
        ({"view": "week"}, {"Of the store"}),
        ({"view": "day", "day": "2026-12-24"}, {"Of the other"}),
    ],
)
def test_head_office_sees_the_network_and_narrows_it(scene: Scene, asked: dict[str, str], found: set[str]) -> None:
    a_mailing(scene, "Of head office", "2026-12-01 09:00", scene.root)
    a_mailing(scene, "Of the store", "2026-12-09 09:00")
    a_mailing(scene, "Of the other", "2026-12-24 09:00", scene.other_store, state=MailingState.DRAFT)

    page = calendar(scene, "manager", scene.root, **asked)

    assert {name for names in shown(page).values() for name in names} == found


def test_choosing_a_group_below_leads_to_its_calendar_as_it_was_narrowed(scene: Scene) -> None:
    below = str(scene.store.pk)

    led = calendar(scene, "manager", scene.root, below=below, view="week", state="sent")
    refused = calendar(scene, "manager", scene.store, below=str(scene.root.pk))

    assert led["Location"] == reverse("campaigns:calendar", args=[below]) + "?view=week&day=2026-12-10&state=sent"
    assert refused.status_code == 404


def test_what_head_office_sends_to_the_same_people_is_shown_without_saying_what_it_is(scene: Scene) -> None:
    theirs = an_audience(scene.root, 2, name="Everybody")
    for member in scene.audience.members.all():
        theirs.members.create(contact=member.contact)
    others = an_audience(scene.root, 2, name="Somebody else")
    segment = Audience.objects.create(group=scene.root, name="Segment", kind="segment", segment_id="s")
    a_mailing(scene, "Secret sale", "2026-12-08 09:00", scene.root, audience=theirs)
    a_mailing(scene, "Secret draft", "2026-12-08 10:00", scene.root, audience=theirs, state=MailingState.DRAFT)
    a_mailing(scene, "Not for us", "2026-12-09 09:00", scene.root, audience=others)
    a_mailing(scene, "Perhaps for us", "2026-12-10 09:00", scene.root, audience=segment)

    local, manager = calendar(scene, "author"), calendar(scene, "manager")

    assert shown(local) == {date(2026, 12, 8): ["-"], date(2026, 12, 10): ["-"]}
    text = local.content.decode()
    assert not any(name in text for name in ("Secret", "Not for us", "Perhaps for us"))
    assert "It goes to people of this group." in text
    assert "It may go to people of this group." in text
    assert shown(manager) == {date(2026, 12, 8): ["Secret sale"], date(2026, 12, 10): ["Perhaps for us"]}


def test_closed_days_and_quiet_hours_are_named(scene: Scene) -> None:
    a_blackout(scene.root, "2026-12-24", "2026-12-26", reason="Closed for Christmas")
    times_said(scene.root, quiet="21:00-07:00")

    text = calendar(scene, "reader").content.decode()

    assert text.count("Closed for Christmas") == 3
    assert "No mail goes out between 9 p.m. and 7 a.m." in text


def test_a_full_day_shows_a_few_and_the_number_of_the_others_at_the_same_cost(scene: Scene) -> None:
    sample = a_mailing(scene, "First", "2026-12-15 09:00")
    a_mailing(scene, "Second", "2026-12-15 09:30")  # the two clash
    client = as_(scene, "manager")
    address = reverse("campaigns:calendar", args=[scene.root.pk])
    for_two = cost_of(lambda: client.get(address, DECEMBER))

    Mailing.objects.bulk_create(
        Mailing(
            group=scene.other_store,
            version=sample.version,
            author=sample.author,
            audience=sample.audience,
            name=f"More {number}",
            state=MailingState.SCHEDULED,
            send_at=at("2026-12-15 10:00") + timedelta(minutes=number),
        )
        for number in range(240)
    )
    for_many = cost_of(lambda: client.get(address, DECEMBER))
    page = client.get(address, DECEMBER)
    whole = client.get(address, {"view": "day", "day": "2026-12-15"})

    assert len(for_many) == len(for_two)
    assert shown(page) == {date(2026, 12, 15): ["First", "Second", "More 0"]}
    assert "and 239 more" in page.content.decode()
    assert len(shown(whole)[date(2026, 12, 15)]) == 200
    assert "and 42 more" in whole.content.decode()


def test_a_group_elsewhere_shows_its_own_clock_too(scene: Scene) -> None:
    Group.objects.filter(pk=scene.other_store.pk).update(time_zone="Europe/Berlin")
    a_mailing(scene, "Guten Morgen", "2026-12-15 00:00", scene.other_store)

    text = calendar(scene, "manager", scene.root).content.decode()

    assert "Lake Street, 9 a.m. in Berlin" in text


def test_a_calendar_without_anything_teaches(scene: Scene) -> None:
    empty = calendar(scene, "author").content.decode()
    reading = calendar(scene, "reader").content.decode()

    assert "Nothing goes out in these days" in empty
    wall = reverse("campaigns:template-wall", args=[scene.store.pk])
    assert wall in empty
    assert wall not in reading


def test_the_calendar_of_another_group_does_not_exist(scene: Scene) -> None:
    assert calendar(scene, "stranger").status_code == 404
    assert calendar(scene, "author", scene.root).status_code == 404


def test_the_calendar_stands_on_today_where_nothing_that_makes_sense_is_asked(scene: Scene) -> None:
    soon = timezone.now() + timedelta(hours=1)
    mailing = a_mailing(scene, "Soon")
    Mailing.objects.filter(pk=mailing.pk).update(send_at=soon)

    nonsense = {"view": "no such", "state": "x", "scope": "y"}
    for asked in ({}, {"day": ""}, {**nonsense, "day": "2026-99-99"}, {"day": "9999-12-31"}):
        page = calendar(scene, "author", **{"day": "", **asked})

        assert [name for names in shown(page).values() for name in names] == ["Soon"]
        assert 'aria-current="date"' in page.content.decode()
