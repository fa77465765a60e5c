"""The demo's rollout: a region prepares one mailing for nine stores, and one of them has something to mend."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.compose.services import save_values
from campaigns.models import AudienceRule, Rollout, RolloutKind, Template
from campaigns.rollouts.services import add_groups, candidates, change_setup, create_rollout, release
from campaigns.rollouts.setup import Setup
from campaigns.rollouts.sweeping import show_due
from campaigns.rollouts.working import work
from groups.audiences.services import add_everybody
from groups.models import Brand, Group, GroupKind, User

REGION: Final = "Americas"
PREPARES: Final = "regional@northwind.example"
TEMPLATE: Final = "monthly-news"
STORES: Final = tuple(f"US-{number:03}" for number in range(2, 11))
# Nobody can be mailed there yet, so that the matrix has something to show.
WITHOUT_AUDIENCE: Final = "US-010"


def build_rollout(brand: Brand) -> None:
    """Gives the brand a rollout that its stores can see; once there is one, it is theirs."""
    if Rollout.objects.filter(group__brand=brand).exists():
        return
    region = Group.objects.get(brand=brand, kind=GroupKind.REGION, name=REGION)
    actor = User.objects.get(email=PREPARES)
    stores = Group.objects.filter(brand=brand, code__in=STORES)
    for store in stores.exclude(code=WITHOUT_AUDIENCE):
        add_everybody(group=store, actor=actor)
    rollout = create_rollout(
        group=region,
        template=Template.objects.get(brand=brand, slug=TEMPLATE),
        kind=RolloutKind.TASK,
        name="Autumn blend",
        actor=actor,
    )
    pattern = rollout.pattern
    save_values(
        mailing=pattern, changes={"subject": "The autumn blend is here"}, revision=pattern.revision, actor=actor
    )
    zone = ZoneInfo(region.time_zone)
    day = timezone.now().astimezone(zone).date()

    def at(days: int) -> datetime:
        return datetime.combine(day + timedelta(days=days), time(9), zone)

    change_setup(
        rollout=rollout,
        setup=Setup(
            name="Autumn blend",
            note="Put a line of your own into the headline, or leave it as it is.",
            open_fields=("subject", "lead_title"),
            audience_rule=AudienceRule.EVERYBODY,
            cut_off=at(14),
            starts_at=at(21),
        ),
        actor=actor,
    )
    add_groups(rollout=rollout, groups=candidates(rollout, actor).filter(code__in=STORES), actor=actor)
    release(rollout=rollout, actor=actor)
    show_due(rollout)
    while work(rollout.pk, limit_seconds=60):
        pass
