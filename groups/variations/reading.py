"""What message variations the API campaign has in Braze, where the key permits asking (`campaigns.details`)."""

from __future__ import annotations

from django.utils import timezone

from braze_client import BrazeError, calls
from groups.models import Workspace
from groups.workspace.braze import client_for, explained

PERMISSION = "campaigns.details"


def may_read(workspace: Workspace) -> bool:
    """Tells whether the key is known to permit it."""
    return bool(workspace.check_result.get(PERMISSION) == "granted")


def read_variations(*, workspace: Workspace) -> dict[str, str]:
    """Asks Braze for the email variations of the API campaign, keeps and gives their names by ID.

    Raises `NotConnected` without settings or permission, and `BrazeUnreachable` where Braze gives no answer.
    """
    try:
        with client_for(workspace) as braze:
            details = braze.send(calls.campaign_details(workspace.campaign_id))
    except BrazeError as error:
        raise explained(error) from error
    found = {pk: one.name for pk, one in sorted(details.variations.items()) if one.channel == "email"}
    # Another campaign may have been set while Braze was asked.
    Workspace.objects.filter(pk=workspace.pk, campaign_id=workspace.campaign_id).update(
        variations=found, variations_read_at=timezone.now()
    )
    workspace.refresh_from_db()
    return found
