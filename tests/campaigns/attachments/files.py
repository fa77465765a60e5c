"""Files of each kind, as small as they can be."""

from __future__ import annotations

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def an_office_file(*parts: str) -> bytes:
    """Gives an archive with the parts of an Office file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<xml/>")
    return out.getvalue()


def an_upload(name: str = "menu.pdf", data: bytes = PDF) -> SimpleUploadedFile:
    """Gives an upload."""
    return SimpleUploadedFile(name, data)
