"""The first big mailing of a group is looked at; those after it are not (catalogue A14)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.errors import Refusal
from campaigns.models import Demand, ReviewRule
from campaigns.review.policy import demand_of, needs_approval
from campaigns.rules.reviewing import save_rule
from groups.models import Group, Workspace
from tests.builders import Cast, a_group, an_audience
from tests.campaigns.builders import a_mailing, a_staged


def first_big(group: Group, larger_than: int) -> ReviewRule:
    """Lets the first mailing of a group to more than so many people be approved."""
    return save_rule(
        brand=group.brand,
        rule=None,
        demand=Demand.ONE_LEVEL,
        approvals_needed=1,
        group=None,
        template=None,
        larger_than=larger_than,
        is_first_only=True,
        harmless_kinds=(),
        is_active=True,
        actor=None,
    )


@pytest.mark.catalogue("A14")
def test_the_first_big_mailing_of_a_group_needs_approval_and_the_next_does_not(
    group: Group, workspace: Workspace
) -> None:
    small = a_mailing(group=group, people=2)
    big = a_mailing(group=group, people=4)
    first_big(group, 3)

    before = (needs_approval(small, small.author), needs_approval(big, big.author))
    reasons = demand_of(big).reasons
    ReviewRule.objects.update(is_active=False)
    a_staged(small, workspace)
    ReviewRule.objects.update(is_active=True)
    after_a_small_one = needs_approval(big, big.author)
    ReviewRule.objects.update(is_active=False)
    a_staged(big, workspace)
    ReviewRule.objects.update(is_active=True)
    next_one = a_mailing(group=group, people=9)
    elsewhere = a_group(brand=group.brand)
    of_another = a_mailing(group=elsewhere, people=4)

    assert before == (False, True)
    assert reasons == ("Because the group mails more than 3 people for the first time.",)
    assert after_a_small_one
    assert not needs_approval(next_one, next_one.author)
    assert needs_approval(of_another, of_another.author)


@pytest.mark.catalogue("A14")
def test_a_rule_for_first_mailings_needs_its_number(group: Group) -> None:
    with pytest.raises(Refusal, match="Say how many people"):
        save_rule(
            brand=group.brand,
            rule=None,
            demand=Demand.ONE_LEVEL,
            approvals_needed=1,
            group=None,
            template=None,
            larger_than=None,
            is_first_only=True,
            harmless_kinds=(),
            is_active=True,
            actor=None,
        )

    assert ReviewRule.objects.count() == 0


def test_the_page_takes_it_and_says_what_is_missing(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    address = reverse("campaigns:rule-review-add")
    form = {"demand": "one_level", "approvals_needed": "1", "is_first_only": "on", "is_active": "on"}

    refused = client.post(address, form)
    saved = client.post(address, {**form, "larger_than": "500"}, follow=True)

    assert refused.status_code == 422
    assert "Say how many people make a mailing a big one." in refused.content.decode()
    assert "more than 500 people, until the group has sent as many once" in saved.content.decode()
    assert an_audience(group=cast.store).size == 0
