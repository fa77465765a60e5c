"""What the page of a mailing shows: state, ledger, thread, numbers, and the actions that are open to this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import time_format

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Target
from campaigns.compose.closing import in_words, moment_in_words
from campaigns.compose.content import render_mailing
from campaigns.compose.forms import when_initial
from campaigns.compose.person_step import named_person
from campaigns.compose.sender import sender_of
from campaigns.delivery.forms import RescheduleForm
from campaigns.delivery.ledger.exporting import lines_for
from campaigns.delivery.queries import Progress, delivery_of, progress
from campaigns.delivery.rest import size_of_rest
from campaigns.delivery.settling import NOT_REACHED
from campaigns.delivery.stopping import CAN_BE_PAUSED, can_be_stopped
from campaigns.halts import halted_sentence, halts_over
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState
from campaigns.reports.figures import figures_of
from campaigns.reports.queries import numbers_of
from campaigns.reports.sharing import sharing_of
from campaigns.review.page import comment_parts
from campaigns.review.queries import thread_of
from campaigns.rollouts.banner import box_of
from campaigns.rollouts.belonging import may_call_back
from campaigns.states import UNDECIDED, UNDER_WAY
from campaigns.testsend.page import shown_tests
from groups import access
from groups.models import User
from groups.roles import Permission

OPEN_BATCHES = (BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN, BatchState.REFUSED)
BATCHES_SHOWN = 50
STOPPABLE = (MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED, MailingState.NEEDS_DECISION)
REPORTED = (
    MailingState.SENDING,
    MailingState.SENT,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
    MailingState.STOPPED,
)
STARTS_ANEW = (MailingState.DRAFT, *UNDECIDED, MailingState.SCHEDULED)
NEVER_WENT = (DeliveryState.WITHDRAWN, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A batch state with its people and batches."""

    state: str
    label: str
    people: int
    batches: int


def page_of(mailing: Mailing, actor: User, *, reschedule: RescheduleForm | None = None) -> dict[str, Any]:
    """Gives everything that the page shows; what does not move is left out of `moving_parts`."""
    return {
        **moving_parts(mailing, actor, reschedule=reschedule),
        "thread": thread_of(mailing),
        "rendered": render_mailing(mailing, Target.PREVIEW),
        "sender": sender_of(mailing),
        "person": named_person(mailing),
        "attachments": list(attachments_of(mailing)),
        "practice_tests": shown_tests(mailing, actor) if mailing.is_practice else None,
        "export_lines": lines_for(mailing, actor),
        "rollout_box": box_of(mailing, actor),
        **comment_parts(mailing, actor),
    }


def moving_parts(mailing: Mailing, actor: User, *, reschedule: RescheduleForm | None = None) -> dict[str, Any]:
    """Gives what the page asks for every second: the ledger, the numbers, and the actions that are open."""
    newest = delivery_of(mailing)
    delivery = None if newest is None or _is_of_an_earlier_attempt(mailing, newest) else newest
    now = None if delivery is None else progress(delivery)
    numbers = numbers_of(mailing) if mailing.state in REPORTED else None
    may_edit = access.may(actor, Permission.EDIT_MAILINGS, mailing.group)
    may_send = access.may(actor, Permission.SEND_MAILINGS, mailing.group)
    may_stop = access.may(actor, Permission.STOP_MAILINGS, mailing.group)
    may_control = may_edit and (may_send or may_stop or mailing.author_id == actor.pk)
    may_control = may_control and may_call_back(mailing, actor)
    is_withdrawing = delivery is not None and delivery.state == DeliveryState.WITHDRAWING
    can_stop = (
        mailing.state in STOPPABLE and not is_withdrawing and (now is None or not now.is_under_way or now.may_undo)
    )
    can_pause = delivery is not None and delivery.state in CAN_BE_PAUSED
    can_end = delivery is not None and can_be_stopped(delivery)
    halt = halts_over(mailing.group).first()
    rest = _rest(mailing, now) if may_send and halt is None else 0
    return {
        "mailing": mailing,
        "group": mailing.group,
        "template": mailing.version.template,
        "delivery": delivery,
        "progress": now,
        "ledger": () if now is None else ledger_lines(now),
        "done_people": 0 if now is None else _people_done(now),
        "open_batches": () if newest is None else open_batches(mailing),
        "when": _when(mailing, delivery),
        "ends": _ends(delivery),
        "finishes": _clock(now, mailing),
        "is_over": now is not None and not now.is_under_way and mailing.state in REPORTED,
        "now": timezone.now(),
        "stage_ahead_hours": settings.STAGE_AHEAD_HOURS,
        "sharing": sharing_of(mailing) if mailing.state in REPORTED else None,
        "figures": () if numbers is None else figures_of(numbers),
        "is_reported": mailing.state in REPORTED and not mailing.is_practice,
        "halt": None if halt is None else halted_sentence(halt),
        "may_edit": may_edit,
        "may_control": may_control,
        "may_decide": may_stop,
        "may_resume": may_stop and halt is None and mailing.state == MailingState.PAUSED,
        "may_pause": may_stop and can_pause,
        "may_end": may_stop and can_end,
        "may_send_late": may_send and halt is None and mailing.state == MailingState.NEEDS_DECISION,
        "may_take_back": may_edit and mailing.state in UNDECIDED and may_call_back(mailing, actor),
        "rest": rest,
        "can_stop": can_stop and not can_end,
        "can_edit_again": can_stop and (delivery is None or delivery.follows_id is None),
        "can_move": can_stop and mailing.state == MailingState.SCHEDULED,
        "is_moving": mailing.state in (*STOPPABLE, *UNDECIDED) or is_withdrawing,
        "shown": f"{mailing.state}.{can_stop}.{can_pause}.{can_end}",
        "reschedule": reschedule or RescheduleForm(initial=when_initial(mailing), zone=mailing.group.time_zone),
    }


def ledger_lines(now: Progress) -> tuple[LedgerLine, ...]:
    """Gives the ledger in the order of a batch's life; states without a batch are left out."""
    return tuple(
        LedgerLine(state.value, str(state.label), now.people_by_state.get(state.value, 0), number)
        for state in BatchState
        if (number := now.batches_by_state.get(state.value, 0))
    )


def open_batches(mailing: Mailing) -> list[Batch]:
    """Gives the batches that somebody should know about or decide on, the first ones where there are many."""
    found = Batch.objects.filter(delivery__mailing=mailing, state__in=OPEN_BATCHES).select_related("delivery")
    return list(found.order_by("-delivery__created_at", "number")[:BATCHES_SHOWN])


def _is_of_an_earlier_attempt(mailing: Mailing, delivery: Delivery) -> bool:
    """Tells whether a delivery is over while its mailing starts anew; what it left open is still shown."""
    return mailing.state in STARTS_ANEW and delivery.state not in UNDER_WAY


def _when(mailing: Mailing, delivery: Delivery | None) -> str:
    """Gives the time that Braze was told, else the one that the author chose."""
    if delivery is not None and delivery.go_at is not None and delivery.state not in NEVER_WENT:
        return in_words(delivery.go_at, mailing.group)
    return moment_in_words(mailing)


def _people_done(now: Progress) -> int:
    """Gives the people of whom Braze has answered."""
    waiting = (BatchState.WAITING, BatchState.CALLING)
    return sum(number for state, number in now.people_by_state.items() if state not in waiting)


def _rest(mailing: Mailing, now: Progress | None) -> int:
    """Counts whom *Send to the rest* would reach; only where the ledger names people who were not reached."""
    if now is None or not any(now.people_by_state.get(state, 0) for state in NOT_REACHED):
        return 0
    return size_of_rest(mailing)


def _ends(delivery: Delivery | None) -> str:
    """Gives when the last recipients get a mail that goes by each one's clock."""
    if delivery is None or delivery.ends_at is None or delivery.state in NEVER_WENT:
        return ""
    return in_words(delivery.ends_at, delivery.mailing.group)


def _clock(now: Progress | None, mailing: Mailing) -> str:
    """Gives the forecast as a clock time in the group's zone."""
    if now is None or now.finishes_at is None:
        return ""
    return time_format(now.finishes_at.astimezone(ZoneInfo(mailing.group.time_zone)), "TIME_FORMAT")
