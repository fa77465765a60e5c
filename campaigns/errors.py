"""The error tree of the campaigns room: each tells the person why something cannot be done now.

::

    Refusal              `sentence` says what happened, why, what to do
    ├── NotEditable      the mailing is no draft any more
    ├── StaleRevision    somebody, or another page, has saved in between
    ├── StaleState       it has moved on in the meantime; look again
    ├── NotAllowed       the person lacks the right
    ├── ValuesRefused    field values that the template does not take; `findings` say which
    └── NotReady         a check blocks; `findings` say which
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.preflight.findings import CheckFinding


class Refusal(Exception):
    """The base: something that a person asked for is refused, with a sentence for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotEditable(Refusal):
    """The mailing is no draft any more."""


class StaleRevision(Refusal):
    """The page that saves is older than what is stored; `revision` is the stored one."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            _("This mailing was changed on another page in the meantime. Reload to see the newest, then change it.")
        )
        self.revision = revision


class StaleState(Refusal):
    """The object has moved on in the meantime."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This has moved on in the meantime. Reload the page to see where it stands."))


class NotAllowed(Refusal):
    """The person lacks the right."""


class _WithFindings(Refusal):
    def __init__(self, sentence: str, findings: Sequence[CheckFinding]) -> None:
        super().__init__(sentence)
        self.findings = tuple(findings)


class ValuesRefused(_WithFindings):
    """Field values that the template does not take."""


class NotReady(_WithFindings):
    """A check blocks."""
