"""Nothing goes out from a group that is closed: its mailings end, whichever way it was closed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.delivery.control import ON_ITS_WAY
from campaigns.delivery.ending import Ended, end
from campaigns.models import DeliveryState, Mailing, MailingState, Route
from groups.models import Group, User
from groups.tree.closing import close_group


def close(*, group: Group, actor: User) -> list[Ended]:
    """Closes a group with all below it, ends what was on its way from there, and says what became of each mailing.

    Should the process end in between, the sweep does the rest. Raises as `close_group` does.
    """
    close_group(group=group, actor=actor)
    return [_end(mailing, actor) for mailing in _on_their_way().filter(group__paths_up__ancestor=group)]


def concerned(group: Group) -> int:
    """Counts the mailings that closing a group would end."""
    under_way = Mailing.objects.filter(state__in=(*ON_ITS_WAY, MailingState.IN_APPROVAL))
    return under_way.filter(group__paths_up__ancestor=group).count()


def end_in_closed_groups() -> None:
    """Ends what began while its group was being closed; the sweep asks for it, and doing it twice changes nothing."""
    left_to_braze = {"state": MailingState.SENDING, "route": Route.SCHEDULE}
    for mailing in _on_their_way().exclude(**left_to_braze):
        _end(mailing, None)


def _on_their_way() -> QuerySet[Mailing]:
    """Gives the mailings of closed groups that still move and are not being withdrawn."""
    return (
        Mailing.objects.filter(group__closed_at__isnull=False, state__in=(*ON_ITS_WAY, MailingState.IN_APPROVAL))
        .exclude(deliveries__state=DeliveryState.WITHDRAWING)
        .select_related("group__brand", "version__template")
        .order_by("group__name", "name")
    )


def _end(mailing: Mailing, actor: User | None) -> Ended:
    told = _("%(group)s was closed, so this was stopped.") % {"group": mailing.group.name}
    return end(mailing, told, action="mailing.group_closed", actor=actor)
