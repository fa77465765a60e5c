"""The pages of single contacts: what they show, what they keep of what was typed, and what they refuse."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import Attribute, AudienceMember, Contact, Event, FeatureSwitch
from groups.roles import Feature
from tests.builders import Cast, a_contact, an_audience

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """Gives somebody on a list of the store."""
    found = a_contact(
        audience=an_audience(group=cast.store, name="Regulars"),
        email="ana@example.com",
        first_name="Ana",
        birthday="1990-11-30",
        is_member=True,
    )
    Contact.objects.filter(pk=found.pk).update(consent_source="card", consent_text="I want news.")
    return found


@pytest.mark.catalogue("A4")
def test_the_page_of_a_contact_shows_attributes_and_consent_as_far_as_one_may_see_them(
    cast: Cast, contact: Contact, client: Client
) -> None:
    address = reverse("campaigns:contact-detail", args=[contact.pk])
    client.force_login(cast.author)
    local = client.get(address).content.decode()
    client.force_login(cast.manager)
    head_office = client.get(address).content.decode()

    assert "Ana" in local
    assert "I want news." in local
    assert "Birthday" not in local
    assert "Nov. 30, 1990" in head_office
    assert "Change" in local


def test_a_contact_on_no_list_is_shown_to_head_office_alone(cast: Cast, client: Client) -> None:
    nobody = a_contact(brand=cast.brand, email="nobody@example.com")
    address = reverse("campaigns:contact-detail", args=[nobody.pk])

    answers = {}
    for user in cast.everybody:
        client.force_login(user)
        answers[user.name] = client.get(address).status_code

    assert {name for name, status in answers.items() if status == 200} == {cast.manager.name, cast.admin.name}


@pytest.mark.catalogue("A4")
def test_a_person_is_added_by_hand_or_asked_again_with_what_was_typed(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    address = reverse("groups:contact-add", args=[audience.pk])
    client.force_login(cast.author)
    form = {"external_id": "C1", "email": "nobody", "attribute_first_name": "Ana", "statement": "on"}

    refused = client.post(address, form)
    unstated = client.post(address, {**form, "email": "ana@example.com", "statement": ""})
    nobody = Contact.objects.count()
    added = client.post(address, {**form, "email": "ana@example.com"})

    assert (refused.status_code, unstated.status_code, nobody) == (422, 422, 0)
    assert "This is no email address" in refused.content.decode()
    assert 'value="Ana"' in refused.content.decode()
    assert added.status_code == 302
    assert Contact.objects.get().attributes == {"first_name": "Ana"}
    assert (
        client.get(reverse("groups:contact-add", args=[an_audience(group=cast.store, segment_id="s").pk])).status_code
        == 404
    )


def test_an_attribute_that_one_may_not_see_is_neither_asked_for_nor_changed(
    cast: Cast, contact: Contact, client: Client
) -> None:
    client.force_login(cast.author)
    address = reverse("groups:contact-edit", args=[contact.pk])
    page = client.get(address).content.decode()

    client.post(
        address, {"email": "ana@example.com", "attribute_first_name": "Anna", "attribute_birthday": "2000-01-01"}
    )

    contact.refresh_from_db()
    assert "attribute_birthday" not in page
    assert contact.attributes == {"first_name": "Anna", "birthday": "1990-11-30", "is_member": True}


def test_head_office_changes_every_attribute_by_its_kind(cast: Cast, contact: Contact, client: Client) -> None:
    client.force_login(cast.manager)
    address = reverse("groups:contact-edit", args=[contact.pk])
    form = {"email": "ana@example.com", "attribute_birthday": "30.11.1991", "attribute_is_member": "no"}

    wrong = client.post(address, {**form, "attribute_points": "many"})
    right = client.post(address, {**form, "attribute_points": "7"})

    contact.refresh_from_db()
    assert wrong.status_code == 422
    assert "This is no number" in wrong.content.decode()
    assert right.status_code == 302
    assert contact.attributes == {"birthday": "1991-11-30", "is_member": False, "points": 7}
    assert (contact.consent_source, contact.consent_text) == ("", "")


def test_who_does_not_manage_contacts_changes_and_deletes_nobody(cast: Cast, contact: Contact, client: Client) -> None:
    before = Contact.objects.values().get(pk=contact.pk)

    for user in (cast.neighbour, cast.approver, cast.outsider):
        client.force_login(user)
        for name in ("contact-edit", "contact-delete"):
            answer = client.post(reverse(f"groups:{name}", args=[contact.pk]), {"email": "x@example.com"})
            assert answer.status_code == 404
        audience = AudienceMember.objects.get().audience
        answer = client.post(reverse("groups:contact-add", args=[audience.pk]), {"email": "x@example.com"})
        assert answer.status_code == 404

    assert Contact.objects.values().get() == before


def test_where_contacts_are_switched_off_nobody_changes_them_locally(
    cast: Cast, contact: Contact, client: Client
) -> None:
    FeatureSwitch.objects.create(group=cast.store, feature=Feature.CONTACTS)
    client.force_login(cast.author)

    assert client.get(reverse("groups:contact-edit", args=[contact.pk])).status_code == 404
    assert client.get(reverse("campaigns:contact-detail", args=[contact.pk])).status_code == 200


def test_a_contact_is_deleted_from_its_page(cast: Cast, contact: Contact, client: Client) -> None:
    client.force_login(cast.author)

    answer = client.post(reverse("groups:contact-delete", args=[contact.pk]), follow=True)

    assert answer.redirect_chain == [(reverse("groups:contact-list", args=[cast.store.pk]), 302)]
    assert "ana@example.com is deleted." in answer.content.decode()
    assert not Contact.objects.exists()
    assert Event.objects.filter(action="contact.deleted").count() == 1


def test_the_page_of_a_contact_costs_the_same_with_many_attributes_and_lists(
    cast: Cast, contact: Contact, client: Client
) -> None:
    client.force_login(cast.manager)
    address = reverse("campaigns:contact-detail", args=[contact.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(10):
        name = f"a{number}"
        Attribute.objects.create(
            brand=cast.brand, name=name, label=name, braze_name=name, liquid_name=name, is_custom=True
        )
        AudienceMember.objects.create(audience=an_audience(group=cast.store), contact=contact)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)
