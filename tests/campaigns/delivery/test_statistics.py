"""PostgreSQL knows how large the tables of a plan are, also where it does not look by itself."""

from __future__ import annotations

import pytest
from django.db import connection

from groups.models import Group, Workspace
from tests.campaigns.builders import a_mailing, a_planned

pytestmark = pytest.mark.django_db


def pages(table: str) -> tuple[int, int]:
    """Gives how many pages of 8 KB a table has, and how many PostgreSQL reckons with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(oid) / 8192, relpages FROM pg_class WHERE relname = %s", [table])
        size, known = cursor.fetchone()
    return size, known


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans no keys")
def test_a_plan_tells_postgresql_of_what_it_has_filled(group: Group, workspace: Workspace) -> None:
    before, _known = pages("campaigns_recipient")

    a_planned(a_mailing(group=group, people=2_500), workspace)

    size, known = pages("campaigns_recipient")
    assert size > before + 16
    assert size <= 2 * max(known, 8)
