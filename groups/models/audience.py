"""Whom a mailing can go to."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class AudienceKind(models.TextChoices):
    """A list that was uploaded, a filter, a Braze segment that was assigned, or everybody of the group in Braze."""

    LIST = "list", _("List")
    FILTER = "filter", _("Filter")
    SEGMENT = "segment", _("Braze segment")
    EVERYBODY = "everybody", _("Everybody of this group in Braze")


# Only Braze knows who is in these: they go out as one call to whomever it finds, never as a list of people.
COUNTED_BY_BRAZE: Final = frozenset({AudienceKind.SEGMENT, AudienceKind.EVERYBODY})


class LiveAudiences(models.Manager["Audience"]):
    """The audiences that nobody removed; mailings that went to a removed one still reach it by their own column."""

    def get_queryset(self) -> models.QuerySet[Audience]:
        """Leaves out what was removed."""
        return super().get_queryset().filter(removed_at=None)


class Audience(models.Model):
    """An audience of a group; `size` is the number of members of a list.

    `definition` is what a filter says (`groups.audiences.filters`). `segment_id` names a segment of Braze, or the one
    that a filter narrows; a filter without it finds its people among the group's contacts. Of a list with `is_private`
    only those who hold a role on its very group see who is on it; those above see counts (catalogue A15,
    `groups.access`). A list that was removed has no members any more; its row stays, because mailings went to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="audiences")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AudienceKind, default=AudienceKind.LIST)
    segment_id = models.CharField(max_length=64, blank=True)
    definition = models.JSONField(null=True, blank=True)
    size = models.PositiveIntegerField(default=0)
    is_private = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = LiveAudiences()

    group_path = "group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["group", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="audience_name_once_per_group",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="filter") | (models.Q(kind="segment") ^ models.Q(segment_id="")),
                name="audience_segment_has_its_id",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="filter") ^ models.Q(definition__isnull=True),
                name="audience_filter_has_its_definition",
            ),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(kind="everybody"), name="audience_everybody_once_per_group"
            ),
        )
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted_by_braze(self) -> bool:
        """Whether only Braze knows who is in it, so that a mailing to it is one call for all of them."""
        return self.kind in COUNTED_BY_BRAZE or self.segment_id != ""


class AudienceMember(models.Model):
    """A contact on a list."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="members")
    contact = models.ForeignKey("groups.Contact", on_delete=models.CASCADE, related_name="audience_members")
    added_at = models.DateTimeField(auto_now_add=True)

    private_path = "audience__is_private"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["audience", "contact"], name="audience_member_once"),)
