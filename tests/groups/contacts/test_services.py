"""Contacts by hand: added to a list, changed, deleted, by the rules that files have."""

from __future__ import annotations

from datetime import date

import pytest

from groups.audiences.queries import suppressed_by
from groups.consent.leaving import unsubscribe
from groups.contacts.services import add_contact, change_contact, delete_contact
from groups.contacts.typed import FieldsRefused, Typed, typed
from groups.errors import InputRefused, NotPermitted
from groups.models import (
    Attribute,
    Audience,
    AudienceMember,
    Brand,
    Contact,
    Event,
    Group,
    Suppression,
    SyncState,
)
from tests.builders import Cast, a_contact, an_audience

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A4")]


def said(brand: Brand, **texts: str) -> Typed:
    """Gives what was typed of a person."""
    attributes = list(Attribute.objects.filter(brand=brand, name__in=texts))
    return typed({"email": "ana@example.com", **texts}, attributes, with_id="external_id" in texts)


def is_shut(contact: Contact, group: Group) -> bool:
    """Tells whether a group must not mail a contact."""
    return Contact.objects.filter(suppressed_by(group), pk=contact.pk).exists()


def test_what_was_typed_becomes_values_of_the_right_kind(cast: Cast) -> None:
    found = said(
        cast.brand,
        email=" Mailto:ANA@Example.com ",
        external_id=" C1 ",
        points="12,5".replace(",", "."),
        birthday="30.11.1990",
        is_member="yes",
        city="",
        consent_on="2026-11-01",
        consent_text="I want news.",
    )

    assert (found.email, found.external_id) == ("ana@example.com", "C1")
    assert found.attributes == {"points": 12.5, "birthday": "1990-11-30", "is_member": True, "city": None}
    assert (found.consent.given_on, found.consent.text) == (date(2026, 11, 1), "I want news.")


def test_everything_that_is_wrong_is_said_at_its_field(cast: Cast) -> None:
    for name, braze in (("zone", "time_zone"), ("tongue", "language"), ("land", "country"), ("sex", "gender")):
        Attribute.objects.create(brand=cast.brand, name=name, label=name, braze_name=braze, liquid_name=braze)

    with pytest.raises(FieldsRefused) as refused:
        said(
            cast.brand,
            email="nobody",
            points="many",
            birthday="11/12/26",
            is_member="perhaps",
            zone="Mars/Olympus",
            tongue="German",
            land="DEU",
            sex="X",
            consent_on="soon",
            consent_source="x" * 121,
        )

    assert set(refused.value.wrong) == {
        *("email", "points", "birthday", "is_member", "zone", "tongue", "land", "sex", "consent_on", "consent_source")
    }
    assert said(cast.brand, zone="Europe/Berlin", tongue="de", land="DE", sex="F").attributes["zone"] == "Europe/Berlin"


def test_somebody_new_is_put_on_a_list_and_waits_for_braze(cast: Cast) -> None:
    audience = an_audience(group=cast.store)

    contact = add_contact(audience=audience, said=said(cast.brand, external_id="C1", city="Bonn"), actor=cast.author)

    audience.refresh_from_db()
    assert (contact.external_id, contact.email, contact.attributes) == ("C1", "ana@example.com", {"city": "Bonn"})
    assert (audience.size, audience.members.get().contact) == (1, contact)
    assert Contact.objects.get(pk=contact.pk).sync_state == SyncState.PENDING
    event = Event.objects.get(action="audience.contact_added")
    assert (event.actor, event.group, event.detail) == (cast.author, cast.store, {"contact": str(contact.pk)})


def test_without_an_id_one_is_derived_where_the_brand_allows_it_and_asked_for_elsewhere(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    with pytest.raises(FieldsRefused) as refused:
        add_contact(audience=audience, said=said(cast.brand), actor=cast.author)
    assert set(refused.value.wrong) == {"external_id"}
    assert not Contact.objects.exists()

    Brand.objects.filter(pk=cast.brand.pk).update(derives_external_ids=True)
    audience = Audience.objects.get(pk=audience.pk)
    first = add_contact(audience=audience, said=said(cast.brand), actor=cast.author)
    again = add_contact(audience=audience, said=said(cast.brand), actor=cast.author)

    assert first == again
    assert Audience.objects.get(pk=audience.pk).size == 1


def test_of_somebody_known_what_was_typed_changes_and_the_rest_stays(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    known = a_contact(audience=an_audience(group=cast.store), external_id="C1", city="Bonn", points=4)

    add_contact(audience=audience, said=said(cast.brand, external_id="C1", city="Kiel", points=""), actor=cast.author)

    known.refresh_from_db()
    assert known.attributes == {"city": "Kiel", "points": 4}
    assert known.audience_members.count() == 2


def test_whom_another_group_has_is_put_on_the_list_unchanged_or_refused_with_another_address(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    theirs = a_contact(
        audience=an_audience(group=cast.next_store), external_id="C1", email="ana@example.com", city="Bonn"
    )

    with pytest.raises(FieldsRefused):
        other = said(cast.brand, external_id="C1", email="other@example.com", city="Kiel")
        add_contact(audience=audience, said=other, actor=cast.author)
    assert not audience.members.exists()
    add_contact(audience=audience, said=said(cast.brand, external_id="C1", city="Kiel"), actor=cast.author)

    theirs.refresh_from_db()
    assert (theirs.email, theirs.attributes) == ("ana@example.com", {"city": "Bonn"})
    assert audience.members.get().contact == theirs


def test_nobody_is_added_to_a_segment(cast: Cast) -> None:
    segment = an_audience(group=cast.store, segment_id="s-1")

    with pytest.raises(InputRefused):
        add_contact(audience=segment, said=said(cast.brand, external_id="C1"), actor=cast.author)

    assert not Contact.objects.exists()


def test_a_change_is_told_to_braze_and_the_trail_keeps_only_what_changed(cast: Cast) -> None:
    contact = a_contact(
        audience=an_audience(group=cast.store),
        sync_state=SyncState.SYNCED,
        city="Bonn",
        points=4,
        last_visit="2026-01-02",
    )

    change_contact(
        contact=contact,
        said=said(cast.brand, email="new@example.com", city="", points="5", consent_source="card"),
        actor=cast.author,
    )

    contact.refresh_from_db()
    assert contact.email == "new@example.com"
    assert contact.attributes == {"points": 5, "last_visit": "2026-01-02"}
    assert (contact.consent_source, contact.sync_state, contact.sync_revision) == ("card", SyncState.PENDING, 1)
    event = Event.objects.get(action="contact.changed")
    assert (event.group, event.target_id) == (cast.store, str(contact.pk))
    assert set(event.before) == {"email", "attribute city", "attribute points", "consent_source"}
    assert set(event.before.values()) | set(event.after.values()) == {"(not kept)"}


def test_saving_the_same_changes_nothing(cast: Cast) -> None:
    contact = a_contact(
        audience=an_audience(group=cast.store), email="ana@example.com", sync_state=SyncState.SYNCED, city="Bonn"
    )

    change_contact(contact=contact, said=said(cast.brand, city="Bonn"), actor=cast.author)

    contact.refresh_from_db()
    assert contact.sync_state == SyncState.SYNCED
    assert not Event.objects.filter(action="contact.changed").exists()


def test_whoever_unsubscribed_stays_unsubscribed_with_another_address(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store), email="old@example.com")
    unsubscribe(contact=contact, group=cast.store, source="page")

    change_contact(contact=contact, said=said(cast.brand, email="new@example.com"), actor=cast.author)

    contact.refresh_from_db()
    assert is_shut(contact, cast.store)
    assert not is_shut(contact, cast.next_store)


def test_whoever_is_given_an_address_that_is_shut_is_shut_out_too_and_stays_so(cast: Cast) -> None:
    gone = a_contact(audience=an_audience(group=cast.next_store), email="shut@example.com")
    unsubscribe(contact=gone, group=None, source="page")
    contact = a_contact(audience=an_audience(group=cast.store), email="open@example.com")

    change_contact(contact=contact, said=said(cast.brand, email="shut@example.com"), actor=cast.author)
    change_contact(contact=contact, said=said(cast.brand, email="third@example.com"), actor=cast.author)

    contact.refresh_from_db()
    assert contact.email == "third@example.com"
    assert is_shut(contact, cast.store)


def test_nobody_changes_or_deletes_whom_none_of_their_groups_has(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store), email="ana@example.com", city="Bonn")
    before = Contact.objects.values().get(pk=contact.pk)

    for user in (cast.neighbour, cast.approver, cast.outsider):
        with pytest.raises(NotPermitted):
            change_contact(contact=contact, said=said(cast.brand, city="Kiel"), actor=user)
        with pytest.raises(NotPermitted):
            delete_contact(contact=contact, actor=user)

    assert Contact.objects.values().get(pk=contact.pk) == before
    assert contact.audience_members.count() == 1
    assert not Event.objects.filter(action__startswith="contact.").exists()


def test_a_contact_that_nothing_refers_to_goes_as_a_whole(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    contact = a_contact(audience=audience)

    delete_contact(contact=contact, actor=cast.author)

    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert Audience.objects.get(pk=audience.pk).size == 0
    event = Event.objects.get(action="contact.deleted")
    assert (event.group, event.detail) == (cast.store, {"lists": 1})


def test_of_somebody_who_unsubscribed_or_whom_braze_has_the_address_and_id_stay(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    contact = a_contact(audience=audience, email="ana@example.com", city="Bonn", sync_state=SyncState.SYNCED)
    Contact.objects.filter(pk=contact.pk).update(consent_text="Yes", synced={"home_city": "Bonn"})
    unsubscribe(contact=contact, group=None, source="page")

    delete_contact(contact=contact, actor=cast.author)

    contact.refresh_from_db()
    assert (contact.email, contact.attributes, contact.consent_text) == ("ana@example.com", {}, "")
    assert contact.sync_state == SyncState.PENDING
    assert Suppression.objects.get().address == "ana@example.com"
    assert not AudienceMember.objects.exists()


def test_somebody_on_the_list_of_another_group_is_not_deleted_by_one_of_them(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))
    AudienceMember.objects.create(audience=an_audience(group=cast.next_store), contact=contact)

    with pytest.raises(InputRefused):
        delete_contact(contact=contact, actor=cast.author)
    assert contact.audience_members.count() == 2
    delete_contact(contact=contact, actor=cast.manager)

    assert not Contact.objects.filter(pk=contact.pk).exists()


def test_who_manages_the_contacts_of_the_brand_changes_somebody_who_is_on_no_list(cast: Cast) -> None:
    contact = a_contact(brand=cast.brand, city="Bonn")

    change_contact(contact=contact, said=said(cast.brand, city="Kiel"), actor=cast.manager)

    contact.refresh_from_db()
    assert contact.attributes == {"city": "Kiel"}
    assert Event.objects.get(action="contact.changed").group is None
