"""Celery's way in: each message is a hint with an id; the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from groups.audiences import queries, syncing
from groups.audiences.imports import importing
from groups.audiences.imports.queries import imports_without_a_worker


@shared_task(name="groups.audiences.run_import")
def run_import(import_id: str) -> None:
    """Goes on with an import.

    Twice or at once: the second finds the lease taken. Late: the rows wait. Never: the sweep finds it.
    """
    importing.run_import(UUID(import_id))


@shared_task(name="groups.audiences.sync")
def sync(workspace_id: str) -> None:
    """Brings contacts that changed to Braze, for at most 20 seconds, and nudges itself while there are more.

    Twice or at once: each contact is claimed by one lease, and setting an attribute twice changes nothing (contract,
    section 16). Late or never: the contacts stay pending, and the sweep asks again.
    """
    result = syncing.sync_contacts(UUID(workspace_id))
    if result.has_more:
        sync.delay(workspace_id)


@shared_task(name="groups.audiences.sweep")
def sweep() -> None:
    """Finds imports and contacts that nobody works on, and sends the hints that were lost.

    Twice or at once: hints are harmless. Never: work goes on by the hints that are sent when it appears.
    """
    for import_id in imports_without_a_worker():
        run_import.delay(str(import_id))
    for workspace_id in queries.workspaces_with_pending_contacts():
        sync.delay(str(workspace_id))
