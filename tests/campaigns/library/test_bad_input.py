"""Bad sources and bad pictures through the real pages: a sentence each time, and nothing stored half."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from pytest_django import Settings

from campaigns.library.drafting import save_draft
from campaigns.library.services import create_template
from campaigns.models import Image, Mailing, Template, TemplateVersion
from groups.models import Event
from tests.builders import Cast
from tests.campaigns.builders import a_mailing
from tests.campaigns.library.sources import SOURCE, a_picture_file

FIFTY_MEGABYTES = 50 * 1024 * 1024
TOO_LARGE = "Nothing of it was saved. Go back, make it smaller, and send it again."


def a_draft(cast: Cast) -> Template:
    template = create_template(brand=cast.brand, name="News", actor=cast.manager)
    save_draft(template=template, source=SOURCE, kind="mjml", actor=cast.manager)
    return template


def posted(client: Client, template: Template, source: str, **fields: str) -> tuple[int, str]:
    page = client.post(
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}),
        {"name": "News", "route": template.route, "source": source, **fields},
        follow=True,
    )
    return page.status_code, page.text


def stored(template: Template) -> list[tuple[int, str, bool]]:
    versions = template.versions.order_by("number")
    return [
        (version.number, hashlib.sha256(version.source.encode()).hexdigest()[:8], bool(version.compiled))
        for version in versions
    ]


def in_html(body: str) -> str:
    return (
        f'<!doctype html><html lang="en" dir="ltr"><head><title>x</title></head><body>{body}'
        '<p>[[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p></body></html>'
    )


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_fifty_megabytes_of_source_get_a_page_and_change_nothing(cast: Cast, client: Client, kind: str) -> None:
    template = a_draft(cast)
    before = stored(template)
    events = Event.objects.count()
    client.force_login(cast.manager)
    body = b"name=News&source=" + b"x" * FIFTY_MEGABYTES
    if "multipart" in kind:
        body = (
            b'--x\r\nContent-Disposition: form-data; name="source"\r\n\r\n' + b"x" * FIFTY_MEGABYTES + b"\r\n--x--\r\n"
        )

    page = client.post(
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}), data=body, content_type=kind
    )

    assert page.status_code == 413
    assert TOO_LARGE in page.text
    assert stored(template) == before
    assert Event.objects.count() == events


def test_ten_thousand_form_fields_get_a_page_and_change_nothing(cast: Cast, client: Client) -> None:
    template = a_draft(cast)
    before = stored(template)
    client.force_login(cast.manager)

    status, text = posted(client, template, SOURCE, **{f"field_{number}": "x" for number in range(10_000)})

    assert status == 413
    assert TOO_LARGE in text
    assert stored(template) == before


def test_what_is_sent_over_another_host_name_gets_a_page(client: Client) -> None:
    page = client.get("/", headers={"host": "evil.example"})

    assert page.status_code == 400
    assert "This cannot be read" in page.text


def test_a_source_of_more_than_half_a_million_characters_says_so_at_the_field(cast: Cast, client: Client) -> None:
    template = a_draft(cast)
    before = stored(template)
    client.force_login(cast.manager)

    status, text = posted(client, template, "x" * 500_001)

    assert status == 422
    assert "at most 500000 characters" in text
    assert stored(template) == before


LOL = "<!DOCTYPE lolz [" + "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)) + "]>"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            in_html("".join(f"<b data-field=f{number}>x</b>" for number in range(10_000))),
            "A template has at most 200 fields.",
        ),
        (in_html("<b data-field=a>x</b>" * 1_000), "The name a stands twice."),
        (in_html("<div>" * 5_000), "Elements are nested deeper than 200 here."),
        (in_html("<!--" * 100_000), "The markup cannot be read from here on."),
        (in_html("<script>x</script><svg></svg>"), "&lt;svg&gt; is not allowed in mail."),
        (in_html("<img src='data:image/png;base64,x' alt=''>"), "This address is not allowed in mail."),
        (SOURCE.replace("<mj-body>", "<mj-body><mj-include path='/etc/passwd' />"), "mj-include is not allowed"),
        (LOL + SOURCE.replace("What is new", "&l9;"), "This part is no MJML that can be compiled"),
        (in_html("<p data-field=a data-pattern='(a+)+$'>x</p>"), "data-pattern could take very long"),
        (in_html("<div data-repeat=r data-max=50>" + "x" * 100_000 + "</div>"), "The email could get"),
    ],
    ids=["fields", "names", "levels", "comments", "svg", "data", "include", "entities", "pattern", "repeat"],
)
def test_a_bad_source_is_kept_as_it_was_typed_and_never_published(
    cast: Cast, client: Client, source: str, sentence: str
) -> None:
    template = a_draft(cast)
    client.force_login(cast.manager)

    status, text = posted(client, template, source)
    published, _text = posted(client, template, source, action="publish")

    assert (status, published) == (200, 200)
    assert sentence in text
    template.refresh_from_db()
    assert template.current is None
    assert TemplateVersion.objects.get(template=template).source == source
    assert stored(template) == [(1, hashlib.sha256(source.encode()).hexdigest()[:8], False)]


def test_an_entity_bomb_in_html_stays_the_text_that_it_is(cast: Cast, client: Client) -> None:
    template = a_draft(cast)
    client.force_login(cast.manager)

    status, text = posted(client, template, LOL + in_html("<p>&l9;</p>"))

    assert status == 200
    assert len(text) < 200_000


def test_a_null_character_in_a_source_is_refused_at_the_field(cast: Cast, client: Client) -> None:
    template = a_draft(cast)
    before = stored(template)
    client.force_login(cast.manager)

    status, text = posted(client, template, SOURCE + "\x00")

    assert status == 422
    assert "Null characters are not allowed." in text
    assert stored(template) == before


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int, height: int) -> bytes:
    """Gives a PNG of a few kilobytes that says it has that many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """Gives a small PNG with a comment that unpacks to 100 MB."""
    picture = a_picture_file("PNG")
    bomb = chunk(b"zTXt", b"comment\0\0" + zlib.compress(b"\0" * 100_000_000))
    return picture[:33] + bomb + picture[33:]


def gif_bomb() -> bytes:
    """Gives a GIF of a few bytes whose screen has four billion pixels."""
    small = a_picture_file("GIF")
    return small[:6] + struct.pack("<HH", 65_535, 65_535) + small[10:]


def gif_with_script() -> bytes:
    """Gives a GIF that is a script as well: its width spells `/*`."""
    return b"GIF89a/*\x01\x00\x00\x00\x00*/=1;alert(1)//" + b"\x00" * 20


def jpeg_with_archive() -> bytes:
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    return a_picture_file("JPEG") + archive.getvalue()


def uploaded(client: Client, cast: Cast, data: bytes, name: str = "a.png") -> tuple[int, str]:
    page = client.post(
        reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk}),
        {"file": SimpleUploadedFile(name, data, content_type="image/png"), "alt": "The bar"},
    )
    return page.status_code, page.text


def files_in(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture that mail programs show"),
        (b"data:image/png;base64," + b"A" * 1_000, "no picture that mail programs show"),
        (b"<html><script>alert(1)</script>", "no picture that mail programs show"),
        (png_bomb(60_000, 60_000), "40 million pixels"),
        (png_bomb(5_000, 5_000), "16 million pixels"),
        (png_bomb(3_000, 3_000), "damaged"),
        (gif_bomb(), "40 million pixels"),
        (text_bomb(), "damaged"),
        (gif_with_script(), "no picture that mail programs show"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 1_000, "no picture that mail programs show"),
        (b"%PDF-1.4 <script>", "no picture that mail programs show"),
    ],
    ids=["svg", "data", "html", "png", "large png", "short png", "gif", "comment", "script", "jpeg head", "pdf"],
)
def test_a_bad_picture_is_refused_with_a_sentence_and_leaves_nothing(
    cast: Cast, client: Client, settings: Settings, data: bytes, sentence: str
) -> None:
    client.force_login(cast.author)

    status, text = uploaded(client, cast, data)

    assert status == 422
    assert sentence in text
    assert Image.objects.count() == 0
    assert files_in(settings) == []


def test_a_picture_of_fifty_megabytes_is_refused_with_a_sentence_and_leaves_nothing(
    cast: Cast, client: Client, settings: Settings
) -> None:
    client.force_login(cast.author)

    status, text = uploaded(client, cast, a_picture_file("PNG") + b"\0" * FIFTY_MEGABYTES)

    assert status == 422
    assert "larger than 10 MB" in text
    assert Image.objects.count() == 0
    assert files_in(settings) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (a_picture_file("PNG") + b"<html><script>alert(1)</script>", "a.html"),
        (jpeg_with_archive(), "a.zip"),
        (a_picture_file("GIF") + b"/*<script>*/alert(1)", "a.js"),
        (
            a_picture_file("JPEG")[:2] + b"\xff\xfe\x00\x1c<script>alert(1)</script>.." + a_picture_file("JPEG")[2:],
            "a.svg",
        ),
    ],
    ids=["page behind", "archive behind", "script behind", "page in a comment"],
)
def test_of_a_file_that_is_two_things_only_the_picture_is_kept(
    cast: Cast, client: Client, settings: Settings, data: bytes, name: str
) -> None:
    client.force_login(cast.author)

    status, _text = uploaded(client, cast, data, name)

    assert status == 302
    (kept,) = files_in(settings)
    assert kept.suffix in {".png", ".jpg"}
    assert not any(mark in kept.read_bytes() for mark in (b"script", b"evil", b"PK\x03\x04", b"alert"))
    with Picture.open(kept) as picture:
        picture.load()
        assert picture.size == (40, 30)


def test_values_of_any_size_in_a_form_get_a_page_and_are_not_kept_in_part(cast: Cast, client: Client) -> None:
    mailing = a_mailing(group=cast.store, author=cast.sender)
    before = mailing.values
    client.force_login(cast.sender)
    address = reverse("campaigns:mailing-save", kwargs={"mailing_id": mailing.pk})

    large = client.post(address, {"headline": "x" * (6 * 1024 * 1024)})
    many = client.post(address, {f"events.{number}.title": "x" for number in range(10_000)})

    assert (large.status_code, many.status_code) == (413, 413)
    assert Mailing.objects.get(pk=mailing.pk).values == before
