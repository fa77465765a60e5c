"""The pages of who gets no mail, as everybody: what they show, narrow, take, lift and give away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.consent import queries
from groups.consent.suppressing import suppress
from groups.models import (
    Audience,
    Brand,
    Event,
    Group,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    Workspace,
)
from tests.builders import Cast, a_contact, a_workspace, an_audience, root_group

pytestmark = pytest.mark.django_db
REASON, ORIGIN = SuppressionReason, SuppressionOrigin


def at(view: str, group: Group, **more: object) -> str:
    return reverse(f"groups:suppression-{view}", kwargs={"group_id": group.pk, **more})


def shut(
    brand: Brand,
    address: str,
    group: Group | None = None,
    reason: SuppressionReason = REASON.UNSUBSCRIBED,
    origin: SuppressionOrigin = ORIGIN.PAGE,
) -> Suppression:
    suppress(brand=brand, addresses=[address], group=group, reason=reason, origin=origin)
    return Suppression.objects.filter(brand=brand, address=address, reason=reason).latest("pk")


@pytest.mark.catalogue("A11")
def test_a_store_sees_what_concerns_it_and_head_office_all_of_the_brand(cast: Cast, client: Client) -> None:
    a_contact(audience=an_audience(group=cast.store), email="ours@example.com")
    a_contact(audience=an_audience(group=cast.far_store), email="theirs@example.com")
    for address in ("ours@example.com", "theirs@example.com", "nobody@example.com"):
        shut(cast.brand, address)
    shut(cast.brand, "left-us@example.com", cast.store)
    shut(cast.brand, "left-them@example.com", cast.far_store)
    shut(cast.other_brand, "other@example.com")

    client.force_login(cast.author)
    here = client.get(at("list", cast.store)).content.decode()
    client.force_login(cast.admin)
    office = client.get(at("list", root_group(cast.brand))).content.decode()

    shown = {"ours", "theirs", "nobody", "left-us", "left-them", "other"}
    assert {name for name in shown if f"{name}@example.com" in here} == {"ours", "left-us"}
    assert {name for name in shown if f"{name}@example.com" in office} == shown - {"other"}


def test_the_list_is_narrowed_by_address_reason_and_origin(cast: Cast, client: Client) -> None:
    shut(cast.brand, "anna@example.com", cast.store)
    shut(cast.brand, "anna@else.example", cast.store, REASON.BLOCKED, ORIGIN.HAND)
    shut(cast.brand, "bert@example.com", cast.store, REASON.UNSUBSCRIBED, ORIGIN.BRAZE)
    client.force_login(cast.author)

    def found(**wanted: str) -> int:
        return client.get(at("list", cast.store), wanted).content.decode().count('class="consent-address"')

    assert [found(), found(q="ANNA"), found(q="anna", reason="blocked"), found(origin="braze"), found(q="zzz")] == [
        3,
        2,
        1,
        1,
        0,
    ]
    assert found(reason="forged", origin="'--") == 3


def test_pages_go_on_without_a_gap(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in range(5):
        shut(cast.brand, f"n{number}@example.com", cast.store)
    seen = queries.suppressions_for(cast.store, cast.author)

    first = queries.page_of(seen, seen)
    second = queries.page_of(seen, seen, before=str(first.older))
    third = queries.page_of(seen, seen, before=str(second.older))
    back = queries.page_of(seen, seen, after=str(third.newer))

    names = [[one.address[:2] for one in page.rows] for page in (first, second, third)]
    assert names == [["n4", "n3"], ["n2", "n1"], ["n0"]]
    assert (first.newer, third.older, [one.pk for one in back.rows]) == (None, None, [one.pk for one in second.rows])


def test_a_person_shuts_addresses_by_hand(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    typed = "Anna@Example.com, bert@example.com\n\nanna@example.com"

    response = client.post(at("add", cast.store), {"addresses": typed, "reason": "unsubscribed", "note": "by phone"})

    assert response.status_code == 302
    assert set(Suppression.objects.values_list("address", "group", "origin", "note", "added_by")) == {
        (address, cast.store.pk, "hand", "by phone", cast.author.pk)
        for address in ("anna@example.com", "bert@example.com")
    }
    event = Event.objects.get(action="suppression.added")
    assert (event.actor, event.detail["addresses"]) == (cast.author, 2)


@pytest.mark.parametrize(
    "form",
    [
        {"addresses": "anna@example.com\nno address", "reason": "blocked"},
        {"addresses": "", "reason": "blocked"},
        {"addresses": "anna@example.com", "reason": "complaint"},
        {"addresses": "anna@example.com", "reason": "hard_bounce"},
        {"addresses": "\n".join(f"n{n}@example.com" for n in range(1001)), "reason": "blocked"},
    ],
)
def test_what_cannot_be_taken_is_kept_in_the_form_and_nothing_is_shut(
    cast: Cast, client: Client, form: dict[str, str]
) -> None:
    client.force_login(cast.author)

    response = client.post(at("add", cast.store), form)

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert Suppression.objects.count() == 0


def test_a_file_is_taken_on_its_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    file = SimpleUploadedFile("gone.csv", b"email\na@example.com\nnobody\n")

    response = client.post(at("import", cast.store), {"file": file, "reason": "unsubscribed"}, follow=True)
    bad = client.post(
        at("import", cast.store), {"file": SimpleUploadedFile("x.csv", b"PK\x03\x04"), "reason": "unsubscribed"}
    )

    page = response.content.decode()
    assert "1 address gets no mail from now on." in page
    assert "1 row holds no email address and was passed over." in page
    assert bad.status_code == 422
    assert Suppression.objects.get().origin == "file"


@pytest.mark.catalogue("A11")
def test_lifting_asks_for_the_persons_own_word_and_keeps_it(cast: Cast, client: Client) -> None:
    one = shut(cast.brand, "anna@example.com", cast.store)
    client.force_login(cast.author)
    address = at("lift", cast.store, suppression_id=one.pk)

    page = client.get(address).content.decode()
    refused = client.post(address, {"statement": "We want to."})
    said = {"statement": "Signed a card.", "consented_on": timezone.localdate().isoformat(), "confirmed": "on"}
    early = client.post(address, {**said, "consented_on": (timezone.localdate() - timedelta(days=2)).isoformat()})
    before = Suppression.objects.count()
    done = client.post(address, said)

    assert "Only their own word, given again, lifts that" in page
    assert (refused.status_code, early.status_code, before, done.status_code) == (422, 422, 1, 302)
    assert Suppression.objects.count() == 0
    assert Lift.objects.get().statement == "Signed a card."


def test_a_store_lifts_nothing_that_counts_for_the_brand_and_nothing_of_others(cast: Cast, client: Client) -> None:
    a_contact(audience=an_audience(group=cast.store), email="anna@example.com")
    wide = shut(cast.brand, "anna@example.com", None, REASON.BLOCKED)
    far = shut(cast.brand, "bert@example.com", cast.far_store, REASON.BLOCKED)
    foreign = shut(cast.other_brand, "olu@example.com", None, REASON.BLOCKED)
    client.force_login(cast.author)

    answers = [
        client.post(at("lift", cast.store, suppression_id=one.pk), {"statement": "Please."}).status_code
        for one in (wide, far, foreign)
    ]

    assert answers == [422, 404, 404]
    assert Suppression.objects.count() == 3
    assert Lift.objects.count() == 0


def test_an_export_needs_its_right_holds_what_is_asked_for_and_is_recorded(cast: Cast, client: Client) -> None:
    shut(cast.brand, "anna@example.com", cast.store)
    shut(cast.brand, "bert@example.com", cast.store, REASON.BLOCKED, ORIGIN.HAND)
    suppress(
        brand=cast.brand,
        addresses=["cleo@example.com"],
        group=None,
        reason=REASON.BLOCKED,
        origin=ORIGIN.HAND,
        note="=1+1",
    )
    for person in cast.without(cast.admin):
        client.force_login(person)
        assert client.post(at("export", cast.store)).status_code == 404
    assert not Event.objects.filter(action="suppression.exported").exists()

    client.force_login(cast.admin)
    response = client.post(at("export", root_group(cast.brand)), {"reason": "blocked"})

    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert rows[1].startswith("bert@example.com,Blocked by the brand,Northwind Coffee Portland,Added by hand")
    assert ",=1+1" not in rows[2]
    assert Event.objects.get(action="suppression.exported").detail == {"addresses": 2}


def test_the_policy_is_changed_by_those_who_manage_the_rules_of_the_brand(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    address = reverse("groups:consent-policy")
    form = {"unsubscribe_scope": "brand", "subscription_group_id": "5a1d9a77-8d1b-4a30-9f0e-3f4c6c2b0a04"}
    for person in (cast.author, cast.sender, cast.approver, cast.neighbour, cast.outsider):
        client.force_login(person)
        assert client.post(address, form).status_code == 404
    cast.brand.refresh_from_db()
    assert cast.brand.unsubscribe_scope == "group"

    client.force_login(cast.manager)
    refused = client.post(address, {**form, "subscription_group_id": "no id"})
    done = client.post(address, form)

    cast.brand.refresh_from_db()
    assert (refused.status_code, done.status_code, cast.brand.unsubscribe_scope) == (422, 302, "brand")
    assert Workspace.objects.get(brand=cast.brand).subscription_group_id == form["subscription_group_id"]
    assert Event.objects.get(action="consent.policy_changed").after["unsubscribe_scope"] == "brand"


def test_the_page_says_what_braze_does_not_tell(cast: Cast, client: Client) -> None:
    workspace = a_workspace(brand=cast.brand)
    workspace.check_result = {"email.hard_bounces": "missing", "email.unsubscribe": "missing"}
    workspace.save()
    client.force_login(cast.author)

    page = client.get(at("list", cast.store)).content.decode()

    assert page.count("Braze leaves these people out by itself and says nothing of it") == 2
    assert "Everybody may be mailed" in page


def test_nobody_from_elsewhere_opens_a_page(cast: Cast, client: Client) -> None:
    shut(cast.brand, "anna@example.com", cast.store)
    for person in (cast.neighbour, cast.outsider, cast.approver):
        client.force_login(person)
        for view in ("list", "add", "import"):
            assert client.get(at(view, cast.store)).status_code == 404
    assert Audience.objects.count() == 0
