"""Builders of deliveries that went out, of which Braze may know something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.models import Delivery, Mailing, MailingState
from groups.models import Group, Workspace
from tests.campaigns.builders import a_mailing


def a_gone(
    *,
    group: Group,
    go_at: datetime,
    mailing: Mailing | None = None,
    **fields: Any,
) -> Delivery:
    """Gives a settled delivery of a sent mailing without anybody, as if it had gone out at that time."""
    mailing = mailing or a_mailing(group=group, people=0)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENT)
    columns: dict[str, Any] = {
        "workspace": Workspace.objects.get(brand=group.brand),
        "route": mailing.route,
        "state": "settled",
        "digest": "-",
        "campaign_id": "campaign",
        "variation_id": "v-1",
        "send_id": f"ss-{Delivery.objects.count()}",
        "is_now": True,
        "started_by": mailing.author,
        **fields,
    }
    return Delivery.objects.create(mailing=mailing, go_at=go_at, **columns)
