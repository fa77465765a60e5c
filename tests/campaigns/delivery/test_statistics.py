"""What PostgreSQL believes of the tables of a plan does not make the plan slow."""

from __future__ import annotations

import pytest
from django.db import connection

from campaigns.delivery.plan.judging import RULES
from campaigns.delivery.plan.lookups import LookedUp
from campaigns.models import Candidate, ExclusionReason
from groups.models import Group, Workspace
from tests.campaigns.builders import a_mailing, a_planned, a_sent

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite goes by no statistics here"),
]


def pages(table: str) -> tuple[int, int]:
    """Gives how many pages of 8 KB a table has, and how many PostgreSQL reckons with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(oid) / 8192, relpages FROM pg_class WHERE relname = %s", [table])
        size, known = cursor.fetchone()
    return size, known


def test_a_plan_tells_postgresql_of_what_it_has_filled(group: Group, workspace: Workspace) -> None:
    before, _known = pages("campaigns_recipient")

    a_planned(a_mailing(group=group, people=2_500), workspace)

    size, known = pages("campaigns_recipient")
    assert size > before + 16
    assert size <= 2 * max(known, 8)


def test_the_recipients_of_a_delivery_that_has_just_begun_are_looked_up_one_by_one(
    group: Group, workspace: Workspace
) -> None:
    a_planned(a_mailing(group=group, people=2_500), workspace)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_recipient")
    new = a_sent(a_mailing(group=group, people=1))

    plans = [
        Candidate.objects.filter(condition).explain()
        for rule in RULES
        for reason, condition in rule(new)
        if reason == ExclusionReason.DUPLICATE and isinstance(condition, LookedUp)
    ]

    assert len(plans) == 1
    assert "recipient_address_once_per_delivery" in plans[0]
    assert "Join" not in plans[0]
    assert "InitPlan" in plans[0]  # which delivery it is, is read when the plan stands
