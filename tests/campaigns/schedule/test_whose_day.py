"""Saying which attributes tell a person's own group and their visits (catalogue A12)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.errors import Refusal
from campaigns.models import TimeRules
from campaigns.schedule.pressure import Pressure, pressure_of
from campaigns.schedule.services import save_pressure
from groups.models import Attribute
from tests.builders import Cast, root_group


@pytest.mark.catalogue("A12")
def test_the_brand_names_its_attributes_and_none_of_others(cast: Cast, client: Client) -> None:
    office = root_group(cast.brand)
    address = reverse("campaigns:rule-pressure", kwargs={"group_id": office.pk})
    Attribute.objects.create(brand=cast.other_brand, name="store_code", label="Store", braze_name="s", liquid_name="s")
    client.force_login(cast.manager)

    refused = client.post(address, {"one_group_a_day": "on", "home_attribute": "store_code"})
    number = client.post(address, {"one_group_a_day": "on", "home_attribute": "points"})
    before = TimeRules.objects.count()
    saved = client.post(address, {"one_group_a_day": "on", "home_attribute": "city", "visit_attribute": "last_name"})

    assert (refused.status_code, number.status_code, before, saved.status_code) == (422, 422, 0, 302)
    assert pressure_of(cast.store) == Pressure(one_group_a_day=True, home_attribute="city", visit_attribute="last_name")


def test_an_attribute_that_the_brand_does_not_have_is_refused(cast: Cast) -> None:
    with pytest.raises(Refusal, match="no attribute called"):
        save_pressure(
            group=root_group(cast.brand),
            pressure=Pressure(one_group_a_day=True, home_attribute="store_code"),
            actor=cast.manager,
        )

    assert TimeRules.objects.count() == 0
