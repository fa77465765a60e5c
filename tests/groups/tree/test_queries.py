from __future__ import annotations

from groups.models import GroupKind
from groups.tree.queries import in_tree_order
from tests.builders import a_brand, a_group, root_group


def test_groups_stand_below_the_one_that_they_belong_to_by_name(db: None) -> None:
    brand = a_brand("Northwind")
    south = a_group(brand=brand, name="South", kind=GroupKind.REGION)
    north = a_group(brand=brand, name="North", kind=GroupKind.REGION)
    beta, alpha = a_group(parent=north, name="beta"), a_group(parent=north, name="Alpha")

    ordered = in_tree_order([south, beta, alpha, north, root_group(brand)])

    assert [(depth, group.name) for depth, group in ordered] == [
        (0, "Northwind"),
        (1, "North"),
        (2, "Alpha"),
        (2, "beta"),
        (1, "South"),
    ]
    assert in_tree_order([beta, south]) == [(0, beta), (0, south)]
