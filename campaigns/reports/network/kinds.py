"""What a nudge tells people."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import GroupStanding
from campaigns.review.kinds import MAILINGS
from groups.models import Notice
from groups.notices.kinds import Kind, Parameters, Words
from groups.roles import Permission


def _nudged(parameters: Parameters) -> Words:
    last = parameters["last"]
    if last is None:
        told = _("Nothing has gone out of %(group_name)s yet.") % parameters
    else:
        day = date_format(date.fromisoformat(str(last)), "DATE_FORMAT")
        told = _("The last mailing of %(group_name)s went out on %(day)s.") % {**parameters, "day": day}
    asks = _("%(by)s asks whether you have news for your customers.") % parameters
    return Words(
        title=_("%(group_name)s has not written to its customers for a while") % parameters,
        sentence=f"{told} {asks}",
        action=_("Choose a template"),
    )


def _is_still_silent(notice: Notice) -> bool:
    return GroupStanding.objects.filter(group=UUID(notice.thing_id), is_silent=True).exists()


NUDGED: Final = Kind(
    name="group.nudged",
    family=MAILINGS,
    words=_nudged,
    permission=Permission.EDIT_MAILINGS,
    is_worth_a_mail=_is_still_silent,
)
KINDS: Final = (NUDGED,)
