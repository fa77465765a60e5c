"""Deliveries of earlier releases get the counts that their pages show."""

from __future__ import annotations

from django.db import migrations
from django.db.models import Count


def count(apps, schema_editor):
    for delivery in apps.get_model("campaigns", "Delivery").objects.iterator():
        reasons = delivery.exclusions.order_by().values_list("reason").annotate(number=Count("pk"))
        delivery.excluded = dict(reasons)
        delivery.batch_count = delivery.batches.count()
        delivery.judged = delivery.recipients.count() + sum(delivery.excluded.values())
        delivery.save(update_fields=["excluded", "batch_count", "judged"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_delivery_engine")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
