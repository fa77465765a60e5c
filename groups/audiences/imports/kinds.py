"""What imports tell people: a file is in, was tried or failed, and a large one came from below."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groups.notices.kinds import Family, Kind, Parameters, Words
from groups.roles import Permission

IMPORTS: Final = Family("imports", gettext_lazy("Files of contacts"))


def _number(parameters: Parameters, name: str) -> int:
    number = parameters[name]
    assert isinstance(number, int)
    return number


def _finished(parameters: Parameters) -> Words:
    rejected = _number(parameters, "rejected")
    if rejected:
        sentence = ngettext(
            "%(taken)s rows of the file are in the list “%(audience)s”. %(rejected)s row was not imported: download "
            "it with the reason, mend it, and upload it again.",
            "%(taken)s rows of the file are in the list “%(audience)s”. %(rejected)s rows were not imported: download "
            "them with the reasons, mend them, and upload them again.",
            rejected,
        )
    else:
        sentence = ngettext(
            "%(taken)s row of the file is in the list “%(audience)s”.",
            "%(taken)s rows of the file are in the list “%(audience)s”.",
            _number(parameters, "taken"),
        )
    return Words(
        title=_("“%(file)s” is imported") % parameters, sentence=sentence % parameters, action=_("See the import")
    )


def _tried(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(file)s” is checked and waits for you") % parameters,
        sentence=_("Look at what the import into the list “%(audience)s” would do, then let it begin.") % parameters,
        action=_("See what would happen"),
    )


def _failed(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(file)s” was not imported") % parameters,
        sentence=_("Something is wrong with the file as a whole. The page says what, and what to do.") % parameters,
        action=_("See why"),
    )


def _large(parameters: Parameters) -> Words:
    return Words(
        title=_("A large file of contacts for %(where)s") % parameters,
        sentence=ngettext(
            "%(person)s imports “%(file)s” with %(rows)s row into the list “%(audience)s”. That is more than usual "
            "there.",
            "%(person)s imports “%(file)s” with %(rows)s rows into the list “%(audience)s”. That is more than usual "
            "there.",
            _number(parameters, "rows"),
        )
        % parameters,
        action=_("See the import"),
    )


FINISHED: Final = Kind("import.finished", IMPORTS, _finished, Permission.SEE_CONTACTS)
TRIED: Final = Kind("import.tried", IMPORTS, _tried, Permission.MANAGE_CONTACTS)
FAILED: Final = Kind("import.failed", IMPORTS, _failed, Permission.SEE_CONTACTS)
LARGE: Final = Kind("import.large", IMPORTS, _large, Permission.SEE_CONTACTS)

KINDS: Final = (FINISHED, TRIED, FAILED, LARGE)
