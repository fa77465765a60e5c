"""The pages of fields of people: head office defines them, people fill in their own, managers those of their people."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from groups.models import UserField, UserFieldKind, UserFieldValue
from groups.roles import Role
from tests.builders import Cast, a_person
from tests.groups.people.test_fields import a_field, a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G6")]
NEW = {"label": "Direct line", "key": "direct_line", "kind": "phone", "is_local": "on", "position": "2"}


def test_head_office_adds_a_field_and_reads_it_in_the_list(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    empty = client.get(reverse("groups:user-field-list"))

    page = client.post(reverse("groups:user-field-list"), NEW, follow=True)

    assert "No fields of people yet" in empty.text
    assert "[[sender.direct_line]]" in page.text
    field = UserField.objects.get()
    assert (field.kind, field.is_local, field.position) == (UserFieldKind.PHONE, True, 2)


def test_a_refused_field_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    page = client.post(reverse("groups:user-field-list"), {**NEW, "key": "name"})

    assert page.status_code == 422
    assert 'value="Direct line"' in page.text
    assert "Every sender has the field name already" in page.text


def test_a_person_fills_in_their_own_page(cast: Cast, client: Client) -> None:
    a_field(cast.brand)
    a_field(cast.brand, "photo", UserFieldKind.PICTURE)
    a_field(cast.brand, "grade", is_local=False)
    client.force_login(cast.author)

    answer = client.post(reverse("groups:account-values"), {"licence": "CA-1", "photo": a_photo()})
    page = client.get(reverse("groups:account-values"))

    assert answer.status_code == 302
    assert set(UserFieldValue.objects.values_list("user", "field__key")) == {
        (cast.author.pk, "licence"),
        (cast.author.pk, "photo"),
    }
    assert 'value="CA-1"' in page.text
    assert "/media/images/people/" in page.text
    assert 'name="grade"' not in page.text
    assert reverse("groups:account-values") in client.get(reverse("groups:account")).text


def test_a_picture_goes_by_its_box(cast: Cast, client: Client) -> None:
    a_field(cast.brand, "photo", UserFieldKind.PICTURE)
    client.force_login(cast.author)
    client.post(reverse("groups:account-values"), {"photo": a_photo()})
    client.post(reverse("groups:account-values"), {})
    assert UserFieldValue.objects.count() == 1

    client.post(reverse("groups:account-values"), {"remove-photo": "on"})

    assert not UserFieldValue.objects.exists()


def test_a_forged_field_of_head_office_is_refused_by_name(cast: Cast, client: Client) -> None:
    a_field(cast.brand)
    a_field(cast.brand, "grade", is_local=False)
    client.force_login(cast.author)

    page = client.post(reverse("groups:account-values"), {"licence": "CA-1", "grade": "Top"})

    assert page.status_code == 422
    assert "“Grade” is locked by head office" in page.text
    assert 'value="CA-1"' in page.text
    assert not UserFieldValue.objects.exists()


def test_a_wrong_value_is_said_at_its_field(cast: Cast, client: Client) -> None:
    a_field(cast.brand, "line", UserFieldKind.PHONE)
    client.force_login(cast.author)

    page = client.post(reverse("groups:account-values"), {"line": "call me"})

    assert page.status_code == 422
    assert "Line: write a phone number in digits" in page.text
    assert 'value="call me"' in page.text


def test_a_manager_of_a_region_fills_in_for_their_people_and_finds_no_others(cast: Cast, client: Client) -> None:
    a_field(cast.brand)
    client.force_login(a_person(role=Role.REGIONAL_MANAGER, group=cast.region))
    far = a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store)

    theirs = client.post(reverse("groups:person-values", args=[cast.author.pk]), {"licence": "CA-1"})
    others = [
        client.post(reverse("groups:person-values", args=[person.pk]), {"licence": "CA-2"}).status_code
        for person in (far, cast.manager, cast.outsider)
    ]

    assert (theirs.status_code, others) == (302, [404, 404, 404])
    assert [(one.user, one.value) for one in UserFieldValue.objects.all()] == [(cast.author, "CA-1")]
    assert "CA-1" in client.get(reverse("groups:person-detail", args=[cast.author.pk])).text


def test_the_page_teaches_where_there_is_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.get(reverse("groups:account-values"))

    assert page.status_code == 200
    assert "Your brand has no fields of people" in page.text
    assert reverse("groups:account-values") not in client.get(reverse("groups:account")).text
