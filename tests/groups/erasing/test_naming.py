"""Somebody is erased whose address the portal keeps in no row, or in rows that no contact has."""

from __future__ import annotations

import pytest

from groups.audiences.same_address import suppress_same_addresses
from groups.audiences.syncing import sync_contacts
from groups.consent.lifting import lift
from groups.consent.suppressing import suppress
from groups.erasing.holders import Leftover
from groups.erasing.naming import Naming
from groups.erasing.proof import gone_lines
from groups.erasing.services import ask
from groups.erasing.working import work_on
from groups.keeping import services, working
from groups.keeping.addresses import stored_address
from groups.models import (
    Brand,
    Contact,
    ImportReject,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
)
from groups.roles import Role
from tests.builders import a_contact, a_group, a_person, a_workspace, an_audience, root_group
from tests.groups.keeping.builders import imported, places_of
from tests.sandbox_server import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A9")]

REJECTED = (
    "customer_id,email,first_name\n"
    ',"<mailto:Ana@Example.com>",No ID\n'
    ",Ana <ana@example.com>,No ID\n"
    ",other@example.com,No ID\n"
)


def test_rejected_rows_name_somebody_by_the_hash_where_no_address_is_kept(sandbox: RunningSandbox) -> None:
    audience = an_audience(group=a_group())
    actor = a_person(role=Role.ADMIN, group=root_group(audience.group.brand))
    workspace = a_workspace(brand=audience.group.brand, endpoint=sandbox.url)
    brand = Brand.objects.get(pk=audience.group.brand_id)
    services.keep_no_contacts(brand=brand, actor=actor)
    assert working.work_on(brand.pk)
    imported("customer_id,email\nC1,ana@example.com\n", audience, actor)
    sync_contacts(workspace.pk)
    imported(REJECTED, audience, actor)
    before = [len(one.cells) for one in ImportReject.objects.order_by("line")]

    erasure = ask(contact=Contact.objects.get(external_id="C1"), actor=actor)
    work_on(erasure.pk)

    erasure.refresh_from_db()
    assert before == [3, 3, 3]
    assert [len(one.cells) for one in ImportReject.objects.order_by("line")] == [0, 0, 3]
    assert erasure.gone["rejects"] == 2
    assert places_of(["ana@example.com"]) == set()


def test_what_braze_wrote_names_somebody_by_the_hash() -> None:
    brand = a_group().brand
    Brand.objects.filter(pk=brand.pk).update(keeps_contacts=False)
    brand.refresh_from_db()
    known = stored_address(brand, "ana@example.com")

    naming = Naming.of(brand, Leftover("C1", (known,), (), was_told=True))

    assert naming.redacted("Ana@example.com. C1 and ben@example.com") == "(erased). (erased) and ben@example.com"


def test_what_was_lifted_and_what_shut_the_address_alone_name_nobody_afterwards() -> None:
    group = a_group()
    root = root_group(group.brand)
    actor = a_person(role=Role.ADMIN, group=root)
    shut = {"brand": group.brand, "group": None, "origin": SuppressionOrigin.HAND}
    suppress(addresses=["ana@example.com"], reason=SuppressionReason.HARD_BOUNCE, **shut)
    alone = Suppression.objects.get()
    lift(suppression=alone, group=root, statement="ana@example.com works again", actor=actor)
    suppress(addresses=["ana@example.com", "ben@example.com"], reason=SuppressionReason.BLOCKED, **shut)
    contact = a_contact(brand=group.brand, external_id="C1", email="ana@example.com")
    again = a_contact(brand=group.brand, external_id="C2", email="ben@example.com")

    erasure = ask(contact=contact, actor=actor)
    work_on(erasure.pk)

    erasure.refresh_from_db()
    lifted = Lift.objects.get()
    assert (lifted.address, lifted.statement) == (f"{contact.pk}@erased.invalid", "(erased) works again")
    assert places_of(["ana@example.com"]) == set()
    assert Suppression.objects.filter(address="ben@example.com").count() == 1
    assert "The address in the record of 1 wish that was taken back." in gone_lines(erasure)
    assert Contact.objects.get(pk=again.pk).email == "ben@example.com"


def test_the_suppression_of_an_address_is_copied_in_lower_case_however_it_is_spelled() -> None:
    brand = a_group().brand
    suppress(
        brand=brand,
        addresses=["ana@example.com"],
        group=None,
        reason=SuppressionReason.UNSUBSCRIBED,
        origin=SuppressionOrigin.HAND,
    )
    contact = a_contact(brand=brand, email="Ana@Example.com")
    other = a_contact(brand=brand, email="Ben@Example.com")

    shut = suppress_same_addresses(brand, [contact, other])

    assert shut == {contact.pk}
    assert set(Suppression.objects.values_list("contact", "address")) == {
        (None, "ana@example.com"),
        (contact.pk, "ana@example.com"),
    }
