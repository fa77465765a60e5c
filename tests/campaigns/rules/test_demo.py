"""The demo shows restricted words of every level, and its own templates pass them."""

from __future__ import annotations

import json

import pytest

from campaigns.brandlock import Compiled, RenderContext, clean_values, compile_source
from campaigns.brandlock.restricted import Restriction, restricted_in_values
from campaigns.demo import brands, building
from campaigns.models import RestrictedWord, RuleLevel
from groups.models import Brand


@pytest.mark.django_db
def test_the_rules_of_the_demo_are_built_once_and_then_left_to_people() -> None:
    building.build()
    brand = Brand.objects.get(slug="northwind")
    levels = set(brand.restricted_words.values_list("level", flat=True))
    RestrictedWord.objects.filter(text="cheap").delete()
    Brand.objects.filter(pk=brand.pk).update(image_domains=[])

    building.build()

    brand.refresh_from_db()
    assert levels == {level.value for level in RuleLevel}
    assert not brand.restricted_words.filter(text="cheap").exists()
    assert brand.image_domains == []
    assert brand.link_domains == brand.mail_domains == ["northwind.example"]


@pytest.mark.parametrize("shipped", brands.TEMPLATES, ids=lambda shipped: shipped.slug)
def test_the_shipped_values_hold_no_restricted_word(shipped: brands.DemoTemplate) -> None:
    path = brands.FOLDER / "templates" / shipped.file
    compiled: Compiled = compile_source(path.read_text(encoding="utf-8"), kind=shipped.kind)
    values = clean_values(compiled, json.loads(path.with_suffix(".values.json").read_text(encoding="utf-8")))
    restrictions = [
        Restriction(word.text, word.is_pattern, word.level, word.reason) for word in brands.RESTRICTED_WORDS
    ]

    assert list(restricted_in_values(compiled, values, RenderContext(), restrictions)) == []
