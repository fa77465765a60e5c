"""One email as Braze takes it, and the files that hang on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from braze_client import limits
from braze_client.limits import demand

NO_REPLY_TO: Final = "NO_REPLY_TO"
ONE_CLICK_UNSUBSCRIBE_HEADERS: Final[Mapping[str, str]] = {
    "List-Unsubscribe": "<{{${set_user_to_one_click_list_unsubscribe}}}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
"""What an API campaign's mail needs for one-click unsubscribe, which Braze does not add by itself (B-CMP-2)."""

FROM_SHAPE = re.compile(r"[^<>]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+")
ADDRESS_SHAPE = re.compile(r"[^<>@\s]+@[^<>@\s]+")
HEADER_NAME = re.compile(r"[!-9;-~]+")
FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
DRIVES = frozenset({"drive.google.com", "docs.google.com"})
# Nobody but a local Braze, on the same machine, can reach these.
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that Braze fetches and hangs on the mail, at most 2 MB (contract, section 13.1).

    ``file_name`` has no ending: Braze takes the type from the address's Content-Type. ``url`` is https, or http on
    this machine, and no page of a drive. Raises :class:`ContractViolation`.
    """

    file_name: str
    url: str

    def __post_init__(self) -> None:
        demand("13.1", bool(self.file_name.strip()), "an attachment has no name")
        demand("13.1", FILE_ENDING.search(self.file_name) is None, "an attachment's name carries no file ending")
        limits.one_line(self.file_name, "an attachment's name")
        try:
            parts = urlsplit(self.url)
        except ValueError:
            parts = urlsplit("")
        is_local = parts.hostname in THIS_MACHINE or (parts.hostname or "").endswith(".localhost")
        is_reached = parts.scheme == "https" or (parts.scheme == "http" and is_local)
        demand("13.1", is_reached and bool(parts.hostname), "an attachment needs an https address")
        demand("13.1", parts.hostname not in DRIVES, "an attachment cannot be a link to a drive")

    def as_json(self) -> dict[str, object]:
        """Return the attachment object of a request body."""
        return {"file_name": self.file_name, "url": self.url}


@dataclass(frozen=True, slots=True)
class Email:
    """One email as Braze takes it (contract, section 13.1).

    ``app_id`` is any App ID of the workspace. ``from_`` is an address, with or without a display name before
    ``<address>``. ``subject`` and ``body`` may be empty only with an ``email_template_id`` of Braze, whose own they
    override. ``reply_to`` is a bare address, ``NO_REPLY_TO``, or None for the workspace's default; ``bcc`` one of the
    workspace's own. ``message_variation_id`` is needed as soon as the call names a campaign. ``plaintext_body`` and
    ``should_inline_css`` of None leave the choice to Braze. Raises :class:`ContractViolation`.
    """

    app_id: str
    subject: str
    from_: str
    body: str
    reply_to: str | None = None
    plaintext_body: str | None = None
    preheader: str | None = None
    message_variation_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    should_inline_css: bool | None = None
    attachments: tuple[Attachment, ...] = ()
    bcc: str | None = None
    email_template_id: str | None = None

    def __post_init__(self) -> None:
        limits.identifier(self.app_id, "the App ID")
        if self.email_template_id is None:
            demand("13.1", self.subject.strip() != "", "the subject is empty")
            demand("13.1", self.body.strip() != "", "the body is empty")
        else:
            limits.identifier(self.email_template_id, "the email template ID")
        limits.one_line(self.subject, "the subject")
        limits.one_line(self.from_, "the from address")
        limits.one_line(self.preheader or "", "the preheader")
        demand("13.1", FROM_SHAPE.fullmatch(self.from_.strip()) is not None, "the from address is no address")
        if self.reply_to is not None and self.reply_to != NO_REPLY_TO:
            demand("13.1", ADDRESS_SHAPE.fullmatch(self.reply_to) is not None, "the reply-to is no bare address")
        if self.bcc is not None:
            demand("13.1", ADDRESS_SHAPE.fullmatch(self.bcc) is not None, "the bcc is no bare address")
        if self.message_variation_id is not None:
            limits.identifier(self.message_variation_id, "the message variation ID")
        for name, value in self.headers.items():
            demand("13.1", HEADER_NAME.fullmatch(name) is not None, "a header's name is no header name")
            limits.one_line(value, f"header {name}")

    def as_json(self) -> dict[str, object]:
        """Return the email object of a request body, without what was left open."""
        optional: dict[str, object] = {
            "app_id": self.app_id,
            "subject": self.subject or None,
            "from": self.from_,
            "body": self.body or None,
            "reply_to": self.reply_to,
            "bcc": self.bcc,
            "plaintext_body": self.plaintext_body,
            "preheader": self.preheader,
            "email_template_id": self.email_template_id,
            "message_variation_id": self.message_variation_id,
            "headers": dict(self.headers) or None,
            "extras": dict(self.extras) or None,
            "should_inline_css": self.should_inline_css,
            "attachments": [attachment.as_json() for attachment in self.attachments] or None,
        }
        return {name: value for name, value in optional.items() if value is not None}
