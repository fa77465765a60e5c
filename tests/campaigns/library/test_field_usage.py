"""Before a field of groups or of people is deleted, the page names what shows it, and asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.services import send
from campaigns.library.publishing import publish_version
from campaigns.library.snippets import add_snippet
from campaigns.models import MailingState, SourceKind
from groups.errors import InputRefused
from groups.models import FeatureSwitch, GroupField, UserField
from groups.people import fields as people
from groups.tree.consequences import scheduled_in, uses_of
from groups.tree.fields import delete_field
from tests.builders import Cast, a_workspace, root_group
from tests.campaigns.builders import SOURCE, a_mailing, a_template
from tests.groups.people.test_fields import a_field as a_person_field
from tests.groups.tree.test_fields import a_field

pytestmark = [pytest.mark.django_db]
SHOWN = SOURCE.replace("Hello [[first_name]]", "Open [[group.hours]], [[sender.licence]]")
IN_A_TEXT = SOURCE.replace("A new roast", "A new roast until [[group.hours]]")
IN_A_RULE = SOURCE.replace(
    "<mj-text>Hello [[first_name]]</mj-text>",
    '<mj-text data-section="drive" data-label="Drive-in" data-if="group.hours">Drive in</mj-text>',
)


@pytest.mark.catalogue("G5")
def test_places_texts_rules_and_shared_parts_are_found_and_nothing_else(cast: Cast) -> None:
    hours = a_field(cast.brand)
    a_field(cast.brand, "hour")
    a_person_field(cast.brand)
    sources = {"shown": SHOWN, "text": IN_A_TEXT, "rule": IN_A_RULE, "without": SOURCE}
    templates = {slug: a_template(brand=cast.brand, slug=slug, source=source) for slug, source in sources.items()}
    add_snippet(brand=cast.brand, name="footer", label="Footer", source="Open [[group.hours]]", actor=None)
    for slug, template in templates.items():
        template.name = slug
        template.save()

    found = uses_of(hours, cast.admin)

    assert [one.name for one in found] == [
        "rule, version 1",
        "shown, version 1",
        "text, version 1",
        "Shared part Footer",
    ]
    assert found[0].path == reverse("campaigns:template-edit", args=[templates["rule"].pk])
    assert uses_of(GroupField.objects.get(key="hour"), cast.admin) == ()


@pytest.mark.catalogue("G5")
def test_only_the_latest_published_version_counts(cast: Cast) -> None:
    hours = a_field(cast.brand)
    template = a_template(brand=cast.brand, source=IN_A_TEXT)
    before = uses_of(hours, cast.admin)

    publish_version(template=template, source=SOURCE, kind=SourceKind.MJML, actor=None, tested=False)

    assert (len(before), uses_of(hours, cast.admin)) == (1, ())


@pytest.mark.catalogue("G5")
def test_a_field_that_templates_show_goes_only_where_somebody_says_that_they_know(cast: Cast, client: Client) -> None:
    hours = a_field(cast.brand)
    a_template(brand=cast.brand, source=IN_A_TEXT)
    client.force_login(cast.admin)
    page = client.get(reverse("groups:group-field-edit", args=[hours.pk]))

    refused = client.post(reverse("groups:group-field-delete", args=[hours.pk]))
    with pytest.raises(InputRefused):
        delete_field(field=hours, actor=cast.admin)
    still_there = GroupField.objects.filter(pk=hours.pk).exists()
    done = client.post(reverse("groups:group-field-delete", args=[hours.pk]), {"sure": "on"})

    assert "News, version 1" in page.text
    assert refused.status_code == 422
    assert "Templates still show “Hours”" in refused.text
    assert still_there
    assert done.status_code == 302
    assert not GroupField.objects.exists()


@pytest.mark.catalogue("G6")
def test_the_same_holds_for_fields_of_people(cast: Cast, client: Client) -> None:
    a_field(cast.brand)
    licence = a_person_field(cast.brand)
    unused = a_person_field(cast.brand, "shoe")
    a_template(brand=cast.brand, source=SHOWN)
    client.force_login(cast.admin)

    refused = client.post(reverse("groups:user-field-delete", args=[licence.pk]))
    free = client.post(reverse("groups:user-field-delete", args=[unused.pk]))
    still_there = UserField.objects.filter(pk=licence.pk).exists()
    people.delete_field(field=licence, actor=cast.admin, is_sure=True)

    assert (refused.status_code, free.status_code, still_there) == (422, 302, True)
    assert "News, version 1" in refused.text
    assert not UserField.objects.exists()


@pytest.mark.catalogue("G9")
def test_what_is_scheduled_stays_and_the_page_says_how_many(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    tomorrow = timezone.now() + timedelta(days=1)
    mailings = [a_mailing(group=cast.store, author=cast.sender, send_at=tomorrow) for _ in range(2)]
    for mailing in mailings:
        send(mailing=mailing, actor=cast.sender)
    a_mailing(group=cast.store, author=cast.sender, send_at=tomorrow)
    client.force_login(cast.admin)

    pages = {
        group.name: client.get(reverse("groups:group-features", args=[group.pk])).text
        for group in (root_group(cast.brand), cast.store, cast.next_store)
    }
    client.post(reverse("groups:group-features", args=[cast.store.pk]), {"on": ["exports"]})

    assert scheduled_in(cast.region) == 2
    assert "2 mailings are scheduled here and below" in pages[root_group(cast.brand).name]
    assert "2 mailings are scheduled here and below" in pages[cast.store.name]
    assert "Nothing is scheduled here or below" in pages[cast.next_store.name]
    assert FeatureSwitch.objects.filter(feature="scheduling").count() == 1
    for mailing in mailings:
        mailing.refresh_from_db()
    assert [mailing.state for mailing in mailings] == [MailingState.SCHEDULED] * 2
