"""Who is in the audience: frozen in one statement, by ids alone, and read back chunk by chunk inside the database.

Nobody's row comes into Python, so that the memory of a plan does not grow with its audience.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Min, Q, QuerySet

from campaigns.delivery.plan.selection import selected
from campaigns.delivery.settling import NOT_REACHED
from campaigns.models import AudienceChunk, BatchState, Candidate, Delivery, Recipient, empty_candidates
from groups.models import Attribute, AudienceMember

PEOPLE_PER_CHUNK: Final = 5_000

# What the two databases say differently: gathering ids into a JSON array, counting it, and reading it as rows.
_GATHERED = {
    "postgresql": "jsonb_agg(person.contact_id ORDER BY person.place)",
    "sqlite": "json_group_array(person.contact_id)",
}
_LENGTH = {"postgresql": "jsonb_array_length(contact_ids)", "sqlite": "json_array_length(contact_ids)"}
_PEOPLE_OF_CHUNK = {
    "postgresql": (
        "campaigns_audiencechunk chunk"
        " CROSS JOIN LATERAL jsonb_array_elements_text(chunk.contact_ids) WITH ORDINALITY AS member(contact, position)"
        " JOIN groups_contact contact ON contact.id = member.contact::uuid"
    ),
    "sqlite": (
        "campaigns_audiencechunk chunk"
        " JOIN (SELECT owner.id AS chunk_id, item.key AS position, item.value AS contact"
        " FROM campaigns_audiencechunk owner, json_each(owner.contact_ids) item WHERE owner.id = %s) member"
        " ON member.chunk_id = chunk.id"
        " JOIN groups_contact contact ON contact.id = member.contact"
    ),
}
_ZONE = {
    "postgresql": "COALESCE(contact.attributes ->> %s, '')",
    "sqlite": "COALESCE(json_extract(contact.attributes, '$.' || %s), '')",
}


def freeze_membership(delivery: Delivery) -> None:
    """Copies the ids of the audience's members, or of those whom an earlier delivery did not reach, in one statement.

    Keeps their number in `Delivery.frozen`. Doing it twice is prevented by the caller, who does it while that is empty.
    """
    sql, parameters = _people(delivery).query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_audiencechunk (delivery_id, number, contact_ids)"
            f" SELECT %s, (person.place - 1) / {PEOPLE_PER_CHUNK}, {_GATHERED[connection.vendor]}"
            f" FROM (SELECT contact_id, ROW_NUMBER() OVER (ORDER BY rank) AS place FROM ({sql}) people) person"
            " GROUP BY 2",
            [_key(delivery), *parameters],
        )
        cursor.execute(
            f"SELECT COALESCE(SUM({_LENGTH[connection.vendor]}), 0)"
            " FROM campaigns_audiencechunk WHERE delivery_id = %s",
            [_key(delivery)],
        )
        Delivery.objects.filter(pk=delivery.pk).update(frozen=cursor.fetchone()[0])
    delivery.refresh_from_db()


def next_chunk(delivery: Delivery) -> AudienceChunk | None:
    """Gives the first chunk that was not judged yet, without its ids."""
    return delivery.chunks.order_by("number").defer("contact_ids").first()


def read_candidates(chunk: AudienceChunk) -> int:
    """Reads the people of a chunk into `Candidate`, and gives how many of them were deleted since the freeze."""
    empty_candidates()
    zone = Attribute.objects.filter(brand=chunk.delivery.workspace.brand_id, braze_name="time_zone").first()
    zone_sql, zone_parameters = (_ZONE[connection.vendor], [zone.name]) if zone else ("''", [])
    again = [chunk.pk] if connection.vendor == "sqlite" else []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_candidate"
            " (position, contact_id, address, sync_state, first_synced_at, time_zone, reason)"
            " SELECT member.position, contact.id, LOWER(contact.email), contact.sync_state,"
            f" contact.first_synced_at, {zone_sql}, ''"
            f" FROM {_PEOPLE_OF_CHUNK[connection.vendor]} WHERE chunk.id = %s",
            [*zone_parameters, *again, chunk.pk],
        )
        cursor.execute(
            f"SELECT {_LENGTH[connection.vendor]} FROM campaigns_audiencechunk WHERE id = %s",
            [chunk.pk],
        )
        frozen: int = cursor.fetchone()[0]
    return frozen - Candidate.objects.count()


def not_reached(delivery: Delivery) -> QuerySet[Recipient]:
    """Gives the people whom a delivery, and those that it follows, surely did not reach; some may stand twice."""
    earlier: list[Delivery] = []
    link: Delivery | None = delivery
    while link is not None:
        earlier.append(link)
        link = link.follows
    missed = Q(batch__state__in=NOT_REACHED) | Q(outcome=BatchState.REFUSED)
    return Recipient.objects.filter(missed, delivery__in=earlier)


def _people(delivery: Delivery) -> QuerySet[Any, Any]:
    """Gives the contacts that are frozen, each once, with a rank that puts them in order."""
    if delivery.follows is not None:
        return not_reached(delivery.follows).order_by().values("contact_id").annotate(rank=Min("pk"))
    if delivery.selection is not None:
        return selected(delivery).order_by().annotate(contact_id=F("pk"), rank=F("pk")).values("contact_id", "rank")
    members = AudienceMember.objects.filter(audience=delivery.mailing.audience_id).order_by()
    return members.values("contact_id").annotate(rank=F("pk"))


def _key(delivery: Delivery) -> Any:
    return Delivery._meta.pk.get_db_prep_value(delivery.pk, connection)
