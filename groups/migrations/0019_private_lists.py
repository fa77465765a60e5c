"""A list can be kept from those above its group."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("groups", "0018_lifts_and_readings"),)

    operations = (
        migrations.AddField(model_name="audience", name="is_private", field=models.BooleanField(default=False)),
    )
