"""Which files hang on a mailing, and by which addresses Braze fetches them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from campaigns.models import Attachment, Mailing
from groups.addresses import public_url


def attachments_of(mailing: Mailing) -> QuerySet[Attachment]:
    """Gives the files that hang on a mailing, in the order in which they were added."""
    return mailing.attachments.filter(removed_at=None)


def path_of(attachment: Attachment) -> str:
    """Gives the path at which anybody who knows it gets the file; its ending is that of the content."""
    return reverse("campaigns:attachment-file", args=[attachment.token, attachment.sha256, attachment.extension])


def address_of(attachment: Attachment) -> str:
    """Gives the address by which Braze fetches a file."""
    return public_url(attachment.mailing.group.brand, path_of(attachment))


def handed_over(attachments: Iterable[Attachment]) -> list[dict[str, str]]:
    """Gives files as Braze takes them: a name without its ending, and where the file is (contract, section 13.1)."""
    return [{"file_name": one.file_name, "url": address_of(one)} for one in attachments]
