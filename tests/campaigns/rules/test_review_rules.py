"""The rules of approval: who keeps them, what they take, and that each change is in the audit trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.errors import Refusal
from campaigns.models import CannedReason, Demand, ReviewRule
from campaigns.rules.reviewing import save_rule
from groups.models import Brand, Event, ReviewPolicy, User
from groups.roles import Role
from tests.builders import Cast, a_person, root_group
from tests.campaigns.builders import a_template
from tests.campaigns.review.builders import a_rule

RULE = {"demand": "two_levels", "approvals_needed": "2", "larger_than": "10000", "is_active": "on"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def actions_of(brand: Brand) -> list[str]:
    found = Event.objects.filter(brand=brand, action__startswith="rules.").order_by("id")
    return list(found.values_list("action", flat=True))


def test_a_brand_manager_adds_changes_and_deletes_a_rule(cast: Cast) -> None:
    client = as_(cast.manager)

    client.post(reverse("campaigns:rule-review-add"), {**RULE, "group": str(cast.region.pk)})
    rule = ReviewRule.objects.get()
    stored = (rule.demand, rule.approvals_needed, rule.group, rule.larger_than, rule.is_active)
    edited = reverse("campaigns:rule-review-edit", args=[rule.pk])
    shown = client.get(edited).content.decode()
    client.post(edited, {"demand": "one_level", "approvals_needed": "1", "harmless_kinds": ["date", "time"]})
    rule.refresh_from_db()
    changed = (rule.demand, rule.group, rule.larger_than, rule.harmless_kinds, rule.is_active)
    client.post(reverse("campaigns:rule-review-remove", args=[rule.pk]))

    assert stored == (Demand.TWO_LEVELS, 2, cast.region, 10_000, True)
    assert 'value="10000"' in shown
    assert changed == (Demand.ONE_LEVEL, None, None, ["date", "time"], False)
    assert ReviewRule.objects.count() == 0
    assert actions_of(cast.brand) == [
        "rules.review_rule_saved",
        "rules.review_rule_saved",
        "rules.review_rule_removed",
    ]


@pytest.mark.parametrize("policy", [ReviewPolicy.INHERIT, ReviewPolicy.TWO_LEVELS, ReviewPolicy.NONE])
def test_the_brands_own_policy_is_saved(cast: Cast, policy: ReviewPolicy) -> None:
    as_(cast.manager).post(reverse("campaigns:rule-review-policy"), {"policy": policy})

    cast.brand.refresh_from_db()
    assert cast.brand.review_policy == policy
    assert actions_of(cast.brand) == ["rules.review_policy_changed"]


def test_frequent_reasons_are_added_once_and_removed(cast: Cast) -> None:
    client = as_(cast.manager)
    client.post(reverse("campaigns:rule-reason-add"), {"text": "  The price \n is wrong. "})
    again = client.post(reverse("campaigns:rule-reason-add"), {"text": "The price is wrong."})
    reason = CannedReason.objects.get()
    client.post(reverse("campaigns:rule-reason-remove", args=[reason.pk]))

    assert (reason.text, again.status_code) == ("The price is wrong.", 422)
    assert CannedReason.objects.count() == 0
    assert actions_of(cast.brand) == ["rules.reason_added", "rules.reason_removed"]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"demand": "none"}, "cannot waive approval because an audience is large"),
        ({"demand": "three_levels"}, "three_levels"),
        ({"approvals_needed": "0"}, "greater than or equal to 1"),
        ({"approvals_needed": "11"}, "less than or equal to 10"),
        ({"larger_than": "-1"}, "greater than or equal to 0"),
        ({"harmless_kinds": ["script"]}, "script"),
        ({"group": "nonsense"}, "not a valid UUID"),
    ],
)
def test_what_makes_no_rule_is_refused_and_stored_nowhere(cast: Cast, wrong: dict[str, Any], word: str) -> None:
    answer = as_(cast.manager).post(reverse("campaigns:rule-review-add"), {**RULE, **wrong})

    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert (ReviewRule.objects.count(), actions_of(cast.brand)) == (0, [])


def test_a_group_or_template_of_another_brand_is_no_choice_in_a_forged_form(cast: Cast) -> None:
    foreign = a_template(brand=cast.other_brand)
    client = as_(cast.manager)

    answers = [
        client.post(reverse("campaigns:rule-review-add"), {**RULE, **forged}).status_code
        for forged in ({"group": str(root_group(cast.other_brand).pk)}, {"template": str(foreign.pk)})
    ]
    with pytest.raises(Refusal, match="another brand"):
        save_rule(
            brand=cast.brand,
            rule=None,
            demand=Demand.ONE_LEVEL,
            approvals_needed=1,
            group=None,
            template=foreign,
            larger_than=None,
            harmless_kinds=[],
            is_active=True,
            actor=cast.manager,
        )

    assert answers == [422, 422]
    assert ReviewRule.objects.count() == 0


def test_the_database_refuses_to_waive_by_size(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="review_rule_never_waives_by_size"), transaction.atomic():
        ReviewRule.objects.create(brand=cast.brand, demand=Demand.NONE, larger_than=5)

    assert ReviewRule.objects.count() == 0


VIEWS = (
    ("get", "rule-reviews", False),
    ("post", "rule-review-add", False),
    ("post", "rule-review-policy", False),
    ("post", "rule-reason-add", False),
    ("get", "rule-review-edit", "rule"),
    ("post", "rule-review-edit", "rule"),
    ("post", "rule-review-remove", "rule"),
    ("post", "rule-reason-remove", "reason"),
)


@pytest.mark.parametrize(("method", "view", "of"), VIEWS)
def test_nobody_but_who_manages_the_brands_rules_sees_or_changes_them(
    cast: Cast, method: str, view: str, of: str | bool
) -> None:
    rule = a_rule(cast.brand)
    reason = CannedReason.objects.create(brand=cast.brand, text="Too long.")
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    url = reverse(f"campaigns:{view}", args=[{"rule": rule, "reason": reason}[str(of)].pk] if of else [])
    before = actions_of(cast.brand)
    data = {**RULE, "policy": "none", "text": "Forged."}

    for person in (*cast.without(cast.manager, cast.admin), regional):
        assert getattr(as_(person), method)(url, data).status_code == 404, person

    rule.refresh_from_db()
    cast.brand.refresh_from_db()
    assert (rule.demand, cast.brand.review_policy) == (Demand.ONE_LEVEL, ReviewPolicy.ONE_LEVEL)
    assert list(CannedReason.objects.values_list("text", flat=True)) == ["Too long."]
    assert actions_of(cast.brand) == before


def test_an_admin_of_another_brand_finds_no_rule_on_their_own_host(cast: Cast, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    rule = a_rule(cast.brand)

    answer = as_(cast.outsider).post(
        reverse("campaigns:rule-review-remove", args=[rule.pk]), headers={"host": "harbor.testserver"}
    )

    assert answer.status_code == 404
    assert ReviewRule.objects.get() == rule


def test_the_page_asks_no_more_of_the_database_for_more_rules(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = as_(cast.manager)
    client.get(reverse("campaigns:rule-reviews"))
    counts = []
    for _round in range(2):
        for _number in range(5):
            a_rule(cast.brand, group=cast.region, template=None, harmless=["date"])
        with django_assert_max_num_queries(100) as asked:
            client.get(reverse("campaigns:rule-reviews"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
