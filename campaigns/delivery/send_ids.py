"""Send IDs: one a mailing while Braze's quota of 100 a day lasts, a shared one after that."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from braze_client import BrazeError, PermissionRefused, RateLimited, Refused, Uncertain, calls
from braze_client.pacing import SEND_IDS
from campaigns.models import Delivery
from groups.errors import NotConnected
from groups.models import SendIdDay, SharedSendId, Workspace
from groups.workspace.braze import client_for


def assign_send_id(delivery: Delivery) -> None:
    """Gives a delivery its send ID, made in Braze before it is used (B-SND-1); none where the permission is missing.

    The ID is derived from the delivery, so that a repetition after a lost answer makes no second one (B-SND-3).
    Raises `NotSent` or `Uncertain` when Braze cannot be asked now; the caller tries again later.
    """
    if delivery.send_id:
        return
    day = _today(delivery.workspace)
    send_id, is_shared = "", False
    try:
        shared = _shared_id(delivery, day)
        if _take_one(day):
            send_id = _counted(delivery, f"ss-{delivery.pk.hex}", day)
        else:
            send_id, is_shared = shared, bool(shared)
    except PermissionRefused:
        send_id = ""
    except RateLimited:
        send_id = _kept_shared_id(delivery, day)
        is_shared = bool(send_id)
    made_at = timezone.now() if send_id and not is_shared else None
    Delivery.objects.filter(pk=delivery.pk).update(
        send_id=send_id, send_id_is_shared=is_shared, send_id_made_at=made_at
    )
    delivery.refresh_from_db()


def _today(workspace: Workspace) -> SendIdDay:
    day: date = timezone.now().date()
    return SendIdDay.objects.get_or_create(workspace=workspace, day=day)[0]


def _take_one(day: SendIdDay) -> bool:
    """Counts one ID against the day's quota, less what is kept for the brand's other tools."""
    ours = SEND_IDS.limit - settings.SEND_IDS_KEPT_FOR_OTHERS
    return bool(SendIdDay.objects.filter(pk=day.pk, used__lt=ours).update(used=F("used") + 1))


def _shared_id(delivery: Delivery, day: SendIdDay) -> str:
    """Gives the day's shared ID of the campaign, which is made first: once the quota is used it is too late for it."""
    if kept := _kept_shared_id(delivery, day):
        return kept
    if not _take_one(day):
        return ""
    wanted = f"ss-{day.day:%Y%m%d}-shared-{delivery.workspace_id.hex[:12]}-{delivery.campaign_id[:8]}"
    send_id = _counted(delivery, wanted, day)
    SharedSendId.objects.get_or_create(day=day, campaign_id=delivery.campaign_id, defaults={"send_id": send_id})
    return _kept_shared_id(delivery, day)


def _kept_shared_id(delivery: Delivery, day: SendIdDay) -> str:
    """Gives the shared ID that was made for the campaign of a delivery today, or nothing."""
    kept = day.shared_ids.filter(campaign_id=delivery.campaign_id).values_list("send_id", flat=True)
    return kept.first() or ""


def _counted(delivery: Delivery, send_id: str, day: SendIdDay) -> str:
    """Makes an ID that was counted, and gives the count back where it was not made; trying again is safe."""
    try:
        return _create(delivery, send_id)
    except (BrazeError, NotConnected):
        SendIdDay.objects.filter(pk=day.pk, used__gt=0).update(used=F("used") - 1)
        raise


def _create(delivery: Delivery, send_id: str) -> str:
    with client_for(delivery.workspace) as braze:
        try:
            return braze.send(calls.send_id_create(delivery.campaign_id, send_id)).send_id
        except Uncertain as error:
            if isinstance(error.later, Refused):
                # The repetition was refused after an unclear first call: the pair exists already (B-SND-3).
                return send_id
            raise
