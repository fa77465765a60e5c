"""The pages of erasures: what goes and what stays is said before, the state and the proof after."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from groups.audiences.syncing import sync_contacts
from groups.erasing import services, tasks
from groups.models import Audience, Contact, Erasure, ErasureState, Event, Suppression
from groups.workspace.services import check_connection
from tests.builders import Cast, a_contact, a_workspace, an_audience
from tests.exports import rows_of
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """Gives somebody on a list of the store."""
    return a_contact(audience=an_audience(group=cast.store), external_id="CUSTOMER-77", email="ana@example.com")


def test_the_page_says_what_goes_and_what_stays_and_asks_to_be_sure(
    cast: Cast, contact: Contact, sandbox: RunningSandbox, client: Client
) -> None:
    a_contact(brand=cast.brand, external_id="TWIN", email="ana@example.com")
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    check_connection(workspace=workspace)
    client.force_login(cast.manager)
    address = reverse("groups:contact-erase", args=[contact.pk])

    page = client.get(address).content.decode()
    unsure = client.post(address, {"reference": "REQ-1"})

    assert "What goes" in page
    assert "What stays" in page
    assert "Braze deletes it for good" in page
    assert "1 other contact has the same address" in page
    assert "TWIN" in page
    assert unsure.status_code == 422
    assert 'value="REQ-1"' in unsure.content.decode()
    assert not Erasure.objects.exists()
    assert not Suppression.objects.exists()


def test_an_erasure_is_asked_for_shown_and_proved(
    cast: Cast, contact: Contact, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    sync_contacts(workspace.pk)
    client.force_login(cast.manager)

    asked = client.post(reverse("groups:contact-erase", args=[contact.pk]), {"reference": "REQ-1", "is_sure": "on"})
    erasure = Erasure.objects.get()
    show = reverse("groups:erasure-show", args=[erasure.pk])
    waiting = client.get(show).content.decode()
    tasks.sweep()
    done = client.get(show).content.decode()
    part = client.get(show, headers={"HX-Request": "true"}).content.decode()
    proof = client.post(reverse("groups:erasure-export", args=[erasure.pk]))
    rows = rows_of(proof)

    assert asked.headers["Location"] == show
    assert "Asked for" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    assert "Braze deleted the profile." in done
    assert "hx-trigger" not in done
    assert "<html" not in part
    assert ["Your own reference", "REQ-1"] in rows
    assert ["Asked by", "Mika Manager"] in rows
    assert ["In Braze", "Braze deleted the profile."] in rows
    assert ["Hash of the external ID", Erasure.objects.get().external_id_digest] in rows
    assert "ana@example.com" not in str(rows) + done
    assert "CUSTOMER-77" not in str(rows) + done
    assert Event.objects.get(action="erasure.exported").actor == cast.manager
    assert client.get(reverse("groups:contact-erase", args=[contact.pk])).status_code == 404


def test_what_braze_was_not_told_is_said_and_tried_again_by_hand(
    cast: Cast, contact: Contact, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    sync_contacts(workspace.pk)
    sandbox.fail("/users/delete", 503)
    erasure = services.ask(contact=contact, actor=cast.manager)
    tasks.run(str(erasure.pk))
    client.force_login(cast.manager)
    show = reverse("groups:erasure-show", args=[erasure.pk])

    before = client.get(show).content.decode()
    retried = client.post(reverse("groups:erasure-retry", args=[erasure.pk]))
    tasks.sweep()

    assert "Erased here, not in Braze" in before
    assert "Braze does not answer as expected" in before
    assert "Tell Braze now" in before
    assert retried.headers["Location"] == show
    assert Erasure.objects.get().state == ErasureState.ERASED


def test_the_pages_are_for_those_who_manage_the_contacts_of_the_whole_brand(
    cast: Cast, contact: Contact, client: Client
) -> None:
    erasure = services.ask(contact=a_contact(brand=cast.brand), actor=cast.admin)
    pages = [
        reverse("groups:erasure-list"),
        reverse("groups:erasure-show", args=[erasure.pk]),
        reverse("groups:contact-erase", args=[contact.pk]),
    ]

    opened = {}
    for user in cast.without(cast.outsider):
        client.force_login(user)
        opened[user.name] = [client.get(page).status_code for page in pages]
        if user not in (cast.manager, cast.admin):
            answer = client.post(reverse("groups:contact-erase", args=[contact.pk]), {"is_sure": "on"})
            assert answer.status_code == 404

    assert {name for name, answers in opened.items() if answers == [200, 200, 200]} == {"Mika Manager", "Ade Admin"}
    assert {tuple(answers) for answers in opened.values()} == {(200, 200, 200), (404, 404, 404)}
    assert Erasure.objects.count() == 1


def test_whoever_has_an_address_is_erased_also_from_a_list_that_is_kept_from_head_office(
    cast: Cast, client: Client
) -> None:
    audience = an_audience(group=cast.store)
    Audience.objects.filter(pk=audience.pk).update(is_private=True)
    hidden = a_contact(audience=audience, external_id="H1", email="hidden@example.com")
    client.force_login(cast.manager)

    unseen = client.get(reverse("groups:contact-erase", args=[hidden.pk]))
    answer = client.post(
        reverse("groups:erasure-list"), {"address": " Hidden@Example.com ", "reference": "R-7", "is_sure": "on"}
    )

    erasure = Erasure.objects.get()
    assert unseen.status_code == 404
    assert (erasure.contact, erasure.reference, erasure.asked_by) == (hidden, "R-7", cast.manager)
    assert answer.headers["Location"] == reverse("groups:erasure-show", args=[erasure.pk])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"address": "nobody@example.com", "is_sure": "on"}, "Nobody who is not erased already has this address."),
        ({"address": "ana@example.com"}, "Confirm that this person is to be erased."),
    ],
)
def test_an_address_of_nobody_and_an_order_that_is_not_confirmed_come_back_with_the_reason(
    cast: Cast, client: Client, form: dict[str, str], sentence: str
) -> None:
    a_contact(audience=an_audience(group=cast.store), email="ana@example.com")
    client.force_login(cast.manager)

    answer = client.post(reverse("groups:erasure-list"), form)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Erasure.objects.exists()


def test_nobody_of_one_store_erases_by_address(cast: Cast, client: Client) -> None:
    a_contact(audience=an_audience(group=cast.store), email="ana@example.com")
    client.force_login(cast.author)

    answer = client.post(reverse("groups:erasure-list"), {"address": "ana@example.com", "is_sure": "on"})

    assert answer.status_code == 404
    assert not Erasure.objects.exists()
