"""Bringing people in, and looking everywhere for what should be forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import connection

from campaigns.models import Candidate
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping
from groups.models import Audience, ContactImport, ImportState, User
from tests.builders import an_import


def imported(content: str, audience: Audience, actor: User) -> dict[str, int]:
    """Brings a file in and gives the counts."""
    fresh = Audience.objects.get(pk=audience.pk)
    contact_import = confirmed(an_import(content, group=fresh.group, actor=actor, audience=fresh))
    done = run_import(contact_import.pk)
    assert done is not None
    assert done.state in {ImportState.DONE, ImportState.DONE_WITH_ERRORS}
    return {name: getattr(done, f"rows_{name}") for name in ("new", "updated", "unchanged", "rejected", "suppressed")}


def confirmed(contact_import: ContactImport) -> ContactImport:
    """Confirms the columns as they were matched."""
    mapping = {int(position): target for position, target in contact_import.mapping.items()}
    return confirm_mapping(contact_import=contact_import, mapping=mapping, actor=contact_import.uploaded_by)


def places_of(words: Sequence[str]) -> set[str]:
    """Gives the tables and columns, of all there are, in which one of some words stands, however it is spelled."""
    found = set()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            # The people of a plan's chunk lie in a temporary table, which PostgreSQL names beside the others.
            if model._meta.db_table not in tables or model is Candidate:
                continue
            for field in model._meta.concrete_fields:
                column = f'LOWER(CAST("{field.column}" AS TEXT))'
                condition = " OR ".join(f"{column} LIKE %s" for _word in words)
                cursor.execute(
                    f'SELECT COUNT(*) FROM "{model._meta.db_table}" WHERE {condition}',
                    [f"%{word.lower()}%" for word in words],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{model._meta.model_name}.{field.name}")
    return found
