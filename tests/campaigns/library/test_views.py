"""The pages of templates are for people who manage them on the whole brand; for others they do not exist."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core import mail as mail_box
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from campaigns.library.drafting import save_draft
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Template
from tests.builders import Cast
from tests.campaigns.library.sources import BROKEN, SOURCE


@pytest.fixture
def template(cast: Cast) -> Template:
    """A published template."""
    made = create_template(brand=cast.brand, name="Summer bar", actor=cast.manager)
    publish_version(template=made, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)
    return made


def form_of(source: str, **changes: str) -> dict[str, str]:
    return {"name": "Summer bar", "description": "", "route": "schedule", "source": source} | changes


def test_a_brand_manager_sees_their_own_brands_templates(cast: Cast, template: Template, client: Client) -> None:
    create_template(brand=cast.other_brand, name="Foreign", actor=cast.outsider)
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:template-list"))

    assert page.status_code == 200
    assert "Summer bar" in page.text
    assert "Foreign" not in page.text


@pytest.mark.catalogue("T13")
def test_the_list_shows_folders_pictures_of_drafts_too_and_which_template_is_over(
    cast: Cast, template: Template, client: Client
) -> None:
    Template.objects.filter(pk=template.pk).update(folder="Offers", expires_on=date(2020, 1, 31))
    drawn, broken = (create_template(brand=cast.brand, name=name, actor=cast.manager) for name in ("New", "Torn"))
    picture = save_draft(template=drawn, source=SOURCE, kind="mjml", actor=cast.manager)
    save_draft(template=broken, source=BROKEN, kind="mjml", actor=cast.manager)
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:template-list")).text

    shown = {template.current_id, picture.pk}
    assert page.count("<iframe") == 2
    assert all(reverse("campaigns:version-preview", args=[version]) in page for version in shown)
    assert page.count("No picture: the draft has errors") == 1
    assert "<h2>Offers</h2>" in page
    assert "Over since Jan. 31, 2020" in page


@pytest.mark.parametrize("person", ["author", "approver", "neighbour", "outsider"])
def test_for_everybody_else_the_pages_do_not_exist(cast: Cast, template: Template, client: Client, person: str) -> None:
    assert template.current is not None
    client.force_login(getattr(cast, person))
    addresses = [
        reverse("campaigns:template-list"),
        reverse("campaigns:template-create"),
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}),
        reverse("campaigns:version-preview", kwargs={"version_id": template.current.pk}),
    ]

    answers = [client.get(address).status_code for address in addresses]
    answers.append(client.post(addresses[2], form_of(BROKEN, action="publish")).status_code)
    answers.append(client.post(addresses[1], {"name": "Forged", "route": "schedule"}).status_code)

    assert answers == [404] * 6
    assert Template.objects.count() == 1
    assert template.versions.count() == 1


def test_a_template_is_reached_on_its_own_brands_host_name_only(
    cast: Cast, template: Template, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.manager)
    address = reverse("campaigns:template-edit", kwargs={"template_id": template.pk})

    assert client.get(address, headers={"host": "harbor.testserver"}).status_code == 404
    assert client.get(address, headers={"host": "testserver"}).status_code == 200


def test_an_unknown_template_is_not_found(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    assert client.get(reverse("campaigns:template-edit", kwargs={"template_id": uuid.uuid4()})).status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(template: Template, client: Client) -> None:
    page = client.get(reverse("campaigns:template-list"))

    assert page.status_code == 302
    assert page["Location"] == "/accounts/login/?next=/templates/"


def test_a_new_template_starts_from_an_example_that_compiles(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    client.post(reverse("campaigns:template-create"), {"name": "Winter", "route": "schedule"})

    draft = Template.objects.get(slug="winter").versions.get()
    assert draft.published_at is None
    assert draft.compiled["kind"] == "mjml"


def test_checking_shows_errors_with_line_and_column_and_keeps_the_source(
    cast: Cast, template: Template, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.manager)
    address = reverse("campaigns:template-edit", kwargs={"template_id": template.pk})

    page = client.post(address, form_of(BROKEN.replace("\n", "\r\n"), action="check"), follow=True)

    assert page.redirect_chain == [(address, 302)]
    assert "Line 7, column 18" in page.text
    assert "mj-bogus" in page.text
    assert page.context["form"]["source"].value() == BROKEN


def test_publishing_errors_publishes_nothing_and_keeps_the_source(
    cast: Cast, template: Template, client: Client
) -> None:
    client.force_login(cast.manager)
    before = template.current

    page = client.post(
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}),
        form_of(BROKEN, action="publish"),
        follow=True,
    )

    template.refresh_from_db()
    assert template.current == before
    assert "This cannot be published yet" in page.text
    assert page.context["form"]["source"].value() == BROKEN


def test_publishing_makes_the_next_version(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)
    changed = SOURCE.replace("What is new", "What is on")

    url = reverse("campaigns:template-edit", kwargs={"template_id": template.pk})

    client.post(url, form_of(changed, action="publish"))
    untested = Template.objects.get(pk=template.pk).current
    client.post(url, form_of(changed, action="test"))
    client.post(url, form_of(changed, action="publish"))

    template.refresh_from_db()
    assert untested is not None and untested.number == 1
    assert template.current is not None
    assert (template.current.number, template.current.source, template.current.is_tested) == (2, changed, True)
    assert [mail.subject for mail in mail_box.outbox] == ["[TEST] Hello"]


def test_checking_by_htmx_answers_the_partial_of_the_page(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(
        reverse("campaigns:template-edit", kwargs={"template_id": template.pk}),
        form_of(BROKEN),
        headers={"hx-request": "true"},
    )

    assert page.status_code == 200
    assert "<html" not in page.text
    assert "Line 7, column 18" in page.text


def test_a_preview_lets_no_script_run_and_shows_a_store(cast: Cast, template: Template, client: Client) -> None:
    assert template.current is not None
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:version-preview", kwargs={"version_id": template.current.pk}))

    policy = page["Content-Security-Policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "1420 NW Lovejoy Street" in page.text


def test_a_draft_that_does_not_compile_has_no_picture(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)
    draft = save_draft(template=template, source=BROKEN, kind="mjml", actor=cast.manager)

    page = client.get(reverse("campaigns:version-preview", kwargs={"version_id": draft.pk}))

    assert page.status_code == 404


def test_the_mail_that_braze_holds_is_given_to_managers_of_the_brand_alone(
    cast: Cast, template: Template, client: Client
) -> None:
    version = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)
    address = reverse("campaigns:version-braze", args=[version.pk])

    client.force_login(cast.manager)
    given = client.get(address)
    statuses = []
    for person in cast.without(cast.manager, cast.admin):
        client.force_login(person)
        statuses.append(client.get(address).status_code)

    assert "attachment" in given["Content-Disposition"]
    assert "{{api_trigger_properties.${" in given.content.decode()
    assert set(statuses) == {404}
