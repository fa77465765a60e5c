"""The brand's pictures lie, and its links lead, where the brand allows (M11)."""

from __future__ import annotations

import pytest

from campaigns.brandlock import SourceRefused, compile_snippet, compile_source
from campaigns.brandlock.duties import Allowed, part_findings, publish_findings
from tests.campaigns.brandlock.duties.test_duties import mjml, page

ALLOWED = Allowed(("northwind.example",), ("northwind.example",), ("mail.portal.example",))
FAR = "https://evil.example/a.png?x=1&amp;y=2"
H1 = "<h1>News</h1>"


def found(source: str, allowed: Allowed = ALLOWED) -> list[tuple[str, int, bool]]:
    kind = "mjml" if source.startswith("<mjml") else "html"
    return [
        (one.code, one.line, one.blocks) for one in publish_findings(source, compile_source(source, kind=kind), allowed)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://northwind.example/a.png",
        "https://cdn.northwind.example/a.png",
        "https://mail.portal.example/media/a.png",
        "[[brand.logo_url]]",
        "https://northwind.example/[[group.code]].png",
    ],
)
def test_pictures_of_the_brand_and_of_the_portal_pass(address: str) -> None:
    assert found(page(f'{H1}<img src="{address}" alt="A cup">')) == []
    assert found(mjml(f'<mj-text>{H1}</mj-text><mj-image src="{address}" alt="A cup" />')) == []


@pytest.mark.parametrize(
    "body",
    [
        f'{H1}\n<img src="{FAR}" alt="A cup">',
        f'{H1}\n<img src="//evil.example/a.png" alt="A cup">',
        f'{H1}\n<img src="https://northwind.example.evil.example/a.png" alt="A cup">',
        f'{H1}\n<img src="https://[[group.code]].evil.example/a.png" alt="A cup">',
        f'{H1}\n<img src="https://northwind.example/a.png" srcset="https://evil.example/b.png 2x" alt="A cup">',
        f'{H1}\n<table role="presentation" background="{FAR}"><tr><td>x</td></tr></table>',
        f"{H1}\n<div style=\"background-image: url('{FAR}')\">x</div>",
        f'{H1}\n<!--[if mso]><v:fill src="{FAR}" /><![endif]-->',
    ],
)
def test_a_picture_from_elsewhere_is_refused_with_its_line(body: str) -> None:
    source = page(body)

    assert found(source) == [("image_domain", 5, True)]
    assert found(source, Allowed()) == []


def test_a_picture_in_a_style_sheet_is_refused_too() -> None:
    style = "<style>\n.x { background: url(https://evil.example/a.png) }</style>"

    assert found(page(f"{style}{H1}")) == [("image_domain", 5, True)]


@pytest.mark.parametrize(
    "body",
    [
        f'<mj-text>{H1}</mj-text>\n<mj-image src="{FAR}" alt="A cup" />',
        f'<mj-text>{H1}</mj-text>\n<mj-text><img src="{FAR}" alt="A cup" /></mj-text>',
    ],
)
def test_a_picture_of_mjml_is_refused_at_its_line_in_the_source(body: str) -> None:
    assert found(mjml(body)) == [("image_domain", 4, True)]


def test_a_background_of_mjml_is_refused_once() -> None:
    source = mjml(f"<mj-text>{H1}</mj-text>").replace("<mj-section>", f'<mj-section background-url="{FAR}">', 1)

    assert found(source) == [("image_domain", 2, True)]


def test_fields_of_authors_are_not_judged_here() -> None:
    image, button = 'data-field="hero" data-type="image"', 'data-field="cta"'
    html = page(f'{H1}<img {image} src="{FAR}" alt="A cup"><a {button} data-type="button" href="{FAR}">Go</a>')
    source = mjml(
        f'<mj-text>{H1}</mj-text><mj-image {image} src="{FAR}" alt="A cup" /><mj-button {button} href="{FAR}">Go'
        "</mj-button>"
    )

    assert (found(html), found(source)) == ([], [])


def test_a_link_to_elsewhere_is_a_warning() -> None:
    body = f'{H1}\n<a href="https://evil.example/">Partner</a> <a href="https://shop.northwind.example/">Shop</a>'

    assert found(page(body)) == [("link_domain", 5, False)]
    assert found(mjml(f"<mj-text>{body}</mj-text>")) == [("link_domain", 4, False)]
    assert found(page(body), Allowed()) == []


@pytest.mark.parametrize("address", ["[[brand.website]]", "mailto:us@evil.example", "tel:+15035550100"])
def test_what_is_filled_in_and_what_is_no_site_is_no_foreign_link(address: str) -> None:
    assert found(page(f'{H1}<a href="{address}">Words</a>')) == []


def test_a_shared_part_goes_by_the_same_domains() -> None:
    source = f'<p>Legal</p>\n<img src="{FAR}" alt="A seal">'
    part = compile_snippet("legal", "Legal", source)

    findings = part_findings(source, part, ALLOWED)

    assert [(one.code, one.line, one.column, one.blocks) for one in findings] == [("image_domain", 2, 11, True)]


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}\n<div style=\"background: \\75rl('{FAR}')\">x</div>",
        f"{H1}\n<div style=\"background: url/**/('{FAR}')\">x</div>",
        f"{H1}\n<div style=\"background: image-set('{FAR}' 1x)\">x</div>",
        f"{H1}\n<!--[if mso]><v:fill src={FAR} /><![endif]-->",
    ],
)
def test_a_picture_is_found_however_its_address_is_written(body: str) -> None:
    assert [code for code, _, _ in found(page(body))] == ["image_domain"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<img src="https:\\\\evil.example\\x.png" alt="x">', "url_malformed"),
        ('<img src="\\\\evil.example/x.png" alt="x">', "url_malformed"),
        ('<img src="https:evil.example/x.png" alt="x">', "url_malformed"),
        ('<a href="https://northwind.example" ping="https://evil.example/">x</a>', "ping"),
        ("<style>@\\69 mport 'https://evil.example/x.css';</style>", "remote_style"),
        ("<style>@/**/import 'https://evil.example/x.css';</style>", "remote_style"),
    ],
)
def test_what_browsers_would_load_from_elsewhere_is_refused(body: str, code: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        compile_source(page(f"{H1}{body}"), kind="html")

    assert [one.code for one in refused.value.findings] == [code]


def test_a_font_from_elsewhere_is_found_however_it_is_written() -> None:
    style = "<style>@font-face/**/{font-family:x;src:url/**/('https://evil.example/x.woff')}</style>"

    assert "remote_font" in [code for code, _, _ in found(page(f"{style}{H1}"), Allowed())]
