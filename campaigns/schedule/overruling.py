"""Who may set the rules about time aside (M18: head office may overrule).

The rules warn, and do not block, where one of the people behind a mailing holds *manage rules* in its group. Who they
are:

- a draft, or a mailing that waits for a decision: whoever submits, schedules or sends it;
- a submission: whoever approves it, and whoever submitted it; so what head office has submitted knowingly needs no
  second person of head office, and an approver of head office can let through what the author alone could not;
- a mailing that is moved: whoever moves it, alone, because the time is a new one;
- a scheduled mailing that comes due, or is going out: whoever moved it last, or else the people who let it go, as
  above, and whoever let it go on after a pause. Nobody looks at it any more, so that days and hours that were forbidden
  since then stop it, unless it stands on head office's word.

The right is asked for anew each time: whoever has lost it overrules nothing any more. The limits of a role are always
those of the mailing's author.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.models import Mailing, MailingState, Review
from campaigns.review.queries import approval_of
from groups.access import may
from groups.models import Event, User
from groups.roles import Permission

_LET_GO = ("mailing.scheduled", "mailing.rescheduled", "mailing.sent_late", "mailing.sent_to_rest")
_LET_GO_ON = "mailing.resumed"


def is_overruled(mailing: Mailing, people: Sequence[User]) -> bool:
    """Tells whether one of the people may set the rules of the mailing's group aside."""
    return any(may(person, Permission.MANAGE_RULES, mailing.group) for person in people)


def people_behind(mailing: Mailing, actor: User) -> tuple[User, ...]:
    """Gives the people behind a draft, a submission or an open decision that somebody acts on."""
    if mailing.state in (MailingState.DRAFT, MailingState.NEEDS_DECISION):
        return (actor,)
    return (actor, *_submitter(mailing.reviews.select_related("submitted_by").first()))


def people_who_scheduled(mailing: Mailing) -> tuple[User, ...]:
    """Gives the people on whose word a mailing goes out at its time, as the audit trail knows them."""
    trail = Event.objects.filter(target_kind="mailing", target_id=str(mailing.pk), action__in=(*_LET_GO, _LET_GO_ON))
    people: list[User] = []
    for event in trail.select_related("actor").order_by("-id"):
        if event.actor is not None:
            people.append(event.actor)
        if event.action != _LET_GO_ON:
            approval = approval_of(mailing) if event.action == "mailing.scheduled" else None
            return (*people, *_submitter(approval))
    return tuple(people)


def _submitter(review: Review | None) -> tuple[User, ...]:
    return () if review is None else (review.submitted_by,)
