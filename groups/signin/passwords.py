"""Passwords that others know already are refused, without asking anybody outside (docs/decisions/0008)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from zxcvbn import zxcvbn

from groups.models import User

HASH_DIGITS: Final = 40
# On zxcvbn's scale of 0 to 4: fewer than 10**8 guesses.
WEAK_SCORES: Final = (0, 1, 2)
# What zxcvbn is given to read: its time grows with the length, and a longer password is not weaker.
READ_CHARACTERS: Final = 72


class GuessablePasswordValidator:
    """Refuses what is made of well-known passwords, names, words, dates and rows of keys."""

    @sensitive_variables()
    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError` for a password that takes fewer than 10**8 guesses."""
        known = [user.email, user.name, *user.name.split()] if user is not None else []
        if zxcvbn(password[:READ_CHARACTERS], user_inputs=[word for word in known if word])["score"] in WEAK_SCORES:
            raise ValidationError(
                _("This password is easy to guess. Take several words that have nothing to do with each other."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """Says what is asked for."""
        return _("Your password can’t be made of well-known words, dates or rows of keys alone.")


class BreachedPasswordValidator:
    """Refuses a password of the list in `BREACHED_PASSWORDS_FILE`; where the operator names none it refuses nothing."""

    @sensitive_variables()
    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError` for a password that stands in the list."""
        file: str = settings.BREACHED_PASSWORDS_FILE
        if file and is_listed(Path(file), password):
            raise ValidationError(
                _("This password is known from a data breach elsewhere. Take another one, and change it there too."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Says what is asked for."""
        return _("Your password can’t be one that is known from a data breach.")


@sensitive_variables()
def is_listed(file: Path, password: str) -> bool:
    """Tells whether a password's SHA-1 stands in a sorted file of `HASH:COUNT` lines; reads a few lines of it only."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.seek(middle - 1)
                lines.readline()
            start = lines.tell()
            found = lines.readline()[:HASH_DIGITS].upper()
            if found == digest:
                return True
            if not found or found > digest or start >= high:
                high = middle
            else:
                low = lines.tell()
    return False
