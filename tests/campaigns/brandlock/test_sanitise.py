from __future__ import annotations

import json
import re
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.brandlock import sanitise as sanitising
from campaigns.brandlock.fields import Format, RichStyles
from campaigns.brandlock.sanitise import is_sanitised, sanitise, tags_of

from .builders import CORPORA

ALL = tuple(Format)
PARTS = (
    *("<b>", "</b>", "<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<em>", "</em>", "<br>", "<a>"),
    *(
        '<a href="https://x.example/?a=1&amp;b=2">',
        '<a href="javascript:x">',
        "</a>",
        "<p>a</p>",
        "<ul><li>x</li></ul>",
    ),
    *("words", " ", "\n", "&amp;", "&lt;", "&nbsp;", "\xa0", "&", ">", "[[first_name]]", "{{", "%", "<div>", "</div>"),
)
TAG = re.compile(r"</?(?:b|strong|i|em|p|ul|ol|li|br)>|</a>|<a(?: href=\"[^\"<>]*\")?>")


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p style='x' class=y>a</p>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href=' &#14; javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='https://x.example/{{${user_id}}}'>a</a>", "<a>a</a>"),
        ("<a href='https://x.example/?a=1&b=2'>a</a>", '<a href="https://x.example/?a=1&amp;b=2">a</a>'),
        ("<li>loose</li>", "loose"),
        ("<ul><li>kept</li></ul>", "<ul><li>kept</li></ul>"),
        ("<b>open", "<b>open</b>"),
        ("</td></tr></table>x", "x"),
        ("<!-- x --><img src=x onerror=y>z", "z"),
    ],
)
def test_rich_text_keeps_its_formats_and_nothing_else(html: str, clean: str) -> None:
    assert sanitise(html, ALL) == clean


def test_a_format_that_the_field_lacks_is_dropped_and_its_words_stay() -> None:
    assert sanitise("<p>a</p><p><b>b</b> <a href='https://x.example'>c</a></p>", [Format.BOLD]) == "a<br><b>b</b> c"


def test_the_brand_gives_the_styles() -> None:
    styles = RichStyles(link="color:red", paragraph="margin:0", list="margin:1px")

    html = sanitise('<p style="evil">a <a href="https://x.example" style="evil">b</a></p>', ALL, styles)

    assert html == '<p style="margin:0">a <a style="color:red" target="_blank" href="https://x.example">b</a></p>'


@given(st.text(alphabet="<>/ab=\"'lip uohref:{}%$&;\x00", max_size=80))
def test_sanitised_text_is_balanced_and_stays_as_it_is(html: str) -> None:
    clean = sanitise(html, ALL)

    assert sanitise(clean, ALL) == clean
    assert "<" not in TAG.sub("", clean)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PARTS), max_size=9), st.sets(st.sampled_from(ALL)))
def test_what_is_taken_for_sanitised_is_what_the_sanitiser_gives(parts: list[str], formats: set[Format]) -> None:
    html = "".join(parts)
    cleaned = sanitise(html, formats)

    assert sanitise(cleaned, formats) == cleaned
    for text in (html, cleaned):
        if is_sanitised(text, tags_of(formats)):
            with mock.patch.object(sanitising, "is_sanitised", return_value=False):
                assert sanitise(text, formats) == text


@pytest.mark.parametrize(
    "html",
    [
        "words &amp; more",
        '<p>Taste it <b>today</b> with <em>friends</em>.</p><p>At <a href="https://x.example/">ours</a>.</p>',
        "<ul><li>one</li><li><b>two</b><br>lines</li></ul>",
    ],
)
def test_what_people_usually_write_is_recognised_once_it_is_sanitised(html: str) -> None:
    assert is_sanitised(sanitise(html, ALL), tags_of(ALL))


def test_items_stay_as_they_are_where_paragraphs_are_no_format() -> None:
    html = sanitise("<ul><li>one</li><li>two</li></ul><p>end</p>", [Format.LIST])

    assert html == "<ul><li>one</li><li>two</li></ul>end"
    assert sanitise(html, [Format.LIST]) == html


@pytest.mark.parametrize("part", ["<ul><li>x", "<ul></b>x", "<div>x", "<b><i>x", "<table><tr><td>x", "<p><ul>x"])
def test_what_is_nested_beyond_any_writing_keeps_its_words_alone(part: str) -> None:
    html = sanitise(part * 20_000, ALL)

    assert html == "x" * 20_000
    assert sanitise(html, ALL) == html


def test_what_other_sanitisers_were_attacked_with_leaves_only_the_formats() -> None:
    path = CORPORA / "dompurify-expect.json"
    if not path.exists():
        pytest.skip("the shared corpora are not here")

    for case in json.loads(path.read_text()):
        clean = sanitise(case["payload"], ALL)

        assert "<" not in TAG.sub("", clean), case["payload"]
        assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', clean)).lower()
