"""What a brand's groups say about time: when mail may go, how often, how far ahead, and to how many people."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import and_
from typing import ClassVar

from django.db import models

LIMIT_NAMES = ("days_ahead", "mailings_per_day", "mailings_per_week", "mailings_per_month", "people_per_mailing")


_NONE_IS_ZERO = reduce(and_, (models.Q(**{name: None}) | models.Q(**{f"{name}__gte": 1}) for name in LIMIT_NAMES))


class Limits(models.Model):
    """Limits of a level of the tree; an empty one adds nothing to what the levels above say."""

    days_ahead = models.PositiveIntegerField(null=True, blank=True)
    mailings_per_day = models.PositiveIntegerField(null=True, blank=True)
    mailings_per_week = models.PositiveIntegerField(null=True, blank=True)
    mailings_per_month = models.PositiveIntegerField(null=True, blank=True)
    people_per_mailing = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(condition=_NONE_IS_ZERO, name="%(class)s_limits_are_one_or_more"),
        )


class TimeRules(Limits):
    """What one group says for itself and the groups below (M18); what is empty is as the level above has it.

    Quiet hours run from `quiet_from` until just before `quiet_until` by the clock of the mailing group's zone, over
    midnight where they end earlier than they begin; equal times say that there are none. A mailing clashes where more
    than `clash_percent` of its people have another one within `clash_hours`. The fields of the cap and what follows it
    count on the brand's own group only: at most `cap_mails` mails a person in `cap_days` days running, over all groups,
    and of two groups that would mail a person on one day the one that `home_attribute` or `visit_attribute` speaks for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.OneToOneField("groups.Group", on_delete=models.CASCADE, related_name="time_rules")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    cap_mails = models.PositiveIntegerField(null=True, blank=True)
    cap_days = models.PositiveIntegerField(null=True, blank=True)
    cap_counts_head_office = models.BooleanField(default=False)
    one_group_a_day = models.BooleanField(default=False)
    home_attribute = models.CharField(max_length=60, blank=True)
    visit_attribute = models.CharField(max_length=60, blank=True)
    clash_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    clash_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    group_path = "group"

    class Meta(Limits.Meta):
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Limits.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(clash_percent=None, clash_hours=None)
                | models.Q(
                    clash_percent__isnull=False,
                    clash_hours__isnull=False,
                    clash_percent__range=(1, 100),
                    clash_hours__gte=1,
                ),
                name="time_rules_clash_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="time_rules_quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a constraint lets that pass.
                condition=models.Q(cap_mails=None, cap_days=None)
                | models.Q(cap_mails__isnull=False, cap_days__isnull=False, cap_mails__gte=1, cap_days__gte=1),
                name="time_rules_cap_is_whole",
            ),
        )


class RoleLimit(Limits):
    """What one person may do by their role in each group from this one down (M23)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="role_limits")
    role = models.CharField(max_length=30)

    group_path = "group"

    class Meta(Limits.Meta):
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Limits.Meta.constraints,
            models.UniqueConstraint(fields=["group", "role"], name="role_limit_once_per_group"),
        )


class Blackout(models.Model):
    """Days on which a group and those below it send nothing, both ends included, in each mailing group's zone (M18)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="blackouts")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="blackout_ends_after_it_begins"
            ),
        )
        ordering = ("first_day", "last_day")

    def __str__(self) -> str:
        return self.reason
