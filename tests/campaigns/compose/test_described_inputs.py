"""What stands under an input of the composer is tied to it: guidance, examples, counter and notes, where they are."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from campaigns.compose.services import save_values
from campaigns.library.publishing import publish_version
from campaigns.models import Mailing
from tests.campaigns.compose.scene import SOURCE as PLAIN
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("T20")]
SOURCE = """<!doctype html>
<html lang="en" dir="ltr"><head>
<title data-field="subject" data-required data-max="60" data-good="Four new coffees">News</title></head>
<body>
<h1 data-field="headline" data-label="Headline" data-help="Short." data-bad="HURRY" data-max="40">Good morning</h1>
<div data-field="story" data-type="text" data-label="Story" data-required data-max="90"><p>What is new</p></div>
<img data-field="photo" data-type="image" data-label="Photo" data-ratio="1:1" data-help="A dish." alt="">
<a data-field="cta" data-type="button" data-domains="northwind.example" data-help="One act."
href="https://northwind.example/">Visit us</a>
<p data-field="day" data-type="date">x</p><p data-field="hour" data-type="time" data-help="In 24 hours.">x</p>
<p data-field="cost" data-type="price" data-default="5">5</p><p data-field="call" data-type="phone">+1 503 222 0144</p>
<p data-field="ink" data-type="color" data-options="#112233=Night|#223344=Dusk">Words</p>
<ul><li data-repeat="dishes" data-section-label="Dishes" data-max="3" data-min="1">
<b data-field="dish" data-required data-label="Dish" data-help="As on the menu." data-good="Soup">Soup</b>
<i data-field="price" data-type="price" data-label="Price" data-default="5">5</i>
<img data-field="view" data-type="image" data-label="Picture" data-help="From above." alt=""></li></ul>
<p>[[group.name]], [[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p>
</body></html>"""


@pytest.fixture
def scene() -> Scene:
    found = a_scene()
    publish_version(template=found.template, source=SOURCE, kind="html", actor=None, tested=True)
    found.template.refresh_from_db()
    return found


def composer_of(scene: Scene, mailing: Mailing) -> LexborHTMLParser:
    client = Client()
    client.force_login(scene.people["author"])
    return LexborHTMLParser(client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).text)


def described(page: LexborHTMLParser, name: str) -> list[str]:
    """Gives the ids of what describes an input, the name of its field left out."""
    (node,) = page.css(f'[name="{name}"]')
    return (node.attributes["aria-describedby"] or "").split()


def invalid(page: LexborHTMLParser) -> list[str]:
    return [node.attributes["name"] or "" for node in page.css('[aria-invalid="true"]')]


def broken(mailing: Mailing, scene: Scene, **values: object) -> None:
    save_values(mailing=mailing, changes=values, revision=mailing.revision, actor=scene.people["author"])


@pytest.mark.parametrize("source", [SOURCE, PLAIN], ids=["guided", "without guidance"])
def test_every_description_of_an_input_is_there_once(scene: Scene, source: str) -> None:
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()

    page = composer_of(scene, scene.draft())

    ids = [node.attributes["id"] for node in page.css("[id]")]
    named = [
        name for node in page.css("[aria-describedby]") for name in (node.attributes["aria-describedby"] or "").split()
    ]
    assert len(ids) == len(set(ids))
    assert len(named) > 10
    assert set(named) - set(ids) == set()


def test_inputs_are_described_by_what_stands_under_them(scene: Scene) -> None:
    page = composer_of(scene, scene.draft())

    assert {name: described(page, name) for name in ("subject", "headline", "story.html", "day", "hour", "cost")} == {
        "subject": ["help-subject", "f-subject-good", "f-subject-count", "notes-subject"],
        "headline": ["help-headline", "f-headline-bad", "f-headline-count", "notes-headline"],
        "story.html": ["f-story-count", "notes-story"],
        "day": ["notes-day"],
        "hour": ["help-hour", "notes-hour"],
        "cost": ["notes-cost"],
    }
    assert described(page, "cta.text") == ["help-cta", "notes-cta"]
    assert described(page, "cta.url") == ["f-cta-domains", "notes-cta"]
    assert described(page, "photo.alt") == ["help-photo", "f-photo-alt-help", "notes-photo"]


def test_inputs_of_an_entry_are_described_by_their_own_guidance(scene: Scene) -> None:
    page = composer_of(scene, scene.draft())

    assert described(page, "dishes.1.dish") == ["f-dishes.1.dish-help", "f-dishes.1.dish-good", "notes-dishes"]
    assert described(page, "dishes.1.price") == ["notes-dishes"]
    assert described(page, "dishes.1.view.alt") == ["f-dishes.1.view-help", "f-dishes.1.view-alt-help", "notes-dishes"]
    (guidance,) = page.css('[id="f-dishes.1.view-help"]')
    assert guidance.text() == "From above."


def test_an_input_whose_note_stops_the_mailing_says_so(scene: Scene) -> None:
    mailing = scene.draft()
    assert invalid(composer_of(scene, mailing)) == []
    broken(mailing, scene, subject="x" * 61, story={"html": ""}, headline="Sunday")
    mailing.refresh_from_db()
    broken(mailing, scene, cta={"text": "Visit us", "url": "https://evil.example/"})
    mailing.refresh_from_db()
    broken(mailing, scene, dishes=[{"dish": "Soup", "price": "5"}, {"dish": "", "price": "5"}])
    mailing.refresh_from_db()

    page = composer_of(scene, mailing)

    assert invalid(page) == ["subject", "story.html", "cta.url", "dishes.2.dish"]
    assert [node.text() for node in page.css("#notes-cta [data-tone=bad]")] != []


def test_entries_that_are_drawn_anew_say_so_too(scene: Scene) -> None:
    mailing = scene.draft()
    broken(mailing, scene, dishes=[{"dish": "", "price": "5"}])
    mailing.refresh_from_db()
    client = Client()
    client.force_login(scene.people["author"])

    answer = client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": mailing.revision, "act.dishes": "add"},
        headers={"accept": "application/json"},
    )

    fragment = LexborHTMLParser(answer.json()["fragments"]["items-dishes"])
    assert invalid(fragment) == ["dishes.1.dish"]
    assert described(fragment, "dishes.2.dish") == ["f-dishes.2.dish-help", "f-dishes.2.dish-good", "notes-dishes"]
