"""Who must not be mailed: by contact and by address, one rule for pages, plans and Braze."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from groups.audiences import queries
from groups.consent.leaving import unsubscribe
from groups.models import Contact, Group, Suppression, SuppressionReason
from tests.builders import a_brand, a_contact, a_group, an_audience

pytestmark = pytest.mark.django_db


def silent(group: Group) -> set[str]:
    """Gives the external IDs of those whom a group must not mail, as all three queries say it."""
    contacts = list(Contact.objects.filter(brand=group.brand))
    by_condition = set(Contact.objects.filter(queries.suppressed_by(group), brand=group.brand))
    by_reason = queries.reasons_by_contact([contact.pk for contact in contacts], group)
    by_code = {
        contact_id for contact_id, codes in queries.excluded_codes(contacts).items() if codes & {None, group.code}
    }
    assert {contact.pk for contact in by_condition} == set(by_reason) == by_code
    return {contact.external_id for contact in by_condition}


@pytest.mark.parametrize("is_brand_wide", [True, False])
def test_a_suppression_holds_for_the_contact_and_for_its_address(is_brand_wide: bool) -> None:
    group = a_group()
    other_group = a_group(brand=group.brand)
    gone = a_contact(brand=group.brand, external_id="C1", email="anna@example.com")
    a_contact(brand=group.brand, external_id="C2", email="ben@example.com")
    a_contact(brand=a_brand(), external_id="C3", email="anna@example.com")
    unsubscribe(contact=gone, group=None if is_brand_wide else group, source="test")

    Contact.objects.filter(pk=gone.pk).update(email="away@example.com")
    a_contact(brand=group.brand, external_id="C4", email="Anna@example.com")

    assert silent(group) == {"C1", "C4"}
    assert silent(other_group) == ({"C1", "C4"} if is_brand_wide else set())
    assert not Contact.objects.filter(queries.suppressed_by(group), external_id="C3").exists()


def test_the_own_wish_of_a_person_stands_before_other_reasons() -> None:
    group = a_group()
    contact = a_contact(brand=group.brand)
    for reason, place in ((SuppressionReason.BLOCKED, group), (SuppressionReason.UNSUBSCRIBED, None)):
        Suppression.objects.create(
            contact=contact, brand=group.brand, address=contact.email, group=place, reason=reason, source="test"
        )

    assert queries.reasons_by_contact([contact.pk], group) == {contact.pk: SuppressionReason.UNSUBSCRIBED}
    assert Contact.objects.filter(queries.suppressed_by(group, SuppressionReason.BLOCKED)).get() == contact
    assert not Contact.objects.filter(queries.suppressed_by(group, SuppressionReason.COMPLAINT)).exists()


def test_asking_again_with_another_address_shuts_that_too() -> None:
    group = a_group()
    gone = a_contact(brand=group.brand, email="anna@example.com")
    unsubscribe(contact=gone, group=None, source="test")
    gone.email = "second@example.com"
    gone.save()

    unsubscribe(contact=gone, group=None, source="test")

    assert set(Suppression.objects.values_list("address", flat=True)) == {"anna@example.com", "second@example.com"}


def test_the_page_of_a_list_shows_who_has_a_suppressed_address() -> None:
    audience = an_audience()
    gone = a_contact(brand=audience.group.brand, email="anna@example.com")
    unsubscribe(contact=gone, group=audience.group, source="test")
    a_contact(audience=audience, email="anna@example.com")

    assert queries.contacts_of(audience).get().is_suppressed is True


def test_a_suppression_without_an_address_cannot_be_stored() -> None:
    contact = a_contact()

    with pytest.raises(IntegrityError, match="suppression_has_its_address"), transaction.atomic():
        Suppression.objects.create(
            contact=contact, brand=contact.brand, address="", reason=SuppressionReason.BLOCKED, source="test"
        )

    assert Suppression.objects.count() == 0
