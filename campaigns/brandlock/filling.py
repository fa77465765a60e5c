"""A mail as Braze gets it, its merge tags filled in with one person's values: what a test mail shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from braze_client.liquid import LiquidTag, MergeTag, contains_liquid, neutralise, parts_of
from braze_client.liquid import render as render_liquid

from . import inert
from .render import Rendered

_TOKEN_LINK = re.compile(r"\{\{\s*custom_attribute\.\$\{smartersends_token\}\s*\}\}")
_CONSENT_LINK = re.compile(
    r"\{\{\s*\$\{(?:set_user_to_(?:unsubscribed|subscribed|opted_in)_url|unsubscribe_url)\}\s*\}\}"
)
_ZERO_WIDTH_SPACE = "\u200b"


def fill_merge_tags(
    rendered: Rendered, profile: Mapping[str, object], *, no_token: str, unsubscribe_url: str
) -> Rendered:
    """Returns a mail rendered for Braze with the values that Braze would fill in, and links that change nobody.

    `profile` holds standard attributes by their Liquid names and custom ones under `custom_attribute`; a value that is
    missing gives the tag's own fallback. `no_token` stands where a person's unsubscribe token would, `unsubscribe_url`
    where Braze's own link to unsubscribe or to subscribe would. Every other byte stays as it was, the brand's own
    Liquid too; no value adds any Liquid (B-LIQ-1).
    """
    html, plain = _Filler(profile, inert.without_braces), _Filler(profile, neutralise)
    address = inert.unsubscribe_address(unsubscribe_url, html=True)
    return Rendered(
        subject=plain.fill(rendered.subject, no_token, unsubscribe_url),
        preheader=plain.fill(rendered.preheader, no_token, unsubscribe_url),
        html=html.fill(rendered.html, no_token, address),
        text=plain.fill(rendered.text, no_token, unsubscribe_url),
    )


class _Filler:
    """Fills texts of one kind; `safe` makes a value inert there."""

    def __init__(self, profile: Mapping[str, object], safe: Callable[[str], str]) -> None:
        self.profile = profile
        self.safe = safe

    def fill(self, text: str, no_token: str, unsubscribe_url: str) -> str:
        filled: list[str] = []
        is_value = False
        for part in parts_of(text):
            was_value, is_value = is_value, isinstance(part, MergeTag)
            written = self.written(part, no_token, unsubscribe_url)
            if not written:
                continue
            if (is_value or was_value) and filled and contains_liquid(filled[-1][-1] + written[0]):
                filled.append(_ZERO_WIDTH_SPACE)
            filled.append(written)
        return "".join(filled)

    def written(self, part: str | MergeTag | LiquidTag, no_token: str, unsubscribe_url: str) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, MergeTag):
            return self.safe(render_liquid(part.as_liquid(), self.profile))
        if _TOKEN_LINK.fullmatch(part.source):
            return no_token
        return unsubscribe_url if _CONSENT_LINK.fullmatch(part.source) else part.source
