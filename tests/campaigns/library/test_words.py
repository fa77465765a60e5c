"""Names and descriptions are one line, whoever gives them: a page, a command, a file's name."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.library.images import add_image, describe_image
from campaigns.library.services import create_template, describe_template
from campaigns.library.words import one_line
from campaigns.models import Image, Route, Template
from tests.builders import Cast
from tests.campaigns.library.sources import SOURCE, a_picture_file

FORGED = "Summer\r\nBcc: all@evil.example\x00\x85\u2028\u202eend "
ONE_LINE = "Summer Bcc: all@evil.example end"


def test_words_become_one_line_without_control_characters() -> None:
    assert one_line(FORGED) == ONE_LINE
    assert one_line("\r\n\x1f") == ""


def test_a_template_is_named_and_described_in_one_line(cast: Cast) -> None:
    template = create_template(brand=cast.brand, name=FORGED, description=FORGED, actor=None)

    made = (template.name, template.description)
    changed = describe_template(
        template=template, name="A" + FORGED, description="B" + FORGED, route=Route.SCHEDULE, actor=cast.manager
    )

    assert made == (ONE_LINE, ONE_LINE)
    assert (changed.name, changed.description) == ("A" + ONE_LINE, "B" + ONE_LINE)


def test_an_image_is_named_and_described_in_one_line(cast: Cast) -> None:
    image = add_image(group=cast.store, data=a_picture_file(), file_name=f"{FORGED}.png", alt=FORGED, actor=cast.author)

    made = (image.name, image.alt)
    changed = describe_image(
        image=image, name="A" + FORGED, alt="B" + FORGED, focus=(50, 50), folder=None, actor=cast.author
    )

    assert made == (ONE_LINE, ONE_LINE)
    assert (changed.name, changed.alt) == ("A" + ONE_LINE, "B" + ONE_LINE)


@pytest.mark.parametrize("action", ["check", "publish"])
def test_the_templates_form_takes_one_line(cast: Cast, client: Client, action: str) -> None:
    template = create_template(brand=cast.brand, name="Summer", actor=None)
    client.force_login(cast.manager)
    words = FORGED.replace("\x00", "")

    client.post(
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}),
        {"name": words, "description": words, "route": "schedule", "source": SOURCE, "action": action},
    )

    template.refresh_from_db()
    assert (template.name, template.description) == (ONE_LINE, ONE_LINE)


def test_a_name_of_nothing_but_control_characters_is_no_name(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(reverse("campaigns:template-create"), {"name": "\x1f\r\n\x7f", "route": "schedule"})

    assert page.status_code == 422
    assert "This field is required." in page.text
    assert Template.objects.count() == 0


def test_the_upload_form_takes_one_line(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    file = SimpleUploadedFile("bar.jpg", a_picture_file(), content_type="image/jpeg")

    client.post(
        reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk}),
        {"file": file, "alt": FORGED.replace("\x00", "")},
    )

    assert Image.objects.get().alt == ONE_LINE
