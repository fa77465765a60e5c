"""What each group made of each template in the last twelve months."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from campaigns.models import MailingResult, RollupRun, Template, TemplateStanding
from campaigns.reports.rolling.tree import WRITTEN_AT_ONCE, Sums, Tree, added, sums_by

DAYS: Final = 365
_WRITTEN: Final = tuple(
    one.name for one in TemplateStanding._meta.concrete_fields if one.name not in ("id", "template", "group")
)


def roll_templates(run: RollupRun, today: date) -> Iterator[str]:
    """Writes the standings of every template anew; yields each template when it is written."""
    tree = Tree.of(run.brand)
    for template in Template.objects.filter(brand=run.brand).order_by("pk").values_list("pk", flat=True):
        if str(template) > run.cursor:
            _write(tree, template, today)
            yield str(template)


@transaction.atomic
def _write(tree: Tree, template: uuid.UUID, today: date) -> None:
    results = MailingResult.objects.filter(
        template=template, went_on__gt=today - timedelta(days=DAYS), went_on__lte=today
    )
    own = {group: sums for (group,), sums in sums_by(results, "group")}
    below = tree.climb(own, added)
    users = tree.climb(dict.fromkeys(own, 1), lambda there, one: (there or 0) + one)
    TemplateStanding.objects.filter(template=template).exclude(group__in=list(below)).delete()
    TemplateStanding.objects.bulk_create(
        [
            TemplateStanding(
                template_id=template,
                group_id=pk,
                click_rate=own.get(pk, Sums()).click_rate,
                below_users=users[pk],
                **own.get(pk, Sums()).columns("own"),
                **sums.columns("below"),
            )
            for pk, sums in below.items()
        ],
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["template", "group"],
        update_fields=_WRITTEN,
    )
