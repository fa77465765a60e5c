"""What local authors do to a mailing before it is submitted or sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.attachments.services import copy_attachments, delete_file
from campaigns.brandlock import ValuesRefused as ValuesWrong
from campaigns.brandlock import clean_values, default_values
from campaigns.compose.content import compiled_of
from campaigns.compose.editing import edit_draft
from campaigns.compose.sender import LONGEST, address_problem, open_parts
from campaigns.delivery.local_time import demand_local_lead
from campaigns.errors import NotAllowed, NotEditable, Refusal, ValuesRefused
from campaigns.features import demand_scheduling
from campaigns.halts import demand_open
from campaigns.library.offering import day_of, is_offered
from campaigns.library.words import one_line
from campaigns.models import Mailing, MailingState, Template
from campaigns.preflight.findings import CheckFinding
from campaigns.rollouts.belonging import demand_not_held
from campaigns.sentences import spoken
from groups.audit import record
from groups.models import Audience, Group, User
from groups.people.queries import colleagues_of

NAME_CHARACTERS = 120
A_DOUBLE_CLICK = timedelta(seconds=3)


def start_mailing(
    *, group: Group, template: Template, actor: User, name: str = "", is_practice: bool = False
) -> Mailing:
    """Makes a draft from the template's published version; raises `Refusal` where it is not offered to this person.

    What is started as practice stays practice (`campaigns.practice`).
    """
    version = template.current
    demand_open(group)
    if version is None or template.brand_id != group.brand_id:
        raise Refusal(_("This template has no published version yet. Ask a brand manager to publish it."))
    if not is_offered(template, group, actor):
        raise Refusal(_("This template is not offered to your group now. Choose another one, or ask a brand manager."))
    with transaction.atomic():
        mailing = Mailing.objects.create(
            group=group,
            version=version,
            name=one_line(name)[:NAME_CHARACTERS] or template.name,
            values=default_values(compiled_of(version)),
            route=template.route,
            author=actor,
            is_practice=is_practice,
        )
        record(
            "mailing.started",
            actor=actor,
            group=group,
            target=mailing,
            template=template.slug,
            is_practice=is_practice,
        )
    return mailing


def started_just_now(*, group: Group, template: Template, actor: User) -> Mailing | None:
    """Gives the draft that the same click has just started, so that a double click starts one; None otherwise."""
    since = timezone.now() - A_DOUBLE_CLICK
    untouched = Mailing.objects.filter(revision=0, state=MailingState.DRAFT, created_at__gt=since)
    return untouched.filter(group=group, version=template.current_id, author=actor).first()


def save_values(*, mailing: Mailing, changes: Mapping[str, Any], revision: int, actor: User) -> Mailing:
    """Stores field values, by name; the others stay as they are.

    Raises `ValuesRefused` for what the template does not take, `StaleRevision` when something newer is stored, and
    `NotEditable` when the mailing is no draft.
    """
    try:
        values = clean_values(compiled_of(mailing.version), {**mailing.values, **changes})
    except ValuesWrong as error:
        raise ValuesRefused(
            _("The template does not take this."), [CheckFinding.of_value(finding) for finding in error.findings]
        ) from error
    return edit_draft(mailing, actor, revision=revision, values=values)


def save_envelope(*, mailing: Mailing, changes: Mapping[str, str], actor: User) -> Mailing:
    """Stores what an author says of the sender (T2).

    Raises `NotAllowed` for a part that the template locks, and `Refusal` for an address that is none.
    """
    locked = [part for part in changes if part not in open_parts(mailing.version)]
    if locked:
        raise NotAllowed(_("The template locks this part of the sender. Only a brand manager can change it."))
    cleaned = {part: one_line(text)[:LONGEST] for part, text in changes.items()}
    for part in ("address", "reply_to"):
        if cleaned.get(part) and (problem := address_problem(part, cleaned[part])) is not None:
            raise Refusal(spoken(problem[1], problem[2]))
    return edit_draft(mailing, actor, revision=mailing.revision, envelope={**mailing.envelope, **cleaned})


def rename(*, mailing: Mailing, name: str, revision: int, actor: User) -> Mailing:
    """Gives the mailing its internal name, which recipients never see."""
    cleaned = one_line(name)[:NAME_CHARACTERS]
    if not cleaned:
        raise Refusal(_("A mailing needs a name, so that your team finds it again. Recipients never see it."))
    return edit_draft(mailing, actor, revision=revision, name=cleaned)


def choose_audience(*, mailing: Mailing, audience: Audience | None, actor: User) -> Mailing:
    """Says whom the mailing goes to; the audience must belong to the mailing's group, and practice has none."""
    demand_choice(mailing)
    if audience is not None and audience.group_id != mailing.group_id:
        raise Refusal(_("This audience belongs to another group."))
    return edit_draft(mailing, actor, revision=mailing.revision, audience=audience)


def choose_time(*, mailing: Mailing, send_at: datetime | None, actor: User, in_local_time: bool = False) -> Mailing:
    """Says when the mailing goes out; `None` means as soon as it is sent or approved.

    With `in_local_time` each recipient gets it when their own clock shows what the group's shows at `send_at`. Raises
    `Refusal` for the past, and for a time that is too near for that, and `NotAllowed` where the group may not choose.
    """
    demand_choice(mailing)
    if send_at is not None:
        demand_scheduling(mailing.group)
    if send_at is not None and send_at <= timezone.now():
        raise Refusal(_("This time has passed. Choose a later one, or send now."))
    if send_at is not None and in_local_time:
        demand_local_lead(send_at, mailing.group.time_zone, mailing.route)
    in_local_time = in_local_time and send_at is not None
    return edit_draft(mailing, actor, revision=mailing.revision, send_at=send_at, in_local_time=in_local_time)


def demand_choice(mailing: Mailing) -> None:
    """Raises `NotAllowed` for practice, which goes to its team, at once."""
    if mailing.is_practice:
        raise NotAllowed(_("A practice mailing goes to your team, at once. There is nobody and no time to choose."))


def choose_last_day(*, mailing: Mailing, last_day: date | None, actor: User) -> Mailing:
    """Says after which day, by the group's calendar, nothing of the mailing may go out; `None` means any day (M17).

    Raises `Refusal` for a day that has passed.
    """
    if last_day is not None and last_day < day_of(mailing.group, timezone.now()):
        raise Refusal(_("The last day has passed. Choose a later one, or leave it empty."))
    return edit_draft(mailing, actor, revision=mailing.revision, last_day=last_day)


def copy_mailing(*, mailing: Mailing, actor: User) -> Mailing:
    """Makes a new draft with the same content and files, a real one of practice; audience and time are asked for anew.

    Raises `Refusal` where the person may not start a mailing from the template any more, or the group is closed.
    """
    demand_open(mailing.group)
    if not is_offered(mailing.version.template, mailing.group, actor):
        raise Refusal(_("The template of this mailing is not offered to you any more, so it cannot be copied."))
    with transaction.atomic():
        copy = Mailing.objects.create(
            group=mailing.group,
            version=mailing.version,
            name=_("Copy of %(name)s") % {"name": mailing.name[:100]},
            values=mailing.values,
            envelope=mailing.envelope,
            on_behalf_of=_still_lent(mailing, actor),
            route=mailing.route,
            author=actor,
        )
        copy_attachments(mailing, copy, actor)
        record("mailing.copied", actor=actor, group=mailing.group, target=copy, source=str(mailing.pk))
    return copy


def _still_lent(mailing: Mailing, actor: User) -> User | None:
    """Gives in whose name a mailing goes, where whoever copies it may write in that name as well."""
    person = mailing.on_behalf_of
    is_known = person is not None and colleagues_of(actor, mailing.group).filter(pk=person.pk).exists()
    return person if is_known and person != actor else None


def delete_draft(*, mailing: Mailing, actor: User) -> None:
    """Deletes a draft that was never handed to Braze; raises `NotEditable` for anything else."""
    demand_not_held(mailing)
    with transaction.atomic():
        kept = Mailing.objects.filter(pk=mailing.pk, state=MailingState.DRAFT, deliveries=None, reviews=None)
        locked = kept.first()
        if locked is None:
            raise NotEditable(_("Only a draft that was never submitted or sent can be deleted."))
        record("mailing.deleted", actor=actor, group=mailing.group, target=mailing, name=mailing.name)
        for attachment in locked.attachments.all():
            delete_file(attachment)
        locked.delete()
