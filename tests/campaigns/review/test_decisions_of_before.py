"""The migration that writes down as decisions what was said before there were levels."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from campaigns.models import Decision, Mailing
from groups.models import User
from tests.campaigns.compose.scene import Scene, a_scene


def a_line(lines: Any, scene: Scene, mailing: Mailing, state: str, decider: User | None, reason: str = "") -> str:
    now = timezone.now()
    row = lines.create(
        mailing_id=mailing.pk,
        state=state,
        digest="d" * 64,
        window_from=now,
        window_until=now,
        submitted_by_id=scene.people["author"].pk,
        decided_by_id=decider.pk if decider else None,
        decided_at=now if decider else None,
        reason=reason,
    )
    return str(row.pk)


@pytest.mark.django_db(transaction=True)
def test_what_one_person_said_becomes_a_decision_and_nothing_else_does() -> None:
    scene = a_scene()
    mailing = scene.draft()
    call_command("migrate", "campaigns", "0014", verbosity=0)
    try:
        state = MigrationExecutor(connection).loader.project_state(
            [("campaigns", "0014_last_day_and_shared_send_ids"), ("groups", "0006_budget_percent")]
        )
        lines = state.apps.get_model("campaigns", "Review").objects
        approver, author = scene.people["approver"], scene.people["author"]
        approved = a_line(lines, scene, mailing, "approved", approver)
        void = a_line(lines, scene, mailing, "void", approver)
        sent_back = a_line(lines, scene, mailing, "changes_asked", approver, "Say until when.")
        a_line(lines, scene, mailing, "changes_asked", author, "By its own author.")
        a_line(lines, scene, mailing, "taken_back", author)
        a_line(lines, scene, mailing, "void", None)
    finally:
        call_command("migrate", "campaigns", verbosity=0)

    found = {
        str(one.review_id): (one.person, one.level, one.verdict, one.reason)
        for one in Decision.objects.select_related("person")
    }
    assert found == {
        approved: (approver, "final", "yes", ""),
        void: (approver, "final", "yes", ""),
        sent_back: (approver, "final", "changes", "Say until when."),
    }
