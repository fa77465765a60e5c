"""Plans that were under way are begun anew: the ledger no longer holds people who are not judged yet."""

from __future__ import annotations

from django.db import migrations


def plan_anew(apps, schema_editor):
    planning = apps.get_model("campaigns", "Delivery").objects.filter(state="planning")
    for name in ("Recipient", "Exclusion", "Batch"):
        apps.get_model("campaigns", name).objects.filter(delivery__in=planning).delete()
    planning.update(frozen=None, lease_until=None)
    # A plan that failed left people behind who are in no batch.
    apps.get_model("campaigns", "Recipient").objects.filter(batch=None).delete()


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_template_access_of_people")]

    operations = [migrations.RunPython(plan_anew, migrations.RunPython.noop)]
