"""What a brand manager says of a template beside its text: files, personal values, people who are new to Braze."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import SourceRefused
from campaigns.errors import Refusal
from campaigns.library.drafting import save_draft
from campaigns.library.publishing import publish_version, republish
from campaigns.library.services import create_template
from campaigns.models import Route, Template, TemplateVersion
from groups.models import Attribute
from tests.builders import Cast
from tests.campaigns.library.sources import SOURCE


@pytest.fixture
def template(cast: Cast) -> Template:
    """Gives a template whose mail Braze holds."""
    template = create_template(brand=cast.brand, name="Notice", actor=cast.manager, route=Route.TRIGGER)
    publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)
    return template


def a_form(**changes: Any) -> dict[str, Any]:
    return {"name": "Notice", "route": "trigger", "source": SOURCE, "action": "check"} | changes


ALL_ON = {"takes_attachments": "on", "mails_new_people": "on", "personal_values": ["points", "city"]}


def test_a_brand_manager_switches_them_on_and_off(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)
    address = reverse("campaigns:template-edit", args=[template.pk])
    page = client.get(address).content.decode()

    client.post(address, a_form(**ALL_ON))
    template.refresh_from_db()
    draft = TemplateVersion.objects.get(template=template, published_at=None)
    shown = client.get(address).content.decode()
    switched_on = (template.takes_attachments, template.mails_new_people, draft.personal_values)
    client.post(address, a_form())
    template.refresh_from_db()
    draft.refresh_from_db()

    assert 'name="personal_values" value="points"' in " ".join(page.split())
    assert "City, as city" in page
    assert switched_on == (True, True, ["city", "points"])
    assert shown.count("checked") >= 4
    assert (template.takes_attachments, template.mails_new_people, draft.personal_values) == (False, False, [])


@pytest.mark.parametrize("person", ["author", "sender", "approver", "neighbour", "outsider"])
def test_nobody_else_can(cast: Cast, template: Template, client: Client, person: str) -> None:
    client.force_login(getattr(cast, person))

    answer = client.post(reverse("campaigns:template-edit", args=[template.pk]), a_form(**ALL_ON))

    template.refresh_from_db()
    assert answer.status_code == 404
    assert (template.takes_attachments, template.mails_new_people) == (False, False)
    assert [version.personal_values for version in template.versions.all()] == [[]]


def test_only_the_brands_own_attributes_can_be_named(cast: Cast, template: Template, client: Client) -> None:
    Attribute.objects.create(brand=cast.other_brand, name="secret", label="x", braze_name="x", liquid_name="x")
    client.force_login(cast.manager)

    answer = client.post(reverse("campaigns:template-edit", args=[template.pk]), a_form(personal_values=["secret"]))
    with pytest.raises(Refusal):
        save_draft(
            template=template, source=SOURCE, kind="mjml", actor=cast.manager, personal_values=["secret", "points"]
        )

    assert answer.status_code == 422
    assert template.versions.filter(published_at=None).count() == 0


def test_a_value_that_would_stand_for_a_field_keeps_a_draft_from_being_published(
    cast: Cast, template: Template, client: Client
) -> None:
    Attribute.objects.create(
        brand=cast.brand, name="headline", label="Headline", braze_name="headline", liquid_name="headline"
    )
    client.force_login(cast.manager)
    address = reverse("campaigns:template-edit", args=[template.pk])

    client.post(address, a_form(personal_values=["headline"]))
    page = client.get(address).content.decode()
    with pytest.raises(SourceRefused):
        publish_version(
            template=template,
            source=SOURCE,
            kind="mjml",
            actor=cast.manager,
            tested=False,
            personal_values=["headline"],
        )

    assert "The personal value headline would travel by a name that this email uses already." in page
    assert template.versions.exclude(published_at=None).count() == 1


def test_personal_values_belong_to_what_was_tested_and_stay_when_a_file_is_published(
    cast: Cast, template: Template
) -> None:
    before = template.versions.get()

    version = publish_version(
        template=template, source=SOURCE, kind="mjml", actor=None, tested=False, personal_values=["points"]
    )
    again = republish(template=template, source=SOURCE.replace("What is new", "News"), kind="mjml", actor=None)

    assert version.digest != before.digest
    assert again.version.personal_values == ["points"]
    version.personal_values = []
    assert version.digest == before.digest
