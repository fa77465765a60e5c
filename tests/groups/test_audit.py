"""The pen of the audit trail: in the transaction of the change, who and in whose name, what was and what became."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import transaction

from groups.audit import NOT_KEPT, record
from groups.models import Event, Group
from groups.workspace.services import connect
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, Cast, a_brand, a_group, an_event
from tests.sandbox_server import API_KEY


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_the_transaction_of_its_change() -> None:
    brand = a_brand()
    before = Event.objects.count()

    with pytest.raises(transaction.TransactionManagementError):
        record("group.updated", actor=None, target=brand, brand=brand)

    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_change_when_that_is_undone() -> None:
    group = a_group()
    before = Event.objects.count()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(name="Another name")
        record("group.updated", actor=None, target=group, group=group)
        _ = 1 / 0

    assert Event.objects.count() == before


@pytest.mark.django_db
def test_an_event_needs_a_place() -> None:
    with pytest.raises(ValueError, match="a group or a brand"):
        record("group.updated", actor=None, target=a_group())


def test_who_acts_as_a_member_is_named_with_that_member(cast: Cast) -> None:
    cast.author.acted_by = cast.admin

    acted = an_event(group=cast.store, actor=cast.author)
    by_themselves = an_event(group=cast.store, actor=cast.sender)
    by_the_portal = an_event(group=cast.store)

    assert (acted.actor, acted.acting_as) == (cast.admin, cast.author)
    assert (by_themselves.actor, by_themselves.acting_as) == (cast.sender, None)
    assert (by_the_portal.actor, by_the_portal.acting_as) == (None, None)


@pytest.mark.django_db
def test_of_before_and_after_only_what_differs_is_kept_and_of_personal_values_only_that_they_do() -> None:
    group = a_group()

    with transaction.atomic():
        event = record(
            "group.updated",
            actor=None,
            target=group,
            group=group,
            before={"name": "A", "city": "Portland", "phone": "+1 503", "manager": "Maya", "quiet_from": None},
            after={
                "name": "B",
                "city": "Portland",
                "phone": "+1 971",
                "manager": "Maya",
                "quiet_from": time(21, 30),
                "quiet_until": None,
            },
            not_kept={"phone", "manager"},
        )

    stored = Event.objects.get(pk=event.pk)
    assert stored.before == {"name": "A", "phone": NOT_KEPT, "quiet_from": None}
    assert stored.after == {"name": "B", "phone": NOT_KEPT, "quiet_from": "21:30:00"}


def test_the_settings_of_braze_are_told_without_the_key(cast: Cast) -> None:
    settings = {"app_id": APP_ID, "campaign_id": CAMPAIGN_ID, "variation_id": VARIATION_ID}
    connect(
        brand=cast.brand,
        actor=cast.admin,
        endpoint="http://127.0.0.1:9",
        api_key=API_KEY,
        budget_percent=50,
        **settings,
    )
    connect(
        brand=cast.brand,
        actor=cast.admin,
        endpoint="http://127.0.0.1:9",
        api_key="another-key",
        budget_percent=60,
        **settings,
    )

    event = Event.objects.filter(action="workspace.connected").latest("pk")
    assert (event.before, event.after) == ({"budget_percent": 50}, {"budget_percent": 60})
    assert event.detail["is_key_new"] is True
    for stored in Event.objects.values_list("detail", "before", "after"):
        assert API_KEY not in str(stored)
        assert "another-key" not in str(stored)
