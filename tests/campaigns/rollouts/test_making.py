"""Making one mailing for each group: what is common, what is its own, and a worker that dies on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.compose.sender import sender_of
from campaigns.compose.services import save_values
from campaigns.models import Mailing, Rollout
from campaigns.rollouts.checking import findings_of
from campaigns.rollouts.services import add_groups, candidates, change_setup
from campaigns.rollouts.times import wall_clock
from campaigns.rollouts.working import work
from groups.audit import record
from groups.models import Event, Group
from groups.roles import Role
from tests.builders import a_brand, a_group, a_person, root_group
from tests.campaigns.rollouts.builders import OPEN, a_network, a_setup, a_shown

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.mark.catalogue("M22")
def test_each_group_has_its_own_mailing_with_its_sender_its_audience_and_its_clock() -> None:
    network = a_network(stores=2)
    far = network.stores[1]
    Group.objects.filter(pk=far.pk).update(time_zone="Asia/Seoul", sender_name="Northwind Seoul")

    network.run()

    here, there = network.mailing(), network.mailing(far)
    assert [sender_of(one)["name"] for one in (here, there)] == ["Northwind Coffee Portland", "Northwind Seoul"]
    assert [one.audience.group for one in (here, there) if one.audience] == network.stores
    assert here.values == there.values == network.rollout.pattern.values
    assert here.version == network.rollout.pattern.version
    starts = network.rollout.starts_at
    assert starts is not None
    assert here.send_at == wall_clock(starts, "UTC", "America/Los_Angeles")
    assert there.send_at == wall_clock(starts, "UTC", "Asia/Seoul") < here.send_at


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        (datetime(2027, 6, 1, 9, tzinfo=UTC), "America/New_York", datetime(2027, 6, 1, 13, tzinfo=UTC)),
        # Two o'clock does not exist there that night; three does.
        (datetime(2027, 3, 14, 2, 30, tzinfo=UTC), "America/New_York", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        # Half past one comes twice; the first of them.
        (datetime(2027, 11, 7, 1, 30, tzinfo=UTC), "America/New_York", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    ],
)
def test_the_clock_of_a_zone_is_kept_where_clocks_change(moment: datetime, zone: str, expected: datetime) -> None:
    assert wall_clock(moment, "UTC", zone) == expected


def test_nobody_takes_in_a_group_where_they_may_not_write() -> None:
    network = a_network(stores=1)
    elsewhere = a_group(brand=network.brand, name="Elsewhere")
    foreign = root_group(a_brand("Harbor Books"))
    regional = a_person(role=Role.REGIONAL_MANAGER, group=network.region)
    network.rollout.group = network.region
    network.rollout.save()
    network.rollout.parts.all().delete()

    added = add_groups(rollout=network.rollout, groups=Group.objects.all(), actor=regional)

    assert added == 1
    assert list(network.rollout.parts.values_list("group", flat=True)) == [network.store.pk]
    assert not candidates(network.rollout, regional).filter(pk__in=[elsewhere.pk, foreign.pk]).exists()
    with pytest.raises(Exception, match="may not prepare"):
        add_groups(rollout=network.rollout, groups=Group.objects.all(), actor=network.author)


def test_a_worker_that_dies_while_it_makes_them_leaves_none_and_the_next_makes_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = a_network(stores=4)
    calls = []

    def dying(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return record(*arguments, **options)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("campaigns.rollouts.making.record", dying)
        work(network.rollout.pk, limit_seconds=60)
    left = Mailing.everything.filter(rollout=network.rollout).count()
    network.run()
    network.run()

    assert left == 1  # the pattern
    assert Mailing.everything.filter(rollout_part__rollout=network.rollout).count() == 4
    assert Event.objects.filter(action="mailing.started", detail__rollout=str(network.rollout.pk)).count() == 4


def test_one_worker_at_a_time_works_on_a_rollout_until_its_lease_is_over() -> None:
    network = a_network(stores=1)
    Rollout.objects.filter(pk=network.rollout.pk).update(lease_until=timezone.now() + timedelta(seconds=60))

    work(network.rollout.pk, limit_seconds=60)
    while_held = network.part().mailing
    Rollout.objects.filter(pk=network.rollout.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    work(network.rollout.pk, limit_seconds=60)

    assert while_held is None
    assert network.part().mailing is not None


def test_what_a_group_lacks_is_named_at_its_part() -> None:
    network = a_network(stores=2)
    Group.objects.filter(pk=network.store.pk).update(street="")
    network.store.audiences.update(name="Others")

    network.run()

    wrong, right = network.part(), network.part(network.stores[1])
    said = " ".join(one.sentence for one in findings_of(wrong))
    assert wrong.is_blocked
    assert "street has no value" in said
    assert "Choose whom this goes to." in said
    assert not right.is_blocked


def test_the_common_text_and_the_time_follow_and_what_a_group_wrote_stays() -> None:
    network = a_shown(stores=2)
    mine = network.mailing()
    save_values(mailing=mine, changes={OPEN: "Ours"}, revision=mine.revision, actor=network.author)
    pattern = network.rollout.pattern
    later = a_setup(starts_at=timezone.now().replace(microsecond=0) + timedelta(days=9))

    save_values(
        mailing=pattern,
        changes={OPEN: "Common", "intro": {"html": "<p>New</p>"}},
        revision=pattern.revision,
        actor=network.manager,
    )
    change_setup(rollout=network.rollout, setup=later, actor=network.manager)
    network.run()

    own, other = network.mailing(), network.mailing(network.stores[1])
    assert (own.values[OPEN], other.values[OPEN]) == ("Ours", "Common")
    assert own.values["intro"] == other.values["intro"] == pattern.values["intro"]
    assert own.send_at is not None
    assert own.send_at > timezone.now() + timedelta(days=8)
