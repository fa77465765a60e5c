"""The digest: one fingerprint of everything that an approval covers but the time, which has a window of its own."""

from __future__ import annotations

import hashlib
import json

from campaigns.brandlock import Target, render
from campaigns.compose.content import compiled_of, context_for_group, mailing_facts
from campaigns.compose.sender import sender_of
from campaigns.models import Mailing

# A mail may name the day it goes; the time has a window of its own, so that day is left out here.
ANY_DAY = "…"


def digest_of(mailing: Mailing) -> str:
    """Gives the SHA-256, as 64 hex digits, of content, version, audience, sender and group fields (product.md, 5)."""
    context = context_for_group(mailing.group, send_date=ANY_DAY, **mailing_facts(mailing))
    rendered = render(compiled_of(mailing.version), mailing.values, context, Target.BRAZE)
    audience = mailing.audience
    covered = {
        "subject": rendered.subject,
        "preheader": rendered.preheader,
        "html": rendered.html,
        "text": rendered.text,
        "version": str(mailing.version_id),
        "audience": [str(audience.pk), audience.kind, audience.segment_id] if audience else None,
        "sender": sender_of(mailing),
        "group": dict(mailing.group.mail_fields()),
        "values": mailing.values,  # also of sections that stand only on another day
        "route": mailing.route,
    }
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
