"""What people are told: notices, and what each person wishes to get by mail."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Pace(models.TextChoices):
    """How a person is told of one family of notices; each of them stands in the portal as well."""

    AT_ONCE = "at_once", _("By mail at once")
    HOURLY = "hourly", _("In one mail every hour")
    DAILY = "daily", _("In one mail every morning")
    PORTAL = "portal", _("Only in the portal")


class MailState(models.TextChoices):
    """Where the mail of a notice stands; `groups.notices.queue.MOVES` says what may follow what.

    `leaving` is written before the mail server is asked: whoever finds it later cannot know whether the mail went.
    """

    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being written")
    LEAVING = "leaving", _("Being handed over")
    MAILED = "mailed", _("Mailed")
    KEPT = "kept", _("Only in the portal")
    UNCERTAIN = "uncertain", _("May have been mailed")
    FAILED = "failed", _("Could not be mailed")


class Notice(models.Model):
    """One thing that one person is told; the row is what the portal shows and the queue of the mail.

    `about` names the thing (`review:UUID`), `occasion` tells apart what happens to it; both make a doubled task tell
    once. `parameters` are plain values that the kind's words need, `path` leads to the thing and never off the portal.
    `group` is where the right is asked that the kind names, empty for the brand as a whole. `due_at` is when the mail
    leaves, `lease_until` when whoever works on it is taken for lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="notices")
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=100)
    occasion = models.CharField(max_length=80, blank=True)
    parameters = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    pace = models.CharField(max_length=20, choices=Pace, default=Pace.AT_ONCE)
    mail_state = models.CharField(max_length=20, choices=MailState, default=MailState.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)

    person_path = "person"
    brand_path = "brand"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "kind", "about", "occasion"], name="notice_once_per_occasion"),
            models.CheckConstraint(
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"), name="notice_path_is_our_own"
            ),
        )
        indexes = (
            models.Index(fields=["person", "brand"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["person", "brand", "-created_at"], name="notice_of_person"),
            models.Index(fields=["about"], condition=Q(read_at=None), name="notice_unread_about"),
            models.Index(fields=["due_at"], condition=Q(mail_state="waiting"), name="notice_mail_due"),
            models.Index(
                fields=["lease_until"], condition=Q(mail_state__in=("claimed", "leaving")), name="notice_mail_leased"
            ),
        )

    @property
    def thing_id(self) -> str:
        """The id of what the notice is about, without the word for what it is."""
        return self.about.partition(":")[2]


class NoticePreference(models.Model):
    """What a person wishes in one brand: a pace per family of notices, and no mail at all before `muted_until`.

    `paces` maps a family's name to a `Pace`; a family that it does not name is mailed at once.
    """

    person = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="+")
    paces = models.JSONField(default=dict, blank=True)
    muted_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "brand"], name="notice_preference_once"),)
