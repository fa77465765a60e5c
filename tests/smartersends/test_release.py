"""Static files of a release: compressed, kept for good, and under a name that changes with their content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from smartersends.release import ReleaseStorage, digest_of
from smartersends.settings.storage import release_in

CSS = b"body { color: black; }\n" * 50


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """Gives a folder into which a style sheet was collected."""
    storage = ReleaseStorage(location=str(tmp_path), base_url="/static/")
    storage.save("css/base.css", ContentFile(CSS))
    list(storage.post_process({"css/base.css": (storage, "css/base.css")}))
    return tmp_path


def served(settings: Settings, folder: Path, encodings: str) -> HttpResponse:
    """Asks for the style sheet as a browser does that knows these encodings."""
    settings.STATIC_ROOT, settings.STATIC_URL = str(folder), f"/static/{release_in(str(folder))}/"
    settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_IMMUTABLE_FILE_TEST = False, "."

    def nothing(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    request = RequestFactory().get(f"{settings.STATIC_URL}css/base.css", headers={"accept-encoding": encodings})
    answer: HttpResponse = WhiteNoiseMiddleware(nothing)(request)
    return answer


def body(answer: HttpResponse) -> bytes:
    """Gives the content; the file alone is closed, because an answer that is closed also ends a request."""
    content = b"".join(answer)
    answer.file_to_stream.close()  # type: ignore[attr-defined]
    return content


def test_what_is_collected_is_compressed_and_named(collected: Path) -> None:
    assert gzip.decompress((collected / "css" / "base.css.gz").read_bytes()) == CSS
    assert release_in(str(collected)) == digest_of(collected)
    assert len(release_in(str(collected))) == 12


def test_the_name_changes_with_the_content_and_not_with_what_was_compressed(collected: Path) -> None:
    before = digest_of(collected)
    (collected / "css" / "base.css.br").write_bytes(b"as small as it gets")
    compressed = digest_of(collected)
    (collected / "css" / "base.css").write_bytes(CSS + b" ")

    assert compressed == before
    assert digest_of(collected) != before


def test_browsers_get_the_smallest_that_they_know_and_keep_it_for_good(collected: Path, settings: Settings) -> None:
    (collected / "css" / "base.css.br").write_bytes(b"as small as it gets")

    plain, zipped, brotli = (served(settings, collected, known) for known in ("", "gzip", "gzip, br"))

    assert [answer.headers.get("Content-Encoding") for answer in (plain, zipped, brotli)] == [None, "gzip", "br"]
    assert (body(plain), gzip.decompress(body(zipped)), body(brotli)) == (CSS, CSS, b"as small as it gets")
    assert {answer.headers["Cache-Control"] for answer in (plain, zipped, brotli)} == {
        "max-age=315360000, public, immutable"
    }


def test_where_nothing_was_collected_there_is_no_name(tmp_path: Path) -> None:
    assert release_in(str(tmp_path)) == ""
