"""Templates are compiled before they are published, and versions never change."""

from __future__ import annotations

import pytest

from campaigns.brandlock import SourceRefused
from campaigns.library.drafting import save_draft
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template, kind_of
from campaigns.models import SourceKind, Template, TemplateVersion
from groups.models import Event
from tests.builders import Cast
from tests.campaigns.library.sources import BROKEN, SOURCE


@pytest.fixture
def template(cast: Cast) -> Template:
    """A template without a version."""
    return create_template(brand=cast.brand, name="Summer bar", actor=cast.manager)


def test_the_language_is_told_by_the_content() -> None:
    assert kind_of(SOURCE) == SourceKind.MJML
    assert kind_of("<!doctype html><html></html>") == SourceKind.HTML


def test_a_second_template_of_the_same_name_gets_its_own_slug(cast: Cast, template: Template) -> None:
    second = create_template(brand=cast.brand, name="Summer bar", actor=cast.manager)
    elsewhere = create_template(brand=cast.other_brand, name="Summer bar", actor=cast.outsider)

    assert [template.slug, second.slug, elsewhere.slug] == ["summer-bar", "summer-bar-2", "summer-bar"]


def test_publishing_makes_the_version_that_new_mailings_start_from(cast: Cast, template: Template) -> None:
    version = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=True)

    template.refresh_from_db()
    assert template.current == version
    assert (version.number, version.is_tested, version.published_by) == (1, True, cast.manager)
    assert version.compiled["kind"] == "mjml"
    assert Event.objects.filter(action="template.published", target_id=str(template.pk)).count() == 1


def test_publishing_the_same_source_again_makes_no_new_version(cast: Cast, template: Template) -> None:
    first = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)

    again = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)

    assert again == first
    assert template.versions.count() == 1
    assert Event.objects.filter(action="template.published").count() == 1


def test_a_source_with_errors_is_refused_and_changes_nothing(cast: Cast, template: Template) -> None:
    first = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)

    with pytest.raises(SourceRefused) as refused:
        publish_version(template=template, source=BROKEN, kind="mjml", actor=cast.manager, tested=False)

    template.refresh_from_db()
    assert refused.value.findings[0].line == 7
    assert template.current == first
    assert template.versions.count() == 1


def test_a_draft_keeps_a_source_that_does_not_compile(cast: Cast, template: Template) -> None:
    draft = save_draft(template=template, source=BROKEN, kind="mjml", actor=cast.manager)

    draft.refresh_from_db()
    assert (draft.source, draft.compiled, draft.published_at) == (BROKEN, {}, None)


def test_there_is_one_draft_and_publishing_turns_it_into_the_version(cast: Cast, template: Template) -> None:
    draft = save_draft(template=template, source=BROKEN, kind="mjml", actor=cast.manager)
    same = save_draft(template=template, source=SOURCE, kind="mjml", actor=cast.manager)

    version = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)

    assert draft.pk == same.pk == version.pk
    assert TemplateVersion.objects.filter(template=template).count() == 1


def test_saving_after_publishing_leaves_the_published_version_alone(cast: Cast, template: Template) -> None:
    version = publish_version(template=template, source=SOURCE, kind="mjml", actor=cast.manager, tested=False)

    draft = save_draft(template=template, source=BROKEN, kind="mjml", actor=cast.manager)

    version.refresh_from_db()
    assert (version.number, draft.number) == (1, 2)
    assert version.source == SOURCE


def test_a_merge_tag_outside_the_brands_list_is_refused(cast: Cast, template: Template) -> None:
    locked = SOURCE.replace("Unsubscribe</a>", "Unsubscribe</a> [[shoe_size]]")

    with pytest.raises(SourceRefused):
        publish_version(template=template, source=locked, kind="mjml", actor=cast.manager, tested=False)

    assert template.versions.count() == 0
