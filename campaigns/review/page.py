"""What the page of a submission shows, and the part about comments that other pages of a mailing show too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Target
from campaigns.compose.closing import in_words, moment_in_words
from campaigns.compose.content import render_mailing
from campaigns.compose.person_step import named_person
from campaigns.compose.queries import count_of
from campaigns.compose.sender import sender_of
from campaigns.delivery.control import ON_ITS_WAY
from campaigns.models import Comment, Level, Mailing, Review, ReviewState, Verdict
from campaigns.preflight import check
from campaigns.review.authors import is_author
from campaigns.review.changes import Change, changes_of
from campaigns.review.commenting import anchors_of, comments_of, may_comment, open_counts
from campaigns.review.deciders import is_out_of_reach, permission_at
from campaigns.review.deciding import yeses_of
from campaigns.review.forms import COMMENT_ID, ChangesForm, CommentForm, ReasonForm
from campaigns.review.policy import demand_of
from campaigns.review.queries import last_look, thread_of
from campaigns.review.surroundings import Moved, moved_since
from groups.access import may
from groups.models import User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as a page shows it: what it is about, and whether this person may settle it."""

    comment: Comment
    about: str
    may_resolve: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A change with the number of open comments on it; one that is not anchored is no field or part of the email."""

    change: Change
    comments: int
    is_anchored: bool


def page_of(
    review: Review, actor: User, *, changes_form: forms.Form | None = None, revoke_form: forms.Form | None = None
) -> dict[str, Any]:
    """Gives everything that the page shows."""
    mailing = review.mailing
    is_open = review.state == ReviewState.OPEN
    look, is_own_look = last_look(review, actor)
    own = review.decisions.filter(person=actor, verdict=Verdict.YES).first()
    has_right = may(actor, permission_at(review), mailing.group)
    is_own = is_author(mailing, actor) or actor.pk == review.submitted_by_id
    changes = changes_of(mailing, None if look is None else look.values)
    counts, anchors = open_counts(mailing), anchors_of(mailing)
    rows = [Row(one, counts.get(one.anchor, 0), one.anchor in anchors) for one in changes]
    count = count_of(mailing)
    moved = () if look is None else moved_since(look, mailing, count)
    may_approve = may(actor, Permission.APPROVE_MAILINGS, mailing.group)
    return {
        "review": review,
        "mailing": mailing,
        "group": mailing.group,
        "template": mailing.version.template,
        "changes": changes,
        "look": look,
        "is_own_look": is_own_look,
        **_sorted_changes(rows, moved, is_second=look is not None),
        "checks": check(mailing, actor=actor),
        "count": count,
        "when": moment_in_words(mailing),
        "decide_by": in_words(review.decide_by, mailing.group),
        "rendered": render_mailing(mailing, Target.PREVIEW),
        "sender": sender_of(mailing),
        "person": named_person(mailing),
        "attachments": list(attachments_of(mailing)),
        "demanded": demand_of(mailing) if is_open else None,
        "given": yeses_of(review) if is_open else 0,
        "is_out_of_reach": is_open and is_out_of_reach(review),
        "is_first_level": review.level == Level.FIRST,
        "is_own": is_own,
        "is_open": is_open,
        "said": own,
        "may_decide": is_open and has_right and not is_own and own is None,
        "may_send_back": is_open and has_right and not is_own,
        "may_revoke": may_approve and review.state == ReviewState.APPROVED and mailing.state in ON_ITS_WAY,
        "thread": thread_of(mailing),
        "form": changes_form or ChangesForm(brand=mailing.group.brand),
        "revoke_form": revoke_form or ReasonForm(auto_id="revoke-%s"),
        **comment_parts(mailing, actor),
    }


def comment_parts(mailing: Mailing, actor: User, *, form: CommentForm | None = None) -> dict[str, Any]:
    """Gives what the part about comments shows; `form` is a comment that was refused, with what was typed."""
    anchors = anchors_of(mailing)
    is_approver = may(actor, Permission.APPROVE_MAILINGS, mailing.group)
    is_writer = may_comment(actor, mailing.group)
    remarks = [
        Remark(
            comment,
            anchors.get(comment.field, comment.field),
            comment.resolved_at is None
            and (is_approver or (is_writer and actor.pk in (comment.author_id, mailing.author_id))),
        )
        for comment in comments_of(mailing)
    ]
    return {
        "remarks": [one for one in remarks if one.comment.resolved_at is None],
        "settled": [one for one in remarks if one.comment.resolved_at is not None],
        "may_comment": is_writer,
        "comment_form": form or (CommentForm(mailing=mailing, auto_id=COMMENT_ID) if is_writer else None),
    }


def _sorted_changes(rows: Sequence[Row], moved: Sequence[Moved], *, is_second: bool) -> dict[str, Any]:
    """Puts what has changed since the last look, in the content and beside it, before what the person knows already."""
    if not is_second:
        return {"rows": rows, "known": [], "moved": (), "moved_keys": (), "changed_count": len(rows)}
    new = [row for row in rows if row.change.is_new]
    return {
        "rows": new,
        "known": [row for row in rows if not row.change.is_new],
        "moved": moved,
        "moved_keys": [one.key for one in moved],
        "changed_count": len(new) + len(moved),
    }
