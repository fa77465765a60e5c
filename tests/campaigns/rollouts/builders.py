"""A network with a rollout: head office, two regions with their stores, and the people who have to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Mailing, Rollout, RolloutKind, RolloutPart, SourceKind
from campaigns.rollouts.approving import approve_all, matrix_of
from campaigns.rollouts.services import add_groups, candidates, change_setup, create_rollout, release, submit_all
from campaigns.rollouts.setup import Setup
from campaigns.rollouts.sweeping import sweep
from campaigns.rollouts.working import work
from groups.models import Brand, Group, GroupKind, User
from groups.roles import Role
from tests.builders import a_brand, a_group, a_person, a_workspace, an_audience, root_group
from tests.campaigns.builders import SOURCE, a_template

OPEN = "headline"


@dataclass(slots=True)
class Network:
    """Head office and its stores; `manager` prepares, `approver` decides, `author` writes in the first store."""

    brand: Brand
    root: Group
    region: Group
    stores: list[Group]
    manager: User
    approver: User
    author: User
    rollout: Rollout

    @property
    def store(self) -> Group:
        """The store that the tests are about."""
        return self.stores[0]

    def part(self, store: Group | None = None) -> RolloutPart:
        """Gives a store's part as it stands now."""
        return self.rollout.parts.select_related("mailing", "group").get(group=store or self.store)

    def mailing(self, store: Group | None = None) -> Mailing:
        """Gives a store's mailing as it stands now."""
        return Mailing.everything.get(rollout_part__rollout=self.rollout, group=store or self.store)

    def states(self) -> list[str]:
        """Gives the state of each store's mailing, in their order."""
        return [str(self.mailing(store).state) for store in self.stores]

    def run(self) -> None:
        """Lets the clock and the worker do what there is to do."""
        sweep()
        while work(self.rollout.pk, limit_seconds=60):
            pass
        self.rollout.refresh_from_db()


def a_network(*, stores: int = 3, kind: RolloutKind = RolloutKind.TASK, source: str = SOURCE, **setup: Any) -> Network:
    """Gives a network whose rollout is a draft with every store in it, not yet made.

    It goes out in three days by the groups' clocks; the cut-off is in two, groups may change the headline.
    """
    brand = a_brand(host_name="testserver")
    a_workspace(brand=brand)
    root = root_group(brand)
    Group.objects.filter(pk=root.pk).update(
        street="1 Pearl Street", postal_code="97209", city="Portland", country="US", sender_address="hq@x.example"
    )
    region = a_group(brand=brand, kind=GroupKind.REGION, name="Americas")
    made = [a_group(parent=region, name=f"Store {number}", code=f"S-{number}") for number in range(1, stores + 1)]
    for store in made:
        an_audience(group=store, name="Regulars", contacts=2)
    manager = a_person(role=Role.BRAND_MANAGER, group=root, name="Mia Manager")
    template = a_template(brand=brand, source=source)
    rollout = create_rollout(group=root, template=template, kind=kind, name="Spring", actor=manager)
    network = Network(
        brand=brand,
        root=root,
        region=region,
        stores=made,
        manager=manager,
        approver=a_person(role=Role.APPROVER, group=root, name="Ana Approver"),
        author=a_person(role=Role.LOCAL_AUTHOR, group=made[0], name="Lou Author"),
        rollout=rollout,
    )
    change_setup(rollout=rollout, setup=a_setup(kind, **setup), actor=manager)
    add_groups(rollout=rollout, groups=candidates(rollout, manager).filter(kind=GroupKind.STORE), actor=manager)
    return network


def a_setup(kind: RolloutKind = RolloutKind.TASK, **other: Any) -> Setup:
    """Gives what a rollout says by default in tests."""
    now = timezone.now().replace(microsecond=0)
    said: dict[str, Any] = {
        "name": "Spring",
        "open_fields": [OPEN],
        "audience_name": "Regulars",
        "visible_from": now - timedelta(minutes=1),
        "cut_off": now + timedelta(days=2) if kind == RolloutKind.TASK else None,
        "starts_at": now + (timedelta(days=3) if kind == RolloutKind.TASK else timedelta(minutes=1)),
        "ends_at": now + timedelta(days=5) if kind == RolloutKind.ASSET else None,
    }
    return Setup(**{**said, **other})


def a_shown(**options: Any) -> Network:
    """Gives a network whose stores see their parts."""
    network = a_network(**options)
    network.run()
    release(rollout=network.rollout, actor=network.manager)
    network.run()
    return network


def a_submitted(**options: Any) -> Network:
    """Gives a network whose parts all wait for approval."""
    network = a_shown(**options)
    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()
    return network


def an_approved(**options: Any) -> Network:
    """Gives a network whose parts are all approved and scheduled."""
    network = a_submitted(**options)
    approve(network)
    return network


def approve(network: Network) -> None:
    """Says yes to all that waits, as the approver sees it now."""
    seen = matrix_of(network.rollout, network.approver).digest
    approve_all(rollout=network.rollout, actor=network.approver, seen=seen)
    network.run()


__all__ = ["OPEN", "Network", "SourceKind", "a_network", "a_setup", "a_shown", "a_submitted", "an_approved", "approve"]
