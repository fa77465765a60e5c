"""Changing what a group is: its name, its address, its sender, its zone."""

from __future__ import annotations

from typing import Unpack, cast

from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused
from groups.errors import InputRefused, NotPermitted
from groups.models import Group, GroupKind, ReviewPolicy, User
from groups.roles import Permission
from groups.tree import rules
from groups.tree.services import GroupFields, add_group

# Facts that say nothing of a person; the trail shows what they were and what they became.


class GroupFacts(GroupFields, total=False):
    """All that a person may change of a group."""

    name: str


class _Known(GroupFields):
    name: str


class FactsRefused(InputRefused):
    """Facts of a group that cannot be taken; `wrong` has a sentence by the name of each."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()), tuple(wrong.values()))
        self.wrong = wrong


def change_group(*, group: Group, actor: User, **facts: Unpack[GroupFacts]) -> Group:
    """Changes facts of a group, and says in the trail which; the others stay as they are.

    Words become one line each. Raises `NotPermitted` without the right to manage this group, and `FactsRefused` with a
    sentence for each fact that is wrong.
    """
    demand_managing(actor, group)
    wanted = checked_facts(facts)
    with transaction.atomic():
        locked = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
        before = {name: str(getattr(locked, name)) for name in wanted}
        changed = sorted(name for name in wanted if wanted[name] != before[name])
        if changed:
            Group.objects.filter(pk=group.pk).update(**{name: wanted[name] for name in changed})
            audit.record(
                "group.updated",
                actor=actor,
                target=group,
                group=group,
                before=before,
                after=wanted,
                not_kept=rules.PERSONAL,
            )
    group.refresh_from_db()
    return group


def create_group(*, parent: Group, code: str, kind: GroupKind, actor: User, **facts: Unpack[GroupFacts]) -> Group:
    """Adds a group below another one, with what is known of it.

    Raises `NotPermitted` unless the actor manages the group above, and `FactsRefused` or `InputRefused` for facts that
    are wrong, a code that is taken, and a place at which no such group stands.
    """
    demand_managing(actor, parent)
    wanted = checked_facts({"name": "", **facts})
    if wrong := dict(rules.problems({"code": code})):
        raise FactsRefused(wrong)
    return add_group(brand=parent.brand, parent=parent, code=code, kind=kind, actor=actor, **cast("_Known", wanted))


def checked_facts(facts: GroupFacts) -> dict[str, str]:
    """Gives facts as they are stored; raises `FactsRefused` with a sentence for each that is wrong."""
    wanted: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, typed in cast("dict[str, str]", dict(facts)).items():
        try:
            wanted[name] = cleaning.text(typed)
        except CellRefused as refused:
            wrong[name] = str(refused.reason.label) + "."
    if wanted.get("name") == "":
        wrong["name"] = _("A group needs a name.")
    if "review_policy" in wanted and wanted["review_policy"] not in ReviewPolicy.values:
        wrong["review_policy"] = _("Choose one of the policies.")
    for name in ("time_zone", "language"):
        if wanted.get(name) == "":
            wrong[name] = _("This cannot be empty.")
    wrong |= dict(reversed(list(rules.problems(wanted))))
    for name, limit in rules.too_long(wanted):
        wrong[name] = _("At most %(limit)s characters fit here.") % {"limit": limit}
    if wrong:
        raise FactsRefused(wrong)
    return wanted


def demand_managing(actor: User, group: Group) -> None:
    """Raises `NotPermitted` unless a person manages a group."""
    if not access.may(actor, Permission.MANAGE_GROUPS, group):
        raise NotPermitted(_("You may not manage the group %(group)s.") % {"group": group.name})
