"""The demo's rules about time are built once, and leave its people free to send whenever it is built."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.demo.building import build
from campaigns.demo.times import next_christmas
from campaigns.models import Blackout, TimeRules
from campaigns.schedule.pressure import Pressure, pressure_of
from campaigns.schedule.queries import times_of
from groups.models import Group


@pytest.mark.django_db
def test_the_demo_has_rules_about_time_that_people_may_change() -> None:
    build()
    portland, leipzig = (Group.objects.get(brand__slug="northwind", code=code) for code in ("US-001", "DE-021"))
    of_portland, of_leipzig = times_of(portland), times_of(leipzig)
    Blackout.objects.all().delete()
    TimeRules.objects.filter(cap_mails=8).update(cap_mails=9)

    build()

    assert (of_portland.quiet, of_portland.limits) == (None, {})
    assert [one.reason for one in of_portland.blackouts] == ["Christmas"]
    assert of_leipzig.quiet is not None and of_leipzig.quiet.group.name == "Europe"
    assert pressure_of(portland) == Pressure(9, 7)
    assert not Blackout.objects.exists()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 25), date(2026, 12, 24)),
        (date(2026, 12, 10), date(2026, 12, 24)),
        (date(2026, 12, 11), date(2027, 12, 24)),
        (date(2026, 12, 25), date(2027, 12, 24)),
    ],
)
def test_the_christmas_of_the_demo_is_never_near(today: date, expected: date) -> None:
    assert next_christmas(today) == expected
