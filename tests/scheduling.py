"""Who runs what when tests run side by side: modules that name the same group go to one process.

pytest-xdist 3.8 knows groups by a mark that it writes behind a test's id, which pytest 9.2 does not let it write.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

ROOT: Final = Path(__file__).resolve().parent.parent
GROUP: Final = re.compile(r'xdist_group\("([^"]+)"\)')


class GroupScheduling(LoadScopeScheduling):
    """Keeps the tests of a group in one process, by the group that their module names."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return group_of(path) or nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forgets what is done: xdist counts all that a process ever had after each of its tests."""
        scope = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


@cache
def group_of(path: str) -> str:
    """Gives the group that a module of tests names, nothing where it names none."""
    named = GROUP.search((ROOT / path).read_text(encoding="utf-8"))
    return named[1] if named else ""
