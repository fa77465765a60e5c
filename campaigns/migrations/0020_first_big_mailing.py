"""A rule of approval may hold for the first big mailing of a group alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("campaigns", "0019_one_mail_a_day"),)

    operations = (
        migrations.AddField(
            model_name="reviewrule", name="is_first_only", field=models.BooleanField(default=False)
        ),
        migrations.AddConstraint(
            model_name="reviewrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_first_only", False), ("larger_than__isnull", False), _connector="OR"),
                name="review_rule_first_has_its_size",
            ),
        ),
    )
