"""A brand's look: tried out first, seen by nobody else before it is taken over, readable whatever is entered (G12)."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from groups.brands.contrast import schemes_of
from groups.brands.services import look_of
from groups.models import Brand, Event, LookDraft
from tests.builders import Cast
from tests.campaigns.library.sources import a_picture_file

COLORS = {"accent_color": "#FFD400", "ink_color": "#2b211b"}
LOOK = "groups:brand-look"
SAMPLES = ("groups:brand-sample-sign-in", "groups:brand-sample-portal", "groups:brand-sample-mail")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

colors = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


def a_file(data: bytes, name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


def a_photo(width: int, height: int) -> bytes:
    """Gives a photograph that says where it was taken."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "taken at the manager's home"
    Image.new("RGB", (width, height), "#a4451f").save(out, "JPEG", exif=exif)
    return out.getvalue()


def entrance_of(client: Client) -> str:
    """Gives the sign-in page without what is new in every answer."""
    return re.sub(
        r'(csrfmiddlewaretoken" value|X-CSRFToken"|nonce)[=:] ?"[^"]*"', "", client.get("/accounts/login/").text
    )


@pytest.mark.catalogue("G12")
def test_a_look_is_seen_by_nobody_before_it_is_taken_over_and_by_everybody_after(cast: Cast, client: Client) -> None:
    manager, anybody = client, Client()
    manager.force_login(cast.manager)
    before = entrance_of(anybody)

    tried = manager.post(
        reverse(LOOK),
        {
            **COLORS,
            "logo": a_file(a_photo(2000, 400)),
            "favicon": a_file(a_picture_file("PNG", (400, 200))),
            "sign_in_picture": a_file(a_photo(1000, 1200)),
        },
    )
    draft = LookDraft.objects.get()
    page = manager.get(reverse(LOOK)).text
    samples = [manager.get(reverse(name)) for name in SAMPLES]
    colours = manager.get(reverse("groups:brand-sample-colours")).text
    meanwhile = entrance_of(anybody)
    adopted = manager.post(reverse("groups:brand-look-adopt"))
    after = entrance_of(anybody)

    assert (tried.status_code, adopted.status_code) == (302, 302)
    assert "This look is not in use yet" in page
    assert "Mika Manager tried it out" in page
    for sample in samples:
        assert (sample.status_code, sample["X-Frame-Options"]) == (200, "SAMEORIGIN")
        assert draft.logo.url in sample.text
        assert "script-src 'unsafe" not in sample["Content-Security-Policy"]
    assert "inert" in samples[0].text
    assert "--accent:#ffd400;" in colours
    assert meanwhile == before
    for picture in (draft.logo, draft.favicon, draft.sign_in_picture):
        assert picture.url in after
        assert picture.url not in before
    assert not LookDraft.objects.exists()
    event = Event.objects.get(action="brand.look_changed")
    assert (event.actor, event.before["accent_color"], event.after["accent_color"]) == (
        cast.manager,
        "#1f5c4d",
        "#ffd400",
    )


@pytest.mark.catalogue("G12")
def test_pictures_are_written_anew_as_large_as_they_are_shown(cast: Cast, client: Client, settings: Settings) -> None:
    client.force_login(cast.manager)

    client.post(
        reverse(LOOK),
        {**COLORS, "logo": a_file(a_photo(2000, 400)), "favicon": a_file(a_picture_file("PNG", (400, 200)))},
    )

    draft, files = LookDraft.objects.get(), Path(settings.MEDIA_ROOT)
    with Image.open(files / draft.logo.name) as logo, Image.open(files / draft.favicon.name) as icon:
        assert (logo.size, dict(logo.getexif())) == ((720, 144), {})
        assert (icon.size, icon.format) == ((180, 180), "PNG")
        assert b"".join(client.get(draft.logo.url)) == (files / draft.logo.name).read_bytes()  # type: ignore[arg-type]


@pytest.mark.catalogue("G12")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"logo": a_file(SVG, "logo.svg")}, "no picture that mail programs show"),
        ({"logo": a_file(SVG, "logo.png")}, "no picture that mail programs show"),
        ({"sign_in_picture": a_file(b"\x89PNG\r\n\x1a\n" + b"x" * 40)}, "damaged"),
        ({"sign_in_picture": a_file(b"x" * (10 * 1024 * 1024 + 1))}, "larger than 10 MB"),
        ({"favicon": a_file(a_picture_file("PNG", (16, 16)))}, "at least 32 pixels"),
        ({"accent_color": "red"}, "Give a colour as #rrggbb."),
        ({"accent_color": "#12345"}, "Give a colour as #rrggbb."),
    ],
)
def test_what_cannot_be_shown_is_refused_at_its_field(
    cast: Cast, client: Client, said: dict[str, object], sentence: str
) -> None:
    client.force_login(cast.manager)
    for value in said.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)

    page = client.post(reverse(LOOK), {**COLORS, **said})

    assert page.status_code == 422
    assert sentence in page.text
    assert not LookDraft.objects.exists()


def test_a_second_try_keeps_the_pictures_of_the_first_and_can_take_them_away(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    client.post(reverse(LOOK), {**COLORS, "logo": a_file(a_photo(400, 100))})
    logo = LookDraft.objects.get().logo.name

    client.post(reverse(LOOK), {**COLORS, "accent_color": "#112233"})
    kept = look_of(LookDraft.objects.get())
    client.post(reverse(LOOK), {**COLORS, "remove_logo": "on"})
    taken = look_of(LookDraft.objects.get())

    assert (kept["logo"], kept["accent_color"]) == (logo, "#112233")
    assert taken["logo"] == ""


def test_a_look_that_is_given_up_changes_nothing_and_cannot_be_taken_over(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    before = look_of(cast.brand)
    client.post(reverse(LOOK), COLORS)

    client.post(reverse("groups:brand-look-drop"))
    late = client.post(reverse("groups:brand-look-adopt"), follow=True)

    assert "moved on in the meantime" in late.text
    assert look_of(Brand.objects.get(pk=cast.brand.pk)) == before
    assert not Event.objects.filter(action="brand.look_changed").exists()


@pytest.mark.catalogue("G12")
def test_the_page_says_which_colour_is_adjusted_and_why(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    client.post(reverse(LOOK), COLORS)
    page = client.get(reverse(LOOK)).text

    assert "Adjusted: #ffd400 would have 1.3 to 1." in page


@given(accent=colors, ink=colors)
def test_every_pair_that_pages_show_reaches_aa(accent: str, ink: str) -> None:
    pairs = [pair for scheme in schemes_of(accent, ink) for pair in scheme.pairs]

    assert len(pairs) == 6
    assert min(pair.ratio for pair in pairs) >= 4.5
