"""Whom a mail comes from: what the template sets, what the author may say, and the group's own (T2, M28)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop

from campaigns.library.words import one_line
from campaigns.models import Mailing, TemplateVersion
from groups.models import Group

PARTS = ("name", "address", "reply_to")
LONGEST = 120
_SIGNS_OF_LIQUID = frozenset("{}%$")
# Mail from these domains under another server's name fails DMARC, so that nobody would get it (M28).
FREE_MAIL = frozenset(
    {
        "aol.com",
        "daum.net",
        "gmail.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "me.com",
        "msn.com",
        "naver.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "t-online.de",
        "web.de",
        "yahoo.com",
        "yahoo.de",
        "ymail.com",
    }
)


def group_sender(group: Group) -> dict[str, str]:
    """Gives who a group's mail comes from: `name`, `address`, `reply_to`; its own name and email unless set."""
    return {
        "name": group.sender_name or group.name,
        "address": group.sender_address or group.email,
        "reply_to": group.reply_to or group.email,
    }


def sender_of(mailing: Mailing) -> dict[str, str]:
    """Gives who a mailing comes from; what an author wrote counts only where the version leaves that part open."""
    sender = group_sender(mailing.group)
    for part, rule in rules_of(mailing.version).items():
        own = str(mailing.envelope.get(part, "")) if rule.get("is_open") else ""
        sender[part] = one_line(own)[:LONGEST] or str(rule.get("value") or "") or sender[part]
    return sender


def rules_of(version: TemplateVersion) -> dict[str, Mapping[str, Any]]:
    """Gives what a version says of each part of the sender that it speaks of."""
    return {part: version.envelope[part] for part in PARTS if isinstance(version.envelope.get(part), Mapping)}


def open_parts(version: TemplateVersion) -> tuple[str, ...]:
    """Gives the parts that authors may write."""
    return tuple(part for part, rule in rules_of(version).items() if rule.get("is_open"))


def address_problem(part: str, text: str) -> tuple[str, str, dict[str, str]] | None:
    """Returns what is wrong with an author's or a group's address, as code, message and parameters; None for nothing.

    It is one bare address (RFC 5322, addr-spec). Braze reads Liquid in it too, so that none of its signs stand there:
    they would write what Braze knows of a person into the headers of their mail.
    """
    try:
        validate_email(text)
        is_sound = not _SIGNS_OF_LIQUID & set(text)
    except ValidationError:
        is_sound = False
    if is_sound:
        return None
    message = gettext_noop("%(address)s is no email address. Write one, as hello@example.com, and nothing else.")
    return f"sender_{part}_bad", message, {"address": text}


def sender_problems(sender: Mapping[str, str], domains: tuple[str, ...]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yields what is wrong with a sender, as code, message and parameters; `domains` are those of the brand, if known.

    An address of a free mail provider never stands in From, because mail from elsewhere under it is thrown away
    (DMARC, RFC 7489); a reply may go there.
    """
    for part in ("address", "reply_to"):
        if sender[part] and (problem := address_problem(part, sender[part])) is not None:
            yield problem
    domain = sender["address"].rpartition("@")[2].lower()
    if domain in FREE_MAIL:
        message = gettext_noop(
            "Mail from %(address)s would be thrown away, because only %(domain)s itself may send it. Use an address of "
            "your brand, and put this one under replies."
        )
        yield "sender_free_mail", message, {"address": sender["address"], "domain": domain}
    elif domains and domain and not any(domain == one or domain.endswith(f".{one}") for one in domains):
        message = gettext_noop("%(address)s is not on a domain that your brand sends from: %(domains)s.")
        yield "sender_domain", message, {"address": sender["address"], "domains": ", ".join(domains)}
