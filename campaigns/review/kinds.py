"""What reviews tell people: something waits for you, somebody has decided."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Review, ReviewState
from campaigns.review.changes import Shown, changes_of
from groups.models import Notice
from groups.notices.kinds import Detail, Family, Kind, Parameters, Words
from groups.notices.plain import one_line
from groups.roles import Permission

PREVIEWED: Final = 5
PREVIEW_CHARACTERS: Final = 160

APPROVALS: Final = Family("approvals", gettext_lazy("Approvals"))
MAILINGS: Final = Family("mailings", gettext_lazy("My mailings"))


def _submitted(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(mailing)s” of %(group)s waits for your approval")
        % {**parameters, "group": parameters["group_name"]},
        sentence=_(
            "%(author)s asks you to approve this mailing. You see what was changed against the template, the whole "
            "email, and whom it goes to."
        )
        % parameters,
        action=_("Look at it and decide"),
    )


def _decided(parameters: Parameters) -> Words:
    state = ReviewState(str(parameters["state"])).label
    if parameters["decider"]:
        sentence = _("%(decider)s has decided on your mailing: %(state)s.") % {**parameters, "state": state}
    else:
        sentence = _("Nobody approved your mailing in time, so it did not go out. You can copy it and submit it again.")
    return Words(
        title=_("“%(mailing)s”: %(state)s") % {**parameters, "state": state},
        sentence=sentence,
        action=_("See where the mailing stands"),
    )


def _submission(notice: Notice) -> tuple[Detail, ...]:
    """Gives the author's note and the first things that differ from the template."""
    review = _review_of(notice)
    if review is None:
        return ()
    changes = changes_of(review.mailing)
    note = (Detail(_("Note"), review.note),) if review.note else ()
    shown = tuple(Detail(change.label, _in_words(change.after)) for change in changes[:PREVIEWED])
    left = len(changes) - PREVIEWED
    if left <= 0:
        return note + shown
    others = ngettext("%(count)s other change", "%(count)s other changes", left) % {"count": left}
    return (*note, *shown, Detail(_("And more"), others))


def _decision(notice: Notice) -> tuple[Detail, ...]:
    review = _review_of(notice)
    return (Detail(_("Reason"), review.reason),) if review is not None and review.reason else ()


def _still_waits(notice: Notice) -> bool:
    review = _review_of(notice)
    return review is not None and review.state == ReviewState.OPEN


def _in_words(shown: Shown) -> str:
    parts = (shown.words, shown.image.name if shown.image else "", shown.url)
    return one_line(" · ".join(part for part in parts if part), characters=PREVIEW_CHARACTERS) or _("empty")


def _review_of(notice: Notice) -> Review | None:
    known = Review.objects.select_related("mailing__group__brand", "mailing__version__template")
    return known.filter(pk=notice.thing_id).first()


SUBMITTED: Final = Kind(
    name="review.submitted",
    family=APPROVALS,
    words=_submitted,
    permission=Permission.APPROVE_MAILINGS,
    details=_submission,
    is_worth_a_mail=_still_waits,
)
DECIDED: Final = Kind(
    name="review.decided",
    family=MAILINGS,
    words=_decided,
    permission=Permission.SEE_MAILINGS,
    details=_decision,
)
KINDS: Final = (SUBMITTED, DECIDED)
