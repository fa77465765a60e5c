"""Files become contacts: once, with every row accounted for, also when the worker dies."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from uuid import uuid5

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from groups.audiences import queries, tasks
from groups.audiences.imports import importing
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.queries import imports_without_a_worker
from groups.audiences.imports.services import confirm_mapping, start_import
from groups.consent.leaving import unsubscribe
from groups.errors import InputRefused, StaleState
from groups.models import (
    Audience,
    AudienceMember,
    Contact,
    ContactImport,
    Event,
    ImportState,
    SyncState,
)
from groups.people.services import service_user
from groups.roles import Role
from tests.builders import a_brand, a_contact, a_group, a_person, an_audience, an_import, root_group
from tests.shared_data import SHARED_DATA

pytestmark = pytest.mark.django_db

GENERATOR = SHARED_DATA / "make_contacts.py"
HEADER = "customer_id,email,first_name,points\n"


def confirmed(contact_import: ContactImport) -> ContactImport:
    """Confirms the columns as they were matched."""
    mapping = {int(position): target for position, target in contact_import.mapping.items()}
    return confirm_mapping(contact_import=contact_import, mapping=mapping, actor=contact_import.uploaded_by)


def imported(content: str | bytes, **place: object) -> ContactImport:
    """Uploads, confirms and imports a file."""
    found = run_import(confirmed(an_import(content, **place)).pk)  # type: ignore[arg-type]
    assert found is not None
    return found


def counts(contact_import: ContactImport) -> dict[str, int]:
    """Gives what became of the rows."""
    names = ("done", "new", "updated", "unchanged", "rejected", "suppressed")
    return {name: getattr(contact_import, f"rows_{name}") for name in names}


def test_new_people_are_added_to_the_list() -> None:
    group = a_group()

    found = imported(HEADER + "C1,Anna@Example.com,Anna,3\nC2,ben@example.com,Ben,\n", group=group, name="Regulars")

    assert found.state == ImportState.DONE
    assert counts(found) == {"done": 2, "new": 2, "updated": 0, "unchanged": 0, "rejected": 0, "suppressed": 0}
    audience = Audience.objects.get(group=group, name="Regulars")
    assert audience.size == 2
    anna = Contact.objects.get(brand=group.brand, external_id="C1")
    assert (anna.email, anna.attributes) == ("anna@example.com", {"first_name": "Anna", "points": 3})
    assert anna.sync_state == SyncState.PENDING
    assert Contact.objects.get(external_id="C2").attributes == {"first_name": "Ben"}
    assert set(Event.objects.filter(action__startswith="import.").values_list("action", flat=True)) == {
        "import.uploaded",
        "import.confirmed",
        "import.finished",
    }


def test_importing_again_changes_nothing() -> None:
    group = a_group()
    content = HEADER + "C1,anna@example.com,Anna,3\n"
    imported(content, group=group, name="Regulars")
    Contact.objects.update(sync_state=SyncState.SYNCED)

    found = imported(content, group=group, audience=Audience.objects.get(name="Regulars"))

    assert counts(found) == {"done": 1, "new": 0, "updated": 0, "unchanged": 1, "rejected": 0, "suppressed": 0}
    assert Audience.objects.get(name="Regulars").size == 1
    assert Contact.objects.get().sync_state == SyncState.SYNCED


def test_a_changed_row_updates_and_an_empty_cell_keeps_the_value() -> None:
    group = a_group()
    imported(HEADER + "C1,anna@example.com,Anna,3\n", group=group, name="Regulars")
    Contact.objects.update(sync_state=SyncState.SYNCED)

    found = imported(HEADER + "C1,anna@new.example,,4\n", group=group, name="Others")

    anna = Contact.objects.get()
    assert found.rows_updated == 1
    assert (anna.email, anna.attributes) == ("anna@new.example", {"first_name": "Anna", "points": 4})
    assert anna.sync_state == SyncState.PENDING


def test_a_later_row_of_the_same_person_updates() -> None:
    found = imported(HEADER + "C1,anna@example.com,Anna,3\nC1,anna@example.com,Anna,5\n")

    assert counts(found) == {"done": 2, "new": 1, "updated": 1, "unchanged": 0, "rejected": 0, "suppressed": 0}
    assert Contact.objects.get().attributes["points"] == 5
    assert found.audience.size == 1


def test_one_address_under_two_ids_stays_two_contacts() -> None:
    found = imported(HEADER + "C1,anna@example.com,Anna,3\nC2,anna@example.com,Anna,5\n")

    assert found.rows_new == 2
    assert Contact.objects.filter(email="anna@example.com").count() == 2


def test_the_same_id_in_two_brands_is_two_people() -> None:
    other = a_contact(external_id="C1", email="other@example.com")

    imported(HEADER + "C1,anna@example.com,Anna,3\n")

    other.refresh_from_db()
    assert other.email == "other@example.com"
    assert Contact.objects.filter(external_id="C1").count() == 2


def test_consent_is_kept_from_the_row_else_from_the_upload() -> None:
    contact_import = an_import(
        "customer_id,email,Consent Source,Consent Date\nC1,a@example.com,event,2026-01-02\nC2,b@example.com,,\n"
    )
    ContactImport.objects.update(consent_source="sign-up card")
    run_import(confirmed(contact_import).pk)

    first, second = Contact.objects.order_by("external_id")
    assert (first.consent_source, first.consent_on) == ("event", date(2026, 1, 2))
    assert (second.consent_source, second.consent_on) == ("sign-up card", None)


def test_rejected_rows_keep_line_reason_column_and_cells() -> None:
    found = imported(HEADER + 'C1,anna@example.com,Anna,3\nC2,nobody,"Nu\x00l",4\nC3,carl@example.com,Carl\n')

    assert found.state == ImportState.DONE_WITH_ERRORS
    assert [(item.line, item.reason, item.detail, item.cells) for item in found.rejects.all()] == [
        (3, "bad_email", "email", ["C2", "nobody", "Nu\u2400l", "4"]),
        (4, "too_few_cells", "", ["C3", "carl@example.com", "Carl"]),
    ]
    assert found.rows_new == 1


def test_people_who_left_are_counted_and_stay_unsubscribed() -> None:
    group = a_group()
    gone = a_contact(audience=an_audience(group=group), external_id="C1", email="anna@example.com")
    unsubscribe(contact=gone, group=None, source="test")

    found = imported(HEADER + "C1,anna@example.com,Anna,3\nC2,ben@example.com,Ben,1\n", group=group)

    assert (found.rows_suppressed, found.rows_updated, found.rows_new) == (1, 1, 1)
    assert gone.suppressions.count() == 1


def test_a_new_id_is_no_way_around_an_unsubscribe() -> None:
    group = a_group()
    gone = a_contact(brand=group.brand, external_id="C1", email="anna@example.com")
    unsubscribe(contact=gone, group=group, source="test")

    found = imported(HEADER + "C2,ANNA@example.com,Anna,3\n", group=group)

    assert found.rows_suppressed == 1
    assert Contact.objects.get(external_id="C2").suppressions.get().group == group


def test_giving_a_suppressed_address_to_another_id_undoes_no_unsubscribe() -> None:
    group = a_group()
    audience = an_audience(group=group)
    gone = a_contact(audience=audience, external_id="C1", email="anna@example.com")
    other = a_contact(audience=audience, external_id="C2", email="ben@example.com")
    unsubscribe(contact=gone, group=None, source="test")

    swapped = imported(HEADER + "C1,away@example.com,Anna,3\nC2,anna@example.com,Ben,1\n", group=group)
    afterwards = imported(HEADER + "C3,anna@example.com,Carl,1\nC2,ben@example.com,Ben,1\n", group=group)

    assert (swapped.rows_updated, swapped.rows_suppressed) == (2, 2)
    assert (afterwards.rows_new, afterwards.rows_updated, afterwards.rows_suppressed) == (1, 1, 2)
    assert set(queries.reasons_by_contact([gone.pk, other.pk], group)) == {gone.pk, other.pk}
    assert Contact.objects.filter(queries.suppressed_by(group)).count() == 3


def test_file_after_file_no_id_and_no_address_comes_free() -> None:
    group = a_group()
    audience = an_audience(group=group)
    gone = a_contact(audience=audience, external_id="C1", email="anna@example.com")
    a_contact(audience=audience, external_id="C2", email="ben@example.com")
    unsubscribe(contact=gone, group=None, source="test")

    files = ("C1,away@example.com,A,1", "C2,anna@example.com,B,1", "C2,ben@example.com,B,1", "C3,away@example.com,C,1")
    silent = [imported(f"{HEADER}{row}\n", group=group).rows_suppressed for row in files]

    assert silent == [1, 1, 1, 1]


def test_a_store_changes_nobody_of_another_store() -> None:
    brand = a_brand()
    store, next_store = a_group(brand=brand), a_group(brand=brand)
    theirs = a_contact(audience=an_audience(group=next_store), external_id="C1", email="anna@example.com", points=3)
    on_no_list = a_contact(brand=brand, external_id="C2", email="ben@example.com", points=3)
    Contact.objects.update(sync_state=SyncState.SYNCED)

    content = HEADER + "C1,mine@evil.example,X,9\nC2,mine@evil.example,X,9\nC3,carl@example.com,Carl,1\n"
    found = imported(content, group=store, name="Regulars")

    assert counts(found) == {"done": 3, "new": 1, "updated": 0, "unchanged": 0, "rejected": 2, "suppressed": 0}
    assert [(item.line, item.reason, item.detail, item.cells) for item in found.rejects.all()] == [
        (2, "known_elsewhere", "email", ["C1", "mine@evil.example", "X", "9"]),
        (3, "known_elsewhere", "email", ["C2", "mine@evil.example", "X", "9"]),
    ]
    for contact, email in ((theirs, "anna@example.com"), (on_no_list, "ben@example.com")):
        contact.refresh_from_db()
        assert (contact.email, contact.attributes, contact.sync_state) == (email, {"points": 3}, SyncState.SYNCED)
    assert set(found.audience.members.values_list("contact__external_id", flat=True)) == {"C3"}
    found.audience.refresh_from_db()
    assert found.audience.size == 1


def test_somebody_of_another_store_with_the_same_address_is_only_put_on_the_list() -> None:
    brand = a_brand()
    store, next_store = a_group(brand=brand), a_group(brand=brand)
    theirs = a_contact(audience=an_audience(group=next_store), external_id="C1", email="anna@example.com", points=3)

    content = HEADER + "C1,Anna@example.com,X,9\nC1,mine@evil.example,X,9\n"
    found = imported(content, group=store, name="Regulars")

    theirs.refresh_from_db()
    assert counts(found) == {"done": 2, "new": 0, "updated": 0, "unchanged": 1, "rejected": 1, "suppressed": 0}
    assert (theirs.email, theirs.attributes, theirs.consent_source) == ("anna@example.com", {"points": 3}, "")
    assert found.audience.members.get().contact == theirs


@pytest.mark.parametrize("role", [Role.BRAND_MANAGER, Role.ADMIN])
def test_head_office_may_change_everybody_of_the_brand(role: Role) -> None:
    group = a_group()
    a_contact(brand=group.brand, external_id="C1", email="anna@example.com")

    head = a_person(role=role, group=root_group(group.brand))
    found = imported(HEADER + "C1,anna@new.example,Anna,3\n", group=group, actor=head)
    again = imported(HEADER + "C1,anna@newer.example,Anna,3\n", group=group, actor=service_user(brand=group.brand))

    assert (found.rows_updated, again.rows_updated) == (1, 1)
    assert Contact.objects.get().email == "anna@newer.example"


def test_the_head_of_another_brand_changes_nobody() -> None:
    group = a_group()
    a_contact(brand=group.brand, external_id="C1", email="anna@example.com")

    outsider = a_person(role=Role.ADMIN, group=root_group(a_brand()))
    found = imported(HEADER + "C1,anna@new.example,Anna,3\n", group=group, actor=outsider)

    assert found.rows_rejected == 1
    assert Contact.objects.get().email == "anna@example.com"


def test_a_regional_manager_may_change_whom_a_store_of_the_region_has() -> None:
    region = a_group()
    store, other_store = a_group(parent=region), a_group(parent=region)
    a_contact(audience=an_audience(group=other_store), external_id="C1", email="anna@example.com")

    manager = a_person(role=Role.REGIONAL_MANAGER, group=region)
    found = imported(HEADER + "C1,anna@new.example,Anna,3\n", group=store, actor=manager)

    assert found.rows_updated == 1
    assert Contact.objects.get().email == "anna@new.example"


def test_a_closed_group_takes_no_file() -> None:
    group = a_group(name="Old store")
    group.closed_at = timezone.now()

    with pytest.raises(InputRefused, match="Old store is closed"):
        an_import(HEADER + "C1,anna@example.com,Anna,3\n", group=group)

    assert (ContactImport.objects.count(), Audience.objects.count()) == (0, 0)


def test_the_name_of_a_file_loses_what_cannot_be_shown() -> None:
    contact_import = start_import(
        group=a_group(),
        actor=a_person(),
        file=SimpleUploadedFile("x.csv", (HEADER + "C1,anna@example.com,Anna,3\n").encode()),
        file_name="regulars\x00\udcff.csv",
        name="Regulars",
    )

    assert ContactImport.objects.get(pk=contact_import.pk).file_name == "regulars.csv"


@pytest.mark.parametrize("field", ["name", "consent_source"])
def test_a_text_with_a_nul_is_refused(field: str) -> None:
    texts = {"name": "Regulars", "consent_source": "card", field: "a\x00b"}

    with pytest.raises(InputRefused, match="that can be shown"):
        start_import(
            group=a_group(),
            actor=a_person(),
            file=SimpleUploadedFile("x.csv", (HEADER + "C1,anna@example.com,Anna,3\n").encode()),
            file_name="x.csv",
            name=texts["name"],
            consent_source=texts["consent_source"],
        )

    assert (ContactImport.objects.count(), Audience.objects.count()) == (0, 0)


def test_without_ids_a_file_is_refused_with_what_to_do() -> None:
    contact_import = an_import("email,first_name\nanna@example.com,Anna\n")

    with pytest.raises(InputRefused, match="external ID"):
        confirmed(contact_import)

    contact_import.refresh_from_db()
    assert contact_import.state == ImportState.MAPPING
    assert Contact.objects.count() == 0


def test_a_brand_that_braze_does_not_know_gets_ids_made_up_from_the_address() -> None:
    brand = a_brand(derives_external_ids=True)

    imported("email\nanna@example.com\n", group=a_group(brand=brand))

    assert Contact.objects.get().external_id == str(uuid5(brand.pk, "anna@example.com"))


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({0: "external_id"}, "email addresses"),
        ({0: "external_id", 1: "email", 2: "email"}, "same meaning"),
        ({0: "external_id", 1: "email", 2: "token"}, "does not allow"),
        ({0: "external_id", 1: "email", 9: "points"}, "does not allow"),
    ],
)
def test_a_forged_or_wrong_mapping_is_refused(mapping: dict[int, str], words: str) -> None:
    contact_import = an_import(HEADER + "C1,anna@example.com,Anna,3\n")

    with pytest.raises(InputRefused, match=words):
        confirm_mapping(contact_import=contact_import, mapping=mapping, actor=contact_import.uploaded_by)

    contact_import.refresh_from_db()
    assert contact_import.state == ImportState.MAPPING


def test_an_import_is_confirmed_once() -> None:
    contact_import = confirmed(an_import(HEADER + "C1,anna@example.com,Anna,3\n"))

    with pytest.raises(StaleState):
        confirmed(contact_import)


def test_a_killed_import_goes_on_without_doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", {"postgresql": 10, "sqlite": 10})
    content = HEADER + "".join(f"C{n},p{n}@example.com,P,{n}\n" for n in range(35))
    contact_import = confirmed(an_import(content))
    write = importing._write_once
    calls = Counter[str]()

    class Killed(BaseException):
        """What a kill looks like from inside."""

    def dies_in_the_third_chunk(*arguments: object) -> None:
        calls["write"] += 1
        write(*arguments)  # type: ignore[arg-type]
        if calls["write"] == 3:
            raise Killed

    monkeypatch.setattr(importing, "_write_once", dies_in_the_third_chunk)
    with pytest.raises(Killed):
        run_import(contact_import.pk)
    monkeypatch.setattr(importing, "_write_once", write)

    contact_import.refresh_from_db()
    assert (contact_import.rows_done, contact_import.rows_new) == (20, 20)
    assert run_import(contact_import.pk) is None  # the lease of the dead worker still holds
    ContactImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    found = run_import(contact_import.pk)

    assert found is not None
    assert counts(found) == {"done": 35, "new": 35, "updated": 0, "unchanged": 0, "rejected": 0, "suppressed": 0}
    assert Contact.objects.count() == AudienceMember.objects.count() == found.audience.size == 35


def test_a_file_that_breaks_further_down_fails_before_its_first_row() -> None:
    contact_import = confirmed(an_import(HEADER + 'C1,anna@example.com,Anna,3\nC2,ben@example.com,"Ben,4\n'))

    found = run_import(contact_import.pk)

    assert found is not None
    assert found.state == ImportState.FAILED
    assert found.failure == "A quotation mark that opens in line 3 is never closed. Nothing was imported."
    assert Contact.objects.count() == 0


def test_a_task_that_runs_twice_imports_once() -> None:
    contact_import = confirmed(an_import(HEADER + "C1,anna@example.com,Anna,3\n"))

    tasks.run_import(str(contact_import.pk))
    tasks.run_import(str(contact_import.pk))

    contact_import.refresh_from_db()
    assert (contact_import.rows_done, contact_import.rows_new) == (1, 1)


def test_the_sweep_finds_what_waits_and_what_was_left() -> None:
    waiting = confirmed(an_import(HEADER + "C1,anna@example.com,Anna,3\n"))
    left = confirmed(an_import(HEADER + "C1,anna@example.com,Anna,3\n"))
    held = confirmed(an_import(HEADER + "C1,anna@example.com,Anna,3\n"))
    an_import(HEADER + "C1,anna@example.com,Anna,3\n")
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(minutes=1)
    ContactImport.objects.filter(pk=left.pk).update(state=ImportState.IMPORTING, lease_until=past)
    ContactImport.objects.filter(pk=held.pk).update(state=ImportState.IMPORTING, lease_until=future)

    assert set(imports_without_a_worker()) == {waiting.pk, left.pk}


def test_a_list_of_another_group_is_refused() -> None:
    group = a_group()
    other = an_audience()

    with pytest.raises(InputRefused, match="lists of this group"):
        an_import(HEADER + "C1,anna@example.com,Anna,3\n", group=group, audience=other, actor=a_person(group=group))

    assert ContactImport.objects.count() == 0


def test_the_name_of_a_list_is_taken_once() -> None:
    audience = an_audience(name="Regulars")

    with pytest.raises(InputRefused, match="called Regulars already"):
        an_import(HEADER + "C1,anna@example.com,Anna,3\n", group=audience.group, name="Regulars")

    assert ContactImport.objects.count() == 0


@pytest.mark.skipif(
    not GENERATOR.exists(), reason="THE CONTACT GENERATOR IS NOT ON THIS MACHINE: its dirt is not tried"
)
def test_each_kind_of_dirt_gets_its_right_answer() -> None:
    command = [sys.executable, str(GENERATOR), "100", "--messy", "--store", "US-001"]
    data = subprocess.run(command, capture_output=True, check=True).stdout

    found = imported(data)

    dirty = {f"C{i:09d}": (i // 5) % 20 for i in range(100) if i % 5 == 4}
    rejected = {dirty[item.cells[0]]: (item.reason, item.detail) for item in found.rejects.all()}
    assert rejected == {
        3: ("missing_email", "Email"),
        4: ("bad_email", "Email"),
        5: ("bad_email", "Email"),
        9: ("too_long", "First Name"),
        12: ("bad_date", "Last Visit"),
        13: ("too_many_cells", ""),
        14: ("too_few_cells", ""),
        17: ("control_character", "First Name"),
    }
    assert counts(found) == {"done": 100, "new": 92, "updated": 0, "unchanged": 0, "rejected": 8, "suppressed": 0}
    kept = {dirty[contact.external_id]: contact for contact in Contact.objects.filter(external_id__in=dirty)}
    for kind in (0, 1, 15, 16, 19):
        assert kept[kind].email == kept[kind].email.strip().lower()
        assert kept[kind].email.endswith(f".{int(kept[kind].external_id[1:])}@example.com")
    assert kept[2].email == Contact.objects.get(external_id="C000000013").email
    assert kept[6].attributes["first_name"] == '=HYPERLINK("http://evil.example","click")'
    assert kept[7].attributes["last_name"].endswith(" second line")
    assert kept[8].attributes["first_name"] == "🎉אבג"
    assert kept[10].attributes["first_name"] == "<script>alert(1)</script><b>bold"
    assert kept[11].attributes["first_name"] == ("{{${email_address}}}{% connected_content http://evil.example %}")
    assert 18 in kept
