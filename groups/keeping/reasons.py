"""What stands against forgetting the contacts of a brand now, and what should be known before."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.keeping.places import rooms
from groups.models import (
    Attribute,
    Audience,
    AudienceKind,
    Brand,
    Contact,
    ContactImport,
    Erasure,
    ImportState,
    SyncState,
    Workspace,
)

RUNNING = (ImportState.WAITING, ImportState.IMPORTING, ImportState.CHECKING)
NOT_BEGUN = (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
SHOWN = 5


def reasons_against(brand: Brand) -> list[str]:
    """Says what stands against keeping no contacts; nothing where nothing does."""
    return [
        *_of_the_brand(brand),
        *_of_contacts(brand),
        *_of_work(brand),
        *(reason for room in rooms() for reason in room.reasons(brand)),
    ]


def remarks_on(brand: Brand) -> list[str]:
    """Says what a brand loses with its contacts that its people may not expect."""
    remarks = []
    refused = Contact.objects.filter(brand=brand, erased_at=None, sync_state=SyncState.REFUSED).count()
    if refused:
        remarks.append(
            ngettext(
                "%(count)d person whom Braze refused is forgotten as well. Mend the row and import it first, or later.",
                "%(count)d people whom Braze refused are forgotten as well. Mend their rows and import them first, or "
                "later.",
                refused,
            )
            % {"count": refused}
        )
    files = ContactImport.objects.filter(audience__group__brand=brand, state__in=NOT_BEGUN).exclude(file="").count()
    if files:
        remarks.append(
            ngettext(
                "%(count)d uploaded file that was not imported is deleted.",
                "%(count)d uploaded files that were not imported are deleted.",
                files,
            )
            % {"count": files}
        )
    return [*remarks, *(remark for room in rooms() for remark in room.remarks(brand))]


def named(names: list[str]) -> str:
    """Gives the first few names of a list as one text."""
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def _of_the_brand(brand: Brand) -> list[str]:
    reasons = []
    workspace = Workspace.objects.filter(brand=brand).first()
    if workspace is None or not workspace.is_connected:
        reasons.append(_("Braze is not connected yet, so that nobody could be told of anyone."))
    if brand.derives_external_ids:
        reasons.append(_("External IDs are derived from addresses here and would give them away."))
    filters = Audience.objects.filter(group__brand=brand, kind=AudienceKind.FILTER, segment_id="")
    if names := list(filters.order_by("name").values_list("name", flat=True)[: SHOWN + 1]):
        reasons.append(
            _("Filters over your own contacts need their attributes: %(names)s. Delete them first.")
            % {"names": named(names)}
        )
    return reasons


def _of_contacts(brand: Brand) -> list[str]:
    reasons = []
    people = Contact.objects.filter(brand=brand, erased_at=None)
    untold = people.filter(Q(sync_state=SyncState.PENDING) | Q(sync_lease_until__gt=timezone.now())).count()
    if untold:
        reasons.append(
            ngettext(
                "Braze does not have what the portal knows of %(count)d person yet. Wait until it is there.",
                "Braze does not have what the portal knows of %(count)d people yet. Wait until it is there.",
                untold,
            )
            % {"count": untold}
        )
    mirrored = Attribute.objects.filter(brand=brand, is_target=True, is_custom=False, mirrored_at=None)
    if mirrored.exists() and people.exists():
        reasons.append(_("Attributes that filters use are still on their way to Braze. Wait some minutes."))
    telling = people.filter(external_id__contains="@").count()
    if telling:
        reasons.append(
            ngettext(
                "The external ID of %(count)d person looks like an address, and would give it away.",
                "The external IDs of %(count)d people look like addresses, and would give them away.",
                telling,
            )
            % {"count": telling}
        )
    return reasons


def _of_work(brand: Brand) -> list[str]:
    reasons = []
    running = ContactImport.objects.filter(audience__group__brand=brand, state__in=RUNNING)
    if names := list(running.order_by("created_at").values_list("file_name", flat=True)[: SHOWN + 1]):
        reasons.append(_("Files are being imported: %(names)s. Wait until they are done.") % {"names": named(names)})
    erasing = Erasure.objects.filter(brand=brand, portal_done_at=None).count()
    if erasing:
        reasons.append(
            ngettext(
                "%(count)d person is being erased. Wait until that is done.",
                "%(count)d people are being erased. Wait until that is done.",
                erasing,
            )
            % {"count": erasing}
        )
    return reasons
