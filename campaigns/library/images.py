"""What people do to the images of a group: add one, describe it, make another of it, hide it."""

from __future__ import annotations

import uuid
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock.types.image import has_ratio
from campaigns.halts import closed_sentence
from campaigns.library.editing import Edit, crop_to_ratio, edited
from campaigns.library.errors import ImageRefused
from campaigns.library.pictures import MAX_BYTES_IN, Picture, picture_from
from campaigns.library.words import one_line
from campaigns.models import Image, ImageFolder
from groups import access
from groups.audit import record
from groups.models import Group, User

NAME_LENGTH = 120
ALT_LENGTH = 200


def offered_images(group: Group) -> QuerySet[Image]:
    """Gives the images that a group may choose: its own and inherited ones, none that is hidden or in a closed folder.

    What shows another one already goes on showing it (`campaigns.compose.content.images_for`).
    """
    images = access.usable(group, Image).filter(hidden_at=None).exclude(folder__is_active=False)
    return images.select_related("group", "folder")


def offered_image(group: Group, image_id: str | uuid.UUID) -> Image:
    """Gives an image that a group may choose now; raises `Http404` for any other."""
    image = access.get_usable(group, Image, image_id)
    if not offered_images(group).filter(pk=image.pk).exists():
        raise Http404
    return image


def add_image(
    *,
    group: Group,
    data: bytes,
    file_name: str,
    alt: str,
    actor: User | None,
    name: str = "",
    folder: ImageFolder | None = None,
) -> Image:
    """Keeps an upload as an image of the group; the same picture again gives the image that is there, shown again.

    `alt` says what the picture shows and is required (I7). Raises `ImageRefused` without it, for a file that cannot be
    used, for a folder that takes nothing from this group, and for a group that is closed.
    """
    if group.closed_at is not None:
        raise ImageRefused(closed_sentence())
    described = _described(alt)
    _check_folder(group, folder)
    picture = picture_from(data)
    return _kept_image(
        group=group,
        picture=picture,
        name=one_line(name) or _name_of(file_name),
        alt=described,
        folder=folder,
        actor=actor,
    )


def add_upload(
    *,
    group: Group,
    file: UploadedFile[bytes],
    alt: str,
    actor: User,
    name: str = "",
    folder: ImageFolder | None = None,
) -> Image:
    """Keeps an uploaded file, as `add_image` does; too large a file is not even read."""
    if file.size is None or file.size > MAX_BYTES_IN:
        raise ImageRefused(_("This file is larger than 10 MB. Make it smaller, then upload it again."))
    return add_image(
        group=group, data=file.read(), file_name=file.name or "", alt=alt, actor=actor, name=name, folder=folder
    )


def describe_image(
    *, image: Image, name: str, alt: str, focus: tuple[int, int], folder: ImageFolder | None, actor: User
) -> Image:
    """Changes an image's name, words, focal point and folder; the picture itself never changes (I5)."""
    described = _described(alt)
    if folder is not None and folder.pk != image.folder_id:
        _check_folder(image.group, folder)
    with transaction.atomic():
        Image.objects.filter(pk=image.pk).update(
            name=one_line(name)[:NAME_LENGTH] or image.name,
            alt=described,
            focus_x=focus[0],
            focus_y=focus[1],
            folder=folder,
        )
        record("image.described", actor=actor, group=image.group, target=image)
    image.refresh_from_db()
    return image


def edit_image(*, image: Image, edit: Edit, group: Group, actor: User | None) -> Image:
    """Makes a new image of a group from an image that it may use; the old one stays as it is (I2).

    An edit that changes nothing gives the image itself. Raises `ImageRefused` for a crop that does not fit.
    """
    if edit in (Edit(), Edit(crop=(0, 0, image.width, image.height))):
        return image
    with default_storage.open(str(image.file.name)) as file:
        data = file.read()
    picture = edited(data, edit)
    if picture.sha256 == image.sha256:
        return image
    folder = image.folder if image.folder is not None and image.folder.group_id == group.pk else None
    return _kept_image(
        group=group, picture=picture, name=image.name, alt=image.alt, folder=folder, actor=actor, made_from=image
    )


def fitted_to(*, image: Image, ratio: str, group: Group, actor: User | None) -> Image:
    """Gives an image of a shape such as `16:9` (I6): the image itself, or a crop around its focal point for a group."""
    if has_ratio(image.width, image.height, ratio):
        return image
    crop = crop_to_ratio(image.width, image.height, ratio, (image.focus_x, image.focus_y))
    return edit_image(image=image, edit=Edit(crop=crop), group=group, actor=actor)


def hide_image(*, image: Image, actor: User) -> None:
    """Offers an image no longer; mails and drafts that show it go on showing it (I5)."""
    _show(image, actor, hidden_at=timezone.now(), event="image.hidden")


def show_image(*, image: Image, actor: User) -> None:
    """Offers a hidden image again."""
    _show(image, actor, hidden_at=None, event="image.shown")


def _show(image: Image, actor: User, *, hidden_at: object, event: str) -> None:
    with transaction.atomic():
        changed = Image.objects.filter(pk=image.pk, hidden_at__isnull=hidden_at is not None).update(hidden_at=hidden_at)
        if changed:
            record(event, actor=actor, group=image.group, target=image, name=image.name)
    image.refresh_from_db()


def _described(alt: str) -> str:
    described = one_line(alt)[:ALT_LENGTH]
    if not described:
        raise ImageRefused(_("Say in a few words what the picture shows, for people who cannot see it."))
    return described


def _check_folder(group: Group, folder: ImageFolder | None) -> None:
    """Refuses a folder that is closed, or that a group above keeps for itself."""
    if folder is None:
        return
    is_own = folder.group_id == group.pk
    is_above = access.usable(group, ImageFolder).filter(pk=folder.pk).exists()
    if not folder.is_active or not is_above or not (is_own or folder.locals_may_upload):
        raise ImageRefused(_("The folder “%(name)s” takes no pictures from your group.") % {"name": folder.name})


def _kept_image(
    *,
    group: Group,
    picture: Picture,
    name: str,
    alt: str,
    folder: ImageFolder | None,
    actor: User | None,
    made_from: Image | None = None,
) -> Image:
    with transaction.atomic():
        image, is_new = Image.objects.get_or_create(
            group=group,
            sha256=picture.sha256,
            defaults={
                "name": (name or "image")[:NAME_LENGTH],
                "alt": alt,
                "folder": folder,
                "file": _kept(picture),
                "width": picture.width,
                "height": picture.height,
                "size_bytes": len(picture.data),
                "made_from": made_from,
                "uploaded_by": actor,
            },
        )
        if is_new:
            record("image.added", actor=actor, group=group, target=image)
        elif image.hidden_at is not None:
            Image.objects.filter(pk=image.pk).update(hidden_at=None)
            record("image.shown", actor=actor, group=group, target=image, name=image.name)
            image.refresh_from_db()
    return image


def _name_of(file_name: str) -> str:
    """Gives the name that a file had on the uploader's machine, in one line, without its folders and its ending."""
    return one_line(PurePath(file_name.replace("\\", "/")).stem)


def _kept(picture: Picture) -> str:
    """Stores the file under a name made of its content, once for all groups; gives the name."""
    name = f"images/{picture.sha256[:40]}.{picture.extension}"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(picture.data))
