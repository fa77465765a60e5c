"""The ledger: deliveries, their batches, and what became of each recipient."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.mailing import MailingState
from campaigns.models.report import ReportProblem
from campaigns.models.template import Route
from groups.models.contact import STAND_IN


class DeliveryState(models.TextChoices):
    """Where a hand-over to Braze stands."""

    PLANNING = "planning", _("Counting the recipients")
    STAGING = "staging", _("Handing over to Braze")
    STAGED = "staged", _("Everything is staged")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    WITHDRAWING = "withdrawing", _("Withdrawing")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Failed")


class BatchKind(models.TextChoices):
    """Up to 50 named people, or a whole audience whose people only Braze knows."""

    LIST = "list", _("List")
    BROADCAST = "broadcast", _("Broadcast")


class BatchState(models.TextChoices):
    """What Braze and the portal know of a batch (design.md, section 4)."""

    WAITING = "waiting", _("Waiting")
    CALLING = "calling", _("Being handed over")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    UNCERTAIN = "uncertain", _("Uncertain")
    UPDATING = "updating", _("Time being moved")
    WITHDRAWING = "withdrawing", _("Being withdrawn")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WITHDRAWAL_UNCERTAIN = "withdrawal_uncertain", _("Withdrawal uncertain")
    NOT_SENT = "not_sent", _("Not sent")
    HALVED = "halved", _("Handed over in halves")


class PauseCause(models.TextChoices):
    """Who or what paused a delivery, and so who may let it go on."""

    REFUSAL = "refusal", _("Braze refused something")
    PERSON = "person", _("Somebody paused it")
    BREAKER = "breaker", _("Braze does not answer as it should")
    HALT = "halt", _("Sending is stopped")


class Delivery(models.Model):
    """One mailing's hand-over; what is sent is frozen in `message`, or in `properties` on route B.

    `selection` is what a filter said when the mail was frozen, and the day from which its days count; without one it
    is None.

    `frozen` counts the people of the audience when it was frozen; in the end it equals recipients plus exclusions.
    `judged` counts those whom the plan has judged so far, `excluded` by reason those whom it left out, `batch_count`
    the batches; so that no page counts a million rows. `known_since` is when Braze first knew the newest of them.

    On route B `personal_values` are the names of the attributes that travel with each recipient, each with what stands
    for people who lack it; with `mails_new_people` everybody is named with what Braze should know of them.

    `stage_by` is the last moment to have everything staged, `undo_until` the last moment at which all of it can still
    be withdrawn; both lie before `go_at`. With `in_local_time` the mail goes at the wall clock of each recipient:
    `go_at` is the earliest of these moments, `ends_at` the latest. `moved_to` is the time that staged schedules are
    being moved to. `after_withdrawal` is the state that the mailing goes to once everything is withdrawn;
    `waiting_since` is when the wait for contacts began that Braze does not have yet. `follows` is the delivery whose
    people this one sends to who were not reached.

    `send_id_made_at` is when an ID of its own was made for it. `report_read_at` is when Braze's numbers were read last,
    `report_next_at` when they are to be read next (empty before the first time and once Braze has forgotten them),
    `report_problem` why they could not be read last time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.PROTECT, related_name="deliveries")
    workspace = models.ForeignKey("groups.Workspace", on_delete=models.PROTECT, related_name="deliveries")
    route = models.CharField(max_length=20, choices=Route)
    state = models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.PLANNING)
    state_reason = models.CharField(max_length=500, blank=True)
    pause_cause = models.CharField(max_length=20, choices=PauseCause, blank=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers")
    digest = models.CharField(max_length=64)
    message = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    proof = models.JSONField(default=dict)
    personal_values = models.JSONField(default=dict, blank=True)
    mails_new_people = models.BooleanField(default=False)
    app_id = models.CharField(max_length=64, blank=True)
    campaign_id = models.CharField(max_length=64)
    variation_id = models.CharField(max_length=64, blank=True)
    send_id = models.CharField(max_length=64, blank=True)
    send_id_is_shared = models.BooleanField(default=False)
    send_id_made_at = models.DateTimeField(null=True, blank=True)
    is_now = models.BooleanField()
    in_local_time = models.BooleanField(default=False)
    go_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    stage_by = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    moved_to = models.DateTimeField(null=True, blank=True)
    after_withdrawal = models.CharField(max_length=20, choices=MailingState, blank=True)
    selection = models.JSONField(null=True, blank=True)
    frozen = models.PositiveIntegerField(null=True, blank=True)
    judged = models.PositiveIntegerField(default=0)
    excluded = models.JSONField(default=dict, blank=True)
    batch_count = models.PositiveIntegerField(default=0)
    known_since = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    report_read_at = models.DateTimeField(null=True, blank=True)
    report_next_at = models.DateTimeField(null=True, blank=True)
    report_problem = models.CharField(max_length=20, choices=ReportProblem, blank=True)

    group_path = "mailing__group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mailing"],
                condition=~models.Q(state__in=["settled", "withdrawn", "failed"]),
                name="delivery_one_under_way_per_mailing",
            ),
        )
        indexes = (
            models.Index(fields=["state"], name="delivery_by_state"),
            models.Index(fields=["go_at"], condition=models.Q(go_at__isnull=False), name="delivery_by_time"),
            models.Index(
                fields=["workspace", "send_id"],
                condition=models.Q(send_id_is_shared=True),
                name="delivery_by_shared_id",
            ),
            models.Index(
                fields=["workspace", "send_id_made_at"],
                condition=models.Q(send_id_made_at__isnull=False),
                name="delivery_by_made_id",
            ),
        )
        ordering = ("-created_at",)


class AudienceChunk(models.Model):
    """Some thousand people of an audience as it was frozen, by the ids of their contacts, until the plan judged them.

    Ids alone are kept, and they never leave the database: the memory of a plan does not grow with its audience.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    contact_ids = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "number"], name="audience_chunk_once"),)


class Batch(models.Model):
    """Up to 50 people of a delivery and what Braze said of them; `calling` is committed before the request leaves.

    `due_at` is when a batch may leave that goes by the wall clock of its people's `zone` (route B). `planned_for` is
    the time that Braze has for it, empty where nobody knows. `is_recalled` means that it must be withdrawn although its
    delivery goes on. `halved_from` is the refused batch whose half this is.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="batches", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=BatchKind, default=BatchKind.LIST)
    size = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=BatchState, default=BatchState.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    zone = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    planned_for = models.DateTimeField(null=True, blank=True)
    dispatch_id = models.CharField(max_length=64, blank=True)
    schedule_id = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    remarks = models.JSONField(default=list)
    is_recalled = models.BooleanField(default=False)
    halved_from = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="halves", db_index=False
    )

    group_path = "delivery__mailing__group"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "number"], name="batch_number_once"),)
        indexes = (
            # Holds what a page counts and what a worker looks for, so that neither reads the rows.
            models.Index(fields=["delivery", "state", "number", "size"], name="batch_by_state"),
            models.Index(
                fields=["delivery", "number"], condition=models.Q(state=BatchState.WAITING), name="batch_waiting"
            ),
            models.Index(fields=["delivery", "answered_at"], name="batch_by_answer"),
            models.Index(fields=["lease_until"], condition=models.Q(lease_until__isnull=False), name="batch_by_lease"),
            models.Index(fields=["delivery"], condition=models.Q(is_recalled=True), name="batch_recalled"),
            models.Index(
                fields=["delivery", "halved_from"],
                condition=models.Q(halved_from__isnull=False),
                name="batch_of_halves",
            ),
        )
        ordering = ("delivery", "number")


class Recipient(models.Model):
    """A person of a delivery, in one of its batches.

    `address` is the lower-case email address, unique over the delivery; `outcome` is empty unless it differs from the
    batch's state.
    """

    # The constraints below begin with the delivery, and the index by contact is named: no further ones are written.
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    contact = models.ForeignKey("groups.Contact", on_delete=models.PROTECT, related_name="recipients", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="recipients")
    address = models.CharField(max_length=254)
    outcome = models.CharField(max_length=20, choices=BatchState, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "contact"], name="recipient_once_per_delivery"),
            models.UniqueConstraint(fields=["delivery", "address"], name="recipient_address_once_per_delivery"),
        )
        indexes = (
            models.Index(fields=["contact"], name="recipient_by_contact"),
            models.Index(fields=["delivery"], condition=~models.Q(outcome=""), name="recipient_with_outcome"),
        )

    @property
    def label(self) -> str:
        """What the person is called on pages: the address, or the external ID where the address is not kept."""
        return self.contact.external_id if self.address.endswith(STAND_IN) else self.address


class ExclusionReason(models.TextChoices):
    """Why somebody of the audience was left out."""

    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    SUPPRESSED = "suppressed", _("Must not be mailed")
    DUPLICATE = "duplicate", _("Same address as another person")
    MAYBE_MAILED = "maybe_mailed", _("May have got this mailing already")
    UNKNOWN_TO_BRAZE = "unknown_to_braze", _("Refused by Braze")
    CAPPED = "capped", _("Got enough mail lately")
    MAILED_TODAY = "mailed_today", _("Mailed by another group today")


# Of somebody who was frozen and then deleted nothing is left but the number.
GONE = "gone"


class Exclusion(models.Model):
    """Somebody of the frozen audience who gets no mail, and why; `winner` is the group that mails them instead."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="exclusions")
    contact = models.ForeignKey("groups.Contact", on_delete=models.PROTECT, related_name="exclusions")
    reason = models.CharField(max_length=20, choices=ExclusionReason)
    winner = models.ForeignKey("groups.Group", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "contact"], name="exclusion_once_per_delivery"),)


class GroupShare(models.Model):
    """What a group may still call before the others of its workspace have their turn (deficit round robin)."""

    workspace = models.ForeignKey("groups.Workspace", on_delete=models.CASCADE, related_name="shares", db_index=False)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    deficit = models.FloatField(default=0.0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "group"], name="group_share_once"),)
