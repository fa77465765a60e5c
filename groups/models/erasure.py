"""People who asked to be erased, and what proves that they were."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.crypto import EncryptedTextField


class ErasureState(models.TextChoices):
    """Where an erasure stands."""

    ASKED = "asked", _("Asked for")
    ERASING = "erasing", _("Being erased")
    BRAZE_NOT_TOLD = "braze_not_told", _("Erased here, not in Braze")
    ERASED = "erased", _("Erased")


class HashKey(models.Model):
    """The brand's own secret under which addresses and IDs of erased people are hashed.

    It never changes: whoever has it can find out whether an address was erased, and without it nobody can.
    """

    brand = models.OneToOneField("groups.Brand", on_delete=models.CASCADE, related_name="hash_key")
    secret = EncryptedTextField()


class Erasure(models.Model):
    """One person who is erased on request, and the proof of it.

    The row of the contact stays without anything that names the person, so that the ledger's counts stay true. What
    stays of them is here: keyed hashes of their ID and addresses, by which later files know whom not to mail.
    `leftover` is their address and ID, encrypted, until Braze has been told; then it is empty. `gone` counts what was
    erased by kind, `staying` what could not be; `answer` is what Braze said. `on_its_way` counts the mailings that were
    too late to withdraw. `not_before` is when the worker tries again, `lease_until` when it is taken for lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="erasures")
    contact = models.OneToOneField("groups.Contact", on_delete=models.PROTECT, related_name="erasure")
    state = models.CharField(max_length=20, choices=ErasureState, default=ErasureState.ASKED)
    state_reason = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    asked_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    external_id_digest = models.CharField(max_length=64)
    leftover = EncryptedTextField(blank=True)
    gone = models.JSONField(default=dict, blank=True)
    staying = models.JSONField(default=dict, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    on_its_way = models.PositiveIntegerField(default=0)
    portal_done_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    brand_path = "brand"

    class Meta:
        ordering = ("-asked_at", "pk")
        indexes = (
            models.Index(fields=["brand", "external_id_digest"], name="erasure_by_external_id"),
            models.Index(fields=["state"], condition=~models.Q(state="erased"), name="erasure_under_way"),
        )

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state == ErasureState.ERASED


class ErasedAddress(models.Model):
    """The keyed hash of an address that somebody who was erased had, or had unsubscribed with."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["erasure", "digest"], name="erased_address_once"),)
        indexes = (models.Index(fields=["brand", "digest"], name="erased_address_by_digest"),)
