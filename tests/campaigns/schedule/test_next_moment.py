"""Quiet hours and blackout dates to the minute, over midnight, and where clocks change."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from campaigns.schedule.levels import NO_QUIET_HOURS, QuietHours
from campaigns.schedule.wishes import next_moment
from tests.campaigns.schedule.builders import a_wish, at

BERLIN, LORD_HOWE, SANTIAGO, APIA = "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"


@pytest.mark.catalogue("M18")
@pytest.mark.parametrize(
    ("stretch", "clock", "is_quiet"),
    [
        (("21:00", "07:00"), "20:59:59", False),
        (("21:00", "07:00"), "21:00", True),
        (("21:00", "07:00"), "23:59", True),
        (("21:00", "07:00"), "00:00", True),
        (("21:00", "07:00"), "06:59:59", True),
        (("21:00", "07:00"), "07:00", False),
        (("12:00", "13:30"), "11:59", False),
        (("12:00", "13:30"), "12:00", True),
        (("12:00", "13:30"), "13:30", False),
        (("00:00", "06:00"), "00:00", True),
        (("22:00", "00:00"), "23:59", True),
        (("22:00", "00:00"), "00:00", False),
    ],
)
def test_quiet_hours_hold_from_their_first_minute_until_just_before_their_end(
    stretch: tuple[str, str], clock: str, is_quiet: bool
) -> None:
    quiet = QuietHours(*(time.fromisoformat(end) for end in stretch))

    assert quiet.hold(time.fromisoformat(clock)) is is_quiet


def test_equal_times_are_no_quiet_hours() -> None:
    assert NO_QUIET_HOURS.are_none
    assert not any(NO_QUIET_HOURS.hold(time(hour)) for hour in range(24))


@pytest.mark.catalogue("M18")
@pytest.mark.parametrize(
    ("wanted", "quiet", "blackouts", "expected"),
    [
        ("2026-11-24 12:00", "21:00-07:00", (), "2026-11-24 12:00"),
        ("2026-11-24 12:00:01", "21:00-07:00", (), "2026-11-24 12:01"),
        ("2026-11-24 21:00", "21:00-07:00", (), "2026-11-25 07:00"),
        ("2026-11-25 06:59", "21:00-07:00", (), "2026-11-25 07:00"),
        ("2026-12-24 00:00", "", (("2026-12-24", "2026-12-26"),), "2026-12-27 00:00"),
        ("2026-12-23 23:59", "", (("2026-12-24", "2026-12-26"),), "2026-12-23 23:59"),
        ("2026-12-26 23:59", "", (("2026-12-24", "2026-12-26"),), "2026-12-27 00:00"),
        ("2026-12-25 09:00", "21:00-07:00", (("2026-12-24", "2026-12-26"),), "2026-12-27 07:00"),
        ("2026-12-23 22:00", "21:00-07:00", (("2026-12-24", "2026-12-26"),), "2026-12-27 07:00"),
        ("2026-12-25 09:00", "", (("2026-12-24", "2026-12-26"), ("2026-12-27", "2026-12-27")), "2026-12-28 00:00"),
        ("2026-12-31 12:00", "", (("2026-12-31", "2027-01-01"),), "2027-01-02 00:00"),
    ],
)
def test_the_next_moment_is_the_first_that_keeps_every_rule(
    wanted: str, quiet: str, blackouts: tuple[tuple[str, str], ...], expected: str
) -> None:
    wish = a_wish(wanted, zone=BERLIN, quiet=quiet, blackouts=blackouts)

    assert next_moment(wish) == at(expected, BERLIN)


@pytest.mark.catalogue("M17", "M18")
@pytest.mark.parametrize(
    ("zone", "wanted", "quiet", "expected"),
    [
        # The night in which clocks go from 2:00 to 3:00: an end at 2:30 does not exist, and 3:00 is the first moment.
        (BERLIN, "2027-03-28 01:00", "22:00-02:30", at("2027-03-28 03:00", BERLIN)),
        (BERLIN, "2027-03-27 23:00", "22:00-07:00", at("2027-03-28 07:00", BERLIN)),
        # The night in which 2:00 to 3:00 comes twice: quiet until 2:30 is quiet again until the second 2:30.
        (BERLIN, "2026-10-25 01:00", "22:00-02:30", at("2026-10-25 02:30", BERLIN)),
        (BERLIN, "2026-10-24 23:00", "22:00-07:00", at("2026-10-25 07:00", BERLIN)),
        # Clocks that move by half an hour, and ones that skip the very midnight.
        (LORD_HOWE, "2026-10-04 01:00", "22:00-02:15", at("2026-10-04 02:30", LORD_HOWE)),
        (SANTIAGO, "2026-09-05 23:30", "23:00-00:30", at("2026-09-06 01:00", SANTIAGO)),
    ],
)
def test_quiet_hours_end_right_where_clocks_change(zone: str, wanted: str, quiet: str, expected: datetime) -> None:
    assert next_moment(a_wish(wanted, zone=zone, quiet=quiet)) == expected


def test_the_second_of_two_equal_hours_is_quiet_like_the_first() -> None:
    wish = a_wish("2026-10-25 02:10", zone=BERLIN, quiet="22:00-02:30", fold=1)

    assert next_moment(wish) == at("2026-10-25 02:30", BERLIN, fold=1)


def test_a_blackout_ends_with_the_day_even_where_midnight_is_skipped() -> None:
    wish = a_wish("2026-09-05 12:00", zone=SANTIAGO, blackouts=(("2026-09-05", "2026-09-05"),))

    assert next_moment(wish) == at("2026-09-06 01:00", SANTIAGO)


@pytest.mark.parametrize("wanted", ["2026-11-24 12:00", "9999-12-30 12:00"])
def test_days_that_never_end_have_no_next_moment(wanted: str) -> None:
    assert next_moment(a_wish(wanted, zone=BERLIN, blackouts=(("2026-01-01", "9999-12-31"),))) is None
