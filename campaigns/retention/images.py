"""Images that nothing shows: only hidden ones go, and only where no mail, draft or template names them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, JSONField, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from campaigns.compose.gallery import DEMO_IMAGE
from campaigns.models import BrandKit, Delivery, Image, Mailing, Review, Snapshot, SnippetVersion, TemplateVersion

# Where an image can be named, by its id, by the name of its file, or by `demo:` and its name.
_PLACES: Final[tuple[tuple[QuerySet[Any], tuple[str, ...]], ...]] = (
    (Mailing.everything.all(), ("values", "envelope")),
    (Snapshot.objects.all(), ("values", "envelope")),
    (TemplateVersion.objects.all(), ("source", "compiled")),
    (SnippetVersion.objects.all(), ("source", "compiled")),
    (Delivery.objects.all(), ("message", "properties")),
    (Review.objects.all(), ("values", "beside")),
)


def hidden_images(before: datetime) -> QuerySet[Image]:
    """Gives images that were hidden before a moment and that nothing shows; reads every mail only where there are any.

    What was made from an image, and the logo of a look, hold it as well.
    """
    images = Image.objects.filter(hidden_at__lt=before)
    images = images.exclude(Exists(Image.objects.filter(made_from=OuterRef("pk"))))
    images = images.exclude(Exists(BrandKit.objects.filter(logo=OuterRef("pk"))))
    found = list(images.values_list("pk", "name", "file"))
    names: dict[UUID, tuple[str, ...]] = {
        pk: (str(pk), f"{DEMO_IMAGE}{name}", PurePath(file).name) for pk, name, file in found
    }
    return images.filter(pk__in=names.keys() - _shown(names))


def forget_images(pks: Sequence[UUID]) -> int:
    """Deletes images, and each file that no other image has."""
    images = Image.objects.filter(pk__in=pks)
    files = set(images.values_list("file", flat=True))
    number = images.count()
    images.delete()
    for file in files - set(Image.objects.filter(file__in=files).values_list("file", flat=True)):
        transaction.on_commit(partial(default_storage.delete, file))
    return number


def _shown(names: dict[UUID, tuple[str, ...]]) -> set[UUID]:
    """Gives those that a text names somewhere; each text is looked through once, for all of them."""
    if not names:
        return set()
    # Inside JSON, SQLite keeps other letters than ASCII escaped.
    by_name = {written: pk for pk, own in names.items() for name in own for written in (name, json.dumps(name)[1:-1])}
    pattern = re.compile("|".join(map(re.escape, by_name)))
    return {by_name[found] for text in _texts() for found in pattern.findall(text)}


def _texts() -> Iterator[str]:
    for rows, columns in _PLACES:
        texts = {
            f"text_of_{name}": Cast(name, TextField())
            for name in columns
            if isinstance(rows.model._meta.get_field(name), JSONField)
        }
        plain = [name for name in columns if f"text_of_{name}" not in texts]
        chosen = rows.order_by().annotate(**texts).values_list(*plain, *texts)
        for row in chosen.iterator(chunk_size=200):
            yield from (text for text in row if text)
