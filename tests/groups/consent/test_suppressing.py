"""Shutting addresses: everywhere or for a group, with the origin kept, and no file lets anybody in again."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping
from groups.audiences.queries import suppressed_by
from groups.consent.services import add_addresses, import_addresses, save_policy
from groups.consent.suppressing import suppress
from groups.errors import FileUnreadable, InputRefused, NotPermitted
from groups.models import (
    Brand,
    Contact,
    Event,
    Group,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    SyncState,
    UnsubscribeScope,
    User,
)
from tests.builders import Cast, a_contact, a_group, an_audience, an_import, root_group

pytestmark = pytest.mark.django_db


def is_shut(contact: Contact, group: Group) -> bool:
    return Contact.objects.filter(suppressed_by(group), pk=contact.pk).exists()


def imported(content: str, group: Group, actor: User) -> None:
    """Brings a file of IDs and addresses in."""
    contact_import = an_import(content, group=group, actor=actor)
    confirm_mapping(contact_import=contact_import, mapping={0: "external_id", 1: "email"}, actor=actor)
    run_import(contact_import.pk)


@pytest.mark.catalogue("A11")
@pytest.mark.parametrize("reason", [SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT])
def test_a_complaint_and_a_hard_bounce_count_for_every_group_at_once(cast: Cast, reason: SuppressionReason) -> None:
    contact = a_contact(audience=an_audience(group=cast.store), sync_state=SyncState.SYNCED)
    head_office = root_group(cast.brand)

    add_addresses(group=head_office, addresses=[contact.email], reason=reason, actor=cast.admin)

    assert all(is_shut(contact, group) for group in (cast.store, cast.far_store, head_office))
    contact.refresh_from_db()
    assert contact.sync_state == SyncState.PENDING
    one = Suppression.objects.get()
    assert (one.reason, one.origin, one.added_by, one.group) == (reason, SuppressionOrigin.HAND, cast.admin, None)


@pytest.mark.catalogue("A11")
def test_a_store_shuts_an_address_for_itself_and_the_policy_may_make_that_the_brand(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))
    other = a_contact(audience=an_audience(group=cast.store))
    wish = SuppressionReason.UNSUBSCRIBED

    add_addresses(group=cast.store, addresses=[contact.email], reason=wish, note="by phone", actor=cast.author)
    save_policy(
        brand=cast.brand, unsubscribe_scope=UnsubscribeScope.BRAND, subscription_group_id="", actor=cast.manager
    )
    cast.store.refresh_from_db()
    add_addresses(group=cast.store, addresses=[other.email], reason=wish, actor=cast.author)

    assert (is_shut(contact, cast.store), is_shut(contact, cast.next_store)) == (True, False)
    assert (is_shut(other, cast.store), is_shut(other, cast.next_store)) == (True, True)
    assert Suppression.objects.get(contact=contact).note == "by phone"


@pytest.mark.parametrize("reason", [SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT])
def test_a_store_gives_no_reason_that_counts_everywhere(cast: Cast, reason: SuppressionReason) -> None:
    with pytest.raises(NotPermitted):
        add_addresses(group=cast.store, addresses=["a@example.com"], reason=reason, actor=cast.author)

    assert Suppression.objects.count() == 0
    assert not Event.objects.filter(action="suppression.added").exists()


def test_each_reason_keeps_its_own_origin_and_date(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))
    for reason, origin in (
        (SuppressionReason.UNSUBSCRIBED, SuppressionOrigin.PAGE),
        (SuppressionReason.HARD_BOUNCE, SuppressionOrigin.BRAZE),
        (SuppressionReason.UNSUBSCRIBED, SuppressionOrigin.BRAZE),
    ):
        suppress(brand=cast.brand, addresses=[contact.email], group=None, reason=reason, origin=origin)

    assert set(Suppression.objects.values_list("reason", "origin")) == {
        ("unsubscribed", "page"),
        ("hard_bounce", "braze"),
    }


def test_an_address_that_nobody_has_yet_stays_shut_for_whoever_a_file_gives_it_to(cast: Cast) -> None:
    add_addresses(
        group=root_group(cast.brand),
        addresses=["late@example.com"],
        reason=SuppressionReason.BLOCKED,
        actor=cast.admin,
    )

    imported("id,email\nL1,Late@Example.com\n", cast.store, cast.author)

    heir = Contact.objects.get(external_id="L1")
    assert is_shut(heir, cast.store)
    assert set(Suppression.objects.values_list("contact", "origin")) == {(None, "hand"), (heir.pk, "hand")}


@pytest.mark.catalogue("A11")
@pytest.mark.parametrize(
    "again",
    [
        pytest.param("id,email\nC1,maya@example.com\n", id="added again"),
        pytest.param("id,email\nC1,new@example.com\n", id="with another address"),
        pytest.param("id,email\nC2,maya@example.com\n", id="with another ID"),
        pytest.param("id,email\nC1,new@example.com\nC2,maya@example.com\n", id="with both changed"),
    ],
)
@pytest.mark.parametrize("is_brand_wide", [True, False])
@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_no_file_subscribes_anybody_again(
    cast: Cast, again: str, is_brand_wide: bool, reason: SuppressionReason
) -> None:
    imported("id,email\nC1,maya@example.com\n", cast.store, cast.author)
    group = None if is_brand_wide else cast.store
    suppress(
        brand=cast.brand,
        addresses=["maya@example.com"],
        group=group,
        reason=reason,
        origin=SuppressionOrigin.BRAZE,
    )

    imported(again, cast.store, cast.author)

    assert Contact.objects.count() == 1 + ("C2" in again)
    assert all(is_shut(contact, cast.store) for contact in Contact.objects.all())
    assert {one.origin for one in Suppression.objects.all()} == {SuppressionOrigin.BRAZE}


def test_a_file_of_addresses_shuts_them_and_opens_nothing(cast: Cast) -> None:
    known = a_contact(audience=an_audience(group=cast.store), email="known@example.com")
    shut = a_contact(audience=an_audience(group=cast.store), email="shut@example.com")
    add_addresses(group=cast.store, addresses=[shut.email], reason=SuppressionReason.BLOCKED, actor=cast.author)
    file = SimpleUploadedFile("gone.csv", b"name,E-Mail\nA,known@example.com\nB,new@example.com\nC,nobody\nD,\n")

    added = import_addresses(group=cast.store, file=file, reason=SuppressionReason.UNSUBSCRIBED, actor=cast.author)

    assert (added.addresses, added.opened, added.wrong) == (2, 2, 2)
    assert is_shut(known, cast.store)
    assert is_shut(shut, cast.store)
    assert Event.objects.get(action="suppression.imported").detail["addresses"] == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"first@example.com\nsecond@example.com\n", b"a,b\nx@example.com,1\n", b"email\nnobody\n", b"PK\x03\x04zip"],
)
def test_a_file_without_addresses_is_refused_and_nothing_is_shut(cast: Cast, content: bytes) -> None:
    with pytest.raises((InputRefused, FileUnreadable)):
        import_addresses(
            group=cast.store,
            file=SimpleUploadedFile("gone.csv", content),
            reason=SuppressionReason.UNSUBSCRIBED,
            actor=cast.author,
        )

    assert Suppression.objects.count() == 0


def test_another_brand_with_the_address_is_left_alone(cast: Cast) -> None:
    elsewhere = a_contact(brand=cast.other_brand, email="maya@example.com")

    add_addresses(
        group=root_group(cast.brand),
        addresses=["maya@example.com"],
        reason=SuppressionReason.COMPLAINT,
        actor=cast.admin,
    )

    assert not is_shut(elsewhere, a_group(brand=cast.other_brand))
    assert Suppression.objects.filter(brand=cast.other_brand).count() == 0


def test_five_hundred_addresses_are_looked_up_in_as_many_queries_as_one(cast: Cast) -> None:
    def queries(addresses: list[str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            suppress(
                brand=cast.brand,
                addresses=addresses,
                group=None,
                reason=SuppressionReason.BLOCKED,
                origin=SuppressionOrigin.HAND,
            )
        return len([query for query in captured.captured_queries if not query["sql"].startswith("INSERT")])

    assert queries([f"n{number}@example.com" for number in range(500)]) == queries(["one@example.com"])
    assert Suppression.objects.count() == 501
    assert Brand.objects.count() == 2
