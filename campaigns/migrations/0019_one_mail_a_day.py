"""A brand names what tells a person's own group, and the ledger which group mailed somebody instead."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("campaigns", "0018_mailing_folders"),
        ("groups", "0019_private_lists"),
    )

    operations = (
        migrations.AddField(
            model_name="exclusion",
            name="winner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="groups.group",
            ),
        ),
        migrations.AddField(
            model_name="timerules",
            name="home_attribute",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="timerules",
            name="visit_attribute",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
    )
