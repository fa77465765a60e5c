"""Leaves room on each page of contacts, so that what the sync notes of one stays there and no index is written."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _set(share: int) -> Any:
    def act(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE groups_contact SET (fillfactor = {share})")

    return act


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_contact_text")]

    operations = [migrations.RunPython(_set(80), _set(100))]
