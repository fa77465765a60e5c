"""What every check looks at."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.brandlock import Compiled, RenderContext
from campaigns.models import Mailing
from groups.models import Workspace


@dataclass(frozen=True, slots=True)
class Subject:
    """A mailing with what most checks read of it."""

    mailing: Mailing
    compiled: Compiled
    context: RenderContext
    workspace: Workspace | None
