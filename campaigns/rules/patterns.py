"""Whether a regular expression that somebody typed can be searched for in every mail without taking long."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from campaigns.brandlock.patterns import MOST_WAYS_IN_A_SEARCH, ways_of
from campaigns.brandlock.rules import PATTERN_CHARACTERS, could_run_long


def problem_of(pattern: str) -> str:
    """Gives why a pattern cannot be taken, as a sentence, or an empty text."""
    if len(pattern) > PATTERN_CHARACTERS:
        return _("A pattern has at most %(most)d characters.") % {"most": PATTERN_CHARACTERS}
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return _("This pattern cannot be read: %(reason)s.") % {"reason": error}
    if could_run_long(pattern) or ways_of(pattern) > MOST_WAYS_IN_A_SEARCH:
        return _(
            "This pattern could take very long. Use fewer repetitions, give each a limit as in [0-9]{8,12}, and put "
            "none around another one."
        )
    if compiled.search("") is not None:
        return _("This pattern fits every text, an empty one as well. Say what must be there.")
    return ""
