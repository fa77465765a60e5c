"""Templates, contexts and values for the tests of brand lock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from campaigns.brandlock import Compiled, ImageRef, MergeTag, RenderContext, compile_source
from campaigns.brandlock.pieces import Json

CORPORA = Path(__file__).parents[4] / "shared" / "data" / "corpora"
FIRST_NAME = "{{${first_name} | default: 'there' | escape}}"
PLAIN_FIRST_NAME = "{{${first_name} | default: 'there'}}"
TOKEN = "{{custom_attribute.${smartersends_token}}}"

FOOTER = (
    "<mj-section><mj-column><mj-text>[[group.name]], [[group.street]] "
    '<a href="tel:[[group.phone]]">[[group.phone]]</a> <a href="[[unsubscribe_url]]">Unsubscribe</a>'
    "</mj-text></mj-column></mj-section>"
)
BODY = """
<mj-section><mj-column>
  <mj-image data-field="hero" data-type="image" data-required data-default="i1" alt="A cup" width="200px" />
  <mj-text>Hello [[first_name]], <h1 data-field="headline" data-max="60" data-required>Come in</h1></mj-text>
  <mj-text data-field="intro" data-type="text">Words <b>here</b></mj-text>
  <mj-button data-field="cta" data-domains="northwind.example" href="https://northwind.example/x">Go</mj-button>
</mj-column></mj-section>
<mj-section data-section="offer" data-optional data-if="offer_text" css-class="offer"><mj-column>
  <mj-text data-field="offer_text" data-type="text" data-required>Free beans</mj-text>
</mj-column></mj-section>
"""
SUBJECT = '<mj-title data-field="subject" data-max="60">News for [[first_name]]</mj-title>'
PREHEADER = '<mj-preview data-field="preheader">Read on</mj-preview>'


def a_source(body: str = BODY, *, head: str = SUBJECT + PREHEADER, footer: str = FOOTER) -> str:
    """Returns an MJML source."""
    return f"<mjml><mj-head>{head}</mj-head><mj-body>{body}{footer}</mj-body></mjml>"


def an_html_source(body: str = "", *, head: str = "<title>Hello</title>") -> str:
    """Returns an HTML source with the links and the address that every template has."""
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}'
        '<p>[[group.street]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p></body></html>\n'
    )


def a_template(body: str = BODY, *, head: str = SUBJECT + PREHEADER) -> Compiled:
    """Returns a compiled MJML template."""
    return compile_source(a_source(body, head=head), kind="mjml")


def a_context(
    *,
    group: Mapping[str, str] | None = None,
    unsubscribe_url: str = f"https://brand.example/u/us-001/{TOKEN}",
    fallback: str = "there",
    link_domains: tuple[str, ...] = (),
) -> RenderContext:
    """Returns the context of the store in Portland."""
    return RenderContext(
        brand={"name": "Northwind Coffee", "accent": "#a4451f"},
        group=group
        if group is not None
        else {"name": "Portland & Sons", "street": "10 High Street", "phone": "+1 (555) 0100"},
        mailing={"send_date": "1 December"},
        unsubscribe_url=unsubscribe_url,
        images={"i1": ImageRef("https://images.example/1.png?a=1&b=2", 600, 400)},
        merge_tags={
            "first_name": MergeTag("first_name", "First name", "first_name", False, fallback, "Ann"),
            "tier": MergeTag("tier", "Tier", "loyalty tier", True, "friend", "Gold"),
        },
        link_domains=link_domains,
    )


def some_values(**changes: Json) -> dict[str, Json]:
    """Returns complete values for the default template."""
    values: dict[str, Json] = {
        "subject": "A cup for [[first_name]]",
        "preheader": "Read on",
        "hero": {"image": "i1", "alt": "A cup"},
        "headline": "An evening",
        "intro": {"html": "Hello <b>you</b>"},
        "cta": {"text": "Come", "url": "https://northwind.example/e"},
        "offer_text": {"html": "Free beans"},
        "sections": {"offer": True},
    }
    return {**values, **changes}
