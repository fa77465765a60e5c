"""The page of a group's times: what holds and from where, saving each part, and nobody else."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.delivery.services import send
from campaigns.models import Blackout, RoleLimit, TimeRules
from campaigns.schedule.pressure import Pressure, pressure_of
from campaigns.schedule.queries import times_of
from groups.models import Event, Group
from groups.roles import Role
from tests.builders import Cast, a_person, a_workspace, root_group
from tests.campaigns.builders import a_mailing
from tests.campaigns.schedule.builders import a_blackout, at, role_said, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday_morning"), pytest.mark.catalogue("M18")]

TIMES = {"quiet": "own", "quiet_from": "21:00", "quiet_until": "07:00", "mailings_per_week": "2"}
ROLES = {"local_author-mailings_per_week": "1", "local_sender-people_per_mailing": "500"}
DAYS = {"first_day": "2026-12-24", "last_day": "2026-12-26", "reason": "Christmas"}
PRESSURE = {"cap_mails": "8", "cap_days": "7", "caps_head_office": "on"}
FORMS = {
    "rule-times-save": TIMES,
    "rule-role-limits": ROLES,
    "rule-blackout-add": DAYS,
    "rule-pressure": PRESSURE,
}


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    """Gives the browser of a brand manager."""
    client.force_login(cast.manager)
    return client


def page_of(client: Client, group: Group) -> str:
    answer = client.get(reverse("campaigns:rule-times", args=[group.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, view: str, group: Group, **form: str) -> HttpResponse:
    return client.post(reverse(f"campaigns:{view}", args=[group.pk]), {**FORMS[view], **form})  # type: ignore[return-value]


def test_every_part_is_saved_by_itself(cast: Cast, manager: Client) -> None:
    root = root_group(cast.brand)

    answers = [post(manager, view, root).status_code for view in FORMS]

    rules, blackout = TimeRules.objects.get(), Blackout.objects.get()
    said = {(one.role, one.mailings_per_week, one.people_per_mailing) for one in RoleLimit.objects.all()}
    assert answers == [302] * 4
    assert (rules.quiet_from, rules.quiet_until, rules.mailings_per_week) == (time(21), time(7), 2)
    assert said == {(Role.LOCAL_AUTHOR, 1, None), (Role.LOCAL_SENDER, None, 500)}
    assert (blackout.group, blackout.first_day, blackout.last_day) == (root, date(2026, 12, 24), date(2026, 12, 26))
    assert pressure_of(cast.store) == Pressure(8, 7, caps_head_office=True)


def test_the_page_says_what_holds_and_which_level_says_it(cast: Cast, manager: Client) -> None:
    root = root_group(cast.brand)
    times_said(root, quiet="21:00-07:00", mailings_per_week=3, cap_mails=8, cap_days=7)
    times_said(cast.region, mailings_per_week=2)
    times_said(cast.store, days_ahead=30)
    role_said(root, Role.LOCAL_AUTHOR, people_per_mailing=1500)
    a_blackout(root, "2026-12-24", "2026-12-26")
    own = a_blackout(cast.store, "2026-12-31", reason="Inventory")

    page = " ".join(page_of(manager, cast.store).split())

    assert f'9 p.m. to 7 a.m. <span class="soft small">from {root.name}</span>' in page
    assert f'2 <span class="soft small">from {cast.region.name}</span>' in page
    assert '30 <span class="soft small">said here</span>' in page
    assert f"From {cast.region.name}: 2." in page
    assert f"From {root.name}: 1,500." in page
    assert "A person gets at most 8 mails in 7 days, over all groups; the head office is not held to it." in page
    assert "Dec 24 – 26" in page
    assert page.count("/remove/") == 1
    assert reverse("campaigns:rule-blackout-remove", args=[own.pk]) in page
    assert "cap_mails" not in page


def test_a_group_can_take_over_lift_and_take_back_the_quiet_hours_above(cast: Cast, manager: Client) -> None:
    times_said(root_group(cast.brand), quiet="21:00-07:00")
    seen = []

    for chosen in ("above", "none", "own", "above"):
        post(manager, "rule-times-save", cast.store, quiet=chosen, quiet_from="22:00", quiet_until="06:00")
        stated = times_of(cast.store).quiet
        assert stated is not None
        seen.append((stated.value.start, stated.value.end))

    assert seen == [(time(21), time(7)), (time(0), time(0)), (time(22), time(6)), (time(21), time(7))]


@pytest.mark.parametrize(
    ("view", "form", "field"),
    [
        ("rule-times-save", {"quiet_until": ""}, "quiet_until"),
        ("rule-times-save", {"quiet_from": "25:00"}, "quiet_from"),
        ("rule-times-save", {"quiet_until": "21:00"}, "quiet_until"),
        ("rule-times-save", {"quiet_until": "21:00:30"}, "quiet_until"),
        ("rule-times-save", {"mailings_per_week": "0"}, "mailings_per_week"),
        ("rule-times-save", {"days_ahead": "100000"}, "days_ahead"),
        ("rule-role-limits", {"local_author-days_ahead": "x"}, "local_author-days_ahead"),
        ("rule-blackout-add", {"last_day": "2026-12-23"}, "last_day"),
        ("rule-blackout-add", {"last_day": "9999-12-31"}, "last_day"),
        ("rule-blackout-add", {"first_day": ""}, "first_day"),
        ("rule-blackout-add", {"reason": "\n"}, "reason"),
        ("rule-pressure", {"cap_days": ""}, "cap_days"),
        ("rule-pressure", {"cap_mails": "0"}, "cap_mails"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_keeps_what_was_typed(
    cast: Cast, manager: Client, view: str, form: dict[str, str], field: str
) -> None:
    answer = post(manager, view, root_group(cast.brand), **form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}' in page
    assert "invalid-feedback" in page
    assert all(f'value="{typed}"' in page for name, typed in form.items() if typed.isdigit())
    assert not Event.objects.filter(action__startswith="times.").exists()


def test_a_choice_that_there_is_not_is_refused(cast: Cast, manager: Client) -> None:
    assert post(manager, "rule-times-save", root_group(cast.brand), quiet="above").status_code == 422
    assert post(manager, "rule-times-save", cast.store, quiet="sometimes").status_code == 422
    assert not TimeRules.objects.exists()


def test_a_mailing_that_was_called_back_is_told(cast: Cast, manager: Client) -> None:
    a_workspace(brand=cast.brand)
    mailing = a_mailing(group=cast.store, people=1, send_at=at("2026-11-24 08:00"))
    send(mailing=mailing, actor=mailing.author)

    answer = manager.post(
        reverse("campaigns:rule-blackout-add", args=[cast.region.pk]),
        {"first_day": "2026-11-24", "last_day": "2026-11-24", "reason": "Recall"},
        follow=True,
    )

    assert (
        "1 mailing was to go out at a time that is forbidden now: it waits for a decision." in answer.content.decode()
    )


def test_a_name_of_a_group_stays_words(cast: Cast, manager: Client) -> None:
    Group.objects.filter(pk=cast.region.pk).update(name="<b>Bold</b>")
    times_said(cast.region, quiet="21:00-07:00", days_ahead=3)
    role_said(cast.region, Role.LOCAL_AUTHOR, days_ahead=3)
    a_blackout(cast.region, "2026-12-24", reason="<i>No</i>")

    page = page_of(manager, cast.store)

    assert "<b>Bold</b>" not in page
    assert "<i>No</i>" not in page
    assert "From &lt;b&gt;Bold&lt;/b&gt;: 3." in page


def test_the_pages_of_the_tree_lead_to_each_other(cast: Cast, manager: Client) -> None:
    root = root_group(cast.brand)
    times_said(cast.store, days_ahead=3)
    urls = {group.pk: reverse("campaigns:rule-times", args=[group.pk]) for group in (root, cast.region, cast.store)}

    rules = manager.get(reverse("campaigns:rule-list")).content.decode()
    of_root, of_region, of_store = (page_of(manager, group) for group in (root, cast.region, cast.store))

    assert urls[root.pk] in rules
    assert urls[cast.region.pk] in of_root and urls[cast.store.pk] not in of_root
    assert urls[root.pk] in of_region and urls[cast.store.pk] in of_region
    assert of_region.count("has rules of its own") == 1
    assert urls[root.pk] in of_store and urls[cast.region.pk] in of_store


def test_whoever_manages_rules_of_a_region_finds_its_page_and_none_above(cast: Cast, client: Client) -> None:
    client.force_login(a_person(role=Role.BRAND_MANAGER, group=cast.region))
    root = root_group(cast.brand)
    own = a_blackout(root, "2026-12-24")

    home = client.get(reverse("campaigns:mailing-list", args=[cast.region.pk])).content.decode()
    page = page_of(client, cast.region)

    assert f'href="{reverse("campaigns:rule-times", args=[cast.region.pk])}"' in home
    assert reverse("campaigns:rule-times", args=[root.pk]) not in page
    assert post(client, "rule-times-save", cast.store).status_code == 302
    assert [post(client, view, root).status_code for view in FORMS] == [404] * 4
    assert client.get(reverse("campaigns:rule-times", args=[root.pk])).status_code == 404
    assert client.post(reverse("campaigns:rule-blackout-remove", args=[own.pk])).status_code == 404
    assert post(client, "rule-pressure", cast.region).status_code == 404
    assert list(TimeRules.objects.values_list("group", flat=True)) == [cast.store.pk]
    assert list(Blackout.objects.all()) == [own]


def test_nobody_else_sees_or_changes_anything(cast: Cast, client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    blackout = a_blackout(cast.store, "2026-12-24")
    before = Event.objects.count()

    for user in cast.without(cast.manager, cast.admin):
        client.force_login(user)
        for host in ("testserver", "harbor.testserver"):
            answers = [
                client.get(reverse("campaigns:rule-times", args=[cast.store.pk]), headers={"host": host}),
                client.post(reverse("campaigns:rule-blackout-remove", args=[blackout.pk]), headers={"host": host}),
                *(
                    client.post(reverse(f"campaigns:{view}", args=[cast.store.pk]), form, headers={"host": host})
                    for view, form in FORMS.items()
                ),
            ]
            assert [answer.status_code for answer in answers] == [404] * 6, (user.name, host)

    assert list(Blackout.objects.all()) == [blackout]
    assert (TimeRules.objects.count(), RoleLimit.objects.count(), Event.objects.count()) == (0, 0, before)


def test_changing_needs_a_post(cast: Cast, manager: Client) -> None:
    blackout = a_blackout(cast.store, "2026-12-24")
    urls = [reverse(f"campaigns:{view}", args=[cast.store.pk]) for view in FORMS]
    urls.append(reverse("campaigns:rule-blackout-remove", args=[blackout.pk]))

    assert [manager.get(url).status_code for url in urls] == [405] * 5


IN_ENGLISH = (
    "No mail between 8 p.m. and 8 a.m.; at most 2 mailings a week; at most 500 people a mailing; "
    "not on Dec 24\u2009–\u200926 (Christmas)"
)


@pytest.mark.parametrize(
    ("language", "line"), [("en", IN_ENGLISH), ("de", "24.–26. Dez. (Christmas)"), ("ko", "12월 24일~26일")]
)
def test_an_author_sees_the_rules_where_they_choose_the_time(
    cast: Cast, client: Client, language: str, line: str
) -> None:
    times_said(root_group(cast.brand), quiet="20:00-08:00", mailings_per_week=3)
    role_said(cast.region, Role.LOCAL_AUTHOR, mailings_per_week=2, people_per_mailing=500)
    a_blackout(root_group(cast.brand), "2026-12-24", "2026-12-26")
    mailing = a_mailing(group=cast.store, author=cast.author, people=1)
    type(cast.author).objects.filter(pk=cast.author.pk).update(language=language)
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()

    assert line in page


def test_without_rules_the_step_says_nothing_of_them(cast: Cast, client: Client) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author, people=1)
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()

    assert "No mail between" not in page
    assert "at most" not in page.partition("At a date and time")[2].partition("data-fragment")[0]
