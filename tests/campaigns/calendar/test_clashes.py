"""Mailings that reach the same people within some hours: a warning with both names, which stops nothing (M19)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from campaigns.calendar import clashes
from campaigns.delivery.services import send
from campaigns.errors import NotAllowed, Refusal
from campaigns.models import (
    Batch,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Recipient,
    TimeRules,
)
from campaigns.preflight import check
from campaigns.schedule.levels import ClashRule
from campaigns.schedule.queries import times_of
from campaigns.schedule.services import save_clash
from groups.audiences.filters.definition import Operator
from groups.models import Audience, Contact, Event, Group, User, Workspace
from tests.campaigns.compose.scene import Scene, a_scene, an_audience
from tests.campaigns.costs import cost_of
from tests.campaigns.schedule.builders import NOW, at
from tests.groups.audiences.filters.builders import a_filter, let_filters_use, where

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M19")]
TUESDAY = "2026-11-24 09:00"


@pytest.fixture
def a_monday_morning(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(a_monday_morning: None) -> Scene:
    return a_scene(people_on_the_list=10)


def a_planned(
    scene: Scene,
    name: str = "Winter",
    *,
    group: Group | None = None,
    audience: Audience | None = None,
    when: str = TUESDAY,
    state: MailingState = MailingState.SCHEDULED,
) -> Mailing:
    mailing = scene.draft(author="sender")
    Mailing.objects.filter(pk=mailing.pk).update(
        name=name, group=group or scene.store, audience=audience or scene.audience, send_at=at(when), state=state
    )
    mailing.refresh_from_db()
    return mailing


def a_list_with(scene: Scene, group: Group, number: int) -> Audience:
    """Gives a list of a group on which so many of the store's ten people are, and as many others."""
    audience = an_audience(group, number, name=f"Some {number}")
    for member in scene.audience.members.order_by("pk")[:number]:
        audience.members.create(contact=member.contact)
    Audience.objects.filter(pk=audience.pk).update(size=2 * number)
    return audience


def said(mailing: Mailing, actor: User) -> list[str]:
    return [one.sentence for one in check(mailing, actor=actor) if one.code.startswith("clash")]


@pytest.mark.parametrize(
    ("shared", "when", "state", "warns"),
    [
        (3, "2026-11-25 09:00", MailingState.SCHEDULED, True),  # 30 % of the people, 24 hours later
        (3, "2026-11-25 09:01", MailingState.SCHEDULED, False),
        (3, "2026-11-23 09:00", MailingState.SENT, True),
        (2, "2026-11-24 12:00", MailingState.SCHEDULED, False),  # 20 %
        (9, "2026-11-24 12:00", MailingState.DRAFT, False),
        (9, "2026-11-24 12:00", MailingState.CANCELLED, False),
        (9, "2026-11-24 12:00", MailingState.IN_APPROVAL, True),
    ],
)
def test_more_than_a_quarter_of_the_people_within_a_day_is_warned_of(
    scene: Scene, shared: int, when: str, state: MailingState, warns: bool
) -> None:
    a_planned(scene, audience=a_list_with(scene, scene.store, shared), when=when, state=state)
    mailing = a_planned(scene, "Spring", state=MailingState.DRAFT)

    sentences = said(mailing, scene.people["sender"])

    assert bool(sentences) is warns
    if warns:
        assert (
            f"{10 * shared} % of the people whom “Spring” goes to get another mailing within 24 hours" in sentences[0]
        )
        assert "“Winter” of Pearl Street" in sentences[0]


def test_two_others_count_together_and_the_larger_comes_first(scene: Scene) -> None:
    lists = [an_audience(scene.store, 0, name=name) for name in ("A", "B")]
    people = [member.contact for member in scene.audience.members.order_by("pk")]
    for audience, some in zip(lists, (people[:2], people[2:5]), strict=True):
        for person in some:
            audience.members.create(contact=person)
    a_planned(scene, "Small", audience=lists[0])
    a_planned(scene, "Larger", audience=lists[1])

    (sentence,) = said(a_planned(scene, "Spring", state=MailingState.DRAFT), scene.people["sender"])

    assert sentence.startswith("50 % of the people")
    assert sentence.index("“Larger”") < sentence.index("“Small”")


def test_a_mailing_that_the_person_may_not_see_is_not_named(scene: Scene) -> None:
    a_planned(scene, "Secret sale", group=scene.other_store, audience=a_list_with(scene, scene.other_store, 9))
    mailing = a_planned(scene, "Spring", state=MailingState.DRAFT)

    (local,), (manager,) = said(mailing, scene.people["sender"]), said(mailing, scene.people["manager"])

    assert "Secret sale" not in local
    assert "Lake Street" not in local
    assert "another mailing of the brand (Tuesday" in local
    assert "“Secret sale” of Lake Street" in manager


def test_who_was_planned_counts_and_not_who_is_on_the_list_by_now(scene: Scene) -> None:
    other = a_planned(scene, audience=a_list_with(scene, scene.store, 9))
    mailing = a_planned(scene, "Spring", state=MailingState.DRAFT)
    delivery = Delivery.objects.create(
        mailing=other,
        workspace=Workspace.objects.get(),
        state=DeliveryState.STAGED,
        is_now=False,
        go_at=other.send_at,
        frozen=1,
        started_by=other.author,
    )
    batch = Batch.objects.create(delivery=delivery, number=1, size=1)
    people = [member.contact for member in scene.audience.members.order_by("pk")]
    Recipient.objects.create(delivery=delivery, contact=people[0], batch=batch, address="a@example.com")

    assert said(mailing, scene.people["sender"]) == []

    for person in people[1:4]:
        Recipient.objects.create(delivery=delivery, contact=person, batch=batch, address=person.email)

    assert said(mailing, scene.people["sender"])[0].startswith("40 % of the people")


def test_whom_the_filter_of_another_mailing_finds_is_asked_before_it_is_planned(scene: Scene) -> None:
    let_filters_use(scene.brand)
    found = a_filter(group=scene.store, definition=where("first_name", Operator.IS, "Sam"), name="Sams")
    people = scene.audience.members.order_by("pk").values_list("contact", flat=True)
    a_planned(scene, "Winter", audience=found)
    mine = a_planned(scene, "Spring", state=MailingState.DRAFT)

    Contact.objects.filter(pk__in=people[:2]).update(attributes={"first_name": "Sam"})
    few = said(mine, scene.people["sender"])
    Contact.objects.filter(pk__in=people[:4]).update(attributes={"first_name": "Sam"})
    many = said(mine, scene.people["sender"])

    assert few == []
    assert len(many) == 1 and many[0].startswith("40 %") and "“Winter”" in many[0]


def test_of_filters_beyond_the_first_few_the_check_says_that_nobody_knows(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clashes, "MOST_FILTERS", 0)
    found = a_filter(group=scene.store, definition=where("first_name", Operator.IS, "Sam"), name="Sams")
    a_planned(scene, "Winter", audience=found)
    mine = a_planned(scene, "Spring", state=MailingState.DRAFT)

    (sentence,) = said(mine, scene.people["sender"])

    assert "“Winter”" in sentence


def test_of_a_segment_only_the_same_segment_is_known_to_clash(scene: Scene) -> None:
    segment, another = (
        Audience.objects.create(group=scene.store, name=name, kind="segment", segment_id=name) for name in ("s", "t")
    )
    a_planned(scene, "Winter", audience=segment)
    same = a_planned(scene, "Spring", audience=segment, state=MailingState.DRAFT)
    other = a_planned(scene, "Summer", audience=another, state=MailingState.DRAFT)

    assert said(same, scene.people["sender"])[0].startswith("100 % of the people")
    (unknown,) = said(other, scene.people["sender"])
    assert "cannot be known" in unknown
    assert "“Winter”" in unknown


def test_a_large_list_is_judged_by_a_sample_and_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clashes, "SAMPLE", 60)
    large = an_audience(scene.store, 400, name="Large")
    half = an_audience(scene.store, 0, name="Half")
    for member in large.members.order_by("pk")[:200]:
        half.members.create(contact=member.contact)
    a_planned(scene, audience=half)
    mailing = a_planned(scene, "Spring", audience=large, state=MailingState.DRAFT)

    clash = clashes.clash_of(mailing, goes_at=at(TUESDAY), rule=ClashRule(20, 24))

    assert clash is not None
    assert not clash.is_exact
    assert 0.2 < clash.share < 0.8
    (sentence,) = said(mailing, scene.people["sender"])
    assert sentence.startswith("about ")


def test_a_clash_stops_nothing_and_costs_the_same_for_many(scene: Scene) -> None:
    mailing = a_planned(scene, "Spring", state=MailingState.DRAFT)
    a_planned(scene)
    for_one = cost_of(lambda: check(mailing, actor=scene.people["sender"]))
    for number in range(12):
        a_planned(scene, f"Winter {number}")

    for_many = cost_of(lambda: check(mailing, actor=scene.people["sender"]))
    send(mailing=mailing, actor=scene.people["sender"])

    assert len(for_many) == len(for_one)
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED


def test_the_calendar_and_the_composer_show_the_clash(scene: Scene) -> None:
    a_planned(scene, audience=a_list_with(scene, scene.store, 9))
    mailing = a_planned(scene, "Spring", state=MailingState.DRAFT)
    client = Client()
    client.force_login(scene.people["sender"])

    calendar = client.get(reverse("campaigns:calendar", args=[scene.store.pk])).content.decode()
    composer = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()

    assert ">Clash</span>" in calendar
    assert "90 % of its people also get “Winter” of Pearl Street" in calendar
    assert composer.count("90 % of the people whom “Spring” goes to") == 2  # in “Check” and in “When it goes out”


def test_the_nearest_level_says_when_mailings_clash(scene: Scene) -> None:
    manager = scene.people["manager"]
    usual = times_of(scene.store).clash
    save_clash(group=scene.root, clash=ClashRule(10, 48), actor=manager)
    inherited = times_of(scene.store).clash
    save_clash(group=scene.store, clash=ClashRule(100, 1), actor=manager)
    own = times_of(scene.store).clash
    save_clash(group=scene.store, clash=None, actor=manager)

    assert (usual, inherited, own) == (ClashRule(25, 24), ClashRule(10, 48), ClashRule(100, 1))
    assert times_of(scene.store).clash == ClashRule(10, 48)
    assert Event.objects.filter(action="times.clash_changed").count() == 3


@pytest.mark.parametrize("form", [{"clash_percent": "101", "clash_hours": "5"}, {"clash_percent": "5"}])
def test_numbers_that_are_none_stand_at_their_field_and_change_nothing(scene: Scene, form: dict[str, str]) -> None:
    client = Client()
    client.force_login(scene.people["manager"])

    answer = client.post(reverse("campaigns:rule-clashes", args=[scene.store.pk]), form)

    assert answer.status_code == 422
    assert not TimeRules.objects.exists()
    with pytest.raises(Refusal):
        save_clash(group=scene.store, clash=ClashRule(0, 5), actor=scene.people["manager"])
    with pytest.raises(NotAllowed):
        save_clash(group=scene.store, clash=ClashRule(5, 5), actor=scene.people["sender"])
    assert not TimeRules.objects.exists()
