"""The `[[name]]` tokens: which names there are, and who fills them."""

from __future__ import annotations

import re

from .pieces import Origin

TOKEN = re.compile(r"\[\[\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\s*\]\]")
ANY_TOKEN = re.compile(r"\[\[([^\[\]\n]{0,80})\]\]")
UNSUBSCRIBE_URL = "unsubscribe_url"
ADDRESS_TOKENS = frozenset({"group.street", "group.address"})
SENDER_NAMES = ("name", "address", "reply_to")
MAILING_NAMES = ("send_date",)


def origin_of(name: str) -> Origin | None:
    """Tells who fills `[[name]]`; None for a dotted name that nobody fills."""
    room, dot, rest = name.partition(".")
    if not dot:
        return Origin.PORTAL if name == UNSUBSCRIBE_URL else Origin.MERGE
    if room in {"group", "brand", "sender"}:
        return Origin.PORTAL
    return Origin.PORTAL if room == "mailing" and rest in MAILING_NAMES else None


def is_of_person(name: str) -> bool:
    """Tells whether `[[name]]` says something of the person in whose name a mail goes, and not of its From."""
    room, dot, rest = name.partition(".")
    return bool(dot) and room == "sender" and rest not in SENDER_NAMES
