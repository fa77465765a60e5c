"""The audit trail: events, and the seals that chain them."""

from __future__ import annotations

from typing import Any, Never, TypeVar

from django.db import NotSupportedError, models
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=models.Model)


def _refuse(*_args: Any, **_kwargs: Any) -> Never:
    raise NotSupportedError("The audit trail is only ever added to: nothing of it is changed or deleted.")


class AddedOnly(models.QuerySet[M]):
    """Rows that are only ever added; triggers of the database refuse the same to everything that goes past Django."""

    update = delete = bulk_update = update_or_create = _refuse

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        """Adds rows; raises `NotSupportedError` where rows that exist would be changed."""
        return _refuse() if kwargs.get("update_conflicts") else super().bulk_create(*args, **kwargs)


class AddedOnlyModel(models.Model):
    """A row that is written once."""

    objects = AddedOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *_args: Any, **kwargs: Any) -> None:
        """Adds the row; raises `NotSupportedError` for one that exists."""
        if not self._state.adding:
            _refuse()
        super().save(force_insert=True, using=kwargs.get("using"))

    delete = _refuse


class Origin(models.TextChoices):
    """Where somebody acted from."""

    PAGE = "page", _("Page")
    API = "api", _("API")
    COMMAND = "command", _("Command")
    TASK = "task", _("Background task")


class Seal(AddedOnlyModel):
    """One link of a brand's hash chain: it covers the events that were new when it was made (`groups/trail/chain.py`).

    `digest` is SHA-256 in hex. `contents` has the id of each event with the beginning of its own digest, in the order
    of the ids: it is what tells which event no longer holds.
    """

    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="seals", db_index=False)
    number = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    contents = models.JSONField()
    digest = models.CharField(max_length=64)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "number"], name="seal_number_once_per_brand"),)


class Event(AddedOnlyModel):
    """One thing that happened: who did what to which object, where, when, from where; rows are only ever added.

    `action` is a dotted name such as `mailing.approved`; `detail`, `before` and `after` hold plain values, never
    personal data or secrets. `acting_as` is the member in whose name `actor` acted. `place` is the network of a page
    or the API (`203.0.113.0/24`), or the name of a command or task. `seal` alone is written later, once.
    """

    at = models.DateTimeField(auto_now_add=True)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="events", db_index=False)
    group = models.ForeignKey(
        "groups.Group", on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )
    actor = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    acting_as = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    origin = models.CharField(max_length=10, choices=Origin, blank=True)
    place = models.CharField(max_length=100, blank=True)
    detail = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, related_name="events")

    brand_path = "brand"

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["target_kind", "target_id"], name="event_by_target"),
            models.Index(fields=["brand", "-at", "-id"], name="event_by_time"),
            models.Index(fields=["brand", "action", "-at", "-id"], name="event_by_action"),
            models.Index(fields=["group", "-at", "-id"], name="event_by_group"),
            models.Index(fields=["brand", "actor", "-at", "-id"], name="event_by_person"),
            models.Index(fields=["brand", "id"], condition=models.Q(seal=None), name="event_unsealed"),
        )
