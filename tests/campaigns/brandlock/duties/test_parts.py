"""A shared part owes by itself what its words, links, pictures and tables owe; the rest is asked of the whole mail."""

from __future__ import annotations

import pytest

from campaigns.brandlock import compile_snippet
from campaigns.brandlock.duties import ANYWHERE, part_findings
from campaigns.demo.brands import SNIPPETS


def owed(source: str) -> list[tuple[str, int, bool]]:
    part = compile_snippet("legal", "Legal", source)
    return [(found.code, found.line, found.blocks) for found in part_findings(source, part, ANYWHERE)]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('<p>\n<img src="https://a.example/a.png" /></p>', [("alt_missing", 2, True)]),
        ('<p><img src="https://a.example/a.png" alt="a.png" /></p>', [("alt_poor", 1, True)]),
        ('<p><img src="https://a.example/a.svg" alt="A cup" /></p>', [("image_svg", 1, True)]),
        ("<p>Hello\n*|FNAME|*</p>", [("foreign_tag", 2, True)]),
        ("Hello *|FNAME|*", [("foreign_tag", 1, True)]),
        ("<h2></h2>", [("heading_empty", 1, True)]),
        ('<a href="#">Our terms</a>', [("link_empty", 1, True)]),
        ('<a href="https://a.example/"></a>', [("link_words", 1, True)]),
        ('<a href="http://a.example/">Our terms</a>', [("link_http", 1, False)]),
        ("<table><tr><td>One</td></tr></table>", [("table_role", 1, True)]),
        ('<p style="color:#fff">Small print</p>', [("contrast", 1, True)]),
        ('<p style="color:#777;background:#777">Small print</p>', [("contrast", 1, True)]),
    ],
)
def test_what_a_part_owes_is_told_with_its_line(source: str, codes: list[tuple[str, int, bool]]) -> None:
    assert owed(source) == codes


@pytest.mark.parametrize(
    "source",
    [
        "Small print of [[group.name]].",
        "<h4>Terms</h4><p>Without a heading above, a language or a way to unsubscribe: those are the mail's.</p>",
        '<table role="presentation"><tr><td>One</td></tr></table>',
        '<table><tr><th scope="row">Monday</th><td>8 to 6</td></tr></table>',
        '<p style="color:#fff;background-color:#222">Small print</p>',
        '<div style="background:#222"><p style="color:#fff">Small print</p></div>',
        '<p style="color:#fff;background:url(https://a.example/dark.png)">Small print</p>',
        '<a href="[[unsubscribe_url]]">Unsubscribe</a> <img src="https://a.example/a.png" alt="" />',
        *(shipped.source for shipped in SNIPPETS),
    ],
)
def test_a_sound_part_owes_nothing(source: str) -> None:
    assert owed(source) == []


def test_it_is_said_where_white_was_assumed() -> None:
    source = '<p style="color:#fff">Small print</p>\n<p style="color:#777;background-color:#777">Large print</p>'

    found = part_findings(source, compile_snippet("legal", "Legal", source), ANYWHERE)

    assert [one.text for one in found] == [
        (
            "“Small print” can hardly be read where the mail is white: #ffffff on #ffffff has a contrast of 1.0 to 1, "
            "and 4.5 is needed. Set a background in this part, or take another colour."
        ),
        (
            "“Large print” can hardly be read: #777777 on #777777 has a contrast of 1.0 to 1, and 4.5 is needed. Make "
            "one of them darker or lighter."
        ),
    ]
