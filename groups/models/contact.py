"""People who get mail, and who must not."""

from __future__ import annotations

import secrets
import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class SyncState(models.TextChoices):
    """Whether Braze has what the portal knows of a contact."""

    PENDING = "pending", _("Waiting")
    SYNCED = "synced", _("In Braze")
    REFUSED = "refused", _("Refused by Braze")


class SuppressionReason(models.TextChoices):
    """Why somebody must not be mailed."""

    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    HARD_BOUNCE = "hard_bounce", _("Address does not exist")
    COMPLAINT = "complaint", _("Marked as spam")
    BLOCKED = "blocked", _("Blocked by the brand")


class SuppressionOrigin(models.TextChoices):
    """How the portal learned that somebody must not be mailed (catalogue A11)."""

    PAGE = "page", _("Unsubscribe page")
    ONE_CLICK = "one_click", _("Mail program, one click")
    BRAZE = "braze", _("Braze")
    HAND = "hand", _("Added by hand")
    FILE = "file", _("Added from a file")
    OTHER = "other", _("Another way")


STAND_IN: Final = "@forgotten.invalid"
"""What a keyed hash that stands for an address ends with; no mail can go to it (RFC 2606)."""


def new_token() -> str:
    """Gives a random unsubscribe token of 128 bits."""
    return secrets.token_urlsafe(16)


class Contact(models.Model):
    """A person, once per brand.

    `attributes` maps names of the brand's `Attribute` rows to values; `synced` is what Braze has accepted, so that only
    differences are sent (B-TRK-12); `first_synced_at` starts the wait for propagation (B-TRK-18). `sync_revision`
    counts the changes, so that one that comes while a call is in flight is not taken for synced; a lease that ran out
    means that nobody knows what Braze took. Where the brand keeps no contacts, `email` is a stand-in, and what Braze
    has leaves `attributes` (`groups.keeping`). Of somebody who was erased (`erased_at`) nothing is left but the row:
    its address and ID name nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="contacts")
    external_id = models.CharField(max_length=512)
    email = models.EmailField(max_length=254)
    attributes = models.JSONField(default=dict, blank=True)
    consent_source = models.CharField(max_length=120, blank=True)
    consent_on = models.DateField(null=True, blank=True)
    consent_text = models.CharField(max_length=500, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    sync_state = models.CharField(max_length=20, choices=SyncState, default=SyncState.PENDING)
    sync_error = models.CharField(max_length=500, blank=True)
    sync_revision = models.PositiveIntegerField(default=0)
    sync_lease_until = models.DateTimeField(null=True, blank=True)
    synced = models.JSONField(default=dict, blank=True)
    first_synced_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    group_path = "audience_members__audience__group"
    private_path = "audience_members__audience__is_private"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "external_id"], name="contact_once_per_brand"),)
        indexes = (
            models.Index(fields=["brand", "email"], name="contact_by_email"),
            # In the order in which the sync takes them, so that it never sorts all that wait.
            models.Index(
                fields=["brand", "updated_at"],
                condition=models.Q(sync_state="pending"),
                name="contact_waiting_in_order",
            ),
        )

    @property
    def label(self) -> str:
        """What a contact is called on pages: the address, or the external ID where the address is not kept."""
        return self.external_id if self.email.endswith(STAND_IN) else self.email


class Suppression(models.Model):
    """Somebody who must not be mailed by a group, or by the whole brand where no group is named, for one reason.

    `address` is the contact's when the suppression was made, in lower case: it stays shut when a file gives the address
    to another ID, and the contact stays shut when a file gives it another address. `groups.audiences.queries` asks for
    both. Without a contact it shuts an address that the portal knows nobody by yet. `source` and `note` are words for
    people, `added_by` whoever added it by hand.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="suppressions")
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField(max_length=254)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=20, choices=SuppressionReason)
    origin = models.CharField(max_length=20, choices=SuppressionOrigin, default=SuppressionOrigin.OTHER)
    source = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "address", "group", "reason"], name="suppression_once_per_group"
            ),
            models.UniqueConstraint(
                fields=["contact", "address", "reason"],
                condition=models.Q(group__isnull=True),
                name="suppression_once_per_brand",
            ),
            models.UniqueConstraint(
                fields=["brand", "address", "group", "reason"],
                condition=models.Q(contact__isnull=True),
                name="suppression_address_once_per_group",
            ),
            models.UniqueConstraint(
                fields=["brand", "address", "reason"],
                condition=models.Q(contact__isnull=True, group__isnull=True),
                name="suppression_address_once_per_brand",
            ),
            models.CheckConstraint(condition=~models.Q(address=""), name="suppression_has_its_address"),
        )
        indexes = (
            models.Index(fields=["brand", "address"], name="suppression_by_address"),
            models.Index(fields=["brand", "created_at"], name="suppression_by_time"),
        )

    @property
    def label(self) -> str:
        """What the address is called on pages; where it is not kept, its contact's ID or the first of its hash."""
        if not self.address.endswith(STAND_IN):
            return self.address
        return self.contact.external_id if self.contact else f"#{self.address[:12]}"
