"""Filters for tests, and attributes that filters may use."""

from __future__ import annotations

from groups.audiences.filters.definition import (
    Condition,
    ConditionGroup,
    Definition,
    Join,
    Operator,
    Scalar,
    Target,
    Targets,
)
from groups.audiences.filters.services import add_filter
from groups.models import Attribute, AttributeKind, Audience, Brand, Group, User
from groups.roles import Role
from tests.builders import a_person

TARGETS: Targets = {
    one.name: one
    for one in (
        Target("city", "City", AttributeKind.TEXT, "home_city", is_custom=False),
        Target("tier", "Tier", AttributeKind.TEXT, "tier"),
        Target("points", "Points", AttributeKind.NUMBER, "points"),
        Target("last_visit", "Last visit", AttributeKind.DATE, "last_visit"),
        Target("is_member", "Member", AttributeKind.BOOLEAN, "is_member"),
    )
}


def let_filters_use(brand: Brand, *names: str) -> None:
    """Lets filters of a brand use attributes, all of them unless told."""
    attributes = Attribute.objects.filter(brand=brand)
    (attributes.filter(name__in=names) if names else attributes).update(is_target=True)


def a_tier(brand: Brand) -> Attribute:
    """Gives a brand a custom attribute that holds text."""
    return Attribute.objects.create(
        brand=brand, name="tier", label="Tier", braze_name="tier", liquid_name="tier", is_custom=True
    )


def where(attribute: str, operator: Operator, value: Scalar | None = None, upto: Scalar | None = None) -> Definition:
    """Gives a filter of one condition."""
    return every(Condition(attribute, operator, value, upto))


def every(*conditions: Condition) -> Definition:
    """Gives a filter of which all conditions have to hold."""
    return Definition(Join.ALL, (ConditionGroup(Join.ALL, conditions),))


def some(*conditions: Condition) -> Definition:
    """Gives a filter of which one condition has to hold."""
    return Definition(Join.ALL, (ConditionGroup(Join.ANY, conditions),))


def a_filter(
    *,
    group: Group,
    definition: Definition | None = None,
    name: str = "Regulars of Portland",
    segment: Audience | None = None,
    actor: User | None = None,
) -> Audience:
    """Gives a filter of a group, of people in Portland unless told; all attributes of the brand may be used."""
    let_filters_use(group.brand)
    return add_filter(
        group=group,
        name=name,
        definition=definition or where("city", Operator.IS, "Portland"),
        segment=segment,
        actor=actor or a_person(role=Role.LOCAL_SENDER, group=group),
    )
