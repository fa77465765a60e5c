"""What rollouts tell people: a new task, a cut-off that comes near, what has gone out, what waits for approval."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Answer, RolloutPart
from groups.models import Notice
from groups.notices.kinds import Family, Kind, Parameters, Words
from groups.roles import Permission

ROLLOUTS: Final = Family("rollouts", gettext_lazy("Rollouts of head office"))


def _shown(parameters: Parameters) -> Words:
    if parameters["is_offer"]:
        return Words(
            title=_("“%(rollout)s” is there for %(group)s to use") % _named(parameters),
            sentence=_("Head office offers it until %(until)s (%(zone)s). You choose audience and time.")
            % _named(parameters),
            action=_("Look at it"),
        )
    return Words(
        title=_("“%(rollout)s” goes out from %(group)s") % _named(parameters),
        sentence=_("Head office has prepared it. Until %(until)s (%(zone)s) you can change what is open, or opt out.")
        % _named(parameters),
        action=_("Look at it"),
    )


def _closing(parameters: Parameters) -> Words:
    return Words(
        title=_("One day left for “%(rollout)s”") % parameters,
        sentence=_("%(group)s can change it or opt out until %(until)s (%(zone)s).") % _named(parameters),
        action=_("Look at it"),
    )


def _gone(parameters: Parameters) -> Words:
    return Words(
        title=_("“%(rollout)s” has gone out from %(group)s") % _named(parameters),
        sentence=_("Its numbers come in during the next hours."),
        action=_("See its numbers"),
    )


def _waits(parameters: Parameters) -> Words:
    return Words(
        title=_("The rollout “%(rollout)s” waits for your approval") % parameters,
        sentence=_("%(author)s asks for one approval for all its groups. You see what differs from group to group.")
        % parameters,
        action=_("Look at it and decide"),
    )


def _named(parameters: Parameters) -> dict[str, object]:
    """Gives the parameters with the name of the group, and its last moment by its own clock."""
    told: dict[str, object] = {**parameters, "group": parameters["group_name"]}
    if parameters.get("until"):
        until = datetime.fromisoformat(str(parameters["until"])).astimezone(ZoneInfo(str(parameters["zone"])))
        told["until"] = date_format(until, "DATETIME_FORMAT")
    return told


def _can_still_act(notice: Notice) -> bool:
    part = RolloutPart.objects.filter(pk=UUID(notice.thing_id)).select_related("rollout").first()
    return part is not None and part.answer != Answer.OPTED_OUT and part.rollout.closed_at is None


def _kind(name: str, words: object, **more: object) -> Kind:
    return Kind(name, ROLLOUTS, words, permission=Permission.SEE_MAILINGS, **more)  # type: ignore[arg-type]


SHOWN: Final = _kind("rollout.shown", _shown, is_worth_a_mail=_can_still_act)
CLOSING: Final = _kind("rollout.closing", _closing, is_worth_a_mail=_can_still_act)
GONE: Final = _kind("rollout.gone", _gone)
WAITS: Final = Kind("rollout.waits", ROLLOUTS, _waits, permission=Permission.SEE_MAILINGS)
KINDS: Final = (SHOWN, CLOSING, GONE, WAITS)
