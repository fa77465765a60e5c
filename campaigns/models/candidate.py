"""The people of one chunk while a plan judges them: a temporary table, seen by one connection only."""

from __future__ import annotations

from typing import Final

from django.db import connection, models

from campaigns.models.delivery import ExclusionReason
from groups.models import SyncState


class Candidate(models.Model):
    """Somebody of a frozen audience, not yet judged while `reason` is empty.

    `position` is their place in the chunk, `winner` the group that mails them the same day instead. The table is made
    by `empty_candidates()` and ends with the connection.
    """

    position = models.PositiveIntegerField(primary_key=True)
    contact = models.ForeignKey("groups.Contact", on_delete=models.DO_NOTHING, related_name="+")
    address = models.CharField(max_length=254)
    sync_state = models.CharField(max_length=20, choices=SyncState)
    first_synced_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64)
    reason = models.CharField(max_length=20, choices=ExclusionReason, default="")
    winner = models.ForeignKey("groups.Group", on_delete=models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        managed = False
        db_table = "campaigns_candidate"


_MAKE: Final = "CREATE TEMPORARY TABLE campaigns_candidate ({columns})"


def empty_candidates() -> None:
    """Makes the temporary table anew, without anybody in it."""
    columns = ", ".join(
        f"{field.column} {field.db_type(connection)}{' NULL' if field.null else ' NOT NULL'}"
        for field in Candidate._meta.local_fields
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS campaigns_candidate")
        cursor.execute(_MAKE.format(columns=columns))
