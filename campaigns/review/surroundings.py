"""What stands beside the content of a mailing: noted with each submission, and what of it is another on a second round.

Catalogue M4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.attachments.queries import attachments_of
from campaigns.compose.closing import moment_in_words
from campaigns.compose.person_step import named_person
from campaigns.compose.queries import AudienceCount, count_of
from campaigns.compose.sender import sender_of
from campaigns.models import Mailing, Review


class Beside(TypedDict):
    """What was noted: plain values, put into words for whoever reads them.

    `reached` is None for people whom only Braze counts, `person` whose name it goes in, where that can be seen;
    `files` are names with the SHA-256 of what is in them.
    """

    audience: list[str]
    reached: int | None
    send_at: str
    in_local_time: bool
    last_day: str
    sender: dict[str, str]
    person: list[str]
    files: list[list[str]]
    version: list[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing beside the content that is another than at the last look, in words; `key` names it."""

    key: str
    label: str
    seen: str
    now: str


def beside(mailing: Mailing, count: AudienceCount | None) -> Beside:
    """Gives what stands beside the content now; `count` is that of its audience."""
    audience, person = mailing.audience, named_person(mailing)
    return Beside(
        audience=[str(audience.pk), audience.name] if audience else [],
        reached=count.reached if count else None,
        send_at=mailing.send_at.isoformat() if mailing.send_at else "",
        in_local_time=mailing.in_local_time,
        last_day=mailing.last_day.isoformat() if mailing.last_day else "",
        sender=sender_of(mailing),
        person=[str(person.pk), person.name] if person else [],
        files=[[f"{one.file_name}.{one.extension}", one.sha256] for one in attachments_of(mailing)],
        version=[str(mailing.version_id), str(mailing.version.number)],
    )


def noted(mailing: Mailing) -> Beside:
    """Gives what is noted when a mailing is submitted."""
    return beside(mailing, count_of(mailing))


def moved_since(look: Review, mailing: Mailing, count: AudienceCount | None) -> tuple[Moved, ...]:
    """Gives what beside the content has changed since a submission; nothing where it was not noted."""
    if look.beside is None:
        return ()
    return tuple(_moved(look.beside, beside(mailing, count), mailing))


def _moved(seen: Beside, now: Beside, mailing: Mailing) -> Iterator[Moved]:
    if (seen["audience"], seen["reached"]) != (now["audience"], now["reached"]):
        yield Moved("audience", _("Audience"), _audience(seen), _audience(now))
    if (seen["send_at"], seen["in_local_time"]) != (now["send_at"], now["in_local_time"]):
        yield Moved("time", _("Goes out"), _moment(seen, mailing), _moment(now, mailing))
    if seen["last_day"] != now["last_day"]:
        yield Moved("last_day", _("Not after"), _day(seen["last_day"]), _day(now["last_day"]))
    if seen["sender"] != now["sender"]:
        yield Moved("sender", _("From"), _sender(seen["sender"]), _sender(now["sender"]))
    if seen["person"][:1] != now["person"][:1]:
        yield Moved("person", _("In whose name"), "".join(seen["person"][1:]), "".join(now["person"][1:]))
    if seen["files"] != now["files"]:
        yield Moved("attachments", _("Attachments"), _files(seen["files"], ()), _files(now["files"], seen["files"]))
    if seen["version"][0] != now["version"][0]:
        yield Moved("version", _("Version of the template"), seen["version"][1], now["version"][1])


def _audience(noted: Beside) -> str:
    if not noted["audience"]:
        return ""
    name, reached = noted["audience"][1], noted["reached"]
    if reached is None:
        return name
    people = ngettext("%(count)s person", "%(count)s people", reached) % {
        "count": number_format(reached, force_grouping=True)
    }
    return f"{name} · {people}"


def _moment(noted: Beside, mailing: Mailing) -> str:
    send_at = datetime.fromisoformat(noted["send_at"]) if noted["send_at"] else None
    return moment_in_words(Mailing(group=mailing.group, send_at=send_at, in_local_time=noted["in_local_time"]))


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day)) if day else ""


def _sender(sender: Mapping[str, str]) -> str:
    from_line = f"{sender['name']} <{sender['address']}>"
    if sender["reply_to"] in ("", sender["address"]):
        return from_line
    return _("%(sender)s, replies to %(address)s") % {"sender": from_line, "address": sender["reply_to"]}


def _files(files: Sequence[Sequence[str]], before: Sequence[Sequence[str]]) -> str:
    """Gives the names of files; a name that stood there before, with something else in it, says so."""
    earlier = {file[0]: file[1] for file in before}
    return ", ".join(
        _("%(name)s (other content)") % {"name": name} if earlier.get(name, content) != content else name
        for name, content in files
    )
