"""What a template owes before it is published: each check refuses what it is for and lets the mended source pass."""

from __future__ import annotations

import pytest

from campaigns.brandlock import compile_source
from campaigns.brandlock.duties import publish_findings
from campaigns.brandlock.duties.contrast import ratio

HEAD = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>News</title>'
FOOTER = '<p>[[group.street]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p>'
MJML_FOOTER = f"<mj-section><mj-column><mj-text>{FOOTER}</mj-text></mj-column></mj-section>"


def page(body: str, *, root: str = 'lang="en" dir="ltr"', head: str = HEAD, footer: str = FOOTER) -> str:
    return f"<!doctype html>\n<html {root}><head>{head}</head>\n<body>\n{body}\n{footer}</body></html>"


def mjml(body: str, *, root: str = 'lang="en" dir="ltr"') -> str:
    return (
        f"<mjml {root}><mj-head><mj-title>News</mj-title></mj-head><mj-body>\n"
        f"<mj-section><mj-column>\n{body}\n</mj-column></mj-section>{MJML_FOOTER}</mj-body></mjml>"
    )


def owed(source: str) -> list[tuple[str, int, bool]]:
    kind = "mjml" if source.startswith("<mjml") else "html"
    found = publish_findings(source, compile_source(source, kind=kind))
    assert all(one.text for one in found)
    return [(one.code, one.line, one.blocks) for one in found]


def test_a_sound_page_owes_nothing() -> None:
    assert owed(page("<h1>News</h1>")) == []
    assert owed(mjml("<mj-text><h1>News</h1></mj-text>")) == []


@pytest.mark.parametrize(
    ("root", "codes"),
    [
        ('dir="ltr"', ["lang_missing"]),
        ('lang="english, please" dir="ltr"', ["lang_missing"]),
        ('lang="en"', ["dir_missing"]),
        ('lang="ar" dir="ltr"', ["dir_wrong"]),
        ('lang="de-AT" dir="ltr"', []),
        ('lang="he" dir="rtl"', []),
    ],
)
def test_a_mail_says_its_language_and_its_direction(root: str, codes: list[str]) -> None:
    assert [code for code, _, _ in owed(page("<h1>x</h1>", root=root))] == codes
    assert [code for code, _, _ in owed(mjml("<mj-text><h1>x</h1></mj-text>", root=root))] == codes


@pytest.mark.catalogue("M12")
@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<h1>x</h1><table><tr><td>x</td></tr></table>", [("table_role", 4, True)]),
        ("<h1>x</h1><table role='presentation'><tr><td>x</td></tr></table>", []),
        ("<h1>x</h1><table><tr><th>x</th></tr></table>", []),
        ("<h1>x</h1><table role='none'><tr><td><table></table></td></tr></table>", [("table_role", 4, True)]),
        ("<h1>x</h1>\n<img src='https://a.example/a.png'>", [("alt_missing", 5, True)]),
        ("<h1>x</h1><img src='https://a.example/a.png' alt='hero_final.PNG'>", [("alt_poor", 4, True)]),
        ("<h1>x</h1><img src='https://a.example/a.png' alt='Image'>", [("alt_poor", 4, True)]),
        ("<h1>x</h1><img src='https://a.example/a.png' alt=''>", []),
        ("<h1>x</h1><img src='https://a.example/a.svg' alt='Cup'>", [("image_svg", 4, True)]),
        ("<h1>x</h1><img data-field='hero' src='x'>", []),
        ("<h1>x</h1><a href=''>Go</a>", [("link_empty", 4, True)]),
        ("<h1>x</h1><a href='#'>Go</a>", [("link_empty", 4, True)]),
        ("<h1>x</h1><a href='https://a.example'></a>", [("link_words", 4, True)]),
        ("<h1>x</h1><a href='https://a.example'><img src='https://a.example/a.png' alt='Shop'></a>", []),
        ("<h1>x</h1><a href='https://a.example'><img src='a.png' alt=''></a>", [("link_words", 4, True)]),
        ("<h1>x</h1><a href='http://a.example'>Shop</a>", [("link_http", 4, False)]),
        ("<h1>x</h1><a href='https://a.co'>here</a> <a href='https://b.co'>Here</a>", [("link_vague", 4, False)]),
        ("<h1>x</h1><a data-field='cta' data-type='button' href=''>x</a>", []),
        ("<p>x</p>", [("headings_none", 3, False)]),
        ("<h1>x</h1>\n<h3>y</h3>", [("heading_order", 5, True)]),
        ("<h2>x</h2><h3>y</h3><h2>z</h2>", []),
        ("<h3>x</h3>", [("heading_order", 4, True)]),
        ("<h1></h1>", [("heading_empty", 4, True)]),
        ("<h1 data-field='title'></h1>", []),
        ("<h1>x</h1><p style='color:#777777'>soft</p>", [("contrast", 4, True)]),
        ("<h1>x</h1><p style='color:#767676'>soft</p>", []),
        ("<h1>x</h1><p style='color:#777;font-size:24px'>soft</p>", []),
        ("<h1>x</h1><b style='color:#777;font-size:19px'>soft</b>", []),
        ("<h1>x</h1><div bgcolor='#000000'><p style='color:#222'>dark</p></div>", [("contrast", 4, True)]),
        ("<h1>x</h1><div style='background:#000 none'><p style='color:#fff'>light</p></div>", []),
        ("<h1>x</h1><div style='background:url(https://a.example/a.png)'><p style='color:#fff'>light</p></div>", []),
        ("<h1>x</h1><p style='color:rgb(255,255,255)'>white</p>", [("contrast", 4, True)]),
        ("<h1>x</h1><p style='color:white;display:none'>white</p>", []),
        ("<h1>x</h1><a href='https://a.example' style='color:#eee'>Shop</a>", [("contrast", 4, True)]),
    ],
)  # fmt: skip
def test_a_page_is_checked(body: str, found: list[tuple[str, int, bool]]) -> None:
    assert owed(page(body)) == found


def test_a_colour_of_a_style_sheet_is_not_guessed() -> None:
    sheet = HEAD + "<style>.note { background: #000 }</style>"

    assert owed(page("<h1>x</h1><p class='note' style='color:#fff'>light</p>", head=sheet)) == []


@pytest.mark.catalogue("M12")
def test_contrast_is_that_of_the_standard() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert ratio((119, 119, 119), (255, 255, 255)) == pytest.approx(4.478, abs=0.001)


@pytest.mark.catalogue("M13")
@pytest.mark.parametrize(
    ("footer", "code"),
    [
        (FOOTER.replace("<a ", "<a style='display:none' "), "unsubscribe_hidden"),
        (FOOTER.replace("<a ", "<a style='font-size:1px' "), "unsubscribe_hidden"),
        (FOOTER.replace("Unsubscribe</a>", "</a>"), "unsubscribe_hidden"),
        (f"<div style='display:none'>[[group.street]]</div>{FOOTER.replace('[[group.street]]', '')}", "address_hidden"),
    ],
)
def test_the_way_out_and_the_address_can_be_seen(footer: str, code: str) -> None:
    assert code in [found for found, _, _ in owed(page("<h1>x</h1>", footer=footer))]


def test_a_template_that_is_too_heavy_is_refused() -> None:
    assert owed(page(f"<h1>x</h1><p>{'x' * 90_000}</p>")) == [("heavy", 1, False)]
    assert owed(page(f"<h1>x</h1><p>{'x' * 105_000}</p>")) == [("too_heavy", 1, True)]


def test_a_font_from_elsewhere_is_refused() -> None:
    sheet = HEAD + "<style>@font-face { font-family: x; src: url(https://f.example/x.woff) }</style>"

    assert owed(page("<h1>x</h1>", head=sheet)) == [("remote_font", 1, True)]


def test_a_head_that_says_little_is_warned_of() -> None:
    found = owed(page("<h1>x</h1>", head="<title>x</title>"))

    assert [(code, blocks) for code, _, blocks in found] == [("charset_missing", False), ("viewport_missing", False)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<mj-text><h1>x</h1></mj-text>\n<mj-image src=\"https://a.example/a.png\" />", [("alt_missing", 4, True)]),
        ("<mj-text><h1>x</h1></mj-text>\n<mj-text color=\"#999999\">soft words</mj-text>", [("contrast", 4, True)]),
        ("<mj-text><h1>x</h1></mj-text>\n<mj-image data-field=\"hero\" />", []),
        ("<mj-text><h1>x</h1></mj-text>\n<mj-button href=\"#\">Shop now</mj-button>", [("link_empty", 4, True)]),
    ],
)  # fmt: skip
def test_mjml_is_checked_as_it_comes_out_and_named_where_it_stands(
    body: str, found: list[tuple[str, int, bool]]
) -> None:
    assert owed(mjml(body)) == found


def test_a_merge_tag_of_another_tool_is_named_once_at_its_first_place() -> None:
    source = page("<h1>x</h1>\n<p>Dear *|FNAME|*, *|FNAME|* and *|IF:CITY|*</p>")

    assert owed(source) == [("foreign_tag", 5, True), ("foreign_tag", 5, True)]
    assert owed(page("<h1>x</h1>\n<p>3 *|* 4, | and *</p>")) == []


@pytest.mark.catalogue("M13")
@pytest.mark.parametrize(
    "sheet",
    [
        "a{display:none!important}",
        "body p{visibility:hidden}",
        "p{position:absolute;left:-9999px}",
        "p:last-child{display:none}",
        "body p{font-size:0;opacity:0}",
        "@media screen{a{display:none}}",
        "/* x */ a /* y */ {dis\\70lay:none}",
        "b{color:red} h1, a:link{text-indent:-9999px}",
    ],
)
def test_a_style_sheet_does_not_hide_the_way_out(sheet: str) -> None:
    found = owed(page("<h1>x</h1>", head=f"{HEAD}<style>{sheet}</style>"))

    assert {code for code, _, blocks in found if blocks} & {"unsubscribe_hidden", "address_hidden"}


@pytest.mark.parametrize(
    "sheet",
    [
        "@media (max-width: 480px){a{display:none}}",
        ".hidden{display:none}",
        "a:hover{color:red}",
        "p{left:-1px;font-size:12px;opacity:.9}",
        "a[{{x}}{display:none}",
    ],
)
def test_a_style_sheet_that_hides_something_else_or_nothing_passes(sheet: str) -> None:
    assert owed(page("<h1>x</h1>", head=f"{HEAD}<style>{sheet}</style>")) == []
