"""The composer's pages: what they show, what they save, and what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.models import Image, Mailing, MailingState
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene, an_audience

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


OWN = ("name", "audience", "when", "day", "time", "occurrence")


def a_png() -> bytes:
    file = BytesIO()
    Picture.new("RGB", (64, 48), "#aa5511").save(file, "PNG")
    return file.getvalue()


def own(name: str) -> str:
    """The portal's own inputs carry a dash, so that a field may have any name."""
    return f"mailing-{name}" if name in OWN else name.replace("__", ".")


def save(client: Client, mailing: Mailing, *, revision: int | None = None, **values: Any) -> Any:
    shown = mailing.revision if revision is None else revision
    data = {"mailing-revision": shown, **{own(name): value for name, value in values.items()}}
    return client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]), data, headers={"accept": "application/json"}
    )


@pytest.mark.catalogue("T4")
def test_the_composer_asks_one_question_a_step_in_the_order_of_the_email(scene: Scene) -> None:
    mailing = scene.draft()

    page = as_(scene, "author").get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    assert page.status_code == 200
    keys = [step.key for step in page.context["steps"]] + [page.context["send_step"].key]
    assert keys == [
        "mailing-name",
        "subject",
        "headline",
        "story",
        "section-offer",
        "price",
        "photo",
        "cta",
        "mailing-audience",
        "mailing-check",
        "mailing-when",
        "mailing-send",
    ]


def test_a_field_saves_itself_and_says_so(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, headline="Open until nine")

    assert answer.status_code == 200
    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Open until nine"
    assert answer.json()["revision"] == mailing.revision == 1
    assert answer.json()["steps"]["headline"] == {
        "title": "Headline",
        "mark": "done",
        "word": "Done",
        "summary": "Open until nine",
        "hidden": False,
    }


def test_saving_what_is_stored_already_changes_nothing(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, headline="Good morning", audience=scene.audience.pk, when="now")

    assert answer.json()["revision"] == 0


def test_line_breaks_of_a_form_are_no_change(scene: Scene) -> None:
    mailing = scene.draft()
    mailing.values = {**mailing.values, "story": {"html": "\n<p>One</p>\n<p>Two</p>\n"}}
    mailing.save()

    answer = save(as_(scene, "author"), mailing, story__html="<p>One</p>\r\n<p>Two</p>\r\n")

    assert answer.json()["revision"] == 0


@pytest.mark.catalogue("T8")
def test_a_text_that_is_too_long_is_kept_and_named_at_its_step(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, headline="x" * 41)

    mailing.refresh_from_db()
    assert mailing.values["headline"] == "x" * 41
    assert answer.json()["steps"]["headline"]["mark"] == "missing"
    assert "41 characters; 40 are allowed" in answer.json()["fragments"]["notes-headline"]


@pytest.mark.catalogue("T1")
def test_html_of_an_author_is_reduced_to_the_formats_of_the_field(scene: Scene) -> None:
    mailing = scene.draft()

    save(as_(scene, "author"), mailing, story__html="<p onclick=x>Hi <script>alert(1)</script><b>there</b></p>")

    mailing.refresh_from_db()
    assert mailing.values["story"] == {"html": "<p>Hi <b>there</b></p>"}


@pytest.mark.catalogue("T3")
def test_leaving_a_section_out_hides_its_steps(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, sections__offer="off")

    mailing.refresh_from_db()
    assert mailing.values["sections"] == {"offer": False}
    assert answer.json()["steps"]["price"]["hidden"] is True


def test_a_form_that_is_older_than_the_draft_and_says_no_more_overwrites_nothing(scene: Scene) -> None:
    mailing = scene.draft()
    save(as_(scene, "sender"), mailing, headline="Theirs")

    answer = save(as_(scene, "author"), mailing, revision=0, headline="Mine")

    assert answer.status_code == 409
    assert answer.json()["revision"] == 1
    assert answer.json()["message"].startswith("This mailing was changed on another page in the meantime.")
    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Theirs"


def test_a_plain_form_that_comes_too_late_shows_the_typed_text_again(scene: Scene) -> None:
    mailing = scene.draft()
    save(as_(scene, "sender"), mailing, headline="Theirs")

    page = as_(scene, "author").post(
        reverse("campaigns:mailing-save", args=[mailing.pk]), {"mailing-revision": 0, "headline": "Mine"}
    )

    assert page.status_code == 409
    assert 'value="Mine"' in page.content.decode()


def test_a_plain_form_saves_everything_and_leads_back(scene: Scene) -> None:
    mailing = scene.draft(is_ready=False)

    answer = as_(scene, "author").post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {
            "mailing-revision": 0,
            "mailing-name": "May news",
            "subject": "In May",
            "cta.text": "Come",
            "cta.url": "https://northwind.example/may",
            "mailing-audience": scene.audience.pk,
            "mailing-when": "later",
            "mailing-day": "2099-05-01",
            "mailing-time": "09:00",
        },
    )

    assert answer.status_code == 302
    assert answer["Location"] == reverse("campaigns:mailing-edit", args=[mailing.pk])
    mailing.refresh_from_db()
    assert (mailing.name, mailing.values["subject"]) == ("May news", "In May")
    assert mailing.values["cta"] == {"text": "Come", "url": "https://northwind.example/may"}
    assert mailing.audience == scene.audience
    assert mailing.send_at == datetime(2099, 5, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("2020-01-01", "09:00", "This time has passed."),
        ("2099-03-08", "02:30", "02:30 does not exist in America/Los_Angeles"),
        ("2099-11-01", "01:30", "01:30 comes twice in America/Los_Angeles"),
        ("2099-11-01", "", "Choose a time."),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason(scene: Scene, day: str, time: str, sentence: str) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, when="later", day=day, time=time)

    assert sentence in answer.json()["refused"]
    mailing.refresh_from_db()
    assert mailing.send_at is None


def test_of_an_hour_that_comes_twice_the_second_is_taken_when_asked_for(scene: Scene) -> None:
    mailing = scene.draft()

    save(as_(scene, "author"), mailing, when="later", day="2099-11-01", time="01:30", occurrence="second")

    mailing.refresh_from_db()
    assert mailing.send_at == datetime(2099, 11, 1, 9, 30, tzinfo=UTC)


def test_one_part_that_is_refused_keeps_no_other_back(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, name="  ", headline="Kept")

    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Kept"
    assert answer.json()["refused"].startswith("A mailing needs a name")


def test_a_field_named_when_is_not_taken_for_the_time(scene: Scene) -> None:
    source = SOURCE.replace('data-field="headline"', 'data-field="when"')
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    mailing = scene.draft()

    answer = as_(scene, "author").post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": 0, "when": ""},
        headers={"accept": "application/json"},
    )

    mailing.refresh_from_db()
    assert (mailing.values["when"], mailing.send_at) == ("", None)
    assert answer.json()["steps"]["when"]["mark"] == "missing"
    assert answer.json()["steps"]["mailing-when"]["mark"] == "done"


def test_an_audience_of_another_group_does_not_exist_here(scene: Scene) -> None:
    mailing = scene.draft()
    theirs = an_audience(scene.other_store, 1)

    answer = save(as_(scene, "author"), mailing, audience=theirs.pk)

    assert answer.status_code == 404
    mailing.refresh_from_db()
    assert mailing.audience == scene.audience


def test_a_picture_is_uploaded_into_the_groups_images_and_shown(scene: Scene) -> None:
    mailing = scene.draft()

    answer = save(
        as_(scene, "author"), mailing, photo__alt="A full cup", photo__upload=SimpleUploadedFile("cup.png", a_png())
    )

    image = Image.objects.get(group=scene.store)
    mailing.refresh_from_db()
    assert mailing.values["photo"] == {"image": str(image.pk), "alt": "A full cup"}
    assert str(image.pk) in answer.json()["fragments"]["choices-photo"]


def test_a_file_that_is_no_picture_is_refused_and_the_rest_is_kept(scene: Scene) -> None:
    mailing = scene.draft()
    file = SimpleUploadedFile("cup.png", b"no picture")

    answer = save(as_(scene, "author"), mailing, headline="Kept", photo__alt="A cup", photo__upload=file)

    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Kept"
    assert mailing.values["photo"]["image"] == ""
    assert answer.json()["refused"]
    assert Image.objects.count() == 0


@pytest.mark.catalogue("T1")
def test_a_picture_of_another_group_does_not_exist_here(scene: Scene) -> None:
    mailing = scene.draft()
    theirs = add_image(group=scene.other_store, data=a_png(), file_name="cup.png", alt="A cup", actor=None)

    answer = save(as_(scene, "author"), mailing, photo__image=str(theirs.pk))

    assert answer.status_code == 404
    mailing.refresh_from_db()
    assert mailing.values["photo"]["image"] == ""


@pytest.mark.parametrize(("part", "status"), [("author", 200), ("sender", 200), ("reader", 404), ("stranger", 404)])
def test_only_people_who_may_edit_the_groups_mailings_save(scene: Scene, part: str, status: int) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, part), mailing, headline="Changed")

    assert answer.status_code == status
    mailing.refresh_from_db()
    assert mailing.values["headline"] == ("Changed" if status == 200 else "Good morning")


def test_what_is_no_draft_any_more_cannot_be_edited(scene: Scene) -> None:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.IN_APPROVAL)

    answer = save(as_(scene, "author"), mailing, headline="Late")

    assert answer.status_code == 409
    assert answer.json()["revision"] is None
    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Good morning"


@pytest.mark.catalogue("T4")
def test_a_preview_lets_no_script_run_and_names_its_places(scene: Scene) -> None:
    mailing = scene.draft()

    picture = as_(scene, "author").get(reverse("campaigns:mailing-preview", args=[mailing.pk]))

    assert "script-src 'none'" in picture["Content-Security-Policy"]
    assert picture["X-Frame-Options"] == "SAMEORIGIN"
    assert 'data-place="headline"' in picture.content.decode()


def test_a_draft_leads_a_reader_to_the_page_without_inputs(scene: Scene) -> None:
    mailing = scene.draft()

    answer = as_(scene, "reader").get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    assert answer.status_code == 302
    assert answer["Location"] == reverse("campaigns:mailing-detail", args=[mailing.pk])


def test_the_button_names_how_many_people_get_it(scene: Scene) -> None:
    mailing = scene.draft(author="sender")

    page = as_(scene, "sender").get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    assert "Send to 3 people" in page.content.decode()
