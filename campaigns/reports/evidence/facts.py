"""What an evidence pack says of a mailing, as JSON: codes and times that no language changes, and no recipient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.delivery.queries import progress
from campaigns.models import BatchKind, Delivery, Mailing, Review
from campaigns.reports.mailing.queries import Report
from campaigns.review.queries import thread_of
from groups import access
from groups.models import Event, User
from groups.roles import Permission


def mailing_facts(mailing: Mailing) -> dict[str, Any]:
    """Says what the mailing is, and who wrote and changed it."""
    edits = Event.objects.filter(target_kind="mailing", target_id=str(mailing.pk), action="mailing.edited")
    editors = User.objects.filter(pk__in=edits.order_by().values("actor").distinct())
    return {
        "id": str(mailing.pk),
        "name": mailing.name,
        "brand": mailing.group.brand.name,
        "group": {"code": mailing.group.code, "name": mailing.group.name, "time_zone": mailing.group.time_zone},
        "state": mailing.state,
        "route": mailing.route,
        "created_at": _at(mailing.created_at),
        "author": person(mailing.author),
        "changed_by": [person(one) for one in editors.order_by("name")],
        "in_the_name_of": person(mailing.on_behalf_of),
        "asked_to_go_at": _at(mailing.send_at),
    }


def template_facts(mailing: Mailing) -> dict[str, Any]:
    """Says which version of which template the mailing stands on; its digest is that of all that was published."""
    version = mailing.version
    return {
        "template": version.template.name,
        "template_id": str(version.template_id),
        "version": version.number,
        "version_id": str(version.pk),
        "published_at": _at(version.published_at),
        "published_by": person(version.published_by),
        "is_tested": version.is_tested,
        "digest_sha256": version.digest,
    }


def approval_facts(mailing: Mailing) -> list[dict[str, Any]]:
    """Says of each submission who made it, who said what of it and when, in their words."""
    return [_submission(review) for review in thread_of(mailing)]


def delivery_facts(delivery: Delivery) -> dict[str, Any]:
    """Says how a delivery was handed over: its IDs, its times, its proof, and what became of how many people."""
    now = progress(delivery)
    return {
        "id": str(delivery.pk),
        "follows": None if delivery.follows_id is None else str(delivery.follows_id),
        "state": delivery.state,
        "started_by": person(delivery.started_by),
        "started_at": _at(delivery.created_at),
        "went_out_at": _at(delivery.go_at),
        "last_ones_at": _at(delivery.ends_at),
        "settled_at": _at(delivery.settled_at),
        "digest": delivery.digest,
        "proof_of_the_brand_lock": delivery.proof,
        "app_id": delivery.app_id,
        "campaign_id": delivery.campaign_id,
        "message_variation_id": delivery.variation_id,
        "send_id": delivery.send_id,
        "send_id_is_shared": delivery.send_id_is_shared,
        "batches": delivery.batch_count,
        "people_by_state": dict(now.people_by_state),
    }


def audience_facts(mailing: Mailing, deliveries: list[Delivery], reader: User) -> dict[str, Any]:
    """Says whom the mailing was meant for, and how many were planned and left out, by reason.

    What a filter says is given to those alone who may see contacts of the group: it may tell of a person.
    """
    audience = mailing.audience
    knows_filters = access.may(reader, Permission.SEE_CONTACTS, mailing.group)
    return {
        "name": None if audience is None else audience.name,
        "kind": None if audience is None else audience.kind,
        "braze_segment_id": None if audience is None else audience.segment_id or None,
        "deliveries": [
            {
                "delivery": str(one.pk),
                "filter": one.selection if knows_filters else None,
                "filter_left_out": one.selection is not None and not knows_filters,
                "counted_by_braze_alone": one.batches.filter(kind=BatchKind.BROADCAST).exists(),
                "frozen": one.frozen,
                "planned": progress(one).planned,
                "left_out": dict(one.excluded),
            }
            for one in deliveries
        ],
    }


def report_facts(report: Report) -> dict[str, Any]:
    """Says what Braze counted; null is not known, which is not zero."""
    steps, reading = report.steps, report.reading
    return {
        "stage": report.stage.value,
        "read_at": _at(reading.read_at),
        "forgotten_by_braze_at": _at(reading.forgotten_at),
        "planned": steps.planned,
        "handed_over": steps.handed_over,
        "delivered": steps.delivered,
        "opened_at_least": steps.opened,
        "clicked_at_least": steps.clicked,
        "days": [
            {
                "day": line.day.isoformat(),
                "known": line.standing.value,
                "read_at": _at(line.read_at),
                "metrics": dict(line.metrics),
            }
            for line in report.days
        ],
    }


def person(user: User | None) -> dict[str, str] | None:
    """Names somebody who works with the portal."""
    return None if user is None else {"name": user.name, "email": user.email}


def _submission(review: Review) -> dict[str, Any]:
    return {
        "submitted_by": person(review.submitted_by),
        "submitted_at": _at(review.submitted_at),
        "note": review.note,
        "state": review.state,
        "digest": review.digest,
        "proof_of_the_brand_lock": review.proof,
        "time_approved_from": _at(review.window_from),
        "time_approved_until": _at(review.window_until),
        "decided_by": person(review.decided_by),
        "decided_at": _at(review.decided_at),
        "reason": review.reason,
        "decisions": [
            {
                "person": person(one.person),
                "level": one.level,
                "verdict": one.verdict,
                "at": _at(one.at),
                "digest": one.digest,
                "words": one.reason,
            }
            for one in review.decisions.all()
        ],
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
