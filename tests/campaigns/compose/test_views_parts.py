"""Repeated, chosen, movable and locked parts in the composer, and the types of field beside words and pictures."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.compose.page import page_of
from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.models import Image, Mailing
from groups.models import Group
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.library.sources import a_picture_file

pytestmark = pytest.mark.django_db

SOURCE = """<!doctype html>
<html lang="en" dir="ltr"><head><title>Menu</title></head>
<body>
<p data-choose="hero" data-section="summer">Sun</p><p data-choose="hero" data-section="winter">Snow</p>
<ul><li data-repeat="dishes" data-section-label="Dishes" data-max="3">
<b data-field="dish" data-required data-label="Dish">Soup</b>
<i data-field="price" data-type="price" data-default="5">5</i>
<img data-field="photo" data-type="image" data-ratio="1:1" alt="">
<u data-section="note" data-optional>New</u></li></ul>
<p data-field="day" data-type="date" data-default="2030-01-02">x</p>
<p data-field="ink" data-type="color" data-options="#112233=Night|#223344=Dusk">Words</p>
<div><p data-section="one" data-lock="none">1</p>
<p data-section="two" data-lock="content" data-reason="The law wants it."
><b data-field="legal" data-label="Legal">Fine print</b></p></div>
<p>[[group.name]], [[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p>
</body></html>"""


@pytest.fixture
def scene() -> Scene:
    found = a_scene()
    publish_version(template=found.template, source=SOURCE, kind="html", actor=found.people["manager"], tested=True)
    found.template.refresh_from_db()
    Group.objects.filter(pk=found.store.pk).update(language="de", country="DE")
    found.store.refresh_from_db()
    return found


def as_(scene: Scene, part: str = "author") -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def save(scene: Scene, mailing: Mailing, data: dict[str, Any], *, part: str = "author", script: bool = True) -> Any:
    headers = {"accept": "application/json"} if script else {}
    url = reverse("campaigns:mailing-save", args=[mailing.pk])
    answer = as_(scene, part).post(url, {"mailing-revision": mailing.revision, **data}, headers=headers)
    mailing.refresh_from_db()
    return answer


def dishes(mailing: Mailing) -> list[str]:
    return [item["dish"] for item in mailing.values["dishes"]]


def test_every_part_has_its_step(scene: Scene) -> None:
    mailing = scene.draft()

    page = as_(scene).get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    found = [(step.key, step.kind) for step in page.context["steps"]]
    assert found[2:-3] == [
        ("dishes", "items"),
        ("day", "fields"),
        ("ink", "fields"),
        ("section-two", "section"),
        ("legal", "fields"),
        ("choice-hero", "choice"),
        ("section-one", "section"),
    ]
    assert "The law wants it." in page.content.decode()


def test_entries_are_added_moved_and_removed_by_buttons(scene: Scene) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"dishes.1.dish": "Pea soup", "act.dishes": "add"})
    save(scene, mailing, {"dishes.2.dish": "Cake", "act.dishes": "up.2"})
    moved = dishes(mailing)
    save(scene, mailing, {"act.dishes": "remove.2"})

    assert moved == ["Cake", "Pea soup"]
    assert dishes(mailing) == ["Cake"]


def test_the_answer_to_a_button_holds_the_entries_as_they_are_then(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(scene, mailing, {"act.dishes": "add"}).json()

    assert answer["fragments"]["items-dishes"].count("<fieldset") >= 2
    assert answer["steps"]["dishes"]["summary"] == "2 entries"


@pytest.mark.catalogue("T12")
def test_no_more_entries_than_allowed_and_what_was_typed_stays(scene: Scene) -> None:
    mailing = scene.draft()
    for _ in range(2):
        save(scene, mailing, {"act.dishes": "add"})

    answer = save(scene, mailing, {"act.dishes": "add"}).json()

    assert answer["refused"] == "Dishes stands 4 times; 1 to 3 times are allowed."
    assert len(dishes(mailing)) == 3


def test_without_a_script_a_button_saves_the_whole_form(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(scene, mailing, {"dishes.1.dish": "Stew", "act.dishes": "add"}, script=False)

    assert answer.status_code == 302
    assert dishes(mailing) == ["Stew", "Soup"]


def test_a_part_of_an_entry_can_be_left_out(scene: Scene) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"dishes.1.sections.note": ["off"]})

    assert mailing.values["dishes"][0]["sections"] == {"note": False}


@pytest.mark.catalogue("T1")
def test_a_variant_is_chosen_and_a_forged_one_refused(scene: Scene) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"choices.hero": "winter"})
    save(scene, mailing, {"choices.hero": "autumn"})

    assert mailing.values["choices"] == {"hero": "winter"}


@pytest.mark.catalogue("T6")
def test_sections_change_places_by_buttons_and_no_others_do(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(scene, mailing, {"act.order": "up.two"}).json()
    moved = mailing.values["order"]
    save(scene, mailing, {"act.order": "up.dishes"})
    save(scene, mailing, {"act.order": "up.two"})

    assert moved == mailing.values["order"] == ["two", "one"]
    assert "disabled" in answer["fragments"]["move-section-two"]


@pytest.mark.catalogue("T1", "T11")
def test_a_locked_field_shows_its_text_and_a_forged_value_changes_nothing(scene: Scene) -> None:
    mailing = scene.draft()

    page = as_(scene).get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    save(scene, mailing, {"legal": "No fine print"})

    assert 'name="legal"' not in page
    assert mailing.values["legal"] == "Fine print"


def test_a_price_is_read_and_written_as_the_groups_language_does(scene: Scene) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"dishes.1.price": "1.250,50"})
    page = as_(scene).get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    preview = as_(scene).get(reverse("campaigns:mailing-preview", args=[mailing.pk])).content.decode()

    assert mailing.values["dishes"][0]["price"] == "1250.50"
    assert 'value="1250,5"' in page
    assert "1.250,50\xa0€" in preview


def test_what_is_no_number_is_refused_with_a_sentence(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(scene, mailing, {"dishes.1.price": "much"}).json()

    assert answer["refused"] == "Price (1) must be an amount as 12.50."
    assert mailing.values["dishes"][0]["price"] == "5"


def test_a_date_is_written_in_the_groups_language(scene: Scene) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"day": "2031-03-04"})
    preview = as_(scene).get(reverse("campaigns:mailing-preview", args=[mailing.pk])).content.decode()

    assert "4. März 2031" in preview


@pytest.mark.catalogue("T7")
@pytest.mark.parametrize("forged", ["red", "#000000;position:fixed", "{{x}}"])
def test_a_forged_colour_never_reaches_the_mail(scene: Scene, forged: str) -> None:
    mailing = scene.draft()

    save(scene, mailing, {"ink": forged})

    preview = as_(scene).get(reverse("campaigns:mailing-preview", args=[mailing.pk])).content.decode()
    assert mailing.values["ink"] == "#112233"
    assert 'style="color:#112233"' in preview


@pytest.mark.catalogue("T8", "I6")
def test_a_picture_in_an_entry_is_uploaded_and_cropped_to_the_shape(scene: Scene) -> None:
    mailing = scene.draft()
    file = SimpleUploadedFile("soup.jpg", a_picture_file(size=(300, 200)), content_type="image/jpeg")

    save(scene, mailing, {"dishes.1.photo.upload": file, "dishes.1.photo.alt": "Soup"})

    shown = Image.objects.get(pk=mailing.values["dishes"][0]["photo"]["image"])
    assert (shown.width, shown.height, shown.group) == (200, 200, scene.store)
    assert shown.made_from is not None


def test_a_foreign_picture_in_an_entry_does_not_exist_here(scene: Scene) -> None:
    mailing = scene.draft()
    foreign = add_image(
        group=scene.other_store, data=a_picture_file(), file_name="x.jpg", alt="x", actor=scene.people["author"]
    )

    answer = save(scene, mailing, {"dishes.1.photo.image": str(foreign.pk)})

    assert answer.status_code == 404
    assert mailing.values["dishes"][0]["photo"]["image"] == ""


@pytest.mark.parametrize("part", ["reader", "stranger"])
def test_nobody_else_changes_the_entries(scene: Scene, part: str) -> None:
    mailing = scene.draft()

    answer = save(scene, mailing, {"act.dishes": "add"}, part=part)

    assert answer.status_code == 404
    assert dishes(mailing) == ["Soup"]


def test_what_leaves_nothing_to_choose_is_no_step_and_a_colour_is_named(scene: Scene) -> None:
    source = SOURCE.replace(
        "<p data-field", '<p data-field="size" data-type="choice" data-options="small">small</p><p data-field', 1
    )
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()

    page = page_of(scene.draft(), scene.people["author"])

    summaries = {step.key: step.summary for step in page["steps"]}
    assert summaries["ink"] == "Night"
    assert "size" not in summaries
