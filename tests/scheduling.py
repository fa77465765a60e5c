"""Who runs what when tests run side by side: modules that name the same group go to one process.

pytest-xdist 3.8 knows groups by a mark that it writes behind a test's id, which pytest 9.2 does not let it write.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadScopeScheduling

ROOT: Final = Path(__file__).resolve().parent.parent
GROUP: Final = re.compile(r'xdist_group\("([^"]+)"\)')


class GroupScheduling(LoadScopeScheduling):
    """Keeps the tests of a group in one process, by the group that their module names."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return group_of(path) or nodeid


@cache
def group_of(path: str) -> str:
    """Gives the group that a module of tests names, nothing where it names none."""
    named = GROUP.search((ROOT / path).read_text(encoding="utf-8"))
    return named[1] if named else ""
