"""A group's audiences, and the people on its lists."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.api.problems import refused
from groups.api.schemas import AddedOut, AudienceOut, ContactChangeSaid, ContactOut, ContactSaid, ListSaid
from groups.api.shown import audience_out, contact_out, contact_with
from groups.audiences.services import new_list, remove_contact
from groups.contacts import services, typed
from groups.contacts.doors import contact_for
from groups.contacts.seeing import attributes_seen_in, attributes_seen_of
from groups.models import Attribute, Audience, AudienceKind, Contact, Group
from groups.roles import Permission
from groups.tree.rules import demand_open

P = Permission
router = Router(tags=["Audiences and contacts"])


@router.get(
    "/groups/{group_id}/audiences", response=Page[AudienceOut], auth=Bearer(P.SEE_CONTACTS), summary="List audiences"
)
def list_audiences(request: ApiRequest, group_id: UUID, paging: AskedPage) -> Page[AudienceOut]:
    """Gives a group's lists, filters and segments, the oldest first."""
    group = access.get(request.auth, Group, group_id, P.SEE_CONTACTS)
    found = page_of(request, Audience.objects.filter(group=group), paging, newest_first=False)
    return Page(items=[audience_out(audience) for audience in found.rows], next=found.next)


@router.post(
    "/groups/{group_id}/audiences",
    response={201: AudienceOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Add a list",
)
@once(201)
def add_list(request: ApiRequest, group_id: UUID, said: ListSaid) -> AudienceOut:
    """Adds an empty list to a group."""
    group = access.get(request.auth, Group, group_id, P.MANAGE_CONTACTS)
    demand_open(group)
    return audience_out(new_list(group=group, name=said.name, actor=request.auth))


@router.get("/audiences/{audience_id}", response=AudienceOut, auth=Bearer(P.SEE_CONTACTS), summary="Read an audience")
def read_audience(request: ApiRequest, audience_id: UUID) -> AudienceOut:
    """Gives an audience."""
    return audience_out(access.get(request.auth, Audience, audience_id, P.SEE_CONTACTS))


@router.get(
    "/audiences/{audience_id}/contacts",
    response=Page[ContactOut],
    auth=Bearer(P.SEE_CONTACTS),
    summary="List the people of a list",
)
def list_contacts(request: ApiRequest, audience_id: UUID, paging: AskedPage) -> Page[ContactOut]:
    """Gives the people of a list with the attributes that its group sees, in a fixed order of no meaning."""
    audience = access.get(request.auth, Audience, audience_id, P.SEE_CONTACTS)
    if audience.kind != AudienceKind.LIST or not access.may_see_people(request.auth, audience):
        raise Http404
    people = Contact.objects.filter(audience_members__audience=audience, erased_at=None)
    found = page_of(request, people, paging, by="id", newest_first=False)
    names = list(attributes_seen_in(request.brand.pk, [audience.group]).values_list("name", flat=True))
    return Page(items=[contact_with(contact, names) for contact in found.rows], next=found.next)


@router.post(
    "/audiences/{audience_id}/contacts",
    response={201: AddedOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Put one person on a list",
)
@once(201)
def add_contact(request: ApiRequest, audience_id: UUID, said: ContactSaid) -> AddedOut:
    """Puts one person on a list: a new contact, or one whom the brand has already."""
    audience = _list_to_change(request, audience_id)
    if not said.statement:
        raise refused("statement", _("Confirm that this person agreed; otherwise they must not be mailed."))
    attributes = list(attributes_seen_in(request.brand.pk, [audience.group]))
    texts = _texts(said, attributes)
    person = typed.typed({**texts, typed.EXTERNAL_ID: said.external_id}, attributes, with_id=True)
    contact = services.add_contact(audience=audience, said=person, actor=request.auth)
    return AddedOut(id=contact.pk, external_id=contact.external_id, audience_id=audience.pk)


@router.delete(
    "/audiences/{audience_id}/contacts/{contact_id}",
    response={204: None},
    auth=Bearer(P.MANAGE_CONTACTS),
    summary="Take somebody off a list",
)
def take_off(request: ApiRequest, audience_id: UUID, contact_id: UUID) -> Status[None]:
    """Takes a contact off a list; the contact stays."""
    audience = _list_to_change(request, audience_id)
    contact = access.get(request.auth, Contact, contact_id, P.MANAGE_CONTACTS)
    remove_contact(audience=audience, contact=contact, actor=request.auth)
    return Status(204, None)


@router.get("/contacts/{contact_id}", response=ContactOut, auth=Bearer(P.SEE_CONTACTS), summary="Read a contact")
def read_contact(request: ApiRequest, contact_id: UUID) -> ContactOut:
    """Gives a contact of a group whose contacts the token may see."""
    return contact_out(contact_for(request.auth, contact_id, P.SEE_CONTACTS), request.auth)


@router.put("/contacts/{contact_id}", response=ContactOut, auth=Bearer(P.MANAGE_CONTACTS), summary="Change a contact")
def change_contact(request: ApiRequest, contact_id: UUID, said: ContactChangeSaid) -> ContactOut:
    """Changes a contact's address, the attributes that the token may change, and consent."""
    contact = contact_for(request.auth, contact_id, P.MANAGE_CONTACTS)
    attributes = list(attributes_seen_of(contact, request.auth, P.MANAGE_CONTACTS))
    person = typed.typed(
        _texts(said, attributes), attributes, with_id=False, may_keep_address=not request.brand.keeps_contacts
    )
    changed = services.change_contact(contact=contact, said=person, actor=request.auth)
    return contact_with(changed, [attribute.name for attribute in attributes])


@router.delete(
    "/contacts/{contact_id}", response={204: None}, auth=Bearer(P.MANAGE_CONTACTS), summary="Delete a contact"
)
def delete_contact(request: ApiRequest, contact_id: UUID) -> Status[None]:
    """Takes a contact off every list and forgets what is known of them."""
    services.delete_contact(contact=contact_for(request.auth, contact_id, P.MANAGE_CONTACTS), actor=request.auth)
    return Status(204, None)


def _list_to_change(request: ApiRequest, audience_id: UUID) -> Audience:
    """Gives a list that the token may put people on, or take them off; a private one only from its own group."""
    audience = access.get(request.auth, Audience, audience_id, P.MANAGE_CONTACTS)
    if audience.kind != AudienceKind.LIST or not access.may_see_people(request.auth, audience, P.MANAGE_CONTACTS):
        raise Http404
    return audience


def _texts(said: ContactSaid | ContactChangeSaid, attributes: list[Attribute]) -> Mapping[str, str]:
    """Gives what was said as texts, which are read by the rules that forms and files have."""
    known = {attribute.name for attribute in attributes}
    for name in said.attributes:
        if name not in known:
            raise refused(f"attributes.{name[:60]}", _("There is no such attribute here."))
    return {
        **{name: _text(value) for name, value in said.attributes.items()},
        typed.EMAIL: said.email,
        typed.CONSENT_SOURCE: said.consent_source,
        typed.CONSENT_ON: said.consent_on.isoformat() if said.consent_on else "",
        typed.CONSENT_TEXT: said.consent_text,
    }


def _text(value: str | int | float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
