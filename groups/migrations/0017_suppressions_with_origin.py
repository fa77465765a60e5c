"""Suppressions keep how the portal learned of them, stand once for each reason, and may shut an address alone."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("groups", "0016_consent_text"),)

    operations = (
        migrations.RemoveConstraint(model_name="suppression", name="suppression_once_per_group"),
        migrations.RemoveConstraint(model_name="suppression", name="suppression_once_per_brand"),
        migrations.AddField(
            model_name="suppression",
            name="origin",
            field=models.CharField(
                choices=[
                    ("page", "Unsubscribe page"),
                    ("one_click", "Mail program, one click"),
                    ("braze", "Braze"),
                    ("hand", "Added by hand"),
                    ("file", "Added from a file"),
                    ("other", "Another way"),
                ],
                default="other",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="suppression", name="note", field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="suppression",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="suppressions",
                to="groups.contact",
            ),
        ),
        migrations.AlterField(
            model_name="suppression", name="source", field=models.CharField(blank=True, max_length=120)
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                fields=("contact", "address", "group", "reason"), name="suppression_once_per_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                condition=models.Q(("group__isnull", True)),
                fields=("contact", "address", "reason"),
                name="suppression_once_per_brand",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contact__isnull", True)),
                fields=("brand", "address", "group", "reason"),
                name="suppression_address_once_per_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contact__isnull", True), ("group__isnull", True)),
                fields=("brand", "address", "reason"),
                name="suppression_address_once_per_brand",
            ),
        ),
    )
