"""The error tree of the groups room: each carries a sentence for the person who asked.

::

    GroupsError             `sentence` says what happened, why, what to do
    ├── InputRefused        something that was typed in or uploaded; mend it. `findings` may name several places
    │   ├── ChangingOver    the brand's contacts are being forgotten; do it again when that is done
    │   ├── FileUnreadable  the file as a whole is no table that can be read
    │   └── PictureRefused  the file is no picture that a mail can show; take another one
    ├── NotConnected        the brand's Braze settings are not complete, or Braze refuses them; ask an admin
    ├── BrazeUnreachable    Braze does not answer, or is busy; try again later
    ├── NotPermitted        the person may not do this; somebody else has to
    └── StaleState          it has moved on in the meantime; look again
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


class GroupsError(Exception):
    """The base: something that a person asked for is refused, with a sentence for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InputRefused(GroupsError):
    """What was typed in or uploaded cannot be taken; `findings` are further sentences, one a place."""

    def __init__(self, sentence: str, findings: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.findings = tuple(findings)


class ChangingOver(InputRefused):
    """The brand's contacts are being forgotten; nothing of theirs is changed meanwhile."""


class FileUnreadable(InputRefused):
    """The file as a whole is no table that can be read."""


class PictureRefused(InputRefused):
    """The file is no picture that a mail can show; the sentence says why and what to do."""


class NotConnected(GroupsError):
    """The brand's Braze settings are not complete, or Braze refuses them."""


class NotPermitted(GroupsError):
    """The person may not do this; somebody with the right has to."""


class BrazeUnreachable(GroupsError):
    """Braze does not answer, or is busy."""


class StaleState(GroupsError):
    """The object has moved on in the meantime."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This has moved on in the meantime. Reload the page to see where it stands."))
