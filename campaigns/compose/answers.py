"""What a script hears of a save: what it was based on from now on, and the parts of the page that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.compose.page import page_of
from campaigns.compose.saving import Outcome, is_about_attachments
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, WHEN, Step, own_key
from campaigns.models import Mailing
from groups.http import PortalRequest

_ALWAYS = {"check": "compose/_check.html", "send": "compose/_send.html", "inbox": "compose/_inbox.html"}
_ANSWERS = {"audience": "compose/_audience_count.html", "when": "compose/_when_answer.html"}


def answer_to(request: PortalRequest, outcome: Outcome, *, is_whole: bool) -> dict[str, Any]:
    """Gives what has changed on the page: the stored texts, marks and notes of every step, and parts of the page.

    `is_whole` gives the parts of all steps, for a page that somebody else saved beside. `clashes` holds, by unit, what
    is stored of the fields that were not saved.
    """
    mailing = outcome.mailing
    context = page_of(mailing, request.user, outcome=outcome)
    steps: list[Step] = [*context["steps"], context["send_step"]]
    named = [*request.POST, *request.FILES]
    parts: dict[str, str] = {
        name: render_to_string(path, context, request) for name, path in _fragments(request, is_whole=is_whole)
    }
    asked = {clash.step for clash in outcome.clashes}
    for step in steps:
        noted = {"step": step, "sentence": outcome.refused.get(step.key, ""), "asks": step.key in asked}
        parts[f"notes-{step.key}"] = render_to_string("compose/_notes.html", noted, request)
        parts |= _parts_of(step, context, request, outcome.uploaded, () if is_whole else named)
    return {
        "revision": mailing.revision,
        "saved": _("Saved %(time)s") % {"time": clock(mailing, timezone.now())},
        "refused": next(iter(outcome.refused.values()), ""),
        "name": mailing.name,
        "units": context["base"],
        "clashes": [clash.unit for clash in outcome.clashes],
        "steps": {
            step.key: {
                "title": step.title,
                "mark": step.mark,
                "word": step.word,
                "summary": step.summary,
                "hidden": step.is_hidden,
            }
            for step in steps
        },
        "fragments": parts,
    }


def clock(mailing: Mailing, moment: datetime) -> str:
    """Gives a moment as the clock of the mailing's group shows it."""
    with timezone.override(mailing.group.time_zone):
        return date_format(timezone.localtime(moment), "TIME_FORMAT")


def _fragments(request: PortalRequest, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Yields the parts of the page that follow from more than one step, with their templates."""
    yield from _ALWAYS.items()
    for kind, path in ((AUDIENCE, _ANSWERS["audience"]), (WHEN, _ANSWERS["when"])):
        if is_whole or own_key(kind) in request.POST:
            yield kind, path
    if is_whole or is_about_attachments(request.POST, request.FILES):
        yield f"choices-{own_key(ATTACHMENTS)}", "compose/_attachments.html"
    yield "clashes", "compose/_clashes.html"


def _parts_of(
    step: Step, context: dict[str, Any], request: PortalRequest, uploaded: Collection[str], named: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yields the parts of a step that cannot be told by texts alone: entries, places, pictures; all without `named`."""

    def drawn(path: str, **more: Any) -> str:
        return render_to_string(path, {**context, "step": step, **more}, request)

    if step.kind == "items":
        # Words that were typed stand on the page already, and whoever types goes on: entries are not drawn anew then.
        if not named or f"act.{step.key}" in named or any(name.startswith(f"{step.key}.") for name in uploaded):
            yield f"items-{step.key}", drawn("compose/_items.html")
        return
    if step.kind == "section" and (not named or "act.order" in named):
        yield f"move-{step.key}", drawn("compose/_move.html")
    for asked in step.asked:
        if asked.name in uploaded or (not named and asked.type == "image" and not asked.is_locked):
            yield f"choices-{asked.name}", drawn("compose/_image_choices.html", asked=asked)
