"""Celery's way in: a message is a hint; the rows say how far Braze's lists were read."""

from __future__ import annotations

from celery import shared_task

from groups.consent.reading import read, workspaces_to_read
from groups.models import Workspace


@shared_task(name="groups.consent.read_one")
def read_one(workspace_id: str) -> None:
    """Reads what Braze tells of addresses, for at most about 40 seconds.

    Twice or at once: what is stored already is passed over. Late or never: the next one begins where the last one
    ended, so that nothing is missed.
    """
    workspace = Workspace.objects.select_related("brand").filter(pk=workspace_id).first()
    if workspace is not None:
        read(workspace)


@shared_task(name="groups.consent.read")
def read_all() -> None:
    """Asks for a reading of each connected workspace.

    Twice or at once: as `read_one`. Late or never: the next one goes back to where the last one ended.
    """
    for workspace_id in workspaces_to_read():
        read_one.delay(str(workspace_id))
