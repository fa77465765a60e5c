"""A file is what its content says, whatever its name says."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image as Picture

from campaigns.attachments.errors import AttachmentRefused
from campaigns.attachments.kinds import MOST_BYTES, clean_name, content_of
from campaigns.errors import Refusal
from tests.campaigns.attachments.files import ICS, PDF, an_office_file
from tests.campaigns.library.sources import a_picture_file

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "name", "extension", "content_type"),
    [
        (PDF, "menu.exe", "pdf", "application/pdf"),
        (ICS, "tasting.txt", "ics", "text/calendar"),
        (b"a,b\r\n1,2\r\n", "prices.CSV", "csv", "text/csv"),
        ("Menü\tTee".encode(), "menu.html", "txt", "text/plain"),
        (b"\xef\xbb\xbfa;b", "prices.csv", "csv", "text/csv"),
        (an_office_file("word/document.xml"), "x", "docx", f"{OFFICE}.wordprocessingml.document"),
        (an_office_file("xl/workbook.xml"), "x.docx", "xlsx", f"{OFFICE}.spreadsheetml.sheet"),
        (an_office_file("ppt/presentation.xml"), "x.zip", "pptx", f"{OFFICE}.presentationml.presentation"),
        (a_picture_file("JPEG"), "x.pdf", "jpg", "image/jpeg"),
        (a_picture_file("PNG"), "x.jpg", "png", "image/png"),
        (a_picture_file("GIF"), "x.gif", "png", "image/png"),
    ],
)
def test_the_content_decides(data: bytes, name: str, extension: str, content_type: str) -> None:
    found = content_of(data, name)

    assert (found.extension, found.content_type) == (extension, content_type)
    if not content_type.startswith("image/"):
        assert found.data == data


def test_a_photo_leaves_its_metadata_behind() -> None:
    out = BytesIO()
    exif = Picture.Exif()
    exif[0x010E] = "Taken at home"
    Picture.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)

    found = content_of(out.getvalue(), "photo.jpg")

    assert b"Taken at home" in out.getvalue()
    assert b"Taken at home" not in found.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"PK\x03\x04 cut off",
        an_office_file(),
        an_office_file("readme.txt"),
        an_office_file("word/document.xml", "xl/workbook.xml"),
        an_office_file("word/document.xml", "word/vbaProject.bin"),
        b"\x89PNG\r\n\x1a\n broken",
        b"\xff\xfea\x00,\x00",
        b"a\x00b",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\n <svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><a/>",
        b"\x1f\x8b\x08 gzip",
        b"Rar!\x1a\x07\x00",
    ],
)
def test_what_mail_should_not_carry_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        content_of(data, "menu.pdf")

    assert refusal.value.sentence


def test_two_megabytes_are_the_most() -> None:
    assert content_of(PDF + b"x" * (MOST_BYTES - len(PDF)), "x").extension == "pdf"

    with pytest.raises(AttachmentRefused, match="larger than 2 MB"):
        content_of(PDF + b"x" * (MOST_BYTES - len(PDF) + 1), "x")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("menu.pdf", "menu"),
        ("C:\\Users\\ann\\Menü 2026.v2.pdf", "Menü 2026 v2"),
        ("../../etc/passwd", "passwd"),
        ("{{${email}}} {% if %}<b>.pdf", "email if b"),
        ("a\r\nBcc: x@example.com.pdf", "a Bcc x example com"),
        ("...", "file"),
        ("", "file"),
        ("x" * 200 + ".pdf", "x" * 80),
    ],
)
def test_a_name_is_one_line_of_words_without_an_ending(name: str, shown: str) -> None:
    assert clean_name(name) == shown
