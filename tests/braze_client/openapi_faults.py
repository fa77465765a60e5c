"""What the community's description of Braze's API gets wrong: each fault with the type that is right, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DescriptionFault:
    """One wrong or missing entry; ``path`` ends with the names of the parameter, ``endpoint`` may be ``*``."""

    endpoint: str
    path: str
    right: str
    why: str


FAULTS: Final = (
    DescriptionFault("*", "user_aliases", "array", "an object there; Braze takes a list of aliases"),
    DescriptionFault("*", "broadcast", "boolean", "a string on two endpoints"),
    DescriptionFault("*", "override_frequency_capping", "boolean", "a string, as its example quotes it"),
    DescriptionFault("/email/status", "email", "array", "a string; Braze takes one address or up to 50"),
    DescriptionFault("/messages/schedule/update", "messages.email", "object", "missing; only its example's channels"),
    DescriptionFault("*", "audience.custom_attribute", "object", "missing; a single filter may stand without AND"),
    DescriptionFault("/campaigns/details", "post_launch_draft_version", "query", "missing; newer than the description"),
)
