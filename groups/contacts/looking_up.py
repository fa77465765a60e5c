"""Looking a contact up in Braze: what Braze has next to what the portal has, for those who may see it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from braze_client import EXPORT, BrazeError, PermissionRefused, calls
from groups import access, audit
from groups.audiences.profiles import GROUPS, SUBSCRIPTION
from groups.consent.telling import note_subscription_group, note_subscription_state
from groups.contacts.seeing import attributes_seen_of
from groups.errors import BrazeUnreachable, GroupsError, NotConnected
from groups.keeping.addresses import held_address
from groups.models import Attribute, AttributeKind, Audience, AudienceKind, Contact, Group, User, Workspace
from groups.roles import Permission
from groups.workspace import budget
from groups.workspace.braze import budget_key_of, client_for, explained

logger = logging.getLogger(__name__)

PERMISSION: Final = "users.export.ids"
_ALWAYS: Final = ("external_id", "braze_id", "created_at", "email", "email_subscribe")
_STATES: Final = {
    "opted_in": gettext_lazy("Opted in: agreed to get mail"),
    "subscribed": gettext_lazy("Subscribed: neither agreed nor objected"),
    "unsubscribed": gettext_lazy("Unsubscribed: Braze mails them nothing"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a contact, as the portal has it and as Braze has it; empty where one of them has nothing.

    What the portal has forgotten once Braze had it (`is_forgotten`) is compared with nothing.
    """

    label: str
    here: str
    there: str
    is_forgotten: bool = False

    @property
    def is_same(self) -> bool:
        """Whether nothing tells one from the other."""
        return self.is_forgotten or self.here == self.there


@dataclass(frozen=True, slots=True)
class Lookup:
    """What Braze said of a contact; `subscription` is its word for whether they agreed to get mail.

    `is_shut_now` tells that the portal learned by it that they unsubscribed, and mails them nothing from now on.
    """

    is_known: bool
    lines: tuple[Line, ...] = ()
    subscription: str = ""
    braze_id: str = ""
    since: str = ""
    is_shut_here: bool = False
    is_shut_now: bool = False
    is_new_to_braze: bool = False

    @property
    def differing(self) -> int:
        """How many lines differ."""
        return sum(not line.is_same for line in self.lines)

    @property
    def disagrees_on_subscription(self) -> bool:
        """Whether Braze would mail somebody who is shut out for the whole brand here."""
        return self.is_shut_here and self.subscription not in ("", "unsubscribed")

    @property
    def subscription_in_words(self) -> str:
        """What the state means."""
        known = _STATES.get(self.subscription)
        return _("Braze says nothing of it") if not self.subscription else str(known or self.subscription)


def why_not(workspace: Workspace) -> str:
    """Says why nobody can be looked up, as far as the portal knows without asking Braze; nothing where one can."""
    if not (workspace.endpoint and workspace.api_key):
        return _("Braze is not connected yet. Ask an admin to fill in the Braze settings.")
    if workspace.check_result.get(PERMISSION) == "missing":
        return _permission_is_missing()
    return ""


def look_up(*, contact: Contact, workspace: Workspace, actor: User) -> Lookup:
    """Asks Braze for one contact by external ID, in one call out of the budget, and notes who did.

    Compares what the actor may see of the contact, and nothing else. Raises `NotConnected` where the settings or the
    permission are missing, `BrazeUnreachable` where Braze does not answer or the budget of look-ups is used up.
    """
    if reason := why_not(workspace):
        raise NotConnected(reason)
    attributes = list(attributes_seen_of(contact, actor, Permission.SEE_CONTACTS))
    with transaction.atomic():
        audit.record(
            "contact.looked_up", actor=actor, target=contact, brand=contact.brand, group=_seen_in(contact, actor)
        )
    profile = _asked(workspace, contact, attributes)
    is_shut_now = profile is not None and _take_note(contact, profile)
    is_shut = contact.suppressions.filter(group=None).exists()
    if profile is None:
        return Lookup(is_known=False, is_shut_here=is_shut, is_new_to_braze=contact.first_synced_at is None)
    return Lookup(
        is_known=True,
        lines=tuple(_lines(contact, profile, attributes, actor)),
        subscription=str(profile.get(SUBSCRIPTION) or ""),
        braze_id=str(profile.get("braze_id") or ""),
        since=str(profile.get("created_at") or "")[:10],
        is_shut_here=is_shut,
        is_shut_now=is_shut_now,
    )


def _take_note(contact: Contact, profile: Mapping[str, object]) -> bool:
    """Stops mail to somebody of whom Braze says that they unsubscribed; tells whether that is news.

    What cannot be asked of a subscription group takes nothing from the look-up.
    """
    is_news = note_subscription_state(contact, profile.get(SUBSCRIPTION))
    try:
        return note_subscription_group(contact) or is_news
    except GroupsError as error:
        logger.info("The subscription group of contact %s is not known: %s", contact.pk, error)
        return is_news


def _asked(workspace: Workspace, contact: Contact, attributes: Iterable[Attribute]) -> Mapping[str, object] | None:
    grant = budget.store().reserve(budget_key_of(workspace), budget.ours(EXPORT, workspace), 1, timezone.now())
    if not grant.granted:
        raise BrazeUnreachable(_("The look-ups of this minute are used up. Try again in a minute."))
    standard = {attribute.braze_name for attribute in attributes if not attribute.is_custom}
    fields = sorted({*_ALWAYS, "custom_attributes", *(standard & calls.EXPORT_FIELDS)})
    try:
        with client_for(workspace) as client:
            reply = client.send(calls.users_export_ids(external_ids=[contact.external_id], fields=fields), attempts=1)
    except PermissionRefused as error:
        raise NotConnected(_permission_is_missing()) from error
    except BrazeError as error:
        raise _unreached(error) from error
    return next((user for user in reply.users if user.get("external_id") == contact.external_id), None)


def _unreached(error: BrazeError) -> GroupsError:
    if error.status is None:
        return BrazeUnreachable(_("Braze cannot be reached. Nothing was changed; try again in a few minutes."))
    return explained(error)


def _permission_is_missing() -> str:
    return _(
        "The API key lacks the permission users.export.ids, so nobody can be looked up. Everything else works. Ask an "
        "admin for a key that has it."
    )


def _lines(
    contact: Contact, profile: Mapping[str, object], attributes: Iterable[Attribute], reader: User
) -> Iterable[Line]:
    custom = profile.get("custom_attributes")
    custom = custom if isinstance(custom, Mapping) else {}
    forgets = not contact.brand.keeps_contacts
    address = held_address(contact)
    yield Line(_("Email address"), address, _written(profile.get("email")), is_forgotten=not address)
    for attribute in attributes:
        is_asked = attribute.is_custom or attribute.braze_name in calls.EXPORT_FIELDS
        there = (custom if attribute.is_custom else profile).get(attribute.braze_name)
        here = contact.attributes.get(attribute.name)
        if is_asked and (here is not None or there is not None):
            is_forgotten = forgets and here is None
            yield Line(attribute.label, _written(here, attribute.kind), _written(there, attribute.kind), is_forgotten)
    lists = Audience.objects.filter(members__contact=contact, kind=AudienceKind.LIST)
    here_codes = set(lists.values_list("group__code", flat=True))
    array = custom.get(GROUPS)
    there_codes = {str(code) for code in array} if isinstance(array, list) else set()
    groups = access.groups_with(reader, Permission.SEE_CONTACTS).filter(brand=contact.brand_id)
    seen = set(groups.filter(code__in=here_codes | there_codes).values_list("code", flat=True))
    yield Line(
        pgettext("of a contact", "Groups"),
        ", ".join(sorted(here_codes & seen)),
        ", ".join(sorted(there_codes & seen)),
    )


def _written(value: object, kind: str = "") -> str:
    """Gives a value as text. Braze reads a day in a custom attribute as a moment (B-TRK-11): only its day counts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if kind == AttributeKind.DATE:
        return str(value)[:10]
    if kind == AttributeKind.NUMBER and isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _seen_in(contact: Contact, actor: User) -> Group | None:
    groups = access.groups_with(actor, Permission.SEE_CONTACTS).filter(audiences__members__contact=contact)
    return groups.order_by("pk").first()
