"""The tree grows by one and by file, and refuses what would break it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from groups.errors import FileUnreadable, InputRefused
from groups.models import Brand, Event, Group, GroupKind, GroupPath
from groups.tree.importing import import_groups
from groups.tree.services import add_group
from tests.builders import a_brand, a_group, root_group

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).resolve().parents[3] / "campaigns" / "demo" / "stores.csv"
HEAD = "code,name,region,country,city,language,time_zone,street,postal_code,phone,email,manager,message_variation_id"
PORTLAND = "US-001,Portland,Americas,US,Portland,en,America/Los_Angeles,1 Street,97209,+1 555,us@n.example,Kim,var-1"


def a_file(*rows: str, head: str = HEAD) -> io.BytesIO:
    """Gives a CSV file."""
    return io.BytesIO("\n".join((head, *rows)).encode())


def codes(brand: Brand) -> set[str]:
    """Gives the codes of a brand's groups besides its own."""
    return set(Group.objects.filter(brand=brand).exclude(parent=None).values_list("code", flat=True))


def test_a_group_is_below_everything_above_it() -> None:
    brand = a_brand()
    region = a_group(brand=brand, kind=GroupKind.REGION)
    store = a_group(parent=region)

    paths = {(path.ancestor, path.depth) for path in GroupPath.objects.filter(descendant=store)}

    assert paths == {(store, 0), (region, 1), (root_group(brand), 2)}
    assert Event.objects.filter(action="group.added", target_id=str(store.pk)).count() == 1


def test_a_sixth_level_is_refused() -> None:
    group = root_group(a_brand())
    for _ in range(4):
        group = a_group(parent=group, kind=GroupKind.REGION)

    with pytest.raises(InputRefused, match="5 levels"):
        a_group(parent=group)

    assert Group.objects.filter(brand=group.brand).count() == 5


def test_a_code_is_taken_once_per_brand() -> None:
    group = a_group(code="US-001")

    with pytest.raises(InputRefused, match="US-001 is taken"):
        a_group(brand=group.brand, code="US-001")

    assert a_group(brand=a_brand(), code="US-001").code == "US-001"


def test_a_second_root_and_a_parent_of_another_brand_are_refused() -> None:
    brand, other = a_brand(), a_brand()

    with pytest.raises(InputRefused, match="own group already"):
        add_group(brand=brand, parent=None, code="two", name="Two", kind=GroupKind.BRAND, actor=None)
    with pytest.raises(InputRefused, match="another brand"):
        add_group(brand=brand, parent=root_group(other), code="x", name="X", kind=GroupKind.STORE, actor=None)

    assert Group.objects.count() == 2


def test_the_demo_file_has_the_shape_of_a_network() -> None:
    brand = a_brand()
    with DEMO.open("rb") as file:
        report = import_groups(brand=brand, file=file, actor=None)

    with DEMO.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert (report.added, report.regions_added, report.updated, report.errors) == (40, 3, 0, ())
    assert len({row["country"] for row in rows}) == 12
    assert {row["language"] for row in rows} == {"en", "de", "fr", "es", "ko"}
    assert [index % 5 == 4 for index in range(40)] == [row["message_variation_id"] == "" for row in rows]
    portland = Group.objects.get(brand=brand, code="US-001")
    assert (portland.name, portland.parent.name if portland.parent else "") == ("Northwind Coffee Portland", "Americas")


def test_a_file_twice_changes_nothing_the_second_time() -> None:
    brand = a_brand()
    import_groups(brand=brand, file=a_file(PORTLAND), actor=None)
    events = Event.objects.count()

    report = import_groups(brand=brand, file=a_file(PORTLAND), actor=None)

    assert (report.added, report.updated, report.unchanged, report.regions_added) == (0, 0, 1, 0)
    assert Event.objects.count() == events


def test_a_changed_row_updates_by_code() -> None:
    brand = a_brand()
    import_groups(brand=brand, file=a_file(PORTLAND), actor=None)

    report = import_groups(brand=brand, file=a_file(PORTLAND.replace("+1 555", "+1 556")), actor=None)

    assert (report.added, report.updated) == (0, 1)
    assert Group.objects.get(code="US-001").phone == "+1 556"


def test_a_dry_run_reports_and_changes_nothing() -> None:
    brand = a_brand()

    report = import_groups(brand=brand, file=a_file(PORTLAND), actor=None, dry_run=True)

    assert (report.added, report.regions_added) == (1, 1)
    assert codes(brand) == set()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("US-001", "", "Line 3: The column code is empty."),
        ("Americas", "", "Line 3: The column region is empty."),
        ("US-001", "US 001", "Line 3: The code US 001 takes letters"),
        ("Los_Angeles", "Atlantis", "Line 3: There is no time zone America/Atlantis; write it as Europe/Berlin."),
        (",en,", ",it,", "Line 3: The portal does not speak the language it; it speaks en, de, fr, es, ko."),
        (",US,", ",usa,", "Line 3: The country usa is no code of two capital letters."),
        ("us@n.example", "nobody", "Line 3: nobody is no email address."),
        ("var-1", "var 1", "Line 3: The message variation ID holds a blank."),
        (",var-1", "", "Line 3: The row has fewer cells than the header."),
        ("+1 555", "5" * 41, "Line 3: The column phone takes at most 40 characters."),
        ("US-001", "US-000", "Line 3: The code US-000 stands in line 2 already."),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_nothing_is_imported(old: str, new: str, sentence: str) -> None:
    brand = a_brand()
    good = PORTLAND.replace("US-001", "US-000").replace("var-1", "var-0")

    report = import_groups(brand=brand, file=a_file(good, PORTLAND.replace(old, new, 1)), actor=None)

    assert len(report.errors) == 1
    assert str(report.errors[0]).startswith(sentence)
    assert (report.added, codes(brand)) == (0, set())


def test_a_store_does_not_move_by_file() -> None:
    brand = a_brand()
    import_groups(brand=brand, file=a_file(PORTLAND), actor=None)

    report = import_groups(brand=brand, file=a_file(PORTLAND.replace("Americas", "Europe")), actor=None)

    assert "stands in another region" in str(report.errors[0])
    assert codes(brand) == {"americas", "US-001"}


def test_a_file_without_the_columns_it_needs_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="lacks the columns code, region"):
        import_groups(brand=a_brand(), file=a_file("Portland", head="name"), actor=None)


def test_shared_variation_ids_and_more_than_eight_are_warned_of() -> None:
    brand = a_brand()
    rows = [PORTLAND.replace("US-001", f"US-{n:03}").replace("var-1", f"var-{max(n, 2)}") for n in range(1, 11)]

    report = import_groups(brand=brand, file=a_file(*rows), actor=None)

    assert report.added == 10
    assert len(report.warnings) == 2
    assert report.warnings[0].startswith("The groups US-001, US-002 share one message variation ID")
    assert report.warnings[1].startswith("The groups use 9 message variations. Braze documents 8")


def test_the_trail_tells_what_a_group_was_before_without_what_is_personal() -> None:
    brand = a_brand()
    for city, phone in (("Portland", "+1 503 555 0141"), ("Astoria", "+1 971 555 0100")):
        row = f"code,name,region,time_zone,city,phone\nUS-001,Store,Americas,UTC,{city},{phone}\n"
        import_groups(brand=brand, file=io.BytesIO(row.encode()), actor=None)

    event = Event.objects.get(action="group.updated")
    assert event.before == {"city": "Portland", "phone": "(not kept)"}
    assert event.after == {"city": "Astoria", "phone": "(not kept)"}
