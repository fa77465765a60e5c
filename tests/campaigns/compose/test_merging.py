"""Several people, or several tabs, in one draft: changes merge by field, a clash asks, nothing is lost or doubled."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.compose import saving
from campaigns.compose.merging import Clash, merge
from campaigns.compose.units import units_of
from campaigns.errors import StaleRevision
from campaigns.library.publishing import publish_version
from campaigns.models import Mailing, MailingState
from tests.campaigns.compose.scene import Scene, a_scene, an_audience
from tests.campaigns.compose.test_views_parts import SOURCE as WITH_ENTRIES

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M26")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def with_entries(scene: Scene) -> Scene:
    publish_version(template=scene.template, source=WITH_ENTRIES, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    return scene


class Page:
    """A composer that somebody has open: it sends what it was based on, as its script does."""

    def __init__(self, scene: Scene, part: str, mailing: Mailing) -> None:
        self.client = Client()
        self.client.force_login(scene.people[part])
        self.mailing = mailing
        self.base: dict[str, dict[str, str]] = units_of(Mailing.objects.get(pk=mailing.pk))
        self.revision = Mailing.objects.get(pk=mailing.pk).revision

    def send(self, *, script: bool = True, **inputs: Any) -> Any:
        named = {name.replace("__", ".").replace("mailing_", "mailing-"): text for name, text in inputs.items()}
        form = {"mailing-revision": self.revision, "mailing-base": json.dumps(self.base), **named}
        headers = {"accept": "application/json"} if script else {}
        answer = self.client.post(reverse("campaigns:mailing-save", args=[self.mailing.pk]), form, headers=headers)
        self.mailing.refresh_from_db()
        return answer


BASE = {"line": {"line": "old"}, "cta": {"cta.text": "Go", "cta.url": "a"}}


@pytest.mark.parametrize(
    ("sent", "stored", "left", "clashing"),
    [
        ({"line": "mine"}, BASE, set(), []),
        ({"line": "old"}, {"line": {"line": "theirs"}}, {"line"}, []),
        ({"line": " old\r\n"}, {"line": {"line": "theirs"}}, {"line"}, []),
        ({"line": "mine"}, {"line": {"line": "theirs"}}, {"line"}, ["line"]),
        ({"line": "mine"}, {"line": {"line": "mine"}}, set(), []),
        ({"line": "mine"}, {}, {"line"}, ["line"]),
        ({"cta.text": "Come"}, {"cta": {"cta.text": "Go", "cta.url": "b"}}, {"cta.text"}, ["cta"]),
        ({"line": "old", "cta.url": "b"}, BASE, {"line"}, []),
        ({"other": "mine"}, BASE, set(), []),
    ],
)
def test_a_field_that_one_changed_is_taken_and_one_that_both_changed_is_asked_about(
    sent: dict[str, str], stored: dict[str, dict[str, str]], left: set[str], clashing: list[str]
) -> None:
    merged = merge(sent, base=BASE, stored=stored)

    assert merged.left == left
    assert [clash.unit for clash in merged.clashes] == clashing


def test_a_file_for_a_picture_that_somebody_else_replaced_is_asked_about() -> None:
    base, stored = ({"photo": {"photo.image": name, "photo.alt": ""}} for name in ("old", "theirs"))

    merged = merge({"photo.alt": ""}, base=base, stored=stored, with_files={"photo"})

    assert merged.clashes == (Clash("photo", {"photo.alt": ""}, {"photo.image": "theirs", "photo.alt": ""}),)


def test_changes_of_two_people_to_different_fields_both_stay(scene: Scene) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    theirs.send(headline="Theirs", mailing_name="Their name")

    # A step sends all its inputs, and a form without a script sends every one of the page.
    answer = mine.send(headline="Good morning", mailing_name="Spring", subject="Mine", mailing_when="now")

    assert answer.status_code == 200
    assert (mailing.values["headline"], mailing.values["subject"], mailing.name) == ("Theirs", "Mine", "Their name")
    told = answer.json()
    assert (told["clashes"], told["refused"]) == ([], "")
    assert told["units"]["headline"] == {"headline": "Theirs"}
    assert "choices-photo" in told["fragments"]  # everything that others may have changed


def test_one_field_that_two_changed_asks_both_texts_stay_and_the_rest_is_saved(scene: Scene) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    theirs.send(headline="Theirs")

    told = mine.send(headline="Mine", subject="Saved").json()

    assert (mailing.values["headline"], mailing.values["subject"]) == ("Theirs", "Saved")
    assert told["clashes"] == ["headline"]
    assert told["refused"] == "Sender changed “Headline” in the meantime. Choose which text stays."
    assert "Mine" in told["fragments"]["clashes"] and "Theirs" in told["fragments"]["clashes"]

    mine.base = told["units"]
    mine.send(headline="Mine")
    assert mailing.values["headline"] == "Mine"


@pytest.mark.parametrize(("choice", "stays"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_without_a_script_the_page_asks_and_takes_what_was_chosen(scene: Scene, choice: str, stays: str) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    theirs.send(headline="Theirs")
    asked = mine.send(script=False, headline="Mine", subject="Saved")
    page = asked.content.decode()

    mine.base = asked.context["base"]
    answer = mine.send(script=False, headline="Mine", **{"mailing_keep.headline": choice})

    assert asked.status_code == 409
    assert '<input type="hidden" name="headline" value="Mine">' in page
    assert 'name="headline" value="Theirs"' in page  # the page goes on from what is stored
    assert answer.status_code == 302
    assert (mailing.values["headline"], mailing.values["subject"]) == (stays, "Saved")


@pytest.mark.parametrize(
    "form", [{"mailing_audience": "foreign"}, {"mailing_person": "stranger"}, {"mailing_audience": "x"}]
)
def test_a_clash_names_nothing_that_the_sender_may_not_choose(scene: Scene, form: dict[str, str]) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    theirs.send(mailing_audience="", mailing_person=scene.people["sender"].pk)
    foreign = {"foreign": an_audience(scene.other_store, 1, "Secret list").pk, "stranger": scene.people["stranger"].pk}

    told = mine.send(**{name: foreign.get(value, value) for name, value in form.items()})

    assert told.status_code == 200 and len(told.json()["clashes"]) == 1
    assert "Secret list" not in told.content.decode() and "Stranger" not in told.content.decode()
    assert (mailing.audience, mailing.on_behalf_of) == (None, scene.people["sender"])


def test_two_tabs_of_one_person_merge_and_clash_like_two_people(scene: Scene) -> None:
    mailing = scene.draft()
    one, other = Page(scene, "author", mailing), Page(scene, "author", mailing)
    one.send(headline="One", mailing_audience="")

    told = other.send(headline="Other", subject="Kept").json()

    assert told["refused"] == "“Headline” was changed on another page in the meantime. Choose which text stays."
    assert (mailing.values["headline"], mailing.values["subject"], mailing.audience) == ("One", "Kept", None)


def test_the_time_merges_as_a_whole(scene: Scene) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    theirs.send(mailing_when="later", mailing_day="2099-05-01", mailing_time="09:00")

    unchanged = mine.send(mailing_when="now", mailing_day="", mailing_time="", headline="Mine").json()
    clash = mine.send(mailing_when="later", mailing_day="2099-06-01", mailing_time="10:00").json()

    assert (unchanged["clashes"], clash["clashes"]) == ([], ["mailing-when"])
    assert mailing.send_at is not None and mailing.send_at.month == 5
    assert "2099-06-01 10:00" in clash["fragments"]["clashes"]


def test_saving_the_same_twice_changes_nothing_more(scene: Scene) -> None:
    mailing = scene.draft()
    page = Page(scene, "author", mailing)

    answers = [page.send(script=False, headline="Once") for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (mailing.values["headline"], mailing.revision) == ("Once", 1)


def test_an_entry_is_added_once_by_a_double_click_and_removed_only_while_it_is_the_one_that_was_seen(
    with_entries: Scene,
) -> None:
    mailing = with_entries.draft()
    page = Page(with_entries, "author", mailing)

    answers = [page.send(script=False, **{"act.dishes": "add"}) for _click in range(2)]
    entries = len(mailing.values["dishes"])
    old, new = Page(with_entries, "author", mailing), Page(with_entries, "sender", mailing)
    new.send(dishes__1__dish="Cake", **{"act.dishes": "down.1"})
    told = old.send(**{"act.dishes": "remove.1"}).json()

    assert ([answer.status_code for answer in answers], entries) == ([302, 422], 2)
    assert told["refused"].startswith("These entries were changed in the meantime.")
    assert len(mailing.values["dishes"]) == 2 and mailing.values["dishes"][1]["dish"] == "Cake"


def test_entries_of_a_repeated_part_merge_one_by_one(with_entries: Scene) -> None:
    mailing = with_entries.draft()
    Page(with_entries, "author", mailing).send(**{"act.dishes": "add"})
    mine, theirs = Page(with_entries, "author", mailing), Page(with_entries, "sender", mailing)
    theirs.send(dishes__1__dish="Theirs", dishes__2__dish=theirs.base["dishes.2.dish"]["dishes.2.dish"])

    told = mine.send(dishes__1__dish="Soup", dishes__2__dish="Mine").json()

    assert told["clashes"] == []
    assert [item.get("dish") for item in mailing.values["dishes"]] == ["Theirs", "Mine"]


def test_a_save_at_the_very_same_moment_is_brought_together_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = scene.draft()
    mine, theirs = Page(scene, "author", mailing), Page(scene, "sender", mailing)
    real, calls = saving.services.save_values, []

    def overtaken(**arguments: Any) -> Mailing:
        calls.append(arguments["changes"])
        if len(calls) == 1:
            theirs.send(subject="Theirs")
        return real(**arguments)

    monkeypatch.setattr(saving.services, "save_values", overtaken)
    answer = mine.send(headline="Mine")

    assert answer.status_code == 200
    assert (mailing.values["headline"], mailing.values["subject"]) == ("Mine", "Theirs")


@pytest.mark.parametrize("base", ["", "no JSON", "[]", '{"headline": 1}', "x" * 1_000_001])
def test_a_form_that_does_not_say_what_it_was_based_on_must_be_the_newest(scene: Scene, base: str) -> None:
    mailing = scene.draft()
    page = Page(scene, "author", mailing)
    Page(scene, "sender", mailing).send(headline="Theirs")

    answer = page.client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": 0, "mailing-base": base, "headline": "Mine"},
        headers={"accept": "application/json"},
    )

    mailing.refresh_from_db()
    assert answer.status_code == 409 and answer.json()["message"] == StaleRevision(1).sentence
    assert mailing.values["headline"] == "Theirs"


def test_what_is_no_draft_any_more_takes_nothing_however_it_is_based(scene: Scene) -> None:
    mailing = scene.draft()
    page = Page(scene, "author", mailing)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.IN_APPROVAL)

    answer = page.send(headline="Late")

    assert (answer.status_code, answer.json()["revision"]) == (409, None)
    assert mailing.values["headline"] == "Good morning"


def test_a_double_click_on_a_template_starts_one_mailing(scene: Scene, client: Client) -> None:
    client.force_login(scene.people["author"])
    address = reverse("campaigns:mailing-start", args=[scene.store.pk, scene.template.pk])

    first, second = (client.post(address)["Location"] for _click in range(2))

    assert first == second
    assert Mailing.objects.count() == 1
