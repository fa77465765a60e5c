"""What rules, brand, groups, templates, audiences and changes ask for, with the reason that people read."""

from __future__ import annotations

import pytest

from campaigns.delivery.services import send
from campaigns.errors import NotAllowed
from campaigns.models import Delivery, Demand, Mailing
from campaigns.review.changed_kinds import changed_kinds_of
from campaigns.review.demand import Demanded
from campaigns.review.policy import demand_for, demand_of, policy_of
from groups.models import AudienceKind, Group, ReviewPolicy, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person, an_audience
from tests.campaigns.builders import a_mailing, a_template
from tests.campaigns.compose.scene import a_scene
from tests.campaigns.review.builders import a_rule, the_policy

pytestmark = pytest.mark.catalogue("M2")


def fresh(mailing: Mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)


def test_a_rule_for_a_large_audience_asks_for_two_levels_and_says_why(group: Group) -> None:
    mailing = a_mailing(group=group, people=3)
    a_rule(group.brand, Demand.TWO_LEVELS, larger_than=2, approvals=2)

    demanded = demand_of(fresh(mailing))

    assert demanded == Demanded(Demand.TWO_LEVELS, 2, ("Because the audience has more than 2 people.",))


def test_an_audience_that_is_not_larger_meets_no_such_rule(group: Group) -> None:
    mailing = a_mailing(group=group, people=3)
    a_rule(group.brand, Demand.TWO_LEVELS, larger_than=3)

    assert demand_of(fresh(mailing)).demand == Demand.NONE


def test_a_segment_counts_as_large(group: Group) -> None:
    mailing = a_mailing(group=group, audience=an_audience(group=group, segment_id="s-1"))
    a_rule(group.brand, Demand.TWO_LEVELS, larger_than=100_000)

    assert mailing.audience is not None
    assert mailing.audience.kind == AudienceKind.SEGMENT
    assert demand_of(fresh(mailing)).has_two_levels


def test_a_rule_of_a_region_holds_for_its_stores_and_for_no_others(group: Group) -> None:
    region = a_group(brand=group.brand, name="Americas")
    inside, outside = a_mailing(group=a_group(parent=region)), a_mailing(group=group)
    a_rule(group.brand, Demand.ONE_LEVEL, group=region)

    asked = [demand_of(fresh(one)) for one in (inside, outside)]

    assert asked[0] == Demanded(Demand.ONE_LEVEL, 1, ("Because of a rule for Americas.",))
    assert asked[1].demand == Demand.NONE


def test_a_rule_of_a_template_holds_for_its_mailings_only(group: Group) -> None:
    mailing = a_mailing(group=group)
    other = a_template(brand=group.brand, slug="prices")
    a_rule(group.brand, Demand.TWO_LEVELS, template=other)
    before = demand_of(fresh(mailing)).demand
    a_rule(group.brand, Demand.ONE_LEVEL, template=mailing.version.template)

    assert before == Demand.NONE
    assert demand_of(fresh(mailing)).reasons == ("Because it is made from the template “News”.",)


def test_a_rule_that_waives_lets_only_pass_what_it_plainly_matches(group: Group, workspace: Workspace) -> None:
    untouched = a_mailing(group=group)
    changed = a_mailing(group=group, values={"headline": "Guaranteed"})
    the_policy(group.brand, ReviewPolicy.INHERIT)
    a_rule(group.brand, Demand.NONE, harmless=["date", "time"])

    with pytest.raises(NotAllowed):
        send(mailing=fresh(changed), actor=changed.author)
    send(mailing=fresh(untouched), actor=untouched.author)

    assert demand_of(fresh(changed)).reasons == ("Because no rule lets it go out without approval.",)
    assert demand_of(fresh(untouched)).reasons == (
        "Because nothing but fields of these kinds differs from the template: Date, Time.",
    )
    assert Delivery.objects.get().mailing == untouched


def test_a_rule_that_waives_does_not_help_against_the_brands_own_policy(group: Group) -> None:
    mailing = a_mailing(group=group)
    the_policy(group.brand, ReviewPolicy.ONE_LEVEL)
    a_rule(group.brand, Demand.NONE)

    assert demand_of(fresh(mailing)).demand == Demand.ONE_LEVEL


def test_a_rule_that_is_switched_off_says_nothing(group: Group) -> None:
    mailing = a_mailing(group=group)
    a_rule(group.brand, Demand.TWO_LEVELS, is_active=False)

    assert demand_of(fresh(mailing)).demand == Demand.NONE


def test_a_rule_of_another_brand_says_nothing(group: Group) -> None:
    mailing = a_mailing(group=group)
    a_rule(a_group().brand, Demand.TWO_LEVELS)

    assert demand_of(fresh(mailing)).demand == Demand.NONE


@pytest.mark.parametrize(
    ("brand", "store", "expected"),
    [
        ("two_levels", "inherit", "two_levels"),
        ("none", "two_levels", "two_levels"),
        ("two_levels", "none", "two_levels"),
    ],
)
def test_two_levels_that_are_stated_as_a_policy_count(group: Group, brand: str, store: str, expected: str) -> None:
    the_policy(group.brand, brand)
    Group.objects.filter(pk=group.pk).update(review_policy=store)

    assert policy_of(Group.objects.get(pk=group.pk)) == expected


def test_who_may_not_send_submits_whatever_the_rules_let_pass(group: Group) -> None:
    author = a_person(role=Role.LOCAL_AUTHOR, group=group)
    mailing = a_mailing(group=group, author=author)

    assert demand_for(mailing, author) == Demanded(
        Demand.ONE_LEVEL, 1, ("Because people who write here do not send by themselves.",)
    )


@pytest.mark.django_db
def test_each_thing_that_an_author_changes_has_its_kind() -> None:
    scene = a_scene()
    mailing = scene.draft()
    assert changed_kinds_of(mailing) == frozenset()

    for change, kind in (
        ({"headline": "Tomorrow"}, "line"),
        ({"story": {"html": "<p>Other</p>"}}, "text"),
        ({"cta": {"text": "Go", "url": "https://northwind.example/x"}}, "button"),
        ({"sections": {"offer": False}}, "structure"),
        ({"unheard_of": 1}, "structure"),
    ):
        altered = fresh(mailing)
        altered.values = {**altered.values, **change}
        assert changed_kinds_of(altered) == {kind}, change
    mailing.envelope = {"name": "Somebody"}
    assert changed_kinds_of(mailing) == {"sender"}
