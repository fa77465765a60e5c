"""Links lead where field or brand allow, and their words name no other place."""

from __future__ import annotations

import pytest

from campaigns.brandlock import check_values, clean_values
from campaigns.brandlock.links import shown_host
from campaigns.brandlock.pieces import Json

from .builders import a_context, a_template, some_values

BRAND = ("northwind.example",)
FREE_BUTTON = """
<mj-section><mj-column>
  <mj-text data-field="intro" data-type="text">Words</mj-text>
  <mj-button data-field="cta" href="https://northwind.example/x">Go</mj-button>
</mj-column></mj-section>
"""
STRICT_TEXT = """
<mj-section><mj-column>
  <mj-text data-field="intro" data-type="text" data-domains="shop.example">Words</mj-text>
</mj-column></mj-section>
"""


def codes(body: str, values: dict[str, Json], *, link_domains: tuple[str, ...] = BRAND) -> list[tuple[str, str]]:
    compiled = a_template(body)
    found = check_values(compiled, clean_values(compiled, values), a_context(link_domains=link_domains))
    return [(finding.code, finding.field) for finding in found]


def a_link(url: str, words: str = "here") -> dict[str, Json]:
    return {"intro": {"html": f'<p>Read <a href="{url}">{words}</a></p>'}}


@pytest.mark.parametrize(
    "url",
    [
        "https://northwind.example/a",
        "https://shop.northwind.example",
        "mailto:anna@elsewhere.example",
        "tel:+15550100",
    ],
)
def test_rich_text_may_link_to_the_brands_domains_and_to_mail_and_telephone(url: str) -> None:
    assert codes(FREE_BUTTON, a_link(url)) == []


@pytest.mark.catalogue("M11")
@pytest.mark.parametrize("url", ["https://evil.example/", "https://northwind.example.evil.example/"])
def test_rich_text_may_not_link_anywhere_else(url: str) -> None:
    assert codes(FREE_BUTTON, a_link(url)) == [("url_domain", "intro")]


def test_every_link_of_a_text_is_checked_and_each_fault_is_said_once() -> None:
    html = "".join(f'<a href="https://{host}/">x</a>' for host in ("northwind.example", "evil.example", "bad.example"))

    assert codes(FREE_BUTTON, {"intro": {"html": html}}) == [("url_domain", "intro")]


def test_a_button_without_domains_of_its_own_takes_the_brands() -> None:
    values: dict[str, Json] = {"cta": {"text": "Go", "url": "https://evil.example/"}}

    assert codes(FREE_BUTTON, values) == [("url_domain", "cta")]
    assert codes(FREE_BUTTON, values, link_domains=()) == []


def test_the_fields_own_domains_take_the_place_of_the_brands() -> None:
    assert codes(STRICT_TEXT, a_link("https://shop.example/")) == []
    assert codes(STRICT_TEXT, a_link("https://northwind.example/")) == [("url_domain", "intro")]


def test_the_sentence_names_the_domains_that_hold() -> None:
    found = check_values(a_template(), some_values(**a_link("https://evil.example/")), a_context(link_domains=BRAND))

    assert [finding.text for finding in found] == [
        "The link of Intro leads to a site that is not allowed here. Allowed: northwind.example."
    ]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://northwind.example/a", "northwind.example"),
        ("https://northwind.example/a", "https://www.northwind.example/somewhere/else.html"),
        ("https://shop.northwind.example/", "Northwind.Example"),
        ("https://xn--bcher-kva.example/", "b\u00fccher.example"),
        ("https://northwind.example/menu.pdf", "Download menu.pdf"),
        ("https://northwind.example/", "on 24.Dec at 9.30 am, e.g. with [[first_name]]"),
        ("https://northwind.example/", "Come in.<br>Welcome"),
        ("mailto:anna@northwind.example", "anna.lee@northwind.example"),
        ("tel:+15550100", "+1.555.0100"),
    ],
)
def test_words_may_name_the_place_where_the_link_leads(url: str, words: str) -> None:
    assert codes(FREE_BUTTON, a_link(url, words), link_domains=()) == []


@pytest.mark.catalogue("M11")
@pytest.mark.parametrize(
    "words",
    [
        "bank.example",
        "https://bank.example/login",
        "Sign in at <b>www.bank</b>.example.",
        "BANK.example:443/?x=northwind.example",
        "ba\u00adnk\u200b.example",
        "bank\uff0eexample",
        "https://northwind.example@bank.example/",
        "service@bank.example",
        "192.0.2.7",
        "https://24.example",
        "sub.northwind.example",
    ],
)
def test_words_that_show_another_address_are_found(words: str) -> None:
    assert codes(FREE_BUTTON, a_link("https://northwind.example/", words)) == [("link_text_differs", "intro")]


@pytest.mark.parametrize("url", ["mailto:a@evil.example", "mailto:a@bank.example,b@evil.example", "tel:+15550100"])
def test_mail_and_telephone_links_do_not_show_another_address_either(url: str) -> None:
    assert codes(FREE_BUTTON, a_link(url, "help@bank.example")) == [("link_text_differs", "intro")]


def test_a_button_does_not_show_another_address_either() -> None:
    compiled = a_template(FREE_BUTTON)
    values = clean_values(compiled, {"cta": {"text": "bank.example", "url": "https://northwind.example/"}})

    found = check_values(compiled, values, a_context(link_domains=BRAND))

    assert [finding.code for finding in found] == ["link_text_differs"]
    assert found[0].text == (
        "The text of a link in Cta shows another address (bank.example) than the link leads to (northwind.example)."
        " Write words, or the address that it leads to."
    )


def test_an_address_that_the_portal_fills_into_the_words_counts_as_written() -> None:
    compiled = a_template(FREE_BUTTON)
    values = clean_values(compiled, a_link("https://northwind.example/", "[[group.name]]"))

    found = check_values(compiled, values, a_context(group={"name": "bank.example", "street": "1", "phone": "1"}))

    assert [finding.code for finding in found] == ["link_text_differs"]


def test_a_very_long_word_is_read_at_once() -> None:
    assert shown_host("a." * 100_000 + "-") == ""
    assert shown_host("@" * 100_000 + "x" * 100_000) == ""


@pytest.mark.parametrize("sign", ["\U000e0100", "\u034f", "\ufe00", "\u200b", "\u00ad"])
def test_what_nobody_sees_hides_no_address(sign: str) -> None:
    assert shown_host(f"paypal{sign}.com") == "paypal.com"
