"""What every check looks at."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.brandlock import Compiled, RenderContext
from campaigns.models import Mailing
from groups.models import User, Workspace


@dataclass(frozen=True, slots=True)
class Subject:
    """A mailing with what most checks read of it; `actor` is the person who would let it go."""

    mailing: Mailing
    compiled: Compiled
    context: RenderContext
    workspace: Workspace | None
    actor: User
