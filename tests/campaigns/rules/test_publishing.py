"""The brand's domains hold when a template or a shared part is published, and in every check of a mailing."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from campaigns.brandlock import SourceRefused
from campaigns.library.publishing import publish_version
from campaigns.library.queries import checked
from campaigns.library.services import create_template
from campaigns.library.snippets import add_snippet
from campaigns.models import TemplateVersion
from campaigns.preflight import check
from campaigns.rules.services import save_domains
from groups.models import Brand, Group, Workspace
from tests.builders import a_brand
from tests.campaigns.builders import SOURCE, a_mailing

FAR = '<mj-image src="https://evil.example/cup.png" alt="A cup" />'
NEAR = '<mj-image src="https://images.northwind.example/cup.png" alt="A cup" />'
OWN = '<mj-image src="https://portal.example/media/cup.png" alt="A cup" />'
LINK = '<mj-text><a href="https://partner.example/">Our partner</a></mj-text>'


@pytest.fixture
def brand(db: None, settings: Settings) -> Brand:
    """Gives a brand that names its domains."""
    settings.PUBLIC_URL = "https://portal.example"
    brand = a_brand()
    domains = ("northwind.example",)
    save_domains(brand=brand, link_domains=domains, image_domains=domains, mail_domains=domains, actor=None)
    return brand


def with_part(part: str) -> str:
    return SOURCE.replace("<mj-text>[[group.name]]", f"{part}<mj-text>[[group.name]]")


def publish(brand: Brand, part: str) -> TemplateVersion:
    template = create_template(brand=brand, name="News", slug="news", actor=None)
    return publish_version(template=template, source=with_part(part), kind="mjml", actor=None, tested=True)


@pytest.mark.catalogue("M11")
def test_a_picture_from_elsewhere_keeps_a_template_from_being_published(brand: Brand) -> None:
    with pytest.raises(SourceRefused) as refused:
        publish(brand, FAR)

    (finding,) = refused.value.findings
    assert finding.code == "image_domain"
    assert with_part(FAR).splitlines()[finding.line - 1][finding.column - 1 :].startswith("https://evil.example")
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize("part", [NEAR, OWN])
def test_pictures_of_the_brand_and_of_the_portal_are_published(brand: Brand, part: str) -> None:
    assert publish(brand, part).published_at is not None


def test_a_brand_without_image_domains_takes_pictures_from_anywhere(db: None) -> None:
    assert publish(a_brand(), FAR).published_at is not None


def test_a_foreign_link_is_told_and_published(brand: Brand) -> None:
    version = publish(brand, LINK)

    warnings = checked(version).warnings

    assert [one.sentence for one in warnings] == [
        "This link leads to partner.example, which is not among your brand's domains: northwind.example."
    ]


def test_a_shared_part_with_a_picture_from_elsewhere_is_refused(brand: Brand) -> None:
    source = '<p><img src="https://evil.example/a.png" alt="A seal" /></p>'

    with pytest.raises(SourceRefused):
        add_snippet(brand=brand, name="legal", label="Legal", source=source, actor=None)

    assert not brand.snippets.exists()


@pytest.mark.catalogue("M11")
def test_an_author_cannot_link_to_elsewhere(group: Group, workspace: Workspace) -> None:
    save_domains(brand=group.brand, link_domains=("northwind.example",), image_domains=(), mail_domains=(), actor=None)
    mailing = a_mailing(
        group=group, values={"intro": {"html": '<p><a href="https://evil.example/">Our offers</a></p>'}}
    )

    assert [(one.code, one.step, one.blocks) for one in check(mailing)] == [("url_domain", "intro", True)]
