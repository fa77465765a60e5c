"""The brand's attributes and merge tags: what Braze or Liquid would refuse is refused at its field."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.compose.content import context_for_group, merge_tags_of
from campaigns.library.merge_tag_usage import Usage, usage_of
from campaigns.library.merge_tag_views import used_by
from campaigns.library.snippets import add_snippet
from campaigns.models import Mailing, MailingState
from campaigns.preflight import check
from groups.models import Attribute, AttributeKind, Event
from tests.builders import Cast, a_contact
from tests.campaigns.builders import a_mailing

TIER = {
    "name": "tier",
    "label": "Loyalty tier",
    "kind": "text",
    "braze_name": "loyalty tier",
    "is_custom": "on",
    "is_merge_tag": "on",
    "liquid_name": "",
    "fallback": "guest",
    "sample": "Gold",
}


def first_name(cast: Cast) -> Attribute:
    return cast.brand.attributes.get(name="first_name")


def form_of(attribute: Attribute, **changes: str) -> dict[str, str]:
    """Gives the form of an attribute as its page shows it, with changes; an empty change leaves a switch off."""
    words = {name: str(getattr(attribute, name)) for name in ("label", "kind", "braze_name", "liquid_name")}
    words |= {name: getattr(attribute, name) for name in ("fallback", "sample")}
    switches = {name: "on" for name in ("is_custom", "is_merge_tag") if getattr(attribute, name)}
    return {name: value for name, value in {**words, **switches, **changes}.items() if value}


def test_a_manager_adds_a_merge_tag_that_mails_can_use(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    answer = client.post(reverse("campaigns:merge-tag-list"), TIER)

    attribute = cast.brand.attributes.get(name="tier")
    page = client.get(reverse("campaigns:merge-tag-list")).text
    assert answer.status_code == 302
    assert (attribute.kind, attribute.liquid_name) == (AttributeKind.TEXT, "loyalty tier")
    assert merge_tags_of(cast.brand)["tier"].liquid(html=False) == (
        "{{custom_attribute.${loyalty tier} | default: 'guest'}}"
    )
    assert "[[tier]]" in page
    assert Event.objects.get(action="attribute.added").detail == {
        "name": "tier",
        "is_merge_tag": True,
        "fallback": "guest",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Tier"}, "name"),
        ({"name": "unsubscribe_url"}, "name"),
        ({"name": "smartersends_x"}, "name"),
        ({"name": "first_name"}, "name"),
        ({"name": "group.phone"}, "name"),
        ({"label": ""}, "label"),
        ({"kind": "picture"}, "kind"),
        ({"braze_name": ""}, "braze_name"),
        ({"braze_name": "$set"}, "braze_name"),
        ({"braze_name": "external_id"}, "braze_name"),
        ({"braze_name": "smartersends_token"}, "braze_name"),
        ({"braze_name": "points"}, "braze_name"),
        ({"braze_name": "country", "liquid_name": "tier"}, "is_custom"),
        ({"is_custom": ""}, "is_custom"),
        ({"liquid_name": "a'b"}, "liquid_name"),
        ({"liquid_name": "x}} {{y"}, "liquid_name"),
        ({"liquid_name": "city"}, "liquid_name"),
        ({"fallback": "it's you"}, "fallback"),
        ({"fallback": "{{x}}"}, "fallback"),
        ({"fallback": "<b>you</b>"}, "fallback"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, client: Client, changes: dict[str, str], field: str
) -> None:
    client.force_login(cast.manager)
    before = cast.brand.attributes.count()

    page = client.post(reverse("campaigns:merge-tag-list"), TIER | changes)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert cast.brand.attributes.count() == before


def test_an_attribute_is_changed_and_its_short_name_is_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    attribute = first_name(cast)
    url = reverse("campaigns:merge-tag-edit", args=[attribute.pk])

    answer = client.post(url, form_of(attribute, name="forged", label="Given name", fallback="friend", sample="Mo"))

    attribute.refresh_from_db()
    assert answer.status_code == 302
    assert (attribute.name, attribute.label, attribute.fallback, attribute.sample) == (
        "first_name",
        "Given name",
        "friend",
        "Mo",
    )
    assert Event.objects.get(action="attribute.changed").actor == cast.admin


def test_an_attribute_that_contacts_have_keeps_its_kind_and_its_place_in_braze(cast: Cast, client: Client) -> None:
    a_contact(brand=cast.brand, points=3)
    client.force_login(cast.manager)
    points, visit = (cast.brand.attributes.get(name=name) for name in ("points", "last_visit"))

    kept = client.post(
        reverse("campaigns:merge-tag-edit", args=[points.pk]), form_of(points, braze_name="score", liquid_name="score")
    )
    moved = client.post(
        reverse("campaigns:merge-tag-edit", args=[visit.pk]), form_of(visit, braze_name="seen", liquid_name="seen")
    )

    points.refresh_from_db()
    visit.refresh_from_db()
    assert (kept.status_code, moved.status_code) == (422, 302)
    assert (points.braze_name, visit.braze_name) == ("points", "seen")


def test_switching_a_merge_tag_off_says_what_it_blocks_before_and_after(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    mailing = a_mailing(group=cast.store)
    attribute = first_name(cast)
    url = reverse("campaigns:merge-tag-edit", args=[attribute.pk])

    before = client.get(url)
    after = client.post(url, form_of(attribute, is_merge_tag=""), follow=True)

    mailing.refresh_from_db()
    assert "is in use: 1 published template, 1 draft." in before.text
    assert "The check stops what still uses it: 1 published template, 1 draft." in after.text
    assert "merge_tag_unknown" in [finding.code for finding in check(mailing)]
    assert "first_name" not in merge_tags_of(cast.brand)


def test_usage_counts_templates_parts_and_open_drafts(cast: Cast) -> None:
    city = cast.brand.attributes.get(name="city")
    Attribute.objects.filter(pk=city.pk).update(is_merge_tag=True)
    written = a_mailing(group=cast.store, values={"headline": "Hello [[ city ]]"})
    a_mailing(group=cast.store, values={"headline": "Hello city"})
    sent = a_mailing(group=cast.store, values={"headline": "Hello [[city]]"})
    Mailing.objects.filter(pk=sent.pk).update(state=MailingState.SENT)
    add_snippet(brand=cast.brand, name="legal", label="Legal", source="<p>[[city]]</p>", actor=cast.manager)

    assert written.group.brand == cast.brand
    assert usage_of(city) == Usage(templates=0, parts=1, drafts=1)
    assert usage_of(first_name(cast)) == Usage(templates=1, parts=0, drafts=2)
    assert used_by(Usage(2, 1, 3)) == "2 published templates, 1 shared part, 3 drafts"


def test_authors_are_offered_the_allow_list_of_their_own_brand_only(cast: Cast) -> None:
    Attribute.objects.filter(brand=cast.other_brand).update(is_merge_tag=True)

    context = context_for_group(cast.store, send_date="")

    assert list(context.merge_tags) == ["first_name"]


@pytest.mark.parametrize("person", ["author", "sender", "approver", "neighbour", "outsider"])
def test_for_everybody_else_the_pages_do_not_exist(cast: Cast, client: Client, person: str) -> None:
    client.force_login(getattr(cast, person))
    attribute = first_name(cast)
    url = reverse("campaigns:merge-tag-edit", args=[attribute.pk])

    answers = [
        client.get(reverse("campaigns:merge-tag-list")),
        client.post(reverse("campaigns:merge-tag-list"), TIER),
        client.get(url),
        client.post(url, form_of(attribute, label="Forged")),
    ]

    attribute.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404] * 4
    assert attribute.label == "First name"
    assert not cast.brand.attributes.filter(name="tier").exists()


def test_an_attribute_is_reached_on_its_own_brands_host_name_only(
    cast: Cast, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.manager)
    url = reverse("campaigns:merge-tag-edit", args=[first_name(cast).pk])

    assert client.get(url, headers={"host": "harbor.testserver"}).status_code == 404
    assert client.get(url).status_code == 200


def test_the_templates_page_leads_to_the_merge_tags(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:template-list"))

    assert f'href="{reverse("campaigns:merge-tag-list")}"' in page.text


def test_a_brand_without_attributes_is_told_what_they_are_for(cast: Cast, client: Client) -> None:
    cast.brand.attributes.all().delete()
    client.force_login(cast.manager)

    assert "No attributes yet" in client.get(reverse("campaigns:merge-tag-list")).text
