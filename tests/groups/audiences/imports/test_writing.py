"""The few statements of a chunk do what one row after the other would do."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.audiences import queries
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import begin, confirm_mapping
from groups.consent.leaving import unsubscribe
from groups.models import Audience, AudienceMember, Contact, ContactImport, Group, ImportState, Suppression, User
from tests.builders import a_contact, a_group, a_person, an_audience, an_import

pytestmark = pytest.mark.django_db

IDS = [f"C{number}" for number in range(8)]
EMAILS = [f"p{number}@example.com" for number in range(6)]
HEADER = ("customer_id", "email", "first_name", "points", "consent_source", "consent_date")
rows = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(EMAILS),
        st.sampled_from(["", "Anna", "Zoë", 'A "quoted" \\ name', "<b>"]),
        st.sampled_from(["", "3", "3.0", "4.5"]),
        st.sampled_from(["", "card"]),
        st.sampled_from(["", "2026-01-02"]),
    ),
    max_size=14,
)
# Who is there already: their address, whose list they are on, and whether they unsubscribed.
people = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(
        st.sampled_from(EMAILS),
        st.sampled_from(["own", "list", "other", "none"]),
        st.sampled_from([None, None, "group", "brand", "elsewhere"]),
    ),
    max_size=6,
)


@dataclass
class Simple:
    """One person of the simple model."""

    email: str
    attributes: dict[str, object]
    consent: tuple[str, str]
    is_changeable: bool
    is_member: bool
    is_new: bool = False
    was_changed: bool = False


def expected(
    known: dict[str, Simple], file: list[tuple[str, ...]]
) -> tuple[Counter[str], dict[str, Simple], list[int], list[str]]:
    """Takes one row after the other, as a person would; gives counts, people, refused lines, and whose rows count."""
    counts: Counter[str] = Counter()
    refused, taken = [], []
    for line, (external_id, email, name, points, source, on) in enumerate(file, start=2):
        said: dict[str, object] = {"first_name": name} if name else {}
        if points:
            said["points"] = float(points)
        person = known.get(external_id)
        if person is None:
            known[external_id] = Simple(email, said, (source, on), True, True, is_new=True)
            counts["new"] += 1
        elif not person.is_changeable:
            if person.email != email:
                refused.append(line)
                continue
            person.is_member = True
            counts["unchanged"] += 1
        else:
            after = (email, {**person.attributes, **said}, (source or person.consent[0], on or person.consent[1]))
            is_changed = after != (person.email, person.attributes, person.consent)
            counts["updated" if is_changed else "unchanged"] += 1
            person.email, person.attributes, person.consent = after
            person.was_changed |= is_changed
            person.is_member = True
        taken.append(external_id)
    return counts, known, refused, taken


def as_file(file: list[tuple[str, ...]]) -> bytes:
    """Gives rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *file])
    return text.getvalue().encode()


@dataclass(frozen=True)
class Place:
    """Two stores of a brand, and whoever imports into a list of the first."""

    store: Group
    next_store: Group
    author: User


def prepared(place: Place, known: dict[str, tuple[str, str, str | None]]) -> tuple[Audience, dict[str, Simple]]:
    """Makes the lists of an example, and the people who are there already."""
    lists = {
        "own": an_audience(group=place.store),
        "list": an_audience(group=place.store),
        "other": an_audience(group=place.next_store),
    }
    simple = {}
    for external_id, (email, where, gone) in known.items():
        contact = a_contact(
            brand=place.store.brand, audience=lists.get(where), external_id=external_id, email=email, points=3
        )
        if gone is not None:
            group = {"group": place.store, "elsewhere": place.next_store}.get(gone)
            unsubscribe(contact=contact, group=group, source="test")
        simple[external_id] = Simple(email, {"points": 3}, ("", ""), where in ("own", "list"), where == "list")
    return lists["list"], simple


def test_a_chunk_is_written_as_row_by_row() -> None:
    store = a_group()
    place = Place(store, a_group(brand=store.brand), a_person(group=store))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(known=people, file=rows)
    def one_example(known: dict[str, tuple[str, str, str | None]], file: list[tuple[str, ...]]) -> None:
        Suppression.objects.all().delete()
        AudienceMember.objects.all().delete()
        Contact.objects.all().delete()
        compare(place, known, file)

    one_example()


def test_a_trial_knows_who_takes_their_wish_to_another_address_in_the_same_file() -> None:
    store = a_group()
    place = Place(store, a_group(brand=store.brand), a_person(group=store))

    compare(
        place,
        {"C0": ("p0@example.com", "own", "group")},
        [("C0", "p1@example.com", "", "", "", ""), ("C1", "p1@example.com", "", "", "", "")],
    )


def compare(place: Place, known: dict[str, tuple[str, str, str | None]], file: list[tuple[str, ...]]) -> None:
    """Tries and imports a file, and holds what became of everybody against the simple model."""
    audience, simple = prepared(place, known)
    store = place.store
    counts, after, refused, taken = expected(simple, file)
    size_before, foretold = audience.members.count(), 0
    for is_trial in (True, False):
        contact_import = an_import(as_file(file), group=store, audience=audience, actor=place.author)
        mapping = {int(position): target for position, target in contact_import.mapping.items()}
        confirm_mapping(contact_import=contact_import, mapping=mapping, actor=place.author, is_trial=is_trial)
        found = run_import(contact_import.pk)
        assert found is not None
        told = {name: getattr(found, f"rows_{name}") for name in ("new", "updated", "unchanged", "rejected")}
        assert told == {name: counts[name] for name in ("new", "updated", "unchanged")} | {"rejected": len(refused)}
        assert [reject.line for reject in found.rejects.all()] == refused
        if is_trial:
            foretold = found.rows_suppressed
            assert (audience.members.count(), Contact.objects.count()) == (size_before, len(known))

    silent = set(Contact.objects.filter(queries.suppressed_by(store)).values_list("external_id", flat=True))
    assert found.rows_suppressed == foretold == sum(external_id in silent for external_id in taken)
    on_list = set(audience.members.values_list("contact__external_id", flat=True))
    assert on_list == {external_id for external_id, person in after.items() if person.is_member}
    for contact in Contact.objects.all():
        person = after[contact.external_id]
        on = contact.consent_on.isoformat() if contact.consent_on else ""
        stored = (contact.email, contact.attributes, (contact.consent_source, on))
        assert stored == (person.email, person.attributes, person.consent)
    audience.refresh_from_db()
    assert audience.size == len(on_list)
    shut = {address for address, _where, gone in known.values() if gone == "brand"}
    opened = {external_id for external_id, person in after.items() if person.is_new and person.email in shut} - silent
    assert opened == set()


def test_what_did_not_change_is_not_written() -> None:
    store = a_group()
    content = as_file([("C1", "a@example.com", "Zoë", "3", "card", "2026-01-02")])
    run_import(_confirmed(an_import(content, group=store, name="Regulars")).pk)
    before = Contact.objects.values().get()

    found = run_import(_confirmed(an_import(content, group=store, audience=Audience.objects.get())).pk)

    assert found is not None
    assert found.rows_unchanged == 1
    assert Contact.objects.values().get() == before


def test_a_trial_counts_people_who_come_again_in_a_later_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    from groups.audiences.imports import importing

    monkeypatch.setattr(importing, "CHUNK_ROWS", {"postgresql": 2, "sqlite": 2})
    store = a_group()
    content = as_file(
        [
            ("C1", "a@example.com", "Anna", "3", "", ""),
            ("C2", "b@example.com", "Ben", "", "", ""),
            ("C1", "a@example.com", "Anna", "4.5", "", ""),
            ("C2", "b@example.com", "Ben", "", "", ""),
            ("C1", "a@example.com", "", "4.5", "", ""),
        ]
    )
    tried = an_import(content, group=store, name="Regulars")
    mapping = {int(place): target for place, target in tried.mapping.items()}
    confirm_mapping(contact_import=tried, mapping=mapping, actor=tried.uploaded_by, is_trial=True)

    found = run_import(tried.pk)

    assert found is not None
    assert found.state == ImportState.CHECKED
    told = (found.rows_new, found.rows_updated, found.rows_unchanged, found.rows_joining)
    assert told == (2, 1, 2, 2)
    assert Contact.objects.count() == 0
    begin(contact_import=found, actor=found.uploaded_by)
    done = run_import(found.pk)
    assert done is not None
    assert (done.rows_new, done.rows_updated, done.rows_unchanged, done.rows_joining) == told
    assert Contact.objects.count() == 2


def _confirmed(contact_import: ContactImport) -> ContactImport:
    mapping = {int(place): target for place, target in contact_import.mapping.items()}
    return confirm_mapping(contact_import=contact_import, mapping=mapping, actor=contact_import.uploaded_by)
