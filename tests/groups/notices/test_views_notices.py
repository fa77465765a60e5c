"""The bell, the list and the settings, as everybody tries them."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from groups.models import Event, Membership, Notice, NoticePreference, Pace
from groups.notices.services import mark_read
from tests.builders import PASSWORD, Cast, a_membership
from tests.campaigns.costs import cost_of
from tests.groups.notices.told import ALARM, OPEN, a_notice

LIST = "/notices/"
SETTINGS = "/notices/settings/"


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]


def wishes(**changed: str) -> dict[str, str]:
    """Gives the whole form of the settings."""
    return {
        "pace_tasting": "at_once",
        "pace_approvals": "at_once",
        "pace_mailings": "at_once",
        "pace_comments": "at_once",
        "pace_imports": "at_once",
        "pace_rollouts": "at_once",
        **changed,
    }


def bell_of(text: str) -> str:
    """Gives the words of the bell."""
    found = re.search(r'class="bell" href="/notices/" aria-label="([^"]*)"', text)
    assert found is not None
    return found[1]


def test_nobody_sees_anything_without_signing_in(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store)

    for method, path in (
        ("get", LIST),
        ("get", SETTINGS),
        ("post", SETTINGS),
        ("post", "/notices/read/"),
        ("get", f"/notices/{notice.pk}/"),
        ("post", f"/notices/{notice.pk}/read/"),
    ):
        response = getattr(client, method)(path)
        assert response.status_code == 302
        assert response["Location"].startswith(f"{reverse('account_login')}?next=")
    notice.refresh_from_db()
    assert (notice.read_at, NoticePreference.objects.count()) == (None, 0)


def test_a_notice_is_there_for_its_person_alone(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store, what="Spring")

    for user in cast.without(cast.author):
        client.force_login(user)
        assert client.get(f"/notices/{notice.pk}/").status_code == 404
        assert client.post(f"/notices/{notice.pk}/read/").status_code == 404
        client.post("/notices/read/")
        client.get(f"{LIST}?notice={notice.pk}")
        client.get(f"{SETTINGS}?notice={notice.pk}")
        assert "Tasting Spring" not in client.get(LIST).text
        assert bell_of(client.get(LIST).text) == "Notices"

    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("method", ["put", "delete", "post"])
def test_opening_is_a_get_and_reading_is_a_post(cast: Cast, client: Client, method: str) -> None:
    notice = a_notice(cast.author, cast.store)
    client.force_login(cast.author)

    assert getattr(client, method)(f"/notices/{notice.pk}/").status_code == 405
    assert client.get(f"/notices/{notice.pk}/read/").status_code == 405
    assert client.get("/notices/read/").status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None


def test_opening_leads_to_the_thing_of_the_row_and_marks_it_read(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store, path=f"/g/{cast.store.pk}/audiences/")
    client.force_login(cast.author)

    response = client.get(f"/notices/{notice.pk}/?next=https://evil.example/")

    notice.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"/g/{cast.store.pk}/audiences/")
    assert notice.read_at is not None


def test_a_row_that_was_forged_to_another_host_leads_nowhere(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store)
    Notice.objects.filter(pk=notice.pk).update(path="/\\evil.example/")
    client.force_login(cast.author)

    response = client.get(f"/notices/{notice.pk}/")

    notice.refresh_from_db()
    assert (response.status_code, notice.read_at) == (404, None)


def test_who_lost_access_sees_no_name_and_is_led_nowhere(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store, what="Spring")
    Membership.objects.filter(user=cast.author).update(group=cast.next_store)
    client.force_login(cast.author)

    page, opened = client.get(LIST), client.get(f"/notices/{notice.pk}/")
    marked = client.post(f"/notices/{notice.pk}/read/", follow=True)

    assert "Tasting Spring" not in page.text
    assert cast.store.name not in page.text
    assert "You may no longer see what this notice was about." in page.text
    assert opened.status_code == 404
    assert bell_of(marked.text) == "Notices"


def test_a_kind_that_is_gone_breaks_no_page(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store)
    Notice.objects.filter(pk=notice.pk).update(kind="gone.away")
    client.force_login(cast.author)

    assert client.get(LIST).status_code == 200
    assert client.get(f"/notices/{notice.pk}/").status_code == 404


def test_unread_ones_come_first_and_then_the_newest(cast: Cast, client: Client) -> None:
    for number in range(4):
        notice = a_notice(cast.author, cast.store, about=f"tasting:{number}", what=f"no {number}")
        Notice.objects.filter(pk=notice.pk).update(created_at=timezone.now() - timedelta(hours=9 - number))
    mark_read(notice=Notice.objects.get(about="tasting:3"), reader=cast.author)
    client.force_login(cast.author)

    page = client.get(LIST)

    assert re.findall(r"Tasting no (\d)</a>", page.text) == ["2", "1", "0", "3"]


def test_one_is_marked_read_and_then_all(cast: Cast, client: Client) -> None:
    notices = [a_notice(cast.author, cast.store, about=f"tasting:{number}") for number in range(3)]
    a_notice(cast.sender, cast.store)
    client.force_login(cast.author)
    before = bell_of(client.get(LIST).text)

    one = client.post(f"/notices/{notices[0].pk}/read/", follow=True)
    every = client.post("/notices/read/", follow=True)

    assert [before, bell_of(one.text), bell_of(every.text)] == ["Notices, 3 unread", "Notices, 2 unread", "Notices"]
    assert Notice.objects.filter(read_at=None).get().person == cast.sender


def test_the_bell_counts_to_ninety_nine(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    shown = []
    for start, end in ((0, 99), (99, 100), (100, 130)):
        for number in range(start, end):
            a_notice(cast.author, cast.store, about=f"tasting:{number}")
        shown.append(bell_of(client.get(SETTINGS).text))

    assert shown == ["Notices, 99 unread", "Notices, 99+ unread", "Notices, 99+ unread"]


def test_the_pages_of_a_brand_know_nothing_of_another(cast: Cast, client: Client) -> None:
    root = cast.other_brand.groups.get()
    a_membership(user=cast.author, group=root)
    here, there = (
        a_notice(cast.author, cast.store, what="here"),
        a_notice(cast.author, root, about="tasting:2", what="there"),
    )
    client.force_login(cast.author)

    page = client.get(LIST)
    client.post("/notices/read/")

    assert ("Tasting here" in page.text, "Tasting there" in page.text) == (True, False)
    assert client.get(f"/notices/{there.pk}/").status_code == 404
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.read_at is None, there.read_at is None) == (False, True)
    assert "Tasting there" in client.get(LIST, headers={"host": "harbor.testserver"}).text


def test_the_list_and_the_bell_cost_the_same_for_many_as_for_two(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    costs = []
    for start, end in ((0, 2), (2, 60)):
        for number in range(start, end):
            for kind in (OPEN, ALARM):
                a_notice(cast.author, cast.store, kind=kind, about=f"tasting:{number}")
        costs.append(cost_of(lambda: client.get(LIST)))

    assert len(costs[0]) == len(costs[1])
    assert len([query for query in costs[1].queries if "LIMIT 100" in query]) == 1


def test_the_pages_of_a_long_list_are_turned(cast: Cast, client: Client) -> None:
    for number in range(30):
        a_notice(cast.author, cast.store, about=f"tasting:{number}")
    client.force_login(cast.author)

    first, second, beyond = (client.get(f"{LIST}?page={page}").text for page in (1, 2, "x"))

    assert [text.count('class="notice-title"') for text in (first, second, beyond)] == [25, 5, 25]


def test_the_link_of_a_mail_leads_through_sign_in_to_the_thing_and_reads_the_notice(cast: Cast, client: Client) -> None:
    notice = a_notice(cast.author, cast.store, path=f"/g/{cast.store.pk}/audiences/")
    link = f"{notice.path}?notice={notice.pk}"

    asked = client.get(link)
    arrived = client.post(asked["Location"], {"login": cast.author.email, "password": PASSWORD}, follow=True)

    notice.refresh_from_db()
    assert arrived.redirect_chain[-1] == (link, 302)
    assert (arrived.status_code, notice.read_at is not None) == (200, True)
    assert bell_of(arrived.text) == "Notices"


@pytest.mark.parametrize("named", ["", "1", "not-an-id", str(uuid.UUID(int=7)), "\x00", "1' OR 1=1"])
def test_a_page_stands_whatever_its_address_says_of_notices(cast: Cast, client: Client, named: str) -> None:
    notice = a_notice(cast.author, cast.store)
    client.force_login(cast.author)

    assert client.get(LIST, {"notice": named}).status_code == 200
    assert client.get(LIST, {"notice": str(notice.pk)}).status_code == 200  # its thing stands elsewhere
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_person_chooses_for_themselves_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    day = timezone.now().date() + timedelta(days=7)

    response = client.post(
        SETTINGS, {**wishes(pace_tasting="daily"), "muted_until": day.isoformat(), "person": str(cast.sender.pk)}
    )

    stored = NoticePreference.objects.get()
    assert (response.status_code, response["Location"]) == (302, SETTINGS)
    assert (stored.person, stored.brand, stored.muted_until) == (cast.author, cast.brand, day)
    others = dict.fromkeys(("approvals", "mailings", "comments", "imports", "rollouts"), "at_once")
    assert stored.paces == {"tasting": "daily", **others}
    page = client.get(SETTINGS).text
    assert '<option value="daily" selected>' in page
    assert f'value="{day.isoformat()}"' in page


def test_everybody_of_the_brand_chooses_and_a_stranger_does_not(cast: Cast, client: Client) -> None:
    statuses = {}
    for user in cast.everybody:
        client.force_login(user)
        statuses[user.name] = (client.get(SETTINGS).status_code, client.post(SETTINGS, wishes()).status_code)

    assert statuses.pop("Olu Outsider") == (404, 404)
    assert set(statuses.values()) == {(200, 302)}
    assert set(NoticePreference.objects.values_list("person", flat=True)) == {
        user.pk for user in cast.without(cast.outsider)
    }
    assert not Event.objects.filter(action="notices.chosen", actor=cast.outsider).exists()


def test_the_settings_say_when_a_morning_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    assert "leaves at 8 a.m. in the time zone America/Los_Angeles." in client.get(SETTINGS).text


def test_mail_comes_again_when_the_day_is_taken_out(cast: Cast, client: Client) -> None:
    NoticePreference.objects.create(
        person=cast.author, brand=cast.brand, muted_until=timezone.now().date() + timedelta(days=7)
    )
    client.force_login(cast.author)

    client.post(SETTINGS, wishes())

    assert NoticePreference.objects.get().muted_until is None
    assert a_notice(cast.author, cast.store).mail_state == "waiting"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"muted_until": "2020-01-01"}, "Choose a day from tomorrow on, at most a year ahead."),
        ({"muted_until": "soon"}, "Enter a valid date."),
        ({"pace_tasting": "never"}, "Select a valid choice."),
        ({"pace_tasting": ""}, "This field is required."),
    ],
)
def test_a_form_with_mistakes_says_so_and_stores_nothing(
    cast: Cast, client: Client, changed: dict[str, str], words: str
) -> None:
    client.force_login(cast.author)

    response = client.post(SETTINGS, wishes(**changed))

    assert (response.status_code, NoticePreference.objects.count()) == (422, 0)
    assert words in response.text


def test_what_must_be_acted_on_cannot_be_chosen_for(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.get(SETTINGS).text
    client.post(SETTINGS, wishes(pace_alarms="portal", pace_brand="portal"))

    assert 'name="pace_alarms"' not in page
    assert 'name="pace_brand"' not in page
    assert "Always mailed at once, because somebody must act:" in page
    assert a_notice(cast.author, cast.store, kind=ALARM).pace == Pace.AT_ONCE
    kept = {"tasting", "approvals", "mailings", "comments", "imports", "rollouts"}
    assert set(NoticePreference.objects.get().paces) == kept


def test_the_account_menu_leads_to_the_settings(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    assert f'<a href="{SETTINGS}">What comes by mail</a>' in client.get(LIST).text
