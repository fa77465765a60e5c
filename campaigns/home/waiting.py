"""What waits for a person: yeses to give, drafts that came back, mailings to decide on, tests to look at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.compose.closing import in_words
from campaigns.models import (
    ASKING,
    DeliveryState,
    Level,
    Mailing,
    MailingState,
    Review,
    ReviewState,
    TestMail,
    TestState,
)
from campaigns.review.queries import waiting_for
from groups.access import groups_with
from groups.models import Brand, User
from groups.roles import Permission

SHOWN: Final = 5
TESTS_ARE_NEW: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what it is about, in a sentence, with a sign as of `.state`; `action` says what a link does."""

    mailing: Mailing
    sentence: str
    tone: str
    label: str
    address: str
    action: str


def tasks_for(user: User, brand: Brand) -> list[Task]:
    """Gives what waits for a person in a brand, at most five of each sort; the most pressing sort first.

    Four queries and one for each right that is asked; nothing is counted.
    """
    return [*_decisions(user, brand), *_approvals(user, brand), *_returned(user, brand), *_tests(user, brand)]


def _decisions(user: User, brand: Brand) -> Iterator[Task]:
    """Yields what stands still until a person decides; of those who may stop or send there."""
    stopping, sending = (groups_with(user, one) for one in (Permission.STOP_MAILINGS, Permission.SEND_MAILINGS))
    found = Mailing.objects.filter(
        Q(group__in=stopping.values("pk"), state__in=ASKING)
        | Q(group__in=sending.values("pk"), state=MailingState.NEEDS_DECISION),
        group__brand=brand,
        state__in=ASKING,
    ).exclude(deliveries__state=DeliveryState.WITHDRAWING)
    sentences = {
        MailingState.PAUSED: _("It stands still. Look why, and let it go on or stop it."),
        MailingState.NEEDS_DECISION: _("Decide whether it still goes out."),
        MailingState.SENT_WITH_OPEN_QUESTIONS: _("Of some people nobody knows whether they got it."),
    }
    for mailing in found.select_related("group").order_by("updated_at")[:SHOWN]:
        state = MailingState(mailing.state)
        reason = mailing.state_reason or sentences[state]
        address = reverse("campaigns:mailing-detail", args=[mailing.pk])
        yield Task(mailing, reason, "ask", str(state.label), address, _("Decide"))


def _approvals(user: User, brand: Brand) -> Iterator[Task]:
    for review in waiting_for(user).filter(mailing__group__brand=brand)[:SHOWN]:
        sentence = _("%(name)s asks for your yes, until %(moment)s.") % {
            "name": review.submitted_by.name,
            "moment": in_words(review.decide_by, review.mailing.group),
        }
        label = _("Your review") if review.level == Level.FIRST else _("Your approval")
        address = reverse("campaigns:review-detail", args=[review.pk])
        yield Task(review.mailing, sentence.replace("..", "."), "ask", label, address, _("Look at it"))


def _returned(user: User, brand: Brand) -> Iterator[Task]:
    """Yields a person's own drafts whose newest submission came back."""
    newest = Review.objects.filter(mailing=OuterRef("pk")).order_by("-submitted_at")
    found = Mailing.objects.filter(
        group__in=groups_with(user, Permission.EDIT_MAILINGS).values("pk"),
        group__brand=brand,
        author=user,
        state=MailingState.DRAFT,
        reviews__state=ReviewState.CHANGES_ASKED,
    ).annotate(
        newest=Subquery(newest.values("state")[:1]),
        reason=Subquery(newest.values("reason")[:1]),
        by=Subquery(newest.values("decided_by__name")[:1]),
    )
    for mailing in (
        found.filter(newest=ReviewState.CHANGES_ASKED)
        .select_related("group")
        .order_by("-updated_at")
        .distinct()[:SHOWN]
    ):
        sentence = _("%(name)s asks for changes: %(reason)s") % {"name": mailing.by, "reason": mailing.reason}
        address = reverse("campaigns:mailing-edit", args=[mailing.pk])
        yield Task(mailing, sentence, "ask", _("Changes asked for"), address, _("Change it"))


def _tests(user: User, brand: Brand) -> Iterator[Task]:
    """Yields drafts of which colleagues sent this person a test lately, each once."""
    tests = TestMail.objects.filter(
        tester=user,
        group__brand=brand,
        state=TestState.ACCEPTED,
        created_at__gte=timezone.now() - TESTS_ARE_NEW,
        mailing__state=MailingState.DRAFT,
        mailing__group__in=groups_with(user, Permission.SEE_MAILINGS).values("pk"),
    ).exclude(asked_by=user)
    seen: set[uuid.UUID] = set()
    for test in tests.select_related("mailing__group", "asked_by")[: 2 * SHOWN]:
        if test.mailing is None or test.mailing.pk in seen or len(seen) == SHOWN:
            continue
        seen.add(test.mailing.pk)
        sentence = _("%(name)s sent you a test. Look into your inbox, and say what you think.") % {
            "name": test.asked_by.name
        }
        address = reverse("campaigns:mailing-comments", args=[test.mailing_id])
        yield Task(test.mailing, sentence, "wait", _("Test"), address, _("Comment"))
