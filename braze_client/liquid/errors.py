"""Why a text cannot be rendered."""

from __future__ import annotations

from braze_client.errors import BrazeError


class LiquidError(BrazeError):
    """A text that cannot be rendered for a person."""


class LiquidRefused(LiquidError):
    """A tag, attribute or default that this portal never sends (B-LIQ-2, B-LIQ-5)."""


class LiquidSyntaxInvalid(LiquidError):
    """A text that no Liquid engine accepts."""


class MessageAborted(LiquidError):
    """The text cancelled its own sending with `abort_message`; `reason` may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason or "aborted without a reason")
        self.reason = reason


class LiquidLimitReached(LiquidError):
    """A text that would take too much time or memory to render; it is no mail that somebody meant."""
