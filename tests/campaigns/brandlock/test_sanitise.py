from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.brandlock.fields import Format, RichStyles
from campaigns.brandlock.sanitise import sanitise

from .builders import CORPORA

ALL = tuple(Format)
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


def test_what_other_sanitisers_were_attacked_with_leaves_only_the_formats() -> None:
    path = CORPORA / "dompurify-expect.json"
    if not path.exists():
        pytest.skip("the shared corpora are not here")

    for case in json.loads(path.read_text()):
        clean = sanitise(case["payload"], ALL)

        assert "<" not in TAG.sub("", clean), case["payload"]
        assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', clean)).lower()
