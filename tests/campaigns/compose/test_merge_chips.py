"""Authors insert the brand's merge tags in subject, preheader, lines and rich text, and are told what each becomes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import Target
from campaigns.compose.content import render_mailing
from campaigns.compose.services import start_mailing
from campaigns.models import Mailing
from campaigns.preflight import check
from groups.models import Attribute, Audience
from tests.builders import Cast, an_audience
from tests.campaigns.builders import a_template


@pytest.fixture
def mailing(cast: Cast) -> Mailing:
    return start_mailing(group=cast.store, template=a_template(brand=cast.brand), actor=cast.author)


def test_every_field_for_words_offers_the_brands_tags_and_tells_what_they_become(
    cast: Cast, mailing: Mailing, client: Client
) -> None:
    Attribute.objects.filter(brand=cast.other_brand, name="points").update(is_merge_tag=True)
    Attribute.objects.filter(brand=cast.brand, name="city").update(is_merge_tag=True)
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).text

    assert page.count('data-insert="[[first_name]]"') == 4  # subject, preheader, headline, text
    assert page.count("<code>[[first_name]]</code>") == 4
    assert "First name, or “there” where we do not know it (for example “Maya”)" in page
    assert "City, or nothing where we do not know it" in page
    assert "[[last_name]]" not in page
    assert "[[points]]" not in page


def test_a_brand_without_merge_tags_offers_none(cast: Cast, mailing: Mailing, client: Client) -> None:
    Attribute.objects.filter(brand=cast.brand).update(is_merge_tag=False)
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).text

    assert "data-insert" not in page


def test_what_is_typed_without_a_script_becomes_liquid_everywhere(cast: Cast, mailing: Mailing, client: Client) -> None:
    audience: Audience = an_audience(group=cast.store, contacts=1)
    client.force_login(cast.author)
    typed = {
        "mailing-revision": str(mailing.revision),
        "mailing-audience": str(audience.pk),
        "subject": "A cup for [[first_name]]",
        "preheader": "Dear [[ first_name ]]",
        "headline": "[[first_name]], come in",
        "intro.html": "<p>Hello <b>[[first_name]]</b></p>",
    }

    answer = client.post(reverse("campaigns:mailing-save", args=[mailing.pk]), typed)

    mailing.refresh_from_db()
    rendered = render_mailing(mailing, Target.BRAZE)
    plain = "{{${first_name} | default: 'there'}}"
    assert answer.status_code == 302
    assert (rendered.subject, rendered.preheader) == (f"A cup for {plain}", f"Dear {plain}")
    assert (
        rendered.html.count("{{${first_name} | default: 'there' | escape}}") == 5
    )  # title and preheader too, and the template's own
    assert "A cup for Maya" in render_mailing(mailing, Target.PREVIEW).subject
    assert not [finding for finding in check(mailing) if finding.step in typed]


def test_a_tag_that_the_brand_does_not_allow_blocks_at_its_field(cast: Cast, mailing: Mailing) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, "headline": "Hello [[last_name]]"})
    mailing.refresh_from_db()

    assert ("placeholder_left", "headline", True) in [
        (finding.code, finding.step, finding.blocks) for finding in check(mailing)
    ]
