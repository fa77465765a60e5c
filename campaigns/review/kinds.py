"""What reviews tell people: something waits for you, somebody has decided or spoken, time runs out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Comment, Review, ReviewState
from campaigns.review.authors import may_decide
from campaigns.review.changes import Shown, changes_of
from campaigns.review.deciders import permission_at
from groups.models import Notice
from groups.notices.kinds import Detail, Family, Kind, Parameters, Plain, Words
from groups.notices.plain import one_line
from groups.roles import Permission

PREVIEWED: Final = 5
PREVIEW_CHARACTERS: Final = 160
COMMENT_CHARACTERS: Final = 500

APPROVALS: Final = Family("approvals", gettext_lazy("Approvals"))
MAILINGS: Final = Family("mailings", gettext_lazy("My mailings"))
COMMENTS: Final = Family("comments", gettext_lazy("Comments"))


def _submitted(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(mailing)s” of %(group)s waits for your approval") % _named(parameters),
        sentence=_(
            "%(author)s asks you to approve this mailing. You see what was changed against the template, the whole "
            "email, and whom it goes to."
        )
        % parameters,
        action=_("Look at it and decide"),
    )


def _reviewed(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(mailing)s” of %(group)s is reviewed and waits for your approval") % _named(parameters),
        sentence=_("A mailing of %(author)s has passed the first level. The last word is yours.") % parameters,
        action=_("Look at it and decide"),
    )


def _reminder(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(mailing)s” of %(group)s still waits for you") % _named(parameters),
        sentence=_(
            "The mailing of %(author)s waits for your decision until %(until)s (%(zone)s). After that it does not go "
            "out."
        )
        % _timed(parameters),
        action=_("Look at it and decide"),
    )


def _escalated(parameters: Parameters) -> Words:
    return Words(
        title=_("Nobody has decided on “%(mailing)s” of %(group)s") % _named(parameters),
        sentence=_(
            "The people nearer to it have not decided on the mailing of %(author)s. You can, until %(until)s "
            "(%(zone)s). After that it does not go out."
        )
        % _timed(parameters),
        action=_("Look at it and decide"),
    )


def _undecided(parameters: Parameters) -> Words:
    return Words(
        title=_("Nobody has decided on “%(mailing)s” yet") % parameters,
        sentence=_(
            "Your mailing can be approved until %(until)s (%(zone)s). We have reminded the people who can do so. You "
            "can also take it back and choose another time."
        )
        % _timed(parameters),
        action=_("See where the mailing stands"),
    )


def _expired(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(mailing)s” did not go out") % parameters,
        sentence=_(
            "Nobody approved this mailing of %(group)s in time, so it did not go out. It can be copied and submitted "
            "again."
        )
        % _named(parameters),
        action=_("See where the mailing stands"),
    )


def _decided(parameters: Parameters) -> Words:
    state = ReviewState(str(parameters["state"])).label
    return Words(
        title=_("“%(mailing)s”: %(state)s") % {**parameters, "state": state},
        sentence=_("%(decider)s has decided on your mailing: %(state)s.") % {**parameters, "state": state},
        action=_("See where the mailing stands"),
    )


def _mentioned(parameters: Parameters) -> Words:
    return Words(
        title=_("%(author)s names you in a comment on “%(mailing)s”") % parameters,
        sentence=_("%(author)s names you in a comment on a mailing of %(group)s.") % _named(parameters),
        action=_("Read and answer"),
    )


def _named(parameters: Parameters) -> dict[str, Plain]:
    return {**parameters, "group": parameters["group_name"]}


def _timed(parameters: Parameters) -> dict[str, Plain]:
    """Gives the parameters with the last moment for a yes in words, by the clock of the group."""
    until = datetime.fromisoformat(str(parameters["until"])).astimezone(ZoneInfo(str(parameters["zone"])))
    return {**_named(parameters), "until": date_format(until, "DATETIME_FORMAT")}


def _submission(notice: Notice) -> tuple[Detail, ...]:
    """Gives the author's note and the first things that differ from the template."""
    review = _review_of(notice)
    if review is None:
        return ()
    changes = changes_of(review.mailing)
    urgent = (Detail(_("Priority"), _("The author says that it is urgent.")),) if review.is_priority else ()
    note = (*urgent, Detail(_("Note"), review.note)) if review.note else urgent
    shown = tuple(Detail(change.label, _in_words(change.after)) for change in changes[:PREVIEWED])
    left = len(changes) - PREVIEWED
    if left <= 0:
        return note + shown
    others = ngettext("%(count)s other change", "%(count)s other changes", left) % {"count": left}
    return (*note, *shown, Detail(_("And more"), others))


def _decision(notice: Notice) -> tuple[Detail, ...]:
    review = _review_of(notice)
    return (Detail(_("Reason"), review.reason),) if review is not None and review.reason else ()


def _comment(notice: Notice) -> tuple[Detail, ...]:
    comment = Comment.objects.filter(pk=notice.thing_id).select_related("author").first()
    if comment is None:
        return ()
    return (Detail(comment.author.name, one_line(comment.text, characters=COMMENT_CHARACTERS)),)


def _still_asks(notice: Notice) -> bool:
    """Tells whether the person may still decide on what they are asked to."""
    review = _review_of(notice)
    if review is None or review.state != ReviewState.OPEN or review.level != notice.parameters["level"]:
        return False
    return may_decide(notice.person, permission_at(review), review.mailing)


def _in_words(shown: Shown) -> str:
    parts = (shown.words, shown.image.name if shown.image else "", shown.url)
    return one_line(" · ".join(part for part in parts if part), characters=PREVIEW_CHARACTERS) or _("empty")


def _review_of(notice: Notice) -> Review | None:
    known = Review.objects.select_related("mailing__group__brand", "mailing__version__template")
    return known.filter(pk=notice.thing_id).first()


def _asking(name: str, words: Callable[[Parameters], Words]) -> Kind:
    return Kind(
        name=name,
        family=APPROVALS,
        words=words,
        permission=Permission.SEE_MAILINGS,
        details=_submission,
        is_worth_a_mail=_still_asks,
    )


SUBMITTED: Final = _asking("review.submitted", _submitted)
REVIEWED: Final = _asking("review.reviewed", _reviewed)
REMINDER: Final = _asking("review.reminder", _reminder)
ESCALATED: Final = _asking("review.escalated", _escalated)
ASKING: Final = (SUBMITTED, REVIEWED, REMINDER, ESCALATED)
DECIDED: Final = Kind("review.decided", MAILINGS, _decided, permission=Permission.SEE_MAILINGS, details=_decision)
UNDECIDED: Final = Kind("review.undecided", MAILINGS, _undecided, permission=Permission.SEE_MAILINGS)
EXPIRED: Final = Kind("review.expired", MAILINGS, _expired, permission=Permission.SEE_MAILINGS)
MENTIONED: Final = Kind("comment.mentioned", COMMENTS, _mentioned, permission=Permission.SEE_MAILINGS, details=_comment)
KINDS: Final = (*ASKING, DECIDED, UNDECIDED, EXPIRED, MENTIONED)
