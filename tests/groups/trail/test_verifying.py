"""The chain tells of every way to tamper with it, by the first seal or event that does not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import DjangoAssertNumQueries

from groups.models import Brand, Event, Seal
from groups.trail import verifying
from groups.trail.chain import link
from groups.trail.sealing import seal_chunk
from groups.trail.verifying import Head, verify
from tests.builders import a_brand, a_group, a_person, an_event
from tests.groups.trail.trail import a_bare_brand, key_of, sealed, sql, triggers_off

pytestmark = pytest.mark.django_db


def events_of(brand: Brand) -> list[Event]:
    """Gives the events of a brand by id."""
    return list(Event.objects.filter(brand=brand).order_by("pk"))


def run(*arguments: str) -> str:
    """Runs the command and gives what it printed."""
    printed = StringIO()
    call_command("verify_audit_trail", *arguments, stdout=printed, stderr=StringIO())
    return printed.getvalue()


def test_a_chain_that_nobody_touched_holds() -> None:
    brand, group = a_brand(), a_group()
    seal_chunk(brand.pk)
    an_event("member.added", group=group, actor=a_person(group=group), role="admin", number=3, is_new=True)
    sealed(brand, 3, 2)
    waiting = an_event(brand=brand)

    verdict = verify(brand)

    assert (verdict.seals, verdict.events, verdict.unsealed, verdict.problem) == (3, 6, 1, "")
    assert verdict.head == Head(3, Seal.objects.get(brand=brand, number=3).digest)
    assert waiting.seal is None


def test_an_empty_trail_holds_and_has_no_head() -> None:
    assert verify(a_bare_brand()) == verifying.Verdict(0, 0, 0, None, "")


TAMPERING: dict[str, tuple[Callable[[list[Event]], object], str]] = {
    "a changed event": (
        lambda events: sql("UPDATE groups_event SET action = 'x.y' WHERE id = %s", events[3].pk),
        "Event {3} of seal 2 was changed.",
    ),
    "another person": (
        lambda events: sql("UPDATE groups_event SET actor_id = %s WHERE id = %s", key_of(a_person()), events[1].pk),
        "Event {1} of seal 2 was changed.",
    ),
    "another time": (
        lambda events: sql("UPDATE groups_event SET at = '2020-01-01T00:00:00Z' WHERE id = %s", events[2].pk),
        "Event {2} of seal 2 was changed.",
    ),
    "other values": (
        lambda events: sql("UPDATE groups_event SET detail = '{\"number\": 7}' WHERE id = %s", events[2].pk),
        "Event {2} of seal 2 was changed.",
    ),
    "a missing event": (
        lambda events: sql("DELETE FROM groups_event WHERE id = %s", events[2].pk),
        "Event {2} of seal 2 is missing.",
    ),
    "an event that is taken out of its seal": (
        lambda events: sql("UPDATE groups_event SET seal_id = NULL WHERE id = %s", events[2].pk),
        "Event {2} of seal 2 is missing.",
    ),
    "an event that is put into a seal": (
        lambda events: sql("UPDATE groups_event SET seal_id = %s WHERE id = %s", events[2].seal_id, events[-1].pk),
        "Event {-1} was put into seal 2 afterwards.",
    ),
    "a changed seal": (
        lambda events: sql("UPDATE groups_seal SET digest = %s WHERE id = %s", "f" * 64, events[1].seal_id),
        "Seal 2 was changed, or does not follow from the one before it.",
    ),
    "another time of a seal": (
        lambda events: sql(
            "UPDATE groups_seal SET sealed_at = '2020-01-01T00:00:00Z' WHERE id = %s", events[1].seal_id
        ),
        "Seal 2 was changed, or does not follow from the one before it.",
    ),
    "another count of a seal": (
        lambda events: sql("UPDATE groups_seal SET count = 9 WHERE id = %s", events[1].seal_id),
        "Seal 2 was changed: it counts 9 events and lists 3.",
    ),
    "an unreadable seal": (
        lambda events: sql("UPDATE groups_seal SET contents = '[3]' WHERE id = %s", events[1].seal_id),
        "Seal 2 was changed: the list of its events cannot be read.",
    ),
    "seals in another order": (
        lambda events: [
            sql("UPDATE groups_seal SET number = %s WHERE id = %s", number, events[place].seal_id)
            for number, place in ((9, 1), (2, 4), (3, 1))
        ],
        "Seal 2 was changed, or does not follow from the one before it.",
    ),
    "another number": (
        lambda events: sql("UPDATE groups_seal SET number = 9 WHERE id = %s", events[1].seal_id),
        "Seal 2 is missing: seal 3 stands in its place.",
    ),
    "an event that was made up for a time long past": (
        lambda events: sql(
            "UPDATE groups_event SET at = %s WHERE id = %s", events[0].at - timedelta(hours=2), events[-1].pk
        ),
        "Event {-1} was put in afterwards: it says",
    ),
}


@pytest.mark.parametrize(("tamper", "problem"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_named(tamper: Callable[[list[Event]], object], problem: str) -> None:
    brand, other = a_brand(), a_brand()
    for one in (brand, other):
        seal_chunk(one.pk)
    sealed(brand, 3, 2)
    an_event(brand=brand)
    events = events_of(brand)
    assert [len(events), verify(brand).problem] == [7, ""]

    with triggers_off():
        tamper(events)

    expected = problem
    for place, event in enumerate(events):
        expected = expected.replace(f"{{{place}}}", str(event.pk))
    found = verify(brand).problem
    assert found.startswith(expected.replace("{-1}", str(events[-1].pk)))
    with pytest.raises(CommandError, match=f"{brand.slug}: {found[:40]}") as refusal:
        run("--brand", brand.slug)
    assert refusal.value.returncode == 1
    assert verify(other).problem == ""


def test_an_event_that_was_moved_to_another_brands_seal_breaks_both_chains() -> None:
    brand, other = a_brand(), a_brand()
    seal_chunk(other.pk)
    event = an_event(brand=brand)

    with triggers_off():
        sql("UPDATE groups_event SET seal_id = %s WHERE id = %s", Seal.objects.get(brand=other).pk, event.pk)

    assert verify(brand).problem == f"Event {event.pk} belongs to a seal that the chain does not have."
    assert verify(other).problem == f"Event {event.pk} was put into seal 1 afterwards."


def test_a_whole_seal_that_is_gone_is_missed_in_the_middle() -> None:
    brand = a_bare_brand()
    sealed(brand, 2, 2, 2)
    second = Seal.objects.get(brand=brand, number=2)

    with triggers_off():
        sql("DELETE FROM groups_event WHERE seal_id = %s", second.pk)
        sql("DELETE FROM groups_seal WHERE id = %s", second.pk)

    assert verify(brand).problem == "Seal 2 is missing: seal 3 stands in its place."


def test_only_a_noted_head_tells_that_the_end_was_cut_off() -> None:
    brand = a_brand()
    seal_chunk(brand.pk)
    sealed(brand, 2, 2)
    noted = verify(brand).head
    last = Seal.objects.get(brand=brand, number=3)

    with triggers_off():
        sql("DELETE FROM groups_event WHERE seal_id = %s", last.pk)
        sql("DELETE FROM groups_seal WHERE id = %s", last.pk)

    assert verify(brand).problem == ""
    assert verify(brand, noted).problem == "Seal 3, which was noted, is missing: the chain ends at 2."


def test_only_a_noted_head_tells_that_the_whole_chain_was_made_anew() -> None:
    brand = a_brand()
    seal_chunk(brand.pk)
    sealed(brand, 2)
    noted = verify(brand).head

    with triggers_off():
        sql("UPDATE groups_event SET seal_id = NULL, action = 'x.y' WHERE brand_id = %s", key_of(brand))
        sql("DELETE FROM groups_seal WHERE brand_id = %s", key_of(brand))
    while seal_chunk(brand.pk):
        pass
    sealed(brand, 1)

    assert verify(brand).problem == ""
    assert verify(brand, noted).problem == "Seal 2 is not the one that was noted: the chain was made anew."


def test_an_event_that_came_late_is_told_of_until_a_head_behind_it_is_noted() -> None:
    brand = a_brand()
    seal_chunk(brand.pk)
    event = an_event(brand=brand)
    with triggers_off():
        sql("UPDATE groups_event SET at = %s WHERE id = %s", event.at - timedelta(hours=2), event.pk)
    seal_chunk(brand.pk)
    seal = Seal.objects.get(brand=brand, number=2)

    assert verify(brand).problem.startswith(f"Event {event.pk} was put in afterwards")
    assert verify(brand, Head(2, seal.digest)).problem == ""


def test_the_command_says_how_much_holds_and_fails_for_a_head_that_is_not_there() -> None:
    brand = a_brand(slug="northwind")
    seal_chunk(brand.pk)
    an_event(brand=brand)
    head = verify(brand).head

    assert run() == "northwind: 1 events in 1 seals hold, 1 are not sealed yet.\n"
    assert run("--brand", "northwind", "--head").splitlines()[1] == f"northwind: head {head}"
    assert run("--brand", "northwind", "--expect", str(head)).startswith("northwind: 1 events")
    with pytest.raises(CommandError, match="northwind: Seal 1 is not the one that was noted"):
        run("--brand", "northwind", "--expect", f"1:{'0' * 64}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--expect", f"1:{'0' * 64}"), "Say with --brand"),
        (("--brand", "nowhere"), "There is no brand nowhere"),
        (("--brand", "nowhere", "--expect", "latest"), "a head looks like"),
    ],
)
def test_wrong_usage_gets_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_verifying_asks_twice_for_many_seals(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brand = a_brand()
    seal_chunk(brand.pk)
    sealed(brand, *[1] * 7)
    monkeypatch.setattr(verifying, "SEALS_AT_ONCE", 4)

    with django_assert_num_queries(2 * 2 + 1 + 3):
        assert verify(brand).seals == 8


def test_a_digest_is_the_same_on_every_machine() -> None:
    """Whoever changes the form of the chain breaks every chain that there is."""
    brand = Brand(pk="2f1c0d0e-52f0-4f3a-9a43-5d0d6d6f7a01")
    event = Event(
        pk=7,
        brand=brand,
        action="group.updated",
        target_kind="group",
        target_id="x",
        detail={"ü": "ß", "a": None},
        after={"is_new": True},
    )
    event.at = Seal._meta.get_field("sealed_at").to_python("2026-11-30T16:05:00.000001+01:00")

    made = link(brand_id=event.brand_id, number=1, sealed_at=event.at, previous="0" * 64, events=[event])

    assert made.contents == [[7, "5726a0aa345f744f"]]
    assert made.digest == "6c472d9322b160a3f24a1c5f6b6a2db0bd37160cd642f2ffb21e5e1dbc7453b1"
