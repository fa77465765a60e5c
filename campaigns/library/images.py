"""What people do to the images of a group: add one, describe it."""

from __future__ import annotations

from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.library.errors import ImageRefused
from campaigns.library.pictures import Picture, picture_from
from campaigns.library.words import one_line
from campaigns.models import Image
from groups.audit import record
from groups.models import Group, User

NAME_LENGTH = 120
ALT_LENGTH = 200


def add_image(*, group: Group, data: bytes, file_name: str, alt: str, actor: User | None, name: str = "") -> Image:
    """Keeps an upload as an image of the group; the same picture again gives the image that is there.

    `alt` says what the picture shows and is required (I7). Raises `ImageRefused` without it, and for a file that cannot
    be used.
    """
    described = one_line(alt)[:ALT_LENGTH]
    if not described:
        raise ImageRefused(_("Say in a few words what the picture shows, for people who cannot see it."))
    picture = picture_from(data)
    with transaction.atomic():
        image, is_new = Image.objects.get_or_create(
            group=group,
            sha256=picture.sha256,
            defaults={
                "name": (one_line(name) or _name_of(file_name) or "image")[:NAME_LENGTH],
                "alt": described,
                "file": _kept(picture),
                "width": picture.width,
                "height": picture.height,
                "size_bytes": len(picture.data),
                "uploaded_by": actor,
            },
        )
        if is_new:
            record("image.added", actor=actor, group=group, target=image)
    return image


def describe_image(*, image: Image, name: str, alt: str, actor: User) -> Image:
    """Changes an image's name and the words for people who cannot see it; the picture itself never changes (I5)."""
    described = one_line(alt)[:ALT_LENGTH]
    if not described:
        raise ImageRefused(_("Say in a few words what the picture shows, for people who cannot see it."))
    with transaction.atomic():
        named = one_line(name)[:NAME_LENGTH] or image.name
        Image.objects.filter(pk=image.pk).update(name=named, alt=described)
        record("image.described", actor=actor, group=image.group, target=image)
    image.refresh_from_db()
    return image


def _name_of(file_name: str) -> str:
    """Gives the name that a file had on the uploader's machine, in one line, without its folders and its ending."""
    return one_line(PurePath(file_name.replace("\\", "/")).stem)


def _kept(picture: Picture) -> str:
    """Stores the file under a name made of its content, once for all groups; gives the name."""
    name = f"images/{picture.sha256[:40]}.{picture.extension}"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(picture.data))
