"""Mailings in every state that an act of the portal begins at, with their deliveries and reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.delivery import stopping
from campaigns.delivery.services import send
from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Recipient,
    Review,
    Route,
    Template,
)
from campaigns.practice.services import start_practice
from campaigns.review import deciding
from campaigns.review.services import submit
from groups.models import Audience, Group, User, Workspace
from tests.campaigns.builders import a_mailing

IN_TEN_DAYS = timedelta(days=10)


def mailings_of(group: Group, author: User, audience: Audience, of_brand: Mapping[str, Any]) -> dict[str, Mailing]:
    """Gives a mailing in every state that an act of the portal begins at."""
    later = timezone.now().replace(microsecond=0) + IN_TEN_DAYS

    def one(name: str, **fields: Any) -> Mailing:
        mailing = a_mailing(group=group, author=author, audience=audience, send_at=fields.pop("send_at", None))
        Mailing.objects.filter(pk=mailing.pk).update(name=name, **fields)
        mailing.refresh_from_db()
        return mailing

    found = {
        name: one(name) for name in ("draft", "attached", "waiting", "planned", "paused", "going", "rest", "questions")
    }
    found["pictured"] = one("pictured")
    found["approved"] = one("approved", send_at=later)
    found["scheduled"] = one("scheduled", send_at=later)
    found["outdated"] = one("outdated", version=of_brand["old_version"])
    template = Template.objects.get(pk=of_brand["template_id"])
    found["practice"] = start_practice(group=group, template=template, actor=author)
    found["late"] = one("late", state=MailingState.NEEDS_DECISION)
    for name in ("scheduled", "planned", "paused"):
        send(mailing=found[name], actor=author)
    stopping.pause(mailing=found["paused"], actor=of_brand["manager"])
    for name, mailing_state, delivery_state, batch_state in (
        ("going", MailingState.SENDING, DeliveryState.SENDING, BatchState.WAITING),
        ("rest", MailingState.SENT, DeliveryState.SETTLED, BatchState.NOT_SENT),
        ("questions", MailingState.SENT_WITH_OPEN_QUESTIONS, DeliveryState.SETTLED, BatchState.UNCERTAIN),
    ):
        _handed_over(found[name], author, mailing_state, delivery_state, batch_state)
    return found


def _handed_over(
    mailing: Mailing, author: User, state: MailingState, delivery_state: DeliveryState, batch_state: BatchState
) -> None:
    """Gives a mailing a delivery of route B that began a minute ago, with one batch."""
    Mailing.objects.filter(pk=mailing.pk).update(state=state)
    delivery = Delivery.objects.create(
        mailing=mailing,
        workspace=Workspace.objects.get(brand=mailing.group.brand),
        route=Route.TRIGGER,
        state=delivery_state,
        digest="0" * 64,
        campaign_id="campaign",
        is_now=True,
        go_at=timezone.now() - timedelta(minutes=1),
        frozen=3,
        batch_count=1,
        started_by=author,
    )
    batch = Batch.objects.create(delivery=delivery, number=1, size=3, state=batch_state)
    Recipient.objects.bulk_create(
        Recipient(delivery=delivery, contact=member.contact, batch=batch, address=member.contact.email)
        for member in mailing.audience.members.select_related("contact")
    )


def reviews_of(waiting: Mailing, approved: Mailing, author: User, approver: User) -> tuple[Review, Review]:
    """Gives an open submission, and one that was approved."""
    for mailing in (waiting, approved):
        submit(mailing=mailing, actor=author, note="")
    review = approved.reviews.get()
    deciding.approve(review=review, actor=approver, digest=review.digest)
    return waiting.reviews.get(), review
