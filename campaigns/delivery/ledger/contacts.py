"""Reading a contact: who they are, whether they may be mailed, and every mailing that they were meant to get.

All of it goes by the contact, so that nothing grows with the other people of the brand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, F, Q, QuerySet, Value
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.compose.closing import in_words
from campaigns.delivery.ledger.privacy import open_deliveries
from campaigns.delivery.ledger.words import Standing, standing_of_person, why_left_out
from campaigns.models import Batch, Delivery, Exclusion, Recipient, Route
from groups import access
from groups.audiences.queries import suppressions_of
from groups.models import Audience, Contact, Group, Suppression, SuppressionOrigin, SyncState, User
from groups.roles import Permission

MAILINGS_PER_PAGE = 25

# When the row was made for its person, whether they were addressed, and its key.
Row = tuple[datetime, bool, int]

_SOURCES: Mapping[str, StrPromise] = {
    "one-click header": gettext_lazy("by the unsubscribe button of their mail program"),
    "unsubscribe page": gettext_lazy("on the unsubscribe page"),
    "same address": gettext_lazy("by somebody with the same address"),
    "erased": gettext_lazy("because they asked to be erased"),
}


_ORIGINS: Mapping[str, StrPromise] = {
    SuppressionOrigin.BRAZE: gettext_lazy("told by Braze"),
    SuppressionOrigin.HAND: gettext_lazy("added by hand"),
    SuppressionOrigin.FILE: gettext_lazy("added from a file"),
}


@dataclass(frozen=True, slots=True)
class MailingLine:
    """A mailing that somebody was meant to get: with its batch, or left out where there is none."""

    delivery: Delivery
    batch: Batch | None
    when: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class SuppressionLine:
    """Why somebody must not be mailed, by which group, how it came and when; no group stands for the whole brand."""

    reason: str
    group: Group | None
    origin: str
    since: datetime


def lists_with(contact: Contact, reader: User) -> QuerySet[Audience]:
    """Gives the lists with a contact on them that a person may see."""
    mine = access.groups_held(reader, Permission.SEE_CONTACTS)
    lists = access.visible(reader, Audience, Permission.SEE_CONTACTS).filter(
        Q(is_private=False) | Q(group__in=mine), members__contact=contact
    )
    return lists.select_related("group__brand").order_by("group__name", "name")


def suppression_lines(contact: Contact, reader: User) -> list[SuppressionLine]:
    """Gives what stops mail to a contact, oldest first; what concerns groups of others alone is left out."""
    found = suppressions_of(contact, access.groups_with(reader, Permission.SEE_CONTACTS))
    return [SuppressionLine(one.get_reason_display(), one.group, _origin(one), one.created_at) for one in found]


def may_be_mailed(contact: Contact, groups: Collection[Group], suppressions: Sequence[SuppressionLine]) -> Standing:
    """Says whether the groups that have a contact on their lists may mail them."""
    if any(one.group is None for one in suppressions):
        return Standing("", _("Gets no mail"), _("No group of the brand mails them."))
    shut = {one.group.pk: one.group.name for one in suppressions if one.group is not None}
    if shut:
        label = _("Gets no mail") if all(group.pk in shut for group in groups) else _("Gets mail of some groups only")
        return Standing("", label, _("Not mailed by: %(groups)s.") % {"groups": ", ".join(sorted(shut.values()))})
    if contact.sync_state == SyncState.REFUSED:
        return Standing("refused", _("Gets no mail"), _("Braze refused this person, so that mailings leave them out."))
    return Standing("approved", _("May be mailed"), "")


def sync_sentence(contact: Contact) -> str:
    """Says what Braze has of a contact."""
    if contact.sync_state == SyncState.SYNCED:
        return _("Braze has what the portal knows of them.")
    if contact.sync_state == SyncState.REFUSED:
        return _("Braze refused this person. Mend what it complains about in the next file.")
    if contact.first_synced_at is not None:
        return _("Braze has an earlier version. The change is on its way.")
    return _("Braze does not have them yet. They are on their way.")


def mailing_rows(contact: Contact, reader: User) -> QuerySet[Recipient, Row]:
    """Gives what the ledger has of a contact, newest first: a row per delivery, in groups whose contacts one may see.

    That somebody was on the list of a mailing is a fact about a contact of its group, so both rights are asked.
    """
    seen = _may_see(reader)
    when = F("delivery__created_at")
    addressed = Recipient.objects.filter(seen, contact=contact).annotate(
        when=when, is_addressed=Value(True, BooleanField())
    )
    left_out = Exclusion.objects.filter(seen, contact=contact).annotate(
        when=when, is_addressed=Value(False, BooleanField())
    )
    columns = ("when", "is_addressed", "pk")
    return (
        addressed.order_by()
        .values_list(*columns)
        .union(left_out.order_by().values_list(*columns), all=True)
        .order_by("-when", "-pk")
    )


def mailing_lines(rows: Iterable[Row]) -> list[MailingLine]:
    """Reads the rows of a page, in their order."""
    rows = list(rows)
    with_delivery = ("delivery__mailing__group",)
    recipients = Recipient.objects.select_related(*with_delivery, "batch").in_bulk(
        [pk for _when, is_addressed, pk in rows if is_addressed]
    )
    exclusions = Exclusion.objects.select_related(*with_delivery, "winner").in_bulk(
        [pk for _when, is_addressed, pk in rows if not is_addressed]
    )
    lines = []
    for _when, is_addressed, pk in rows:
        if is_addressed and pk in recipients:
            lines.append(_addressed(recipients[pk]))
        elif not is_addressed and pk in exclusions:
            lines.append(_left_out(exclusions[pk]))
    return lines


def mailings_elsewhere(contact: Contact, reader: User) -> int:
    """Counts the mailings of groups whose contacts a person may not see."""
    unseen = ~_may_see(reader)
    addressed = Recipient.objects.filter(unseen, contact=contact).order_by().values("delivery__mailing")
    left_out = Exclusion.objects.filter(unseen, contact=contact).order_by().values("delivery__mailing")
    return addressed.union(left_out).count()


def _may_see(reader: User) -> Q:
    """A condition on rows of deliveries: the reader may see the mailing, the contacts of its group, and its list."""
    return (
        Q(delivery__mailing__group__in=access.groups_with(reader, Permission.SEE_MAILINGS))
        & Q(delivery__mailing__group__in=access.groups_with(reader, Permission.SEE_CONTACTS))
        & open_deliveries(reader)
    )


def _addressed(recipient: Recipient) -> MailingLine:
    batch, delivery = recipient.batch, recipient.delivery
    called_at = batch.called_at if delivery.route == Route.TRIGGER else None
    moment = called_at or batch.planned_for or batch.due_at or delivery.go_at
    standing = standing_of_person(recipient.outcome, batch, delivery)
    return MailingLine(delivery, batch, _when_in_words(delivery, moment), standing)


def _left_out(exclusion: Exclusion) -> MailingLine:
    standing = Standing("left_out", _("Left out"), why_left_out(exclusion))
    return MailingLine(exclusion.delivery, None, _when_in_words(exclusion.delivery, exclusion.delivery.go_at), standing)


def _when_in_words(delivery: Delivery, moment: datetime | None) -> str:
    words = in_words(moment or delivery.created_at, delivery.mailing.group)
    if delivery.in_local_time and delivery.route == Route.SCHEDULE:
        return _("%(time)s or later, by their own clock") % {"time": words}
    return words


def _origin(suppression: Suppression) -> str:
    known = _SOURCES.get(suppression.source)
    if known is not None:
        return str(known)
    return str(_ORIGINS.get(suppression.origin, suppression.source))
