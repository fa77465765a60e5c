"""`import_contacts`: imports a CSV file into a list of a group and brings its people to Braze, in this process."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from groups.audiences import queries
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping, start_import
from groups.audiences.syncing import sync_contacts
from groups.errors import GroupsError, InputRefused
from groups.models import ContactImport, Group, ImportState, Workspace
from groups.people.services import service_user
from groups.tree.queries import brand_by_slug, group_by_code

UNDER_WAY = (ImportState.WAITING, ImportState.IMPORTING)
POLL_SECONDS = 0.2


class Command(BaseCommand):
    """Imports and syncs; exit code 0 when done, 1 when refused or when Braze does not take the people, 2 for usage."""

    help = "Imports contacts into a list (made where it is missing) and syncs them. Prints one line of JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument("--group", required=True, metavar="CODE")
        parser.add_argument("--audience", required=True, metavar="NAME")
        parser.add_argument("--dry-run", action="store_true", help="count what would change and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Imports, syncs, prints the counts."""
        try:
            group = group_by_code(brand_by_slug(options["brand"]), options["group"])
            contact_import = self._import(group, options["file"], options["audience"], options["dry_run"])
            reason = "" if options["dry_run"] else self._sync(contact_import)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        counts = {
            "rows": contact_import.rows_done,
            "new": contact_import.rows_new,
            "updated": contact_import.rows_updated,
            "rejected": contact_import.rows_rejected,
            "suppressed": contact_import.rows_suppressed,
            "synced": 0 if options["dry_run"] else queries.sync_counts(contact_import.audience).synced,
        }
        self.stdout.write(json.dumps(counts))
        if reason:
            raise CommandError(f"The contacts are imported, but not all of them are in Braze. {reason}")

    def _import(self, group: Group, path: Path, name: str, is_dry_run: bool) -> ContactImport:
        """Stores, maps and imports the file; a dry run takes all of it back."""
        with path.open("rb") as source, transaction.atomic():
            actor = service_user(brand=group.brand)
            contact_import = start_import(
                group=group,
                actor=actor,
                file=File(source),
                file_name=path.name,
                name=name,
                audience=queries.lists_of(group).filter(name=name).first(),
            )
            try:
                mapping = {int(position): target for position, target in contact_import.mapping.items()}
                contact_import = confirm_mapping(contact_import=contact_import, mapping=mapping, actor=actor)
                if is_dry_run:
                    contact_import = run_import(contact_import.pk) or contact_import
                    transaction.set_rollback(True)
            except InputRefused:
                contact_import.file.delete(save=False)
                raise
            if is_dry_run:
                contact_import.file.delete(save=False)
        while not is_dry_run and contact_import.state in UNDER_WAY:
            # A worker may have taken it first; then this waits for the worker.
            if run_import(contact_import.pk) is None:
                time.sleep(POLL_SECONDS)
            contact_import.refresh_from_db()
        if contact_import.state == ImportState.FAILED:
            raise InputRefused(contact_import.failure)
        return contact_import

    def _sync(self, contact_import: ContactImport) -> str:
        """Brings the list to Braze; gives the sentence for why people are left, or nothing."""
        workspace = Workspace.objects.filter(brand=contact_import.audience.group.brand_id).first()
        if workspace is None:
            return "Braze is not connected yet; connect it with connect_braze."
        while queries.sync_counts(contact_import.audience).pending:
            result = sync_contacts(workspace.pk)
            if result.reason:
                return result.reason
            if not result.synced and not result.refused:
                time.sleep(POLL_SECONDS)
        return ""
