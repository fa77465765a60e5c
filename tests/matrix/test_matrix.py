"""Every address as every role on every group around its object, and what the table of the product says of it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from groups.roles import Role
from tests.matrix.asking import ADDRESSES, address_of, ask
from tests.matrix.row import NOBODY, Asks, Place, Row, Who
from tests.matrix.rows import ROWS
from tests.matrix.watching import fingerprint, writes
from tests.matrix.world import World, holder

# One process builds the world once, and asks everything of it.
pytestmark = pytest.mark.xdist_group("matrix")


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    rowed = {row.name for row in ROWS}

    missing, idle = sorted(ADDRESSES.keys() - rowed), sorted(rowed - ADDRESSES.keys())

    assert not missing, f"Say in tests/matrix/rows.py who may open these addresses: {', '.join(missing)}."
    assert not idle, f"Nothing answers at these rows of tests/matrix any more: {', '.join(idle)}."
    assert len({row.label for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("name", [name for name in sorted(ADDRESSES) if ":" in name])
def test_an_address_takes_the_methods_of_its_rows_and_no_other(name: str, world: World, client: Client) -> None:
    rows = [row for row in ROWS if row.name == name]
    admin = holder(Role.ADMIN, Place.ROOT)

    answer = ask(client, world, admin, Row(name, Asks.ANYBODY, method="TRACE", ids=rows[0].ids))

    if rows[0].asks is Asks.TOKEN:
        assert answer.status_code == 401
    else:
        assert answer.status_code == 405
        assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == {row.method for row in rows}


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize("row", [row for row in ROWS if row.refused], ids=lambda row: row.label)
def test_whoever_may_not_gets_nothing_and_changes_nothing(
    row: Row, world: World, untouched: dict[str, str], client: Client
) -> None:
    wrong, wrote, before = [], [], _what_left(world)

    for who in row.refused:
        with writes() as written:
            answer = ask(client, world, who, row)
        expected = row.otherwise if row.opens_for(who) else row.refuses
        if who is NOBODY and row.asks is not Asks.TOKEN:
            is_right = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
        else:
            is_right = answer.status_code == expected
        wrong += [] if is_right else [f"{who.name}: {answer.status_code}"]
        wrote += [f"{who.name}: {table}" for table in written]

    assert wrong == []
    if row.method == "GET":
        assert wrote == []
    else:
        # Without a statement that writes nothing can have changed; with one it is looked at.
        assert not wrote or fingerprint() == untouched, wrote
    assert _what_left(world) == before


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize("row", [row for row in ROWS if row.allowed], ids=lambda row: row.label)
def test_whoever_may_gets_what_the_row_says(row: Row, world: World, client: Client) -> None:
    wrong, idle = [], []

    for who in row.allowed:
        status, has_acted = _try(row, world, who, client)
        wrong += [] if status in row.answers else [f"{who.name}: {status}"]
        idle += [] if has_acted or not row.acts else [who.name]

    assert wrong == []
    assert idle == []


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize("row", [row for row in ROWS if not isinstance(row.asks, Asks)], ids=lambda row: row.label)
def test_on_the_pages_of_another_brand_nothing_of_this_one_exists(
    row: Row, world: World, untouched: dict[str, str], client: Client
) -> None:
    before = _what_left(world)
    who = next((one for one in row.allowed if one.place is Place.ROOT), row.allowed[0])

    with writes() as written:
        answer = ask(client, world, who, row, headers={"Host": world.other_host})

    assert answer.status_code == 404
    assert not written or fingerprint() == untouched, written
    assert _what_left(world) == before


def _what_left(world: World) -> tuple[int, int, int]:
    """Counts mails, messages to workers, and calls to Braze."""
    return len(mail.outbox), len(connection.run_on_commit), sum(world.sandbox.state.calls.values())


def _try(row: Row, world: World, who: Who, client: Client) -> tuple[int, bool]:
    """Asks as somebody who may, and takes back what came of it."""
    with transaction.atomic(), writes() as written:
        answer = ask(client, world, who, row)
        if answer.streaming:
            list(answer)  # what streams reads the database while it is read
        transaction.set_rollback(True)
    return answer.status_code, bool(written)


def test_the_world_has_a_thing_for_every_part_of_an_address(world: World) -> None:
    for row in ROWS:
        assert address_of(row, world.own).startswith("/")
