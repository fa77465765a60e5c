"""The last steps of the composer: whom it goes to, what the check says, when it goes, and the button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.brandlock import RenderContext
from campaigns.compose.queries import AudienceCount
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, CHECK, SEND, WHEN, Step, notes_for, own_key
from campaigns.delivery.timing import span_of_wall_clock
from campaigns.models import Attachment, Mailing
from campaigns.preflight.findings import CheckFinding
from campaigns.review.demand import Demanded
from campaigns.review.policy import demand_for
from groups.models import AudienceKind, Group, User


@dataclass(frozen=True, slots=True)
class Sending:
    """What the last step offers: `button` says what pressing it does; without `is_ready` there is no button."""

    button: str
    demanded: Demanded
    is_ready: bool

    @property
    def needs_approval(self) -> bool:
        """Whether somebody else must say yes."""
        return self.demanded.is_asked


def sending_of(
    mailing: Mailing,
    actor: User,
    findings: Sequence[CheckFinding],
    count: AudienceCount | None,
    context: RenderContext | None = None,
) -> Sending:
    """Gives what a person may do with a draft as it stands."""
    demanded = demand_for(mailing, actor, context)
    is_ready = not any(found.blocks for found in findings)
    return Sending(_button(mailing, count, is_asked=demanded.is_asked), demanded, is_ready)


def attachment_steps(
    mailing: Mailing, attachments: Sequence[Attachment], findings: Sequence[CheckFinding]
) -> tuple[Step, ...]:
    """Gives the step of the files that hang on a mailing: where its template allows them, or some hang there still."""
    if not attachments and not mailing.version.template.takes_attachments:
        return ()
    key = own_key(ATTACHMENTS)
    notes = notes_for(key, findings, blocks=True)
    return (
        Step(
            key=key,
            kind=ATTACHMENTS,
            title=_("Attachments"),
            help=_("Files that people get with this email. Everybody can open what you attach."),
            mark="missing" if notes else "done" if attachments else "untouched",
            summary=ngettext("%(count)s file", "%(count)s files", len(attachments)) % {"count": len(attachments)}
            if attachments
            else _("No file"),
            notes=notes,
            warnings=notes_for(key, findings, blocks=False),
        ),
    )


def closing_steps(
    *, mailing: Mailing, findings: Sequence[CheckFinding], count: AudienceCount | None, sending: Sending
) -> tuple[Step, ...]:
    """Gives the steps after the content, in order; the last one is the button's."""
    blockers = sum(1 for found in findings if found.blocks)
    warnings = len(findings) - blockers
    audience_notes = notes_for(own_key(AUDIENCE), findings, blocks=True)
    when_notes = notes_for(own_key(WHEN), findings, blocks=True)
    return (
        Step(
            key=own_key(AUDIENCE),
            kind=AUDIENCE,
            title=_("Audience"),
            help=_("Who gets this email."),
            mark="missing" if audience_notes else "done",
            summary=_audience_summary(mailing, count),
            notes=audience_notes,
            warnings=notes_for(own_key(AUDIENCE), findings, blocks=False),
        ),
        Step(
            key=own_key(CHECK),
            kind=CHECK,
            title=_("Check"),
            mark="missing" if blockers else "done",
            summary=_check_summary(blockers, warnings),
        ),
        Step(
            key=own_key(WHEN),
            kind=WHEN,
            title=_("When it goes out"),
            mark="missing" if when_notes else "done",
            summary=moment_in_words(mailing),
            notes=when_notes,
            warnings=notes_for(own_key(WHEN), findings, blocks=False),
        ),
        Step(
            key=own_key(SEND),
            kind=SEND,
            title=_("Submit for approval") if sending.needs_approval else _("Send"),
            mark="untouched" if sending.is_ready else "missing",
            summary="" if sending.is_ready else _("Some steps are still to do"),
        ),
    )


def moment_in_words(mailing: Mailing) -> str:
    """Gives when a mailing goes, with the zone: "24 November 2026, 9:00 in Los Angeles", or by whose clock."""
    if mailing.send_at is None:
        return _("As soon as possible")
    if not mailing.in_local_time:
        return in_words(mailing.send_at, mailing.group)
    local = mailing.send_at.astimezone(ZoneInfo(mailing.group.time_zone))
    return _("%(weekday)s %(date)s, %(time)s by each recipient's clock") % _parts(local)


def span_in_words(mailing: Mailing) -> str:
    """Spells out when the first and the last recipients get a mail that goes by each one's clock."""
    if mailing.send_at is None or not mailing.in_local_time:
        return ""
    first, last = span_of_wall_clock(mailing.send_at, mailing.group.time_zone)
    return _("The first may get it %(first)s, the last %(last)s.") % {
        "first": in_words(first, mailing.group),
        "last": in_words(last, mailing.group),
    }


def in_words(moment: datetime, group: Group) -> str:
    """Gives a moment in a group's zone, which it names."""
    local = moment.astimezone(ZoneInfo(group.time_zone))
    return _("%(weekday)s %(date)s, %(time)s in %(zone)s") % {**_parts(local), "zone": zone_name(group.time_zone)}


def _parts(local: datetime) -> dict[str, str]:
    return {
        "weekday": date_format(local, "l"),
        "date": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
    }


def zone_name(key: str) -> str:
    """Gives a zone as people say it: the city of `America/Los_Angeles`."""
    return key.rpartition("/")[2].replace("_", " ")


def _audience_summary(mailing: Mailing, count: AudienceCount | None) -> str:
    if mailing.is_practice:
        return _("Your team only")
    if mailing.audience is None or count is None:
        return _("Nobody chosen yet")
    if count.reached is None:
        return mailing.audience.name
    people = ngettext("%(count)s person", "%(count)s people", count.reached) % {
        "count": number_format(count.reached, force_grouping=True)
    }
    return f"{mailing.audience.name} · {people}"


def _check_summary(blockers: int, warnings: int) -> str:
    if blockers:
        return ngettext("%(count)s thing to mend", "%(count)s things to mend", blockers) % {"count": blockers}
    if warnings:
        return ngettext("%(count)s hint", "%(count)s hints", warnings) % {"count": warnings}
    return _("Everything is in order")


def _button(mailing: Mailing, count: AudienceCount | None, *, is_asked: bool) -> str:
    if is_asked:
        return _("Submit for approval")
    if mailing.is_practice:
        return _("Send to your team")
    if mailing.audience is not None and mailing.audience.kind == AudienceKind.EVERYBODY:
        return _("Send to everybody of the group") if mailing.send_at is None else _("Schedule for everybody")
    if count is None or count.reached is None:
        return _("Send to the segment") if mailing.send_at is None else _("Schedule for the segment")
    params = {"count": number_format(count.reached, use_l10n=True, force_grouping=True)}
    if mailing.send_at is None:
        return ngettext("Send to %(count)s person", "Send to %(count)s people", count.reached) % params
    return ngettext("Schedule for %(count)s person", "Schedule for %(count)s people", count.reached) % params
