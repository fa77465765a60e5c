"""Whether the files that hang on a mailing can go along with it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from campaigns.attachments.queries import address_of, attachments_of
from campaigns.features import NO_ATTACHMENTS
from campaigns.preflight.findings import CheckFinding
from campaigns.preflight.subject import Subject
from groups.access import has_feature
from groups.addresses import is_loopback
from groups.roles import Feature

STEP = "mailing-attachments"


def attachments(subject: Subject) -> Iterator[CheckFinding]:
    """Blocks files that the template takes no more, that go to a whole audience, or that Braze could not fetch."""
    mailing = subject.mailing
    first = attachments_of(mailing).first()
    if first is None:
        return
    if not mailing.version.template.takes_attachments:
        yield CheckFinding(
            "attachment_not_taken", _("This template takes no attachments any more. Remove the files."), step=STEP
        )
    if not has_feature(mailing.group, Feature.ATTACHMENTS):
        yield CheckFinding("attachment_switched_off", NO_ATTACHMENTS, step=STEP)
    if mailing.audience is not None and mailing.audience.is_counted_by_braze:
        yield CheckFinding(
            "attachment_needs_list",
            _("Files go along to lists only, not to people whom only Braze knows. Choose a list, or remove the files."),
            step=STEP,
        )
    yield from _reachable(subject, address_of(first))


def _reachable(subject: Subject, address: str) -> Iterator[CheckFinding]:
    """Asks for an address that a real Braze can fetch, over https; only a local one reads from this machine."""
    is_local = is_loopback(address)
    is_real = subject.workspace is not None and not is_loopback(subject.workspace.endpoint)
    if (is_local and is_real) or (not is_local and urlsplit(address).scheme != "https"):
        yield CheckFinding(
            "attachment_not_public",
            _("Braze could not fetch the attached files from %(host)s. Ask an operator for a public https address."),
            step=STEP,
            params={"host": urlsplit(address).netloc},
        )
