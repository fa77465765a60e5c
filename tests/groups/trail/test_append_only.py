"""Nothing of the audit trail is changed or deleted, neither by the portal's code nor by SQL past it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.utils import timezone

from groups.models import Event, Seal
from tests.builders import an_event
from tests.groups.trail.trail import a_bare_brand, sealed, sql

pytestmark = pytest.mark.django_db

CHANGES: dict[str, Callable[[Event], object]] = {
    "save": lambda event: event.save(),
    "save of a column": lambda event: event.save(update_fields=["action"]),
    "delete": lambda event: event.delete(),
    "update of a query": lambda event: Event.objects.filter(pk=event.pk).update(action="x.y"),
    "delete of a query": lambda event: Event.objects.filter(pk=event.pk).delete(),
    "update from the brand": lambda event: event.brand.events.update(action="x.y"),
    "bulk update": lambda event: Event.objects.bulk_update([event], ["action"]),
    "update or create": lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"action": "x.y"}),
    "bulk create over it": lambda event: Event.objects.bulk_create(
        [event], update_conflicts=True, update_fields=["action"], unique_fields=["id"]
    ),
    "save of a seal": lambda event: event.seal and event.seal.save(),
    "delete of a seal": lambda event: event.seal and event.seal.delete(),
    "update of seals": lambda event: Seal.objects.update(digest=""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_portals_code_cannot_change_the_trail(change: Callable[[Event], object]) -> None:
    brand = a_bare_brand()
    sealed(brand, 2)
    before = list(Event.objects.values()), list(Seal.objects.values())
    event = Event.objects.select_related("seal", "brand").filter(brand=brand)[0]
    event.action = "x.y"

    with pytest.raises(NotSupportedError, match="only ever added to"):
        change(event)

    assert (list(Event.objects.values()), list(Seal.objects.values())) == before


def test_an_event_that_is_made_up_does_not_replace_another() -> None:
    event = an_event(brand=a_bare_brand())

    with pytest.raises(IntegrityError), transaction.atomic():
        Event(pk=event.pk, brand=event.brand, action="x.y", target_kind="brand", target_id="1").save()

    assert Event.objects.get(pk=event.pk).action == "group.updated"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE groups_event SET action = 'x.y' WHERE id = %s",
        "UPDATE groups_event SET at = '2020-01-01T00:00:00Z' WHERE id = %s",
        "UPDATE groups_event SET actor_id = NULL, place = 'elsewhere' WHERE id = %s",
        "UPDATE groups_event SET seal_id = NULL WHERE id = %s",
        "UPDATE groups_event SET seal_id = (SELECT MAX(id) FROM groups_seal) WHERE id = %s",
        "DELETE FROM groups_event WHERE id = %s",
        "UPDATE groups_seal SET digest = 'x' WHERE id = (SELECT seal_id FROM groups_event WHERE id = %s)",
        "DELETE FROM groups_seal WHERE id = (SELECT seal_id FROM groups_event WHERE id = %s)",
    ],
)
def test_the_database_refuses_to_change_what_is_sealed(statement: str) -> None:
    brand = a_bare_brand()
    sealed(brand, 1, 1)
    before = list(Event.objects.values()), list(Seal.objects.values())

    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        sql(statement, Event.objects.filter(brand=brand, seal__number=1)[0].pk)

    assert (list(Event.objects.values()), list(Seal.objects.values())) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE groups_event SET action = 'x.y' WHERE id = %s",
        "UPDATE groups_event SET group_id = NULL, detail = '{\"forged\": true}' WHERE id = %s",
        "UPDATE groups_event SET seal_id = (SELECT MAX(id) FROM groups_seal), action = 'x.y' WHERE id = %s",
        "UPDATE groups_event SET seal_id = NULL WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_what_waits_for_its_seal(statement: str) -> None:
    brand = a_bare_brand()
    sealed(brand, 1)
    event = an_event(brand=brand)

    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        sql(statement, event.pk)

    stored = Event.objects.get(pk=event.pk)
    assert (stored.action, stored.detail, stored.seal_id) == ("group.updated", {}, None)


def test_an_event_may_go_before_its_seal_on_sqlite_alone_where_test_databases_are_emptied_by_it() -> None:
    event = an_event(brand=a_bare_brand())

    if connection.vendor == "sqlite":
        assert sql("DELETE FROM groups_event WHERE id = %s", event.pk) == 1
    else:
        with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
            sql("DELETE FROM groups_event WHERE id = %s", event.pk)
        assert Event.objects.filter(pk=event.pk).exists()


def test_an_event_gets_a_seal_once() -> None:
    brand = a_bare_brand()
    sealed(brand, 1)
    event = an_event(brand=brand)
    seal = Seal.objects.create(brand=brand, number=2, sealed_at=timezone.now(), count=1, contents=[], digest="0" * 64)

    touched = sql("UPDATE groups_event SET seal_id = %s WHERE id = %s", seal.pk, event.pk)

    assert (touched, Event.objects.get(pk=event.pk).seal) == (1, seal)
