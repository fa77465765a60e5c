"""Everything that the composer's page shows of a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Target
from campaigns.compose.chooser import Chooser, wished_fields
from campaigns.compose.closing import attachment_steps, closing_steps, sending_of, span_in_words
from campaigns.compose.content import compiled_of, context_for, render_mailing
from campaigns.compose.forecast import forecast_of
from campaigns.compose.forms import WhenForm, when_initial
from campaigns.compose.gallery import images_named_in
from campaigns.compose.person_step import offered_people
from campaigns.compose.queries import count_of
from campaigns.compose.saving import Outcome
from campaigns.compose.step import ENVELOPE, WHEN, Step, own_key, step_of
from campaigns.compose.steps import field_steps
from campaigns.compose.units import units_of
from campaigns.features import switched_off
from campaigns.library.pushing import is_attached
from campaigns.models import Batch, BatchState, Mailing, Review, ReviewState
from campaigns.practice.queries import team_of
from campaigns.preflight import check
from campaigns.review.commenting import open_counts
from campaigns.review.page import comment_parts
from campaigns.rollouts.banner import narrowed
from campaigns.rollouts.belonging import as_open_to
from campaigns.schedule.words import rules_in_words
from campaigns.testsend.page import panel_of
from groups import access
from groups.models import Audience, User
from groups.roles import Feature, Permission


def page_of(
    mailing: Mailing,
    actor: User,
    *,
    outcome: Outcome | None = None,
    typed: Mapping[str, Any] | None = None,
    wishes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Gives everything that the composer's page shows.

    `typed` are values that were not saved, `wishes` what the address asks to see of the pictures of a field.
    """
    outcome = outcome or Outcome(mailing)
    compiled = as_open_to(mailing, actor, compiled_of(mailing.version))
    context = context_for(mailing)
    findings = check(mailing, context, actor=actor)
    rendered = render_mailing(mailing, Target.PREVIEW, context)
    values = mailing.values if typed is None else typed
    chooser = Chooser(mailing.group, images_named_in(compiled, values), wishes)
    content = field_steps(
        mailing=mailing,
        compiled=compiled,
        values=values,
        findings=findings,
        chooser=chooser,
        context=context,
        envelope={"subject": rendered.subject, "preheader": rendered.preheader},
    )
    count, attachments, counts = count_of(mailing), list(attachments_of(mailing)), open_counts(mailing)
    sending = sending_of(mailing, actor, findings, count, context)
    closing = closing_steps(mailing=mailing, findings=findings, count=count, sending=sending)
    steps = tuple(
        replace(step, mark="missing" if step.key in outcome.refused else step.mark, comments=_comments_on(step, counts))
        for step in (*content, *attachment_steps(mailing, attachments, findings), *closing)
    )
    keys = {step.key for step in steps}
    first = [*outcome.refused, *wished_fields(wishes or {})]
    # What is stored, and not what was typed: the next save is based on it.
    base = units_of(mailing, chooser if typed is None else None)
    off = switched_off(mailing.group)
    when = WhenForm(initial=when_initial(mailing), zone=mailing.group.time_zone)
    shown = {
        "mailing": mailing,
        "group": mailing.group,
        "template": mailing.version.template,
        "has_newer": mailing.version.template.current_id not in (None, mailing.version_id),
        "is_detached": not is_attached(mailing),
        "steps": [step for step in steps if step.kind != "send"],
        "send_step": steps[-1],
        "refused": outcome.refused,
        "clashes": outcome.clashes,
        "base": base,
        "base_json": json.dumps(base),
        "checks": [(found, step_of(found) if step_of(found) in keys else "") for found in findings],
        "count": count,
        "sending": sending,
        "when": when,
        "is_ambiguous_time": outcome.is_ambiguous_time,
        # Asked for by the page alone: what is saved step by step does not show it.
        "test_panel": partial(panel_of, mailing, actor),
        "comments": partial(comment_parts, mailing, actor),
        "time_refusal": outcome.refused.get(own_key(WHEN), ""),
        "audiences": access.usable(mailing.group, Audience),
        "practice_team": partial(team_of, mailing.group, actor),
        "people": partial(offered_people, mailing, actor),
        "merge_tags": tuple(context.merge_tags.values()),
        "places_json": json.dumps(
            {name: {"step": step.key, "label": _opens(step)} for step in steps for name in _places_of(step)}
        ),
        "audience_summary": closing[0].summary,
        "when_summary": closing[2].summary,
        "forecast": partial(forecast_of, mailing, count, needs_approval=sending.needs_approval),
        "when_span": span_in_words(mailing),
        "time_rules": lambda: rules_in_words(mailing),
        "still_out": _still_out(mailing),
        "review_reason": _asked_changes(mailing),
        "rendered": rendered,
        "sender": context.sender,
        "attachments": attachments,
        "most_attachments": settings.ATTACHMENTS_PER_MAILING,
        "may_attach": Feature.ATTACHMENTS not in off,
        "may_schedule": Feature.SCHEDULING not in off,
        "may_upload": access.may(actor, Permission.MANAGE_IMAGES, mailing.group),
        "may_edit_images": access.may(actor, Permission.EDIT_IMAGES, mailing.group),
        "may_see_contacts": access.may(actor, Permission.SEE_CONTACTS, mailing.group),
        "undo_seconds": settings.SEND_LEAD_SECONDS,
        "today": timezone.now(),
        "open_step": next((step.key for step in steps if step.key in first), steps[0].key),
    }
    return narrowed(mailing, actor, shown)


def _places_of(step: Step) -> tuple[str, ...]:
    """Gives the names by which the mail's places open a step."""
    if step.kind in {"section", "choice"}:
        return (step.key, *(f"section-{variant.name}" for variant in step.variants))
    asked = [*step.asked, *(one for item in step.items for one in item.asked)]
    own = (step.key, f"section-{step.key}") if step.items else ()
    return (*own, *(one.name for one in asked if not one.is_locked))


def _still_out(mailing: Mailing) -> int:
    """Counts the people who may still get an earlier version, because Braze confirmed neither call nor withdrawal."""
    unclear = (BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)
    found = Batch.objects.filter(delivery__mailing=mailing, state__in=unclear).aggregate(people=Sum("size"))
    return found["people"] or 0


def _asked_changes(mailing: Mailing) -> Review | None:
    """Gives the decision that sent the mailing back, while it is the newest one."""
    newest = mailing.reviews.select_related("decided_by").first()
    return newest if newest is not None and newest.state == ReviewState.CHANGES_ASKED else None


def _comments_on(step: Step, counts: Mapping[str, int]) -> int:
    """Counts the open comments on what a step asks for; that of the subject asks for what follows it too."""
    names = ENVELOPE if step.key == ENVELOPE[0] else (step.section_name,)
    return sum(counts.get(name, 0) for name in names)


def _opens(step: Step) -> str:
    return _("Edit: %(title)s") % {"title": step.title}
