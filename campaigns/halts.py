"""Whether a group may send at all: the kill switches of it and of the groups above it (M24), and its being closed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.models import Halt
from groups.models import Group


def halts_over(group: Group) -> QuerySet[Halt]:
    """Gives the halts that stop a group: its own, and those of the groups above it."""
    return Halt.objects.filter(lifted_at=None, group__paths_down__descendant=group).select_related("group")


def demand_no_halt(group: Group) -> None:
    """Raises `Refusal` while sending is stopped for a group, and for a group that is closed by now."""
    demand_open(group)
    standing = halts_over(group).first()
    if standing is not None:
        raise Refusal(halted_sentence(standing))


def demand_open(group: Group) -> None:
    """Raises `Refusal` for a group that is closed by now."""
    if Group.objects.filter(pk=group.pk, closed_at__isnull=False).exists():
        raise Refusal(closed_sentence())


def closed_sentence() -> str:
    """Says what a closed group means for its people."""
    return _("This group is closed. What it has sent stays, but nothing new is sent.")


def halted_sentence(standing: Halt) -> str:
    """Says who is stopped, why, and who can mend it."""
    return _("Sending is stopped for %(group)s: %(reason)s Head office lets it go on again.") % {
        "group": standing.group.name,
        "reason": standing.reason if standing.reason.endswith((".", "!", "?")) else f"{standing.reason}.",
    }
