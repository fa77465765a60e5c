"""The digest: one fingerprint of everything that an approval covers but the time, which has a window of its own."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Compiled, FieldType, RenderContext, Target, render
from campaigns.brandlock.pieces import Origin, places
from campaigns.brandlock.tokens import TOKEN
from campaigns.compose.content import compiled_of, context_for_group, mailing_facts
from campaigns.compose.gallery import images_named_in
from campaigns.compose.personal import personal_values_of
from campaigns.compose.sender import sender_of
from campaigns.compose.sender_person import fields_of_person, person_of
from campaigns.models import Mailing

# A mail may name the day it goes; the time has a window of its own, so that day is left out here.
ANY_DAY = "…"


def digest_of(mailing: Mailing) -> str:
    """Gives the SHA-256, as 64 hex digits, of content, version, audience, sender and group fields (product.md, 5).

    It covers what stands only on another day too: such a section is not in the mail that is rendered here.
    """
    audience = mailing.audience
    chosen: list[Any] | None = [str(audience.pk), audience.kind, audience.segment_id] if audience else None
    if chosen is not None and audience is not None and audience.definition is not None:
        chosen.append(audience.definition)
    return _sha256({**_content(mailing), "audience": chosen})


def content_digest_of(mailing: Mailing) -> str:
    """Gives the SHA-256 of what a test mail shows: all of `digest_of` but whom the mailing goes to."""
    return _sha256(_content(mailing))


def _content(mailing: Mailing) -> dict[str, Any]:
    context = context_for_group(mailing.group, send_date=ANY_DAY, **mailing_facts(mailing))
    compiled = compiled_of(mailing.version)
    rendered = render(compiled, mailing.values, context, Target.BRAZE)
    return {
        "subject": rendered.subject,
        "preheader": rendered.preheader,
        "html": rendered.html,
        "text": rendered.text,
        "version": str(mailing.version_id),
        "sender": sender_of(mailing),
        "group": dict(context.group),
        "values": mailing.values,
        "filled_in": _filled_in(compiled, mailing.values, context),
        "route": mailing.route,
        **_beside(mailing),
        **_person(mailing, compiled, context),
    }


def _person(mailing: Mailing, compiled: Compiled, context: RenderContext) -> dict[str, Any]:
    """Gives in whose name it goes and what it says of the person; left out where it says nothing, as in `_beside`."""
    names = fields_of_person(compiled, mailing.values, context.snippets)
    if mailing.on_behalf_of_id is None and not names:
        return {}
    return {"person": [str(person_of(mailing).pk), {name: context.sender.get(name, "") for name in names}]}


def _beside(mailing: Mailing) -> dict[str, Any]:
    """Gives what travels beside the mail; left out where there is none, so that it changes no digest of before."""
    attached = [[one.file_name, one.content_type, one.sha256] for one in attachments_of(mailing)]
    personal = personal_values_of(mailing.version)
    return {**({"attachments": attached} if attached else {}), **({"personal": personal} if personal else {})}


def _sha256(covered: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _filled_in(compiled: Compiled, values: dict[str, Any], context: RenderContext) -> dict[str, Any]:
    """Gives what may be filled in on some day: the look, and the parts, merge tags and pictures that are named."""
    names = {option.value for spec in compiled.fields if spec.type is FieldType.SNIPPET for option in spec.options}
    snippets = {name: context.snippets[name] for name in sorted(names & context.snippets.keys())}
    filled = [*compiled.places(), *(place for snippet in snippets.values() for place in places(snippet.pieces))]
    written = json.dumps([values, *(spec.default for spec in compiled.fields)], ensure_ascii=False)
    tags = {place.name for place in filled if place.origin is Origin.MERGE} | set(TOKEN.findall(written))
    return {
        "brand": dict(context.brand),
        "snippets": {name: snippet.as_json() for name, snippet in snippets.items()},
        "merge_tags": {
            name: [tag.attribute, tag.custom, tag.fallback]
            for name, tag in sorted(context.merge_tags.items())
            if name in tags
        },
        "images": {
            name: image.url
            for name in sorted(images_named_in(compiled, values))
            if (image := context.images.get(name)) is not None
        },
    }
