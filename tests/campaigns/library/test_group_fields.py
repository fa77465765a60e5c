"""Templates show the fields that a brand defines; a missing value blocks, a changed one voids, none is ever markup."""

from __future__ import annotations

import pytest

from campaigns.brandlock import SourceRefused, Target
from campaigns.compose.content import render_mailing
from campaigns.models import Mailing
from campaigns.preflight import check
from campaigns.review.digest import digest_of
from groups.models import Group, GroupField, GroupFieldKind, GroupFieldValue, Workspace
from groups.tree.field_values import set_values
from groups.tree.moving import move_group
from tests.builders import Cast, a_workspace, root_group
from tests.campaigns.builders import SOURCE, a_mailing, a_template

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G5")]

WITH_HOURS = SOURCE.replace("Hello [[first_name]]", "Open [[group.hours]]")


@pytest.fixture(autouse=True)
def workspace(cast: Cast) -> Workspace:
    """Connects the brand."""
    return a_workspace(brand=cast.brand)


@pytest.fixture
def hours(cast: Cast) -> GroupField:
    """Gives the field that the template shows."""
    return GroupField.objects.create(
        brand=cast.brand, key="hours", label="Opening hours", kind=GroupFieldKind.TEXT, is_local=True
    )


def say(group: Group, field: GroupField, value: str) -> None:
    """Says what a group's value is."""
    GroupFieldValue.objects.update_or_create(group=group, field=field, defaults={"value": value})


def a_draft(cast: Cast) -> Mailing:
    """Gives a draft of the template that shows the hours."""
    a_template(brand=cast.brand, slug="news-schedule", source=WITH_HOURS)
    return a_mailing(group=cast.store)


def test_a_template_may_not_name_a_field_that_groups_cannot_have(cast: Cast) -> None:
    GroupField.objects.create(brand=cast.other_brand, key="hours", label="Hours", kind=GroupFieldKind.TEXT)

    with pytest.raises(SourceRefused) as refused:
        a_template(brand=cast.brand, source=WITH_HOURS)

    assert [(one.code, one.params["name"]) for one in refused.value.findings] == [("unknown_group_field", "hours")]


def test_a_rule_of_a_section_may_not_name_one_either(cast: Cast) -> None:
    ruled = SOURCE.replace(
        "<mj-text>Hello [[first_name]]</mj-text>",
        '<mj-text data-section="drive" data-label="Drive-in" data-if="group.drive_in">Drive in</mj-text>',
    )

    with pytest.raises(SourceRefused) as refused:
        a_template(brand=cast.brand, source=ruled)

    assert [one.params["name"] for one in refused.value.findings] == ["drive_in"]


def test_a_missing_value_blocks_and_is_named_until_any_level_says_one(cast: Cast, hours: GroupField) -> None:
    mailing = a_draft(cast)

    blocked = [found for found in check(mailing) if found.blocks]
    say(root_group(cast.brand), hours, "9 to 5")

    assert [(found.code, found.params["name"]) for found in blocked] == [("group_field_empty", "hours")]
    assert check(mailing) == ()
    assert "Open 9 to 5" in render_mailing(mailing, Target.BRAZE).html


def test_the_nearest_value_is_in_the_mail(cast: Cast, hours: GroupField) -> None:
    mailing = a_draft(cast)
    say(root_group(cast.brand), hours, "9 to 5")
    say(cast.region, hours, "10 to 6")

    region = render_mailing(mailing, Target.BRAZE).text
    set_values(group=cast.store, values={"hours": "8 to 8"}, actor=cast.author)

    assert "Open 10 to 6" in region
    assert "Open 8 to 8" in render_mailing(mailing, Target.BRAZE).text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<b>late</b>", "&lt;b&gt;late&lt;/b&gt;"),
        ('"><img src=x onerror=alert(1)>', "&lt;img src=x onerror=alert(1)&gt;"),
        ("Fish & Co", "Fish &amp; Co"),
    ],
)
def test_a_value_is_never_markup(cast: Cast, hours: GroupField, value: str, shown: str) -> None:
    mailing = a_draft(cast)
    set_values(group=cast.store, values={"hours": value}, actor=cast.author)

    html = render_mailing(mailing, Target.BRAZE).html

    assert shown in html
    assert value not in html


@pytest.mark.parametrize("value", ["{{ ${email_address} }}", "{% abort_message() %}", "[[first_name]]", "{{x"])
def test_a_value_is_never_liquid_nor_a_merge_tag(cast: Cast, hours: GroupField, value: str) -> None:
    mailing = a_draft(cast)
    plain = render_mailing(mailing, Target.BRAZE)
    set_values(group=cast.store, values={"hours": value}, actor=cast.author)

    rendered = render_mailing(mailing, Target.BRAZE)

    for before, after in ((plain.html, rendered.html), (plain.text, rendered.text)):
        assert after.count("{{") == before.count("{{")
        assert after.count("{%") == before.count("{%")
    assert not [found for found in check(mailing) if found.blocks]


def test_a_changed_value_voids_what_was_approved(cast: Cast, hours: GroupField) -> None:
    mailing = a_draft(cast)
    say(root_group(cast.brand), hours, "9 to 5")
    before = digest_of(mailing)

    GroupField.objects.create(brand=cast.brand, key="fax", label="Fax", kind=GroupFieldKind.PHONE)
    with_a_field_more = digest_of(mailing)
    say(root_group(cast.brand), hours, "9 to 6")

    assert with_a_field_more == before
    assert digest_of(mailing) != before


def test_a_move_to_where_another_value_holds_voids_it_too(cast: Cast, hours: GroupField) -> None:
    mailing = a_draft(cast)
    europe = cast.far_store.parent
    assert europe is not None
    say(cast.region, hours, "9 to 5")
    say(europe, hours, "10 to 6")
    before = digest_of(mailing)

    move_group(group=cast.store, parent=europe, actor=cast.admin)

    assert digest_of(Mailing.objects.get(pk=mailing.pk)) != before
