"""Telling the people who may act on what a delivery met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.delivery.kinds import BREAKER_OPENED
from campaigns.models import Delivery
from groups.access import members_with
from groups.models import Workspace
from groups.notices.services import put_away, tell
from groups.roles import Permission
from groups.tree.queries import root_of


def tell_breaker_opened(workspace: Workspace, paused: Sequence[Delivery], at: datetime) -> None:
    """Tells those who may stop mailings of the whole brand that Braze fails and what waits for it."""
    tell(
        members_with(root_of(workspace.brand), Permission.STOP_MAILINGS),
        BREAKER_OPENED,
        about=_about(workspace),
        occasion=at.isoformat(),
        path=reverse("campaigns:home"),
        brand=workspace.brand,
        count=len(paused),
    )


def put_breaker_away(workspace: Workspace) -> None:
    """Lets nobody be called any more to a breaker that has closed."""
    put_away(kind=BREAKER_OPENED, about=_about(workspace))


def _about(workspace: Workspace) -> str:
    return f"workspace:{workspace.pk}"
