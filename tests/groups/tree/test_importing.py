"""Files of groups with a column for the group above: up to five levels, everything or nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from groups.errors import FileUnreadable
from groups.models import Brand, Event, Group, GroupFieldKind, GroupFieldValue, GroupKind, GroupPath
from groups.tree.importing import GroupImportReport, import_groups
from tests.builders import Cast, a_brand, a_group, root_group
from tests.groups.tree.test_fields import a_field
from tests.groups.tree.test_services import a_file

pytestmark = pytest.mark.django_db

HEAD = "code,name,parent"


def imported(brand: Brand, *rows: str, head: str = HEAD, dry_run: bool = False) -> GroupImportReport:
    """Gives the report of a file."""
    return import_groups(brand=brand, file=a_file(*rows, head=head), actor=None, dry_run=dry_run)


def tree_of(brand: Brand) -> dict[str, tuple[str | None, str]]:
    """Gives the groups of a brand by code: the code of the group above, and the kind."""
    return {
        code: (above, kind)
        for code, above, kind in Group.objects.filter(brand=brand).values_list("code", "parent__code", "kind")
    }


def test_a_file_grows_five_levels_in_any_order(cast: Cast) -> None:
    root = root_group(cast.brand).code

    report = imported(
        cast.brand, "shop,Shop,town", "town,Town,state", "state,State,land", f"land,Land,{root}", "other,Other,land"
    )

    assert (report.added, report.regions_added, report.errors) == (5, 0, ())
    tree = tree_of(cast.brand)
    assert tree["land"] == (root, GroupKind.REGION)
    assert tree["town"] == ("state", GroupKind.REGION)
    assert tree["shop"] == ("town", GroupKind.STORE)
    shop = Group.objects.get(code="shop")
    paths = dict(GroupPath.objects.filter(descendant=shop).values_list("ancestor__code", "depth"))
    assert paths == {"shop": 0, "town": 1, "state": 2, "land": 3, root: 4}
    assert Event.objects.filter(action="group.added", target_id=str(shop.pk), detail__code="shop").count() == 1


def test_rows_hang_below_groups_that_there_are_already(cast: Cast) -> None:
    report = imported(cast.brand, f"US-7,Salem,{cast.region.code}", f"US-8,Kiosk,{cast.store.code}")

    assert report.added == 2
    assert tree_of(cast.brand)["US-8"] == (cast.store.code, GroupKind.STORE)


def test_running_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    rows = (f"land,Land,{cast.region.code}", "shop,Shop,land")
    imported(cast.brand, *rows)

    report = imported(cast.brand, *rows)

    assert (report.added, report.updated, report.unchanged, report.errors) == (0, 0, 2, ())


def test_regions_are_changed_by_a_file_with_parents(cast: Cast) -> None:
    root = root_group(cast.brand).code

    report = imported(cast.brand, f"{cast.region.code},New World,{root},Europe/Berlin", head=f"{HEAD},time_zone")

    cast.region.refresh_from_db()
    assert (report.updated, cast.region.name, cast.region.time_zone) == (1, "New World", "Europe/Berlin")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (
            ["a,A,b", "b,B,a"],
            ["Line 3: The groups above a run in a circle", "Line 4: The groups above b run in a circle"],
        ),
        (["a,A,a"], ["Line 3: The groups above a run in a circle: a < a."]),
        (["a,A,nowhere"], ["Line 3: There is no group nowhere, neither in the brand nor in this file."]),
        (["a,A,ROOT", "a,B,ROOT"], ["Line 4: The code a stands in line 3 already."]),
        (["a,A,"], ["Line 3: The column region is empty."]),
        (["a b,A,ROOT"], ["Line 3: The code a b takes letters"]),
        (
            ["a,A,ROOT", "b,B,a", "c,C,b", "d,D,c", "e,E,d"],
            ["Line 7: The tree takes 5 levels."],
        ),
        (["STORE,Moved,ROOT"], ["Line 3: STORE stands below another group."]),
        (["ROOT,Top,REGION"], ["Line 3: ROOT stands below another group."]),
        (["a,A,STORE", "b,B,a"], ["Line 3: Northwind Coffee Portland is a store."]),
        (["a,A,CLOSED"], ["Line 3: Old Town is closed."]),
    ],
)
def test_what_would_break_the_tree_is_found_with_its_line(cast: Cast, rows: list[str], found: list[str]) -> None:
    closed = a_group(brand=cast.brand, kind=GroupKind.REGION, name="Old Town")
    Group.objects.filter(pk=closed.pk).update(closed_at="2026-11-01T00:00:00Z")
    words = {"ROOT": root_group(cast.brand).code, "REGION": cast.region.code, "STORE": cast.store.code}
    words["CLOSED"] = closed.code
    before = list(Group.objects.order_by("pk").values_list())

    def filled(text: str) -> str:
        for word, code in words.items():
            text = text.replace(word, code)
        return text

    report = imported(cast.brand, f"good,Good,{cast.region.code}", *map(filled, rows))

    sentences = [str(error) for error in report.errors]
    assert len(sentences) == len(found)
    assert all(sentence.startswith(filled(start)) for sentence, start in zip(sentences, found, strict=True))
    assert list(Group.objects.order_by("pk").values_list()) == before


def test_a_parent_of_another_brand_is_as_unknown_as_any_other(cast: Cast) -> None:
    foreign = root_group(cast.other_brand)

    report = imported(cast.brand, f"a,A,{foreign.code}")

    assert [str(error) for error in report.errors] == [
        f"Line 2: There is no group {foreign.code}, neither in the brand nor in this file."
    ]
    assert not Group.objects.filter(code="a").exists()


def test_a_dry_run_says_the_same_and_changes_nothing(cast: Cast) -> None:
    rows = (f"land,Land,{cast.region.code}", "shop,Shop,land")
    events, groups = Event.objects.count(), Group.objects.count()

    dry = imported(cast.brand, *rows, dry_run=True)

    assert (Event.objects.count(), Group.objects.count()) == (events, groups)
    assert dry == imported(cast.brand, *rows)


def test_one_file_may_name_parents_and_regions(cast: Cast) -> None:
    report = imported(
        cast.brand, f"a,A,{cast.region.code},", "b,B,,Nordics", "c,C,nordics,", head="code,name,parent,region"
    )

    assert (report.added, report.regions_added, report.errors) == (3, 1, ())
    tree = tree_of(cast.brand)
    assert (tree["b"][0], tree["c"][0]) == ("nordics", "nordics")


def test_a_file_needs_a_region_or_a_parent() -> None:
    with pytest.raises(FileUnreadable, match="lacks the columns region"):
        imported(a_brand(), "a,A", head="code,name")


def test_a_thousand_groups_take_few_statements_besides_the_trail(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [f"land-{n},Land {n},{cast.region.code}" for n in range(20)]
    rows += [f"shop-{n},Shop {n},land-{n % 20}" for n in range(980)]

    with django_assert_max_num_queries(1000 + 60):
        report = imported(cast.brand, *rows)

    assert (report.added, report.errors) == (1000, ())


OWN_HEAD = "code,name,parent,Hours,booking"


def own_values(brand: Brand) -> dict[tuple[str, str], str]:
    """Gives what the groups of a brand say of its own fields themselves."""
    values = GroupFieldValue.objects.filter(group__brand=brand)
    return {(code, key): value for code, key, value in values.values_list("group__code", "field__key", "value")}


@pytest.mark.catalogue("G5")
def test_own_fields_come_in_columns_that_are_called_as_their_keys(cast: Cast) -> None:
    a_field(cast.brand)
    a_field(cast.brand, "booking", GroupFieldKind.URL)
    fax = a_field(cast.brand, "fax")
    code, above = cast.store.code, cast.region.code
    GroupFieldValue.objects.create(group=cast.store, field=fax, value="+1 503 555 0100")
    rows = (f"{code},{cast.store.name},{above},8 to 8,https://northwind.example/portland", f"NEW,New,{above},9 to 5,")

    dry = imported(cast.brand, *rows, head=OWN_HEAD, dry_run=True)
    before = own_values(cast.brand)
    first = imported(cast.brand, *rows, head=OWN_HEAD)
    events = Event.objects.filter(action="group.fields_changed").count()
    second = imported(cast.brand, *rows, head=OWN_HEAD)
    third = imported(cast.brand, f"{code},{cast.store.name},{above},,https://northwind.example/pdx", head=OWN_HEAD)

    assert (dry.added, dry.updated, dry.errors) == (first.added, first.updated, ()) == (1, 1, ())
    assert before == {(code, "fax"): "+1 503 555 0100"}
    assert (second.added, second.updated, second.unchanged) == (0, 0, 2)
    assert events == 2
    assert third.updated == 1
    assert own_values(cast.brand) == {
        (code, "booking"): "https://northwind.example/pdx",
        (code, "fax"): "+1 503 555 0100",
        ("NEW", "hours"): "9 to 5",
    }


@pytest.mark.catalogue("G5")
def test_a_value_that_is_none_names_its_line_and_nothing_is_imported(cast: Cast) -> None:
    a_field(cast.brand)
    a_field(cast.brand, "booking", GroupFieldKind.URL)
    a_field(cast.other_brand, "shoe")

    report = imported(
        cast.brand,
        f"NEW,New,{cast.region.code},9 to 5,javascript:alert(1),42",
        f"TWO,Two,{cast.region.code},9 to 5,,42",
        head=f"{OWN_HEAD},shoe",
    )

    assert [(one.line, one.sentence.partition(":")[0]) for one in report.errors] == [(2, "Booking")]
    assert own_values(cast.brand) == {}
    assert not Group.objects.filter(code__in=("NEW", "TWO")).exists()


@pytest.mark.catalogue("G5")
def test_many_values_cost_as_many_statements_as_few(cast: Cast) -> None:
    a_field(cast.brand)
    counts = []
    for size in (3, 60):
        rows = [f"X{size}-{number},N {number},{cast.region.code},h {number}" for number in range(size)]
        with CaptureQueriesContext(connection) as context:
            imported(cast.brand, *rows, head="code,name,parent,hours")
        counts.append(sum("groups_groupfieldvalue" in query["sql"] for query in context.captured_queries))

    assert counts[0] == counts[1]
