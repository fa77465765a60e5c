"""Freezing a mailing into a delivery: from here on nothing that anybody edits can reach what is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client.liquid import neutralise
from campaigns.attachments.queries import attachments_of, handed_over
from campaigns.brandlock import Target, prove, render, trigger_properties
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.personal import personal_values_of
from campaigns.compose.sender import sender_of, sender_problems
from campaigns.delivery.plan.selection import selection_of
from campaigns.delivery.timing import span_of_wall_clock
from campaigns.errors import Refusal
from campaigns.models import Delivery, Mailing, Route
from campaigns.review.approval import demand_covered
from campaigns.review.digest import digest_of
from campaigns.sentences import spoken
from groups.models import User, Workspace

_NOT_IN_A_DISPLAY_NAME = re.compile(r'[<>"\\,;:\r\n\x00-\x1f]+')


def freeze_again(follows: Delivery, *, actor: User) -> Delivery:
    """Makes a delivery with the mail and the IDs of an earlier one, for those whom that one did not reach."""
    demand_real(follows.mailing)
    same = (
        "mailing",
        "workspace",
        "route",
        "digest",
        "message",
        "properties",
        "personal_values",
        "mails_new_people",
        "selection",
        "proof",
        "app_id",
        "campaign_id",
        "variation_id",
        "send_id",
        "send_id_is_shared",
    )
    return Delivery.objects.create(
        **{name: getattr(follows, name) for name in same},
        is_now=True,
        follows=follows,
        started_by=actor,
    )


def freeze(mailing: Mailing, *, actor: User) -> Delivery:
    """Makes the delivery of a mailing, with its mail, its proof and its IDs as they are at this moment.

    Raises `Refusal` for practice, when Braze is not connected, when the proof of the brand lock does not hold, or when
    the sender's addresses are none, and `ApprovalVoid` where the approval is of anything else.
    """
    demand_real(mailing)
    workspace = Workspace.objects.filter(brand=mailing.group.brand_id).first()
    if workspace is None or not workspace.is_connected:
        raise Refusal(_("Braze is not connected. Ask an admin to fill in the Braze Email Service Provider page."))
    now = timezone.now()
    compiled, context = compiled_of(mailing.version), context_for(mailing, now=now)
    sender = sender_of(mailing)
    rendered = render(compiled, mailing.values, context, Target.BRAZE)
    proof = prove(compiled, mailing.values, context, rendered)
    if not proof.holds:
        raise Refusal(_("The mail differs from its template where it is locked, so it was not handed over."))
    if bad := [problem for problem in sender_problems(sender, ()) if problem[0].endswith("_bad")]:
        raise Refusal(spoken(bad[0][1], bad[0][2]))
    demand_covered(mailing, go_at=mailing.send_at or now)
    by_braze = mailing.route == Route.TRIGGER
    in_local_time = mailing.in_local_time and mailing.send_at is not None
    first, last = _span(mailing) if in_local_time else (mailing.send_at, None)
    return Delivery.objects.create(
        mailing=mailing,
        workspace=workspace,
        route=mailing.route,
        digest=digest_of(mailing),
        message={
            "subject": rendered.subject,
            "preheader": rendered.preheader,
            "html": rendered.html,
            "text": rendered.text,
            "from": from_line(sender),
            "reply_to": sender["reply_to"],
            "attachments": handed_over(attachments_of(mailing)),
        },
        properties=dict(trigger_properties(compiled, mailing.values, context)) if by_braze else {},
        personal_values=personal_values_of(mailing.version),
        mails_new_people=by_braze and mailing.version.template.mails_new_people,
        selection=selection_of(mailing),
        proof={"holds": proof.holds, "fingerprint": proof.fingerprint},
        app_id=workspace.app_id,
        campaign_id=(mailing.version.trigger_campaign_id or workspace.trigger_campaign_id)
        if by_braze
        else workspace.campaign_id,
        variation_id="" if by_braze else mailing.group.variation_id or workspace.variation_id,
        is_now=mailing.send_at is None,
        in_local_time=in_local_time,
        # Until the plan has cut the batches of route B by zone, theirs is the time in the group's zone.
        go_at=mailing.send_at if by_braze else first,
        ends_at=last,
        started_by=actor,
    )


def demand_real(mailing: Mailing) -> None:
    """Raises `Refusal` for a practice mailing: whatever was asked for, it is handed over to nobody but its team."""
    if Mailing.objects.filter(pk=mailing.pk, is_practice=True).exists():
        raise Refusal(_("This is a practice mailing: it reaches your team only. Copy it to make a real one of it."))


def _span(mailing: Mailing) -> tuple[datetime | None, datetime | None]:
    if mailing.send_at is None:
        return None, None
    return span_of_wall_clock(mailing.send_at, mailing.group.time_zone)


def from_line(sender: Mapping[str, str]) -> str:
    """Gives the From of a mail as `Name <address>`; the name carries no header syntax and no Liquid."""
    name = " ".join(_NOT_IN_A_DISPLAY_NAME.sub(" ", neutralise(sender["name"])).split())
    return f"{name} <{sender['address']}>"
