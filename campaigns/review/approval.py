"""Whether the approval that a mailing stands on still covers what would go out, and when."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.review.digest import digest_of
from campaigns.review.queries import approval_of


class ApprovalVoid(Refusal):
    """The approval does not cover this content or this time; the mailing must be approved again."""


def demand_covered(mailing: Mailing, *, go_at: datetime) -> None:
    """Raises `ApprovalVoid` when the mailing was approved with other content, or for another time than `go_at`.

    A mailing without an approval passes: whoever handed it over was free to do so by the policy of that moment.
    """
    approval = approval_of(mailing)
    if approval is None:
        return
    if approval.digest != digest_of(mailing):
        raise ApprovalVoid(
            _("What this mailing shows has changed since it was approved, so it must be approved again.")
        )
    if not approval.window_from <= go_at <= approval.window_until:
        raise ApprovalVoid(_("The approval covers another time, so this mailing must be approved again."))
