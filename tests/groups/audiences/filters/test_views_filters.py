"""The pages of filters: built without script, counted live, saved by whoever may, and never beyond the group."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from groups.audiences.filters import services
from groups.audiences.filters.definition import Operator
from groups.errors import InputRefused
from groups.models import Audience, AudienceKind, Event, FeatureSwitch
from groups.roles import Feature
from tests.builders import Cast, a_contact, an_audience
from tests.groups.audiences.filters.builders import a_filter, a_tier, let_filters_use, where

pytestmark = pytest.mark.django_db

IN_PORTLAND = {
    "name": "Regulars of Portland",
    "source": "",
    "join": "all",
    "g0-join": "all",
    "g0-c0-attribute": "city",
    "g0-c0-operator": "is",
    "g0-c0-value": "Portland",
    "do": "save",
}


@pytest.fixture
def client(client: Client, cast: Cast) -> Iterator[Client]:
    let_filters_use(cast.brand, "city", "points", "last_visit", "is_member")
    client.force_login(cast.sender)
    yield client


def new(cast: Cast) -> str:
    return reverse("groups:filter-new", args=[cast.store.pk])


@pytest.mark.catalogue("A7")
def test_a_filter_is_saved_and_shows_whom_it_finds(client: Client, cast: Cast) -> None:
    regulars = an_audience(group=cast.store)
    a_contact(audience=regulars, email="maya@example.com", city="Portland")
    a_contact(audience=regulars, email="noor@example.com", city="Astoria")
    a_contact(audience=an_audience(group=cast.next_store), email="other@example.com", city="Portland")

    response = client.post(new(cast), IN_PORTLAND)

    saved = Audience.objects.get(kind=AudienceKind.FILTER)
    assert response.url == reverse("groups:filter-show", args=[saved.pk])  # type: ignore[attr-defined]
    assert (saved.group, saved.name, saved.segment_id) == (cast.store, "Regulars of Portland", "")
    assert saved.definition == where("city", Operator.IS, "Portland").as_json()
    event = Event.objects.get(action="filter.added")
    assert (event.actor, event.group, event.detail["attributes"]) == (cast.sender, cast.store, "city")
    page = client.get(reverse("groups:audience-show", args=[saved.pk]), follow=True).content.decode()
    assert "City is Portland" in page
    assert "maya@example.com" in page
    assert "noor@example.com" not in page
    assert "other@example.com" not in page


def test_buttons_add_and_remove_conditions_and_count_without_storing(client: Client, cast: Cast) -> None:
    a_contact(audience=an_audience(group=cast.store), city="Portland")

    more = client.post(new(cast), IN_PORTLAND | {"do": "add-condition g0"}).content.decode()
    group = client.post(new(cast), IN_PORTLAND | {"do": "add-group"}).content.decode()
    gone = client.post(new(cast), IN_PORTLAND | {"do": "remove g0-c0"}).content.decode()
    counted = client.post(new(cast), IN_PORTLAND | {"do": "count"}, headers={"HX-Request": "true"}).content.decode()

    assert 'name="g0-c1-attribute"' in more
    assert 'value="Portland"' in more
    assert 'name="g1-c0-attribute"' in group
    assert 'value="Portland"' not in gone
    assert "<strong>1</strong>" in counted
    assert "<html" not in counted
    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()


def test_what_is_wrong_stands_at_its_input_and_what_was_typed_stays(client: Client, cast: Cast) -> None:
    wrong = IN_PORTLAND | {"g0-c1-attribute": "points", "g0-c1-operator": "more", "g0-c1-value": "many"}

    response = client.post(new(cast), wrong)

    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#g0-c1-value">Give a number in digits, such as 12 or 12.5.</a>' in page
    assert 'value="Portland"' in page
    assert 'value="many"' in page
    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Give the filter a name."),
        ({"g0-c0-attribute": ""}, "Choose an attribute."),
        ({"g0-c0-attribute": "first_name"}, "Your brand does not let filters use this attribute."),
        ({"g0-c0-attribute": "token"}, "Your brand does not let filters use this attribute."),
        ({"g0-c0-value": ""}, "Say what to compare with."),
    ],
)
def test_a_forged_or_unfinished_filter_is_refused(
    client: Client, cast: Cast, change: dict[str, str], sentence: str
) -> None:
    response = client.post(new(cast), IN_PORTLAND | change)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()
    assert not Event.objects.filter(action="filter.added").exists()


def test_an_attribute_of_another_brand_is_refused(client: Client, cast: Cast) -> None:
    a_tier(cast.other_brand)
    let_filters_use(cast.other_brand)

    response = client.post(new(cast), IN_PORTLAND | {"g0-c0-attribute": "tier"})

    assert response.status_code == 422
    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()


def test_a_segment_that_the_group_was_not_assigned_is_not_found(client: Client, cast: Cast) -> None:
    foreign = an_audience(group=cast.next_store, segment_id="segment-1")
    own_list = an_audience(group=cast.store)

    for source in (str(foreign.pk), str(own_list.pk), str(uuid.uuid4()), "nonsense"):
        assert client.post(new(cast), IN_PORTLAND | {"source": source}).status_code == 404

    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()
    with pytest.raises(InputRefused, match="Choose a segment that your group was assigned"):
        services.add_filter(
            group=cast.store,
            name="Forged",
            definition=where("city", Operator.IS, "Portland"),
            segment=foreign,
            actor=cast.sender,
        )


def test_a_filter_over_a_segment_says_that_braze_counts(client: Client, cast: Cast) -> None:
    segment = an_audience(group=cast.store, name="Loyal", segment_id="segment-1")

    page = client.get(new(cast)).content.decode()
    saved = client.post(new(cast), IN_PORTLAND | {"source": str(segment.pk)}, follow=True).content.decode()

    assert "Loyal (Braze segment)" in page
    assert "Braze narrows its segment Loyal to your group and by this filter" in saved
    kept = Audience.objects.get(kind=AudienceKind.FILTER)
    assert (kept.segment_id, kept.is_counted_by_braze) == ("segment-1", True)


def test_a_filter_is_changed_and_the_trail_says_that(client: Client, cast: Cast) -> None:
    kept = a_filter(group=cast.store)
    address = reverse("groups:filter-edit", args=[kept.pk])

    page = client.get(address).content.decode()
    client.post(address, IN_PORTLAND | {"g0-c0-value": "Astoria"})

    kept.refresh_from_db()
    assert 'value="Portland"' in page
    assert kept.definition == where("city", Operator.IS, "Astoria").as_json()
    event = Event.objects.get(action="filter.changed")
    assert event.after == {"definition": "(not kept)"}


def test_two_audiences_of_a_group_cannot_have_one_name(client: Client, cast: Cast) -> None:
    an_audience(group=cast.store, name="Regulars of Portland")

    response = client.post(new(cast), IN_PORTLAND)

    assert response.status_code == 422
    assert "The group has an audience called Regulars of Portland already." in response.content.decode()


def test_who_may_not_make_filters_finds_no_page(client: Client, cast: Cast) -> None:
    kept = a_filter(group=cast.store)
    change = reverse("groups:filter-edit", args=[kept.pk])

    for user in cast.without(cast.sender, cast.manager, cast.admin):
        client.force_login(user)
        for address in (new(cast), change):
            assert client.get(address).status_code == 404
            assert client.post(address, IN_PORTLAND).status_code == 404

    assert Audience.objects.filter(kind=AudienceKind.FILTER).count() == 1
    client.force_login(cast.author)
    assert client.get(reverse("groups:filter-show", args=[kept.pk])).status_code == 200


def test_a_group_without_the_feature_makes_no_filters(client: Client, cast: Cast) -> None:
    FeatureSwitch.objects.create(group=cast.region, feature=Feature.FILTERS)

    assert client.get(new(cast)).status_code == 404
    assert client.post(new(cast), IN_PORTLAND).status_code == 404
    assert not Audience.objects.filter(kind=AudienceKind.FILTER).exists()


def test_a_brand_that_allows_nothing_is_told_how(client: Client, cast: Cast) -> None:
    cast.brand.attributes.update(is_target=False)

    assert "Nothing to filter by yet" in client.get(new(cast)).content.decode()


def test_a_list_has_no_page_of_a_filter(client: Client, cast: Cast) -> None:
    kept = an_audience(group=cast.store)

    assert client.get(reverse("groups:filter-show", args=[kept.pk])).status_code == 404
    assert client.get(reverse("groups:filter-edit", args=[kept.pk])).status_code == 404


def test_the_database_keeps_filters_and_definitions_together(cast: Cast) -> None:
    for kind, definition in ((AudienceKind.FILTER, None), (AudienceKind.LIST, {"join": "all"})):
        with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
            Audience.objects.create(group=cast.store, name=kind, kind=kind, definition=definition)
