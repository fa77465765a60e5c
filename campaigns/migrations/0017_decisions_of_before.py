"""Writes down as decisions what one person said of each submission, before there were levels and several people."""

from __future__ import annotations

from typing import Any

from django.db import migrations

VERDICTS = {"approved": "yes", "void": "yes", "changes_asked": "changes"}


def add_decisions(apps: Any, schema_editor: Any) -> None:
    """Leaves out what the database would refuse by now: the word of an author, and a return without a reason."""
    review, decision = apps.get_model("campaigns", "Review"), apps.get_model("campaigns", "Decision")
    decided = review.objects.filter(state__in=VERDICTS, decided_by__isnull=False, decided_at__isnull=False)
    for one in decided.select_related("mailing").iterator():
        verdict = VERDICTS[one.state]
        if one.decided_by_id in (one.submitted_by_id, one.mailing.author_id) or (verdict == "changes" and not one.reason):
            continue
        decision.objects.get_or_create(
            review=one,
            level="final",
            person_id=one.decided_by_id,
            defaults={
                "author_id": one.mailing.author_id,
                "submitter_id": one.submitted_by_id,
                "verdict": verdict,
                "at": one.decided_at,
                "digest": one.digest,
                "reason": one.reason,
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0016_review_levels_rules_comments"),
    ]

    operations = [
        migrations.RunPython(add_decisions, migrations.RunPython.noop),
    ]
