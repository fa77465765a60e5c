"""Liquid as Braze speaks it: merge tags written, people's text made inert, tags found, and messages rendered.

Everything but `render` and `verify` needs the standard library alone. Nothing here fetches anything: connected content
is never followed.

    LiquidError
    ├── LiquidRefused       the text uses something that this portal never sends: mend the text
    ├── LiquidSyntaxInvalid the text is no valid Liquid: Braze would not send it
    ├── LiquidLimitReached  the text would take too much time or memory: it is no mail that somebody meant
    └── MessageAborted      the text decided not to go to this person; `reason` says why
"""

from __future__ import annotations

from braze_client.liquid.errors import (
    LiquidError,
    LiquidLimitReached,
    LiquidRefused,
    LiquidSyntaxInvalid,
    MessageAborted,
)
from braze_client.liquid.merge_tags import MergeTag, merge_tag, parts_of
from braze_client.liquid.names import REFERENCE_ROOTS, STANDARD_ATTRIBUTES, SUBSCRIPTION_URLS
from braze_client.liquid.rendering import render, verify
from braze_client.liquid.tags import LiquidTag, contains_liquid, neutralise, tags_in

__all__ = [
    "REFERENCE_ROOTS",
    "STANDARD_ATTRIBUTES",
    "SUBSCRIPTION_URLS",
    "LiquidError",
    "LiquidLimitReached",
    "LiquidRefused",
    "LiquidSyntaxInvalid",
    "LiquidTag",
    "MergeTag",
    "MessageAborted",
    "contains_liquid",
    "merge_tag",
    "neutralise",
    "parts_of",
    "render",
    "tags_in",
    "verify",
]
