"""Folders of image galleries: made by a group, offered below it (I4)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify

from campaigns.library.slugs import free_slug
from campaigns.library.words import one_line
from campaigns.models import Image, ImageFolder
from groups import access
from groups.audit import record
from groups.models import Group, User


def folders_for(group: Group) -> QuerySet[ImageFolder]:
    """Gives the open folders that a group sees: its own and those of the groups above."""
    return access.usable(group, ImageFolder).filter(is_active=True).select_related("group")


def folders_to_fill(group: Group) -> QuerySet[ImageFolder]:
    """Gives the folders that a group's pictures may go into."""
    return folders_for(group).filter(Q(group=group) | Q(locals_may_upload=True))


def folders_to_choose(image: Image) -> QuerySet[ImageFolder]:
    """Gives the folders that an image may go into and the one that it is in, also where that takes no pictures."""
    takes = folders_to_fill(image.group).values("pk")
    return ImageFolder.objects.filter(Q(pk__in=takes) | Q(pk=image.folder_id))


def folder_names(group: Group) -> dict[uuid.UUID, str]:
    """Gives the names by which templates mean the folders that a group sees, by folder.

    A name means the folder of the highest group that has it, and never one of the group itself: nobody can make a
    folder so that pictures of their own pass for approved ones (T10). The brand's own group has nobody above.
    """
    path = ImageFolder.objects.filter(group__paths_down__descendant=group).order_by("-group__paths_down__depth")
    if group.parent_id is not None:
        path = path.exclude(group=group)
    highest: dict[str, uuid.UUID] = {}
    for folder_id, slug in path.values_list("pk", "slug"):
        highest.setdefault(slug, folder_id)
    return {folder_id: slug for slug, folder_id in highest.items()}


def own_folders(group: Group) -> QuerySet[ImageFolder]:
    """Gives a group's own folders, closed ones too, each with `image_count`."""
    return ImageFolder.objects.filter(group=group).annotate(image_count=Count("images"))


def create_folder(*, group: Group, name: str, locals_may_upload: bool, actor: User) -> ImageFolder:
    """Makes a folder; a name that stands already in this group gets a number behind its short name."""
    wanted = slugify(name, allow_unicode=True)[:50]
    with transaction.atomic():
        slug = free_slug(wanted, ImageFolder.objects.filter(group=group))
        folder = ImageFolder.objects.create(
            group=group, name=one_line(name), slug=slug, locals_may_upload=locals_may_upload
        )
        record("image_folder.created", actor=actor, group=group, target=folder, slug=slug)
    return folder


def change_folder(*, folder: ImageFolder, is_active: bool, locals_may_upload: bool, actor: User) -> None:
    """Opens or closes a folder, and says whether the groups below may fill it; its pictures stay where they are."""
    with transaction.atomic():
        after = {"is_active": is_active, "locals_may_upload": locals_may_upload}
        before = ImageFolder.objects.select_for_update(no_key=True).values(*after).get(pk=folder.pk)
        ImageFolder.objects.filter(pk=folder.pk).update(**after)
        record(
            "image_folder.changed",
            actor=actor,
            group=folder.group,
            target=folder,
            before=before,
            after=after,
            is_active=is_active,
            locals_may_upload=locals_may_upload,
        )
    folder.refresh_from_db()
