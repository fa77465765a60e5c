"""Mail that goes by the clock of each recipient: told to Braze as a wall-clock time, or cut by zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns.compose.closing import moment_in_words, span_in_words
from campaigns.compose.services import choose_time
from campaigns.delivery.control import cancel, reschedule
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.plan.filling import in_zone
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import sweep
from campaigns.delivery.timing import span_of_wall_clock
from campaigns.errors import NotReady, Refusal
from campaigns.models import BatchState, DeliveryState, Mailing, MailingState, Route
from groups.models import Attribute, Group, Workspace
from tests.builders import a_contact, an_audience
from tests.campaigns.builders import a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

# Nine o'clock in Portland.
NINE = datetime(2026, 12, 10, 17, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def a_local_mailing(group: Group, route: Route = Route.SCHEDULE, **options: object) -> Mailing:
    mailing = a_mailing(group=group, route=route, **options)  # type: ignore[arg-type]
    return choose_time(mailing=mailing, send_at=NINE, in_local_time=True, actor=mailing.author)


def test_route_a_tells_braze_the_wall_clock_and_is_over_in_the_last_zone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_local_mailing(group), workspace)

    dispatch(workspace)
    settle(delivery)

    delivery.refresh_from_db()
    [schedule] = sandbox.state.schedules.values()
    assert delivery.state == DeliveryState.STAGED
    assert (delivery.go_at, delivery.ends_at) == (
        datetime(2026, 12, 9, 19, 0, tzinfo=UTC),
        datetime(2026, 12, 10, 21, 0, tzinfo=UTC),
    )
    assert delivery.stage_by is not None and delivery.stage_by < delivery.go_at - timedelta(hours=24)
    assert "2026-12-10T09:00:00" in str(schedule)


@pytest.mark.catalogue("M17")
def test_a_time_that_is_too_near_for_the_first_zone_is_refused_at_once(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)

    with pytest.raises(Refusal, match="more than 24 hours"):
        choose_time(mailing=mailing, send_at=NINE - timedelta(days=1), in_local_time=True, actor=mailing.author)

    mailing.refresh_from_db()
    assert (mailing.send_at, mailing.in_local_time) == (None, False)


def test_one_that_became_too_near_is_not_sent(group: Group, workspace: Workspace) -> None:
    mailing = a_local_mailing(group)

    with time_machine.travel(NOW + timedelta(hours=8)), pytest.raises(NotReady):
        send(mailing=mailing, actor=mailing.author)

    assert mailing.deliveries.count() == 0


def test_it_is_staged_so_early_that_braze_still_takes_it(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    choose_time(mailing=mailing, send_at=NINE + timedelta(days=4), in_local_time=True, actor=mailing.author)
    send(mailing=mailing, actor=mailing.author)
    first, _last = span_of_wall_clock(NINE + timedelta(days=4), group.time_zone)

    with time_machine.travel(first - timedelta(hours=48, minutes=1)):
        sweep()
        too_early = mailing.deliveries.count()
    with time_machine.travel(first - timedelta(hours=47, minutes=59)):
        sweep()

    assert (too_early, mailing.deliveries.count()) == (0, 1)


def test_it_is_moved_by_its_wall_clock(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_local_mailing(group)
    delivery = a_planned(mailing, workspace)
    dispatch(workspace)
    settle(delivery)
    mailing.refresh_from_db()

    reschedule(mailing=mailing, send_at=NINE + timedelta(hours=2), actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    delivery.refresh_from_db()
    [schedule] = sandbox.state.schedules.values()
    assert delivery.go_at == datetime(2026, 12, 9, 21, 0, tzinfo=UTC)
    assert "2026-12-10T11:00:00" in str(schedule)


def test_route_b_cuts_its_batches_by_zone_and_calls_each_at_its_time(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    Attribute.objects.create(
        brand=group.brand, name="zone", label="Zone", braze_name="time_zone", liquid_name="time_zone"
    )
    audience = an_audience(group=group)
    zones = ["Asia/Tokyo"] * 60 + ["Europe/Berlin"] * 3 + ["", "Nowhere/Town"]
    for zone in zones:
        a_contact(audience=audience, first_name="Maya", zone=zone)
    delivery = a_planned(a_local_mailing(group, Route.TRIGGER, audience=audience), workspace)

    cut = list(delivery.batches.order_by("due_at", "number").values_list("zone", "size", "due_at"))
    counts = []
    for hour in (0, 8, 17):
        with time_machine.travel(datetime(2026, 12, 10, hour, 0, 1, tzinfo=UTC)):
            dispatch(workspace)
            settle(delivery)
            counts.append(delivery.batches.filter(state=BatchState.ACCEPTED).count())

    tokyo, berlin, portland = (datetime(2026, 12, 10, hour, tzinfo=UTC) for hour in (0, 8, 17))
    assert cut == [
        ("Asia/Tokyo", 50, tokyo),
        ("Asia/Tokyo", 10, tokyo),
        ("Europe/Berlin", 3, berlin),
        ("America/Los_Angeles", 2, portland),
    ]
    delivery.refresh_from_db()
    assert (delivery.go_at, delivery.ends_at, counts) == (tokyo, portland, [2, 3, 4])
    assert Mailing.objects.get(pk=delivery.mailing_id).state == MailingState.SENT


def test_route_b_can_be_cancelled_until_the_first_zone_and_not_be_moved(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_local_mailing(group, Route.TRIGGER)
    delivery = a_planned(mailing, workspace)

    with pytest.raises(Refusal, match="cut by time zone"):
        reschedule(mailing=mailing, send_at=NINE + timedelta(days=1), actor=mailing.author)
    mailing.refresh_from_db()
    cancel(mailing=mailing, actor=mailing.author)
    delivery.refresh_from_db()
    settle(delivery)

    mailing.refresh_from_db()
    assert (mailing.state, sandbox.calls("/campaigns/trigger/send")) == (MailingState.CANCELLED, 0)


def test_the_page_spells_the_zones_out(group: Group, workspace: Workspace) -> None:
    mailing = a_local_mailing(group)

    assert moment_in_words(mailing) == "Thursday Dec. 10, 2026, 9 a.m. by each recipient's clock"
    assert span_in_words(mailing) == (
        "The first may get it Wednesday Dec. 9, 2026, 11 a.m. in Los Angeles,"
        " the last Thursday Dec. 10, 2026, 1 p.m. in Los Angeles."
    )


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        # Half past two does not exist in Berlin on this day, and comes twice on the other.
        (datetime(2027, 3, 28, 9, 30, tzinfo=UTC), "Europe/Berlin", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 9, 30, tzinfo=UTC), "Europe/Berlin", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_that_a_zone_skips_or_shows_twice_has_one_meaning(
    moment: datetime, zone: str, expected: datetime
) -> None:
    assert in_zone(moment, "America/Los_Angeles", zone) == expected
