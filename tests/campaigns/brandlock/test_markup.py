from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from campaigns.brandlock.markup import TokenKind, attributes_of, tokens_in

PARTS = (
    *(
        "<x-a>",
        "<x-b ",
        "<X-C",
        "</x-a>",
        "</x-b ",
        "</",
        "<",
        ">",
        "/>",
        "/",
        "a",
        "b=",
        "=",
        '"',
        "'",
        " ",
        "\n",
        "\f",
    ),
    *("<!--", "-->", "--!>", "<!-->", "<!--->", "--", "-", "!", "<!", "<?", "?>", "<![CDATA[", "]]>", "<!doctype"),
    *("<!--[if mso]>", "<![endif]-->", "<![if !mso]>", "<![endif]>", "<o:p>", "</o:p>", "&", "&#", "&#12x", "&lt;"),
    *("<style>", "</style", "</style x>", "<script>", "</script>", "<title>", "</title>", "<textarea>", "</textarea/"),
    *("<xmp>", "</xmp>", "\u00a0", "\x0b"),
)
sources = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)


@settings(max_examples=300, deadline=None)
@given(sources)
@example("<!--><x-a>-->")
@example("<style></style x><x-a>")
@example("&#a &#b <x-a>")
@example("<x-a =b ='>'/>")
def test_tags_and_their_attributes_are_told_apart_as_a_browser_does(source: str) -> None:
    found = [
        (token.tag, attributes_of(source[token.start : token.end]))
        for token in tokens_in(source)
        if token.kind is TokenKind.START and token.tag.startswith("x-")
    ]

    root = LexborHTMLParser(f"<body>{source}").root
    assert root is not None
    nodes = [node for node in root.traverse() if node.tag is not None and node.tag.startswith("x-")]
    assert found == [(node.tag, {name: value or "" for name, value in node.attributes.items()}) for node in nodes]


@settings(max_examples=100, deadline=None)
@given(sources)
def test_tokens_cover_the_text_without_a_gap(source: str) -> None:
    tokens = list(tokens_in(source))

    assert "".join(source[token.start : token.end] for token in tokens) == source
    assert [token.end for token in tokens[:-1]] == [token.start for token in tokens[1:]]


@pytest.mark.parametrize("source", ["<p title='x", "text <!-- never ends", "<p", "</p", "<!x", "<? y"])
def test_what_never_ends_is_broken(source: str) -> None:
    assert [token.kind for token in tokens_in(source)][-1] is TokenKind.BROKEN
