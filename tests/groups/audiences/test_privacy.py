"""A group keeps a list to itself: those above see how many people are on it, and nowhere who they are."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from groups import access
from groups.audiences.privacy import set_privacy
from groups.errors import InputRefused, NotPermitted
from groups.models import Audience, AudienceMember, Contact, ContactImport, Event, User
from groups.roles import Permission, Role
from tests.builders import Cast, a_contact, a_membership, a_person, an_audience, an_import, root_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(cast: Cast) -> Audience:
    """Gives a list that the store keeps to itself, with Maya on it."""
    audience = an_audience(group=cast.store, name="Regulars")
    a_contact(audience=audience, email="maya@example.com")
    an_import("id,email\nM1,maya@example.com\n", audience=audience, group=cast.store, actor=cast.author)
    set_privacy(audience=audience, is_private=True, actor=cast.author)
    audience.refresh_from_db()
    return audience


def show(audience: Audience) -> str:
    return reverse("groups:audience-show", kwargs={"audience_id": audience.pk})


@pytest.mark.catalogue("A15")
def test_those_above_see_how_many_and_not_who(cast: Cast, kept: Audience, client: Client) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    pages: dict[User, str] = {}
    for person in (cast.author, cast.admin, cast.manager, regional):
        client.force_login(person)
        pages[person] = client.get(show(kept) + "?q=maya").content.decode()

    assert "maya@example.com" in pages[cast.author]
    for person in (cast.admin, cast.manager, regional):
        assert "maya@example.com" not in pages[person]
        assert "keeps this list to itself" in pages[person]
    listed = client.get(reverse("groups:audience-list", kwargs={"group_id": cast.store.pk})).content.decode()
    assert "Regulars" in listed


@pytest.mark.catalogue("A15")
def test_those_above_get_at_its_people_by_no_other_address(cast: Cast, kept: Audience, client: Client) -> None:
    contact = Contact.objects.get()
    contact_import = ContactImport.objects.get()
    client.force_login(cast.admin)
    file = SimpleUploadedFile("more.csv", b"id,email\nN1,n@example.com\n")
    answers = {
        "export": client.post(reverse("groups:audience-export", args=[kept.pk])),
        "take off": client.post(reverse("groups:audience-contact-remove", args=[kept.pk, contact.pk])),
        "contact": client.get(reverse("campaigns:contact-detail", args=[contact.pk])),
        "import": client.get(reverse("groups:import-show", args=[contact_import.pk])),
        "columns": client.get(reverse("groups:import-columns", args=[contact_import.pk])),
        "rejects": client.get(reverse("groups:import-rejects", args=[contact_import.pk])),
        "upload": client.post(
            reverse("groups:audience-upload", args=[cast.store.pk]),
            {"audience": str(kept.pk), "file": file, "statement": "on"},
        ),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert kept.members.count() == 1
    assert not Event.objects.filter(action="audience.exported").exists()


def test_a_contact_who_is_on_an_open_list_too_stays_visible_and_the_kept_one_is_not_named(
    cast: Cast, kept: Audience, client: Client
) -> None:
    contact = Contact.objects.get()
    opened = an_audience(group=cast.store, name="Newsletter")
    AudienceMember.objects.create(audience=opened, contact=contact)
    client.force_login(cast.admin)

    page = client.get(reverse("campaigns:contact-detail", args=[contact.pk])).content.decode()

    assert "maya@example.com" in page
    assert "Newsletter" in page
    assert "Regulars" not in page


@pytest.mark.catalogue("A15")
def test_nobody_above_opens_a_list_for_themself(cast: Cast, kept: Audience, client: Client) -> None:
    for person in (cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            set_privacy(audience=kept, is_private=False, actor=person)
        client.force_login(person)
        client.post(reverse("groups:audience-privacy", args=[kept.pk]), {})
    client.force_login(cast.neighbour)
    stranger = client.post(reverse("groups:audience-privacy", args=[kept.pk]), {})

    kept.refresh_from_db()
    assert kept.is_private
    assert stranger.status_code == 404
    assert not Event.objects.filter(action="audience.shown").exists()


def test_an_admin_who_acts_as_a_member_of_the_group_sees_no_more_than_before(cast: Cast, kept: Audience) -> None:
    author = User.objects.get(pk=cast.author.pk)
    author.acted_by = cast.admin

    assert access.may_see_people(cast.author, kept)
    assert not access.may_see_people(author, kept)
    assert not access.visible(author, Contact, Permission.SEE_CONTACTS).exists()


def test_a_role_on_the_group_itself_opens_its_lists(cast: Cast, kept: Audience) -> None:
    a_membership(user=cast.manager, group=cast.store, role=Role.LOCAL_AUTHOR)

    assert access.may_see_people(cast.manager, kept)


def test_the_group_decides_and_the_trail_says_so_once(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    client.force_login(cast.author)

    for word in ("on", "on", ""):
        client.post(reverse("groups:audience-privacy", args=[audience.pk]), {"private": word})

    assert list(
        Event.objects.filter(action__in=["audience.hidden", "audience.shown"])
        .order_by("at")
        .values_list("action", flat=True)
    ) == ["audience.hidden", "audience.shown"]


def test_only_lists_below_head_office_are_kept(cast: Cast) -> None:
    for audience, person in (
        (an_audience(group=root_group(cast.brand)), cast.admin),
        (an_audience(group=cast.store, segment_id="a-segment"), cast.author),
    ):
        with pytest.raises(InputRefused):
            set_privacy(audience=audience, is_private=True, actor=person)
