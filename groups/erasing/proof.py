"""An erasure in words: who asked and when, what went, what stays and why, what Braze answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.erasing.telling import PERMISSION
from groups.models import Erasure, ErasureState, Workspace


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the proof; a hash is shown in letters of one width."""

    label: str
    text: str
    is_code: bool = False


def may_delete_in_braze(workspace: Workspace) -> Literal["yes", "no", "unknown", "not_connected"]:
    """Tells whether the key of the workspace may delete people, as far as the last check found."""
    if not (workspace.endpoint and workspace.api_key):
        return "not_connected"
    found = workspace.check_result.get(PERMISSION)
    return "yes" if found == "granted" else "no" if found == "missing" else "unknown"


def facts_of(erasure: Erasure) -> list[Fact]:
    """Gives the facts of an erasure; none of them names the person."""
    facts = [
        Fact(_("Asked by"), str(erasure.asked_by)),
        Fact(_("Asked at"), _moment(erasure.asked_at)),
        Fact(_("Your own reference"), erasure.reference),
        Fact(_("Erased in the portal"), _moment(erasure.portal_done_at)),
        Fact(_("Finished at"), _moment(erasure.erased_at)),
        Fact(_("In Braze"), in_braze(erasure)),
        Fact(_("Hash of the external ID"), erasure.external_id_digest, is_code=True),
    ]
    facts += [Fact(_("Hash of an address"), one.digest, is_code=True) for one in erasure.addresses.order_by("digest")]
    return [fact for fact in facts if fact.text]


def in_braze(erasure: Erasure) -> str:
    """Says what Braze answered, or why it was not told."""
    answer = erasure.answer
    match answer.get("how"):
        case "deleted" if answer.get("people") == 0:
            return _("Braze did not know the ID any more, so there was nothing to delete.")
        case "deleted":
            return _("Braze deleted the profile.")
        case "emptied":
            return _(
                "The key may not delete people. Braze took away what the portal wrote, and the person is unsubscribed."
            )
        case "never_told":
            return _("The portal never told Braze of this person, so there was nothing to take back.")
    if erasure.state == ErasureState.BRAZE_NOT_TOLD:
        return _("Not told yet.") + " " + erasure.state_reason
    return _("Not told yet.")


def gone_lines(erasure: Erasure) -> list[str]:
    """Says what went from the portal."""
    return list(_gone(erasure.gone)) if erasure.portal_done_at is not None else []


def staying_lines(erasure: Erasure) -> list[str]:
    """Says what stays, and why."""
    return list(_staying(erasure)) if erasure.portal_done_at is not None else []


def _gone(gone: Mapping[str, int]) -> Iterator[str]:
    yield _("The contact: address, ID, attributes, consent, and the link to unsubscribe.")
    lists, rejects, lifts, recipients, remarks, tests = (
        gone.get(name, 0) for name in ("lists", "rejects", "lifts", "recipients", "remarks", "test_mails")
    )
    for count, words in (
        (lists, ngettext("The place on %(count)d list.", "The places on %(count)d lists.", lists)),
        (
            rejects,
            ngettext(
                "%(count)d row of a file that was not imported.",
                "%(count)d rows of files that were not imported.",
                rejects,
            ),
        ),
        (
            lifts,
            ngettext(
                "The address in the record of %(count)d wish that was taken back.",
                "The address in the records of %(count)d wishes that were taken back.",
                lifts,
            ),
        ),
        (
            recipients,
            ngettext(
                "The address in the record of %(count)d mailing.",
                "The address in the records of %(count)d mailings.",
                recipients,
            ),
        ),
        (
            remarks,
            ngettext(
                "What Braze wrote of them in %(count)d batch.",
                "What Braze wrote of them in %(count)d batches.",
                remarks,
            ),
        ),
        (
            tests,
            ngettext(
                "Their part in %(count)d test mail that was made with their values.",
                "Their part in %(count)d test mails that were made with their values.",
                tests,
            ),
        ),
    ):
        if count:
            yield words % {"count": count}


def _staying(erasure: Erasure) -> Iterator[str]:
    yield _("The hashes above: by them the portal knows whom not to mail when a file brings the address or ID again.")
    yield _("A row without a name, so that the counts of mailings and reports stay right.")
    if erasure.on_its_way:
        yield ngettext(
            "%(count)d mailing was too late to be withdrawn, so that Braze may still have sent it.",
            "%(count)d mailings were too late to be withdrawn, so that Braze may still have sent them.",
            erasure.on_its_way,
        ) % {"count": erasure.on_its_way}
    if files := erasure.staying.get("files", 0):
        yield ngettext(
            "%(count)d uploaded file that is not imported yet. It may name them; it goes once it is imported.",
            "%(count)d uploaded files that are not imported yet. They may name them; each goes once it is imported.",
            files,
        ) % {"count": files}
    if events := erasure.staying.get("events", 0):
        yield ngettext(
            "%(count)d event of the audit trail that mentions the address: the trail cannot be changed.",
            "%(count)d events of the audit trail that mention the address: the trail cannot be changed.",
            events,
        ) % {"count": events}
    if erasure.answer.get("how") == "emptied":
        yield _(
            "In Braze: the profile itself with its external ID, that it is unsubscribed, what other tools wrote, and "
            "Braze's record of mails. Delete it in Braze, or give the key the permission users.delete."
        )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else date_format(localtime(moment), "DATETIME_FORMAT")
