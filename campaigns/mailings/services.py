"""Folders of mailings, and what is done to several mailings at once (catalogue M1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.compose.services import delete_draft
from campaigns.errors import NotEditable, Refusal
from campaigns.models import Mailing, MailingFolder
from groups.audit import record
from groups.models import Group, User

MOST_FOLDERS = 100


def add_folder(*, group: Group, name: str, actor: User) -> MailingFolder:
    """Adds a folder to a group; raises `Refusal` for a name that is taken, and above 100 folders."""
    if MailingFolder.objects.filter(group=group).count() >= MOST_FOLDERS:
        raise Refusal(
            _("A group has at most %(limit)s folders. Remove one that is no longer used.") % {"limit": MOST_FOLDERS}
        )
    try:
        with transaction.atomic():
            folder = MailingFolder.objects.create(group=group, name=name)
            record("mailing_folder.added", actor=actor, group=group, target=folder, name=name)
    except IntegrityError as error:
        raise _taken(name) from error
    return folder


def rename_folder(*, folder: MailingFolder, name: str, actor: User) -> None:
    """Gives a folder another name; raises `Refusal` for one that is taken."""
    try:
        with transaction.atomic():
            before = MailingFolder.objects.select_for_update(no_key=True).get(pk=folder.pk)
            MailingFolder.objects.filter(pk=folder.pk).update(name=name)
            record(
                "mailing_folder.renamed",
                actor=actor,
                group=folder.group,
                target=folder,
                before={"name": before.name},
                after={"name": name},
            )
    except IntegrityError as error:
        raise _taken(name) from error


def remove_folder(*, folder: MailingFolder, actor: User) -> int:
    """Removes a folder; gives how many mailings lay in it, which stay and lie in none."""
    with transaction.atomic():
        count = Mailing.objects.filter(folder=folder).count()
        record("mailing_folder.removed", actor=actor, group=folder.group, target=folder, mailings=count)
        folder.delete()
    return count


def move_to_folder(*, group: Group, mailings: Iterable[Mailing], folder: MailingFolder | None, actor: User) -> int:
    """Puts mailings of a group into one of its folders, or into none; gives how many lay elsewhere.

    Moving is no change of a mailing: its revision, approval and place in the list stay.
    """
    with transaction.atomic():
        chosen = Mailing.objects.filter(group=group, pk__in=[mailing.pk for mailing in mailings])
        elsewhere = chosen.exclude(folder=folder) if folder is not None else chosen.exclude(folder=None)
        moved = elsewhere.update(folder=folder)
        if moved:
            record(
                "mailing.moved_to_folder",
                actor=actor,
                group=group,
                target=folder or group,
                mailings=moved,
                folder="" if folder is None else folder.name,
            )
    return moved


def delete_drafts(*, mailings: Sequence[Mailing], actor: User) -> tuple[int, list[str]]:
    """Deletes drafts, each by itself; gives how many, and the names of those that are no drafts and stay."""
    kept = []
    for mailing in mailings:
        try:
            delete_draft(mailing=mailing, actor=actor)
        except NotEditable:
            kept.append(mailing.name)
    return len(mailings) - len(kept), kept


def _taken(name: str) -> Refusal:
    return Refusal(_("There is a folder called %(name)s already.") % {"name": name})
