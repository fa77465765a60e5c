"""Comments on a mailing and its fields: who may write them, whom they name, and when they are settled (M9)."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import clean_text
from campaigns.compose.content import compiled_of
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Comment, Mailing
from campaigns.review.notices import tell_mentions
from groups.access import may, members_with
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission

CHARACTERS = 1000
MOST_COMMENTS = 500
WRITERS = (Permission.EDIT_MAILINGS, Permission.REVIEW_MAILINGS, Permission.APPROVE_MAILINGS)


def may_comment(user: User, group: Group) -> bool:
    """Tells whether a person may comment on the mailings of a group: they see them, and write or judge them."""
    if not may(user, Permission.SEE_MAILINGS, group):
        return False
    return any(may(user, permission, group) for permission in WRITERS)


def add_comment(
    *,
    mailing: Mailing,
    actor: User,
    text: str,
    field: str = "",
    mentions: Collection[User] = (),
    reply_to: Comment | None = None,
) -> Comment:
    """Writes a comment, or an answer to one, and tells whom it names, by `mentions` or as @name in the text.

    Only people who may see the mailing can be named. Raises `NotAllowed` without the right, and `Refusal` for an empty
    text, for a field that the mailing has not, and for an answer to an answer or to another mailing's comment.
    """
    if not may_comment(actor, mailing.group):
        raise NotAllowed(_("You may not comment on mailings of this group."))
    cleaned = clean_text(text).strip()
    if not cleaned or len(cleaned) > CHARACTERS:
        raise Refusal(_("Write your comment, in at most 1,000 characters."))
    if reply_to is not None:
        if reply_to.mailing_id != mailing.pk or reply_to.reply_to_id is not None:
            raise Refusal(_("This comment cannot be answered. Write a new one."))
        field = reply_to.field
    if field and field not in anchors_of(mailing):
        raise Refusal(_("This email has no such field. Comment on the email as a whole."))
    named = _named(mailing, cleaned, mentions)
    with transaction.atomic():
        if mailing.comments.count() >= MOST_COMMENTS:
            raise Refusal(_("There are 500 comments on this mailing already. Talk to each other, or start a copy."))
        comment = Comment.objects.create(mailing=mailing, field=field, author=actor, text=cleaned, reply_to=reply_to)
        comment.mentions.set(named)
        record("mailing.commented", actor=actor, group=mailing.group, target=mailing, field=field, mentions=len(named))
        if named:
            tell_mentions(comment)
    return comment


def resolve(*, comment: Comment, actor: User) -> Comment:
    """Settles a comment with its answers. Raises `NotAllowed`, and `StaleState` when it is settled or is an answer."""
    if not may_resolve(comment, actor):
        raise NotAllowed(_("Only who wrote this comment, the author of the mailing or an approver can settle it."))
    with transaction.atomic():
        open_one = Comment.objects.filter(pk=comment.pk, resolved_at=None, reply_to=None)
        if not open_one.update(resolved_at=timezone.now(), resolved_by=actor):
            raise StaleState
        mailing = comment.mailing
        record("mailing.comment_resolved", actor=actor, group=mailing.group, target=mailing, field=comment.field)
    comment.refresh_from_db()
    return comment


def may_resolve(comment: Comment, user: User) -> bool:
    """Tells whether a person may settle a comment: its writer, the mailing's author, or somebody who approves."""
    group = comment.mailing.group
    if user.pk in (comment.author_id, comment.mailing.author_id) and may_comment(user, group):
        return True
    return may(user, Permission.APPROVE_MAILINGS, group)


def comments_of(mailing: Mailing) -> QuerySet[Comment]:
    """Gives the comments of a mailing with their answers; the open ones first, then by time."""
    answers = Comment.objects.select_related("author").prefetch_related("mentions")
    return (
        mailing.comments.filter(reply_to=None)
        .select_related("author", "resolved_by")
        .prefetch_related("mentions", Prefetch("replies", answers))
        .order_by(F("resolved_at").asc(nulls_first=True), "written_at", "pk")
    )


def open_counts(mailing: Mailing) -> dict[str, int]:
    """Gives how many open comments each field has; the mailing as a whole is the empty name."""
    waiting = mailing.comments.filter(reply_to=None, resolved_at=None).order_by()
    return dict(waiting.values_list("field").annotate(number=Count("pk")))


def anchors_of(mailing: Mailing) -> dict[str, str]:
    """Gives the fields and repeated parts that can be commented on, with their labels, in the order of the email."""
    compiled = compiled_of(mailing.version)
    anchors: dict[str, str] = {}
    for spec in compiled.fields:
        if spec.repeat is None:
            anchors[spec.name] = spec.label
        else:
            anchors.setdefault(spec.repeat, compiled.sections_by_name[spec.repeat].label)
    for section in compiled.sections:
        anchors.setdefault(section.name, section.label)
    return anchors


def mentionable(mailing: Mailing) -> QuerySet[User]:
    """Gives the people who may see a mailing, and so may be named in its comments."""
    return members_with(mailing.group, Permission.SEE_MAILINGS).order_by("name", "email")


def _named(mailing: Mailing, text: str, mentions: Collection[User]) -> list[User]:
    """Gives the people that a comment names; whoever may not see the mailing is not found, by whatever way."""
    chosen = {person.pk for person in mentions}
    at = "@" in text
    return [person for person in mentionable(mailing) if person.pk in chosen or (at and _is_named(person, text))]


def _is_named(person: User, text: str) -> bool:
    return bool(person.name) and bool(re.search(rf"(?<!\w)@{re.escape(person.name)}(?!\w)", text, re.IGNORECASE))
