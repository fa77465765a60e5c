"""The one draft of a template: kept whatever it holds, published only when it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from campaigns.brandlock import SourceRefused
from campaigns.library.errors import StaleDraft
from campaigns.library.publishing import compile_for
from campaigns.library.services import describe_template, draft_row, fill, lock_template
from campaigns.models import Template, TemplateVersion
from groups.audit import record
from groups.models import User


def save_draft(
    *,
    template: Template,
    source: str,
    kind: str,
    actor: User,
    trigger_campaign_id: str = "",
    envelope: dict[str, Any] | None = None,
    inlines_css: bool = False,
    personal_values: Sequence[str] = (),
    seen: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> TemplateVersion:
    """Keeps a source as the template's one draft, also one that does not compile: then `compiled` is empty.

    What a brand manager has typed is never lost to an error; only publishing demands a source that compiles. `changes`
    are columns of the template that are saved with it, as `describe_template` takes them. `seen` is the digest of the
    draft that was looked at, empty where there was none: raises `StaleDraft` where another one is stored by now, and
    changes nothing then. What is stored already word for word is no other one.
    """
    try:
        compiled = compile_for(template.brand, source, kind, inlines_css=inlines_css).as_json()
    except SourceRefused:
        compiled = {}
    with transaction.atomic():
        lock_template(template)
        draft = draft_row(template)
        is_new = draft.created_at is None
        stored = "" if is_new else draft.digest
        fill(
            draft,
            source=source,
            kind=kind,
            compiled=compiled,
            trigger_campaign_id=trigger_campaign_id,
            envelope=envelope or {},
            inlines_css=inlines_css,
            personal_values=personal_values,
        )
        if seen is not None and not is_new and stored not in (seen, draft.digest):
            raise StaleDraft
        if changes:
            describe_template(template=template, actor=actor, **changes)
        draft.save()
        if is_new:
            record("template.drafted", actor=actor, brand=template.brand, target=template, number=draft.number)
    return draft
