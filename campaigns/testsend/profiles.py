"""Testers as Braze knows them: one profile each, synced once, and again when their address changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from braze_client import TRACK, BrazeClient, UserAttributes, calls
from campaigns.models import SyncedTester
from campaigns.testsend.budget import take
from groups.models import User, Workspace


def external_id_of(tester: User) -> str:
    """Gives the external ID of a tester's profile, which no contact has."""
    return f"smartersends-test:{tester.pk}"


def bring_to_braze(tester: User, workspace: Workspace, braze: BrazeClient) -> datetime:
    """Makes sure that Braze has a tester's address, and gives when Braze may be relied on to know it (B-TRK-18).

    Only the address is told, so that the subscription stays the person's own. Doing it twice changes nothing. Raises
    `NotYet` and `BrazeError`.
    """
    told = {"email": tester.email, "endpoint": workspace.endpoint, "app_id": workspace.app_id}
    known = SyncedTester.objects.filter(workspace=workspace, user=tester, **told).first()
    if known is None:
        take(braze, TRACK, workspace)
        profile = UserAttributes(external_id_of(tester), {"email": tester.email})
        braze.send(calls.users_track([profile]), attempts=1)
        known, _is_new = SyncedTester.objects.update_or_create(
            workspace=workspace, user=tester, defaults={**told, "synced_at": timezone.now()}
        )
    return known.synced_at + timedelta(seconds=settings.BRAZE_PROPAGATION_SECONDS)
