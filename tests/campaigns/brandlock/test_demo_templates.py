from __future__ import annotations

import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

import campaigns
from campaigns.brandlock import (
    Compiled,
    FieldType,
    ImageRef,
    RenderContext,
    Target,
    check_values,
    clean_values,
    compile_snippet,
    compile_source,
    prove,
    render,
)
from campaigns.brandlock.pieces import Json

from .builders import a_context

FOLDER = Path(campaigns.__file__).parent / "demo" / "templates"
FILES = ("event_invitation.mjml", "monthly_news.mjml", "weekly_offers.mjml", "short_notice.html")


def demo(name: str) -> tuple[Compiled, dict[str, Json], RenderContext]:
    path = FOLDER / name
    compiled = compile_source(path.read_text(), kind=path.suffix[1:], merge_tags=frozenset({"first_name"}))
    values = clean_values(compiled, json.loads(path.with_suffix(".values.json").read_text()))
    store = a_context()
    context = RenderContext(
        brand={"name": "Northwind Coffee", "logo_url": "https://images.example/logo.png"},
        group={**store.group, "postal_code": "97201", "city": "Portland"},
        mailing=store.mailing,
        unsubscribe_url=store.unsubscribe_url,
        images={
            "demo:hero_event": ImageRef("https://images.example/x.jpg", 1200, 675),
            "demo:hero_news": ImageRef("https://images.example/x.jpg", 1200, 800),
            "demo:offer_beans": ImageRef("https://images.example/x.jpg", 900, 900, folder="offers"),
        },
        snippets={"small_print": compile_snippet("small_print", "Small print", "While stocks last.")},
        currency="USD",
        merge_tags=store.merge_tags,
        link_domains=("northwind.example",),
    )
    return compiled, values, context


@pytest.mark.parametrize("name", FILES)
def test_a_demo_template_with_its_sample_values_can_be_sent(name: str) -> None:
    compiled, values, context = demo(name)

    rendered = render(compiled, values, context, Target.BRAZE)

    assert check_values(compiled, values, context) == ()
    assert prove(compiled, values, context, rendered).findings == ()
    assert len(rendered.html.encode()) < 30_000


@pytest.mark.parametrize("name", FILES)
def test_a_demo_template_is_accessible(name: str) -> None:
    compiled, values, context = demo(name)

    tree = LexborHTMLParser(render(compiled, values, context, Target.BRAZE).html)

    html = tree.css_first("html")
    assert html is not None
    assert (html.attributes["lang"], html.attributes["dir"]) == ("en", "ltr")
    assert all(image.attributes.get("alt") for image in tree.css("img"))
    assert {table.attributes.get("role") for table in tree.css("table")} == {"presentation"}
    assert len(tree.css("h1")) == 1


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_a_demo_template_has_a_label_and_a_default(name: str) -> None:
    compiled, _, _ = demo(name)

    for spec in compiled.fields:
        assert spec.label
        assert spec.default if spec.type is not FieldType.IMAGE else spec.default["image"].startswith("demo:")  # type: ignore[index,call-overload,union-attr]


def test_the_event_invitation_asks_for_its_own_subject() -> None:
    compiled, _, context = demo("event_invitation.mjml")

    found = check_values(compiled, clean_values(compiled, {}), context)

    assert [(finding.code, finding.field) for finding in found] == [("must_change", "subject")]
