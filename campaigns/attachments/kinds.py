"""What an uploaded file is, by its content alone: its name decides no more than between table and plain text."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext as _

from campaigns.attachments.errors import AttachmentRefused
from campaigns.library.pictures import picture_from
from campaigns.library.words import one_line

# Braze takes 2 MB and does not say which: this is less than either.
MOST_BYTES: Final = 2_000_000
NAME_CHARACTERS: Final = 80
# Of the types that Braze takes (contract, section 13.1) those that a local mail needs and that run nothing.
CONTENT_TYPES: Final = {
    "pdf": "application/pdf",
    "ics": "text/calendar",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
OFFICE_PARTS: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
MOST_PARTS: Final = 5_000
_MARKUP = re.compile(r"\s*<(?:!doctype|!--|\?|[a-z])", re.IGNORECASE)
# What a header, a file system or Liquid might read as more than a name; a dot would look like an ending.
_NOT_IN_A_NAME = re.compile(r"[^\w \-(),+&'’]+")


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file ready to be kept; `extension` is a key of `CONTENT_TYPES`."""

    data: bytes
    extension: str

    @property
    def content_type(self) -> str:
        """The type that the portal serves it as, and by which Braze names it."""
        return CONTENT_TYPES[self.extension]


def content_of(data: bytes, file_name: str) -> FileContent:
    """Tells what a file is; pictures are written anew, so that no metadata of a camera leaves the house.

    Raises `AttachmentRefused` for an empty file, one above 2 MB, and any kind that is not in `CONTENT_TYPES`, and
    `ImageRefused` for a picture that is damaged or animated.
    """
    if not data:
        raise AttachmentRefused(_("This file is empty."))
    demand_size(len(data))
    if data.startswith(b"%PDF-"):
        return FileContent(data, "pdf")
    if data.startswith(PICTURES):
        picture = picture_from(data)
        return FileContent(picture.data, picture.extension)
    if data.startswith(b"PK\x03\x04"):
        return FileContent(data, _office_kind(data))
    return FileContent(data, _text_kind(data, file_name))


def demand_size(size: int) -> None:
    """Raises `AttachmentRefused` for more bytes than Braze takes."""
    if size > MOST_BYTES:
        raise AttachmentRefused(_("This file is larger than 2 MB, which is the most that Braze sends along."))


def clean_name(file_name: str) -> str:
    """Gives the name that people read, in one line and without folders and ending; `file` where nothing is left."""
    stem = PurePath(one_line(file_name).replace("\\", "/")).stem
    return " ".join(_NOT_IN_A_NAME.sub(" ", stem).split())[:NAME_CHARACTERS].strip() or "file"


def _office_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise AttachmentRefused(_("This file is damaged. Save it again, then upload it.")) from error
    if len(parts) > MOST_PARTS or "[Content_Types].xml" not in parts:
        raise _unknown()
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise AttachmentRefused(_("This file holds macros, which mail programs block. Save it without them."))
    kinds = [extension for extension, part in OFFICE_PARTS.items() if part in parts]
    if len(kinds) != 1:
        raise _unknown()
    return kinds[0]


def _text_kind(data: bytes, file_name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unknown() from error
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n" for letter in text):
        raise _unknown()
    if text.startswith("BEGIN:VCALENDAR") and text.rstrip().endswith("END:VCALENDAR"):
        return "ics"
    if _MARKUP.match(text):
        raise AttachmentRefused(_("Web pages and drawings cannot be attached. Save it as PDF, then upload that."))
    return "csv" if PurePath(file_name).suffix.lower() == ".csv" else "txt"


def _unknown() -> AttachmentRefused:
    return AttachmentRefused(
        _(
            "This kind of file cannot be attached. PDF, calendar entries (ICS), CSV and text in UTF-8, PNG, JPEG, GIF, "
            "DOCX, XLSX and PPTX can."
        )
    )
