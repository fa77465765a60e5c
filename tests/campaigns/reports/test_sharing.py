"""Mailings that share the send ID of the day: each report says with whom."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.models import Delivery, Mailing, MailingState
from campaigns.reports.sharing import sharing_of
from groups.models import Group, Workspace
from tests.builders import a_group
from tests.campaigns.builders import a_mailing, a_staged

pytestmark = pytest.mark.django_db


def sent(group: Group, workspace: Workspace, variation_id: str) -> Mailing:
    delivery = a_staged(a_mailing(group=group, people=1), workspace)
    Delivery.objects.filter(pk=delivery.pk).update(variation_id=variation_id)
    Mailing.objects.filter(pk=delivery.mailing_id).update(state=MailingState.SENT)
    return Mailing.objects.get(pk=delivery.mailing_id)


@pytest.fixture
def astoria(group: Group) -> Group:
    return a_group(brand=group.brand, name="Astoria")


def test_a_report_names_the_groups_and_counts_what_braze_cannot_tell_apart(
    client: Client, group: Group, astoria: Group, workspace: Workspace, settings: Settings
) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 98
    alone = sent(group, workspace, "one")
    mine, same, other = (
        sent(where, workspace, variation) for where, variation in ((group, "one"), (group, "one"), (astoria, "two"))
    )

    found = sharing_of(mine)
    client.force_login(mine.author)
    page = client.get(reverse("campaigns:mailing-detail", args=[mine.pk])).content.decode()

    assert sharing_of(alone) is None
    assert found is not None
    assert (found.mailings, found.groups, found.more_groups) == (2, ("Astoria", group.name), 0)
    assert found.inseparable == 1
    assert [sharing_of(one).inseparable for one in (same, other)] == [1, 0]  # type: ignore[union-attr]
    assert f"shares one with 2 other mailings. Groups: Astoria, {group.name}." in page
    assert "1 of them has the same variation ID" in page


def test_the_first_to_share_shares_with_nobody_yet(group: Group, workspace: Workspace, settings: Settings) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 98
    sent(group, workspace, "one")

    assert sharing_of(sent(group, workspace, "one")) is None


def test_many_groups_are_counted_not_listed(group: Group, workspace: Workspace, settings: Settings) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 99
    mine = sent(group, workspace, "one")
    for number in range(12):
        sent(a_group(brand=group.brand, name=f"Store {number:02}"), workspace, f"v{number}")

    found = sharing_of(mine)

    assert found is not None
    assert (len(found.groups), found.more_groups, found.inseparable) == (10, 2, 0)
