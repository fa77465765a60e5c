"""Hanging files on a draft, taking them off, and carrying them over to a copy."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.attachments.errors import AttachmentRefused
from campaigns.attachments.kinds import FileContent, clean_name, content_of, demand_size
from campaigns.attachments.queries import attachments_of
from campaigns.compose.editing import edit_draft
from campaigns.errors import NotAllowed, StaleState
from campaigns.features import demand_attachments
from campaigns.models import Attachment, Mailing
from campaigns.models.attachment import new_token
from groups.access import has_feature
from groups.audit import record
from groups.models import User
from groups.roles import Feature

EDITED = "attachments"


def attach(*, mailing: Mailing, file: UploadedFile[Any], actor: User) -> Attachment:
    """Hangs an uploaded file on a draft; too large a file is not even read.

    Raises `NotAllowed` where the template takes none or the group may not use any, `AttachmentRefused` (or
    `ImageRefused`) for a file that cannot be sent along, for one more than the portal allows and for a name that is
    taken, `StaleRevision` and `NotEditable` as every edit does.
    """
    if not mailing.version.template.takes_attachments:
        raise NotAllowed(_("This template takes no attachments. A brand manager can allow them."))
    demand_attachments(mailing.group)
    demand_size(file.size or 0)
    content = content_of(file.read(), file.name or "")
    name = clean_name(file.name or "")
    with transaction.atomic():
        edit_draft(mailing, actor, revision=mailing.revision, beside=EDITED)
        there = attachments_of(mailing)
        _demand_room(there.count())
        if there.filter(file_name=name, extension=content.extension).exists():
            raise AttachmentRefused(
                _("“%(name)s” is attached already. Remove that one first, or give this file another name.")
                % {"name": f"{name}.{content.extension}"}
            )
        attachment = _kept(mailing, name, content, actor)
        record(
            "attachment.added",
            actor=actor,
            group=mailing.group,
            target=attachment,
            mailing=str(mailing.pk),
            sha256=attachment.sha256,
        )
    return attachment


def detach(*, attachment: Attachment, mailing: Mailing, actor: User) -> None:
    """Takes a file off a draft. It stays where an earlier hand-over may still send it, else it is deleted for good."""
    with transaction.atomic():
        edit_draft(mailing, actor, revision=mailing.revision, beside=EDITED)
        if not attachments_of(mailing).filter(pk=attachment.pk).exists():
            raise StaleState
        record("attachment.removed", actor=actor, group=mailing.group, target=attachment, mailing=str(mailing.pk))
        if mailing.deliveries.exists():
            Attachment.objects.filter(pk=attachment.pk).update(removed_at=timezone.now())
            return
        delete_file(attachment)
        attachment.delete()


def copy_attachments(source: Mailing, copy: Mailing, actor: User) -> None:
    """Gives a copy of a mailing files of its own with the same content. Needs a transaction.

    A template that takes no attachments any more gives none, and neither does a group that may not use them now.
    """
    if not copy.version.template.takes_attachments or not has_feature(copy.group, Feature.ATTACHMENTS):
        return
    for attachment in attachments_of(source):
        with default_storage.open(str(attachment.file.name)) as file:
            content = FileContent(file.read(), attachment.extension)
        _kept(copy, attachment.file_name, content, actor)


def delete_file(attachment: Attachment) -> None:
    """Deletes the file of a row that goes with this transaction; no other row has the same file."""
    transaction.on_commit(partial(default_storage.delete, str(attachment.file.name)))


def _demand_room(number: int) -> None:
    most = settings.ATTACHMENTS_PER_MAILING
    if number >= most:
        raise AttachmentRefused(
            ngettext(
                "An email carries %(most)s file at most. Remove it first.",
                "An email carries %(most)s files at most. Remove one first.",
                most,
            )
            % {"most": most}
        )


def _kept(mailing: Mailing, name: str, content: FileContent, actor: User) -> Attachment:
    """Stores a file under a random folder and the hash of its content, and its row."""
    token, sha256 = new_token(), hashlib.sha256(content.data).hexdigest()
    stored = default_storage.save(f"attachments/{token}/{sha256}.{content.extension}", ContentFile(content.data))
    return Attachment.objects.create(
        mailing=mailing,
        file_name=name,
        extension=content.extension,
        content_type=content.content_type,
        token=token,
        file=stored,
        sha256=sha256,
        size_bytes=len(content.data),
        uploaded_by=actor,
    )
