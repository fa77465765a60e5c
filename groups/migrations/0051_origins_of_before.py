"""Suppressions of before say by their source how the portal learned of them; copies say it of what they copy."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

ORIGINS = {"one-click header": "one_click", "unsubscribe page": "page"}


def say_origins(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Reads the origin from the words of the source."""
    suppressions = apps.get_model("groups", "Suppression").objects
    for source, origin in ORIGINS.items():
        suppressions.filter(source=source).update(origin=origin)
    copied = suppressions.filter(brand=OuterRef("brand"), address=OuterRef("address"), origin__in=ORIGINS.values())
    suppressions.filter(source="same address").update(
        origin=Coalesce(Subquery(copied.order_by("pk").values("origin")[:1]), "origin")
    )


class Migration(migrations.Migration):
    dependencies = (("groups", "0050_suppressions_with_origin"),)

    operations = (migrations.RunPython(say_origins, migrations.RunPython.noop),)
