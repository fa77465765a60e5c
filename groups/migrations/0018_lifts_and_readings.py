"""Lifted suppressions are kept as proof, lists of Braze are read on from a day, and a brand says what leaving counts for."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("groups", "0017_suppressions_with_origin"),)

    operations = (
        migrations.AddField(
            model_name="brand",
            name="unsubscribe_scope",
            field=models.CharField(
                choices=[
                    ("group", "The person chooses: this group, or the whole brand"),
                    ("brand", "Always the whole brand"),
                ],
                default="group",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="subscription_group_id",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Lift",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("address", models.EmailField(max_length=254)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unsubscribed", "Unsubscribed"),
                            ("hard_bounce", "Address does not exist"),
                            ("complaint", "Marked as spam"),
                            ("blocked", "Blocked by the brand"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("page", "Unsubscribe page"),
                            ("one_click", "Mail program, one click"),
                            ("braze", "Braze"),
                            ("hand", "Added by hand"),
                            ("file", "Added from a file"),
                            ("other", "Another way"),
                        ],
                        max_length=20,
                    ),
                ),
                ("suppressed_at", models.DateTimeField()),
                ("is_renewed", models.BooleanField()),
                ("statement", models.CharField(max_length=500)),
                ("consented_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="groups.brand"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lifts",
                        to="groups.contact",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="groups.group"
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["brand", "address"], name="lift_by_address")],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hard_bounces", "Hard bounces"), ("unsubscribes", "Unsubscribes")], max_length=20
                    ),
                ),
                ("read_until", models.DateField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("found", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="groups.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "kind"), name="reading_once_per_list")
                ],
            },
        ),
    )
