"""Passwords that others know: refused from the lists at hand, without a call to anybody."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from pytest_django import Settings

from groups.signin.passwords import is_listed
from smartersends.checks import the_list_of_breached_passwords_is_there
from tests.builders import PASSWORD, Cast
from tests.groups.signin.conftest import is_signed_in, sign_in

GOOD = "seven lanterns over the quay"


def a_list(folder: Path, *passwords: str) -> Path:
    """Writes a list as Have I Been Pwned gives it out, with counts of different lengths."""
    hashes = sorted(
        hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper() for password in passwords
    )
    file = folder / "breached.txt"
    file.write_bytes(b"".join(f"{digest}:{10 ** (number % 7)}\r\n".encode() for number, digest in enumerate(hashes)))
    return file


def codes_of(password: str) -> set[str | None]:
    """Gives the reasons for which a password is refused."""
    try:
        validate_password(password)
    except ValidationError as error:
        return {reason.code for reason in error.error_list}
    return set()


def test_a_password_of_the_list_is_refused_and_its_neighbours_are_not(tmp_path: Path, settings: Settings) -> None:
    settings.BREACHED_PASSWORDS_FILE = str(a_list(tmp_path, GOOD, "other one", "third"))

    assert codes_of(GOOD) == {"password_breached"}
    assert codes_of("seven lanterns over the quays") == set()


def test_without_a_list_only_what_can_be_guessed_is_refused(settings: Settings) -> None:
    settings.BREACHED_PASSWORDS_FILE = ""

    assert codes_of(GOOD) == set()
    assert "password_guessable" in codes_of("password1234")
    assert "password_guessable" in codes_of("qwertyuiop12")
    assert "password_guessable" in codes_of("letmeinletmein")


def test_very_long_passwords_are_taken() -> None:
    assert codes_of(f"{GOOD} {'and many more words ' * 40}") == set()


@example_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.text(min_size=1, max_size=8), max_size=30), st.text(min_size=1, max_size=8))
def test_the_search_finds_exactly_what_is_in_the_file(tmp_path: Path, listed: set[str], other: str) -> None:
    file = a_list(tmp_path, *listed)

    assert all(is_listed(file, password) for password in listed)
    assert is_listed(file, other) == (other in listed)


class Counted(io.BytesIO):
    """A file that counts the lines that are read from it."""

    lines_read = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        """Counts and reads."""
        self.lines_read += 1
        return super().readline(size)


def test_the_search_reads_a_few_lines_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = a_list(tmp_path, *(f"password {number}" for number in range(4096)))
    counted = Counted(file.read_bytes())
    monkeypatch.setattr(Path, "open", lambda *_: counted)

    assert is_listed(file, "password 77")

    assert counted.lines_read < 2 * 18  # 2 ** 18 bytes are more than the file has


def test_a_list_that_cannot_be_searched_keeps_the_portal_from_starting(tmp_path: Path, settings: Settings) -> None:
    found = []
    (tmp_path / "other.txt").write_text("password\n123456\n")
    for name in ("", str(a_list(tmp_path, GOOD)), str(tmp_path / "other.txt"), str(tmp_path / "missing.txt")):
        settings.BREACHED_PASSWORDS_FILE = name
        found.append([one.id for one in the_list_of_breached_passwords_is_there(None)])

    assert found == [[], [], ["smartersends.E004"], ["smartersends.E004"]]


@pytest.mark.django_db
def test_the_page_says_what_to_do_and_keeps_the_old_password(cast: Cast, tmp_path: Path, settings: Settings) -> None:
    settings.BREACHED_PASSWORDS_FILE = str(a_list(tmp_path, GOOD))
    browser = sign_in(cast.author)

    answer = browser.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD}
    )

    assert "known from a data breach" in answer.content.decode()
    assert is_signed_in(sign_in(cast.author))
    assert not is_signed_in(sign_in(cast.author, password=GOOD))
