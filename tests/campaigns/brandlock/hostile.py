"""Values that nobody means well by, for every type of field."""

from __future__ import annotations

import json
from functools import cache

from hypothesis import strategies as st

from campaigns.brandlock.pieces import Json
from tests.campaigns.brandlock.foreign import MOST_ITEMS, Foreign, Layout
from tests.shared_data import SHARED_DATA

LIQUID = (
    *("{{", "}}", "{%", "%}", "{%-", "-%}", "{{-", "-}}", "{ {", "} }", "{\n{", "{", "}", "%", "$", "${", "$ {"),
    *("{{${email_address}}}", "{{ custom_attribute.${x} }}", "{% abort_message('x') %}", "{% raw %}", "{% comment %}"),
    *("{{content_blocks.${x}}}", "{% connected_content https://x.example %}", "{% if true %}", "{% endraw %}"),
    *(
        "&#123;&#123;",
        "&#x7b;&#x7B;",
        "&lbrace;",
        "&lcub;",
        "&rcub;",
        "&lbrace;&lbrace;x&rbrace;&rbrace;",
        "&amp;#123;",
    ),
    *(
        "\uff5b\uff5b",
        "\uff5d\uff5d",
        "\uff5b\uff05",
        "{\u200b{",
        "{\u200d{",
        "{\u00ad{",
        "{\ufeff{",
        "{\x00{",
        "{\u2060%",
    ),
    *("{<b></b>{", "{<!-- -->{", "<b>{</b>{", "{</b>%", "${<i>x</i>}", "{<br>{", "%\u202e}", "{\ud800{", "{\ue000{"),
)
TOKENS = (
    *("[[first_name]]", "[[tier]]", "[[ first_name ]]", "[[group.name]]", "[[group.phone]]", "[[unsubscribe_url]]"),
    *(
        "[[[[first_name]]]]",
        "[[first_[[tier]]name]]",
        "[[",
        "]]",
        "[[x",
        "[[nobody]]",
        "[[sender.name]]",
        "[[first\nname]]",
    ),
    *(
        "{[[first_name]]}",
        "$[[group.name]]{",
        "[[first_name]][[first_name]]",
        "&#91;&#91;first_name]]",
        "[<b>[tier]]</b>",
    ),
)
MARKUP = (
    *(
        "<",
        ">",
        '"',
        "'",
        "&",
        "&amp;",
        "&lt;",
        "</td>",
        "</div></div>",
        "<table>",
        "<tr>",
        "<li>",
        "<p>",
        "</p>",
        "<b>",
    ),
    *(
        "</b>",
        "<i>",
        "<ul>",
        "</ul>",
        "<a href='https://x.example/{{'>",
        "<a href='https://x.example/?a=[[tier]]'>",
        "</a>",
    ),
    *(
        "<!--",
        "-->",
        "<![endif]-->",
        "<!--[if mso]>",
        "<![CDATA[",
        "]]>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
    ),
    *(
        "<title>",
        "</title>",
        "<plaintext>",
        "<svg onload=x>",
        "<math><mtext>",
        "<img src=x onerror=x>",
        "<o:p>",
        "<x-y/>",
    ),
    *(
        "javascript:alert(1)",
        "https://northwind.example/",
        "//x.example",
        "data:text/html,x",
        "mailto:a@b.example",
        "tel:1",
    ),
)
LETTERS = (
    *(
        "\x00",
        "\x0b",
        "\x1f",
        "\x7f",
        "\x85",
        "\r\n",
        "\r",
        "\n",
        "\t",
        "\u2028",
        "\u2029",
        "\u00a0",
        "\ufffe",
        "\uffff",
    ),
    *(
        "\u202a",
        "\u202b",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2069",
        "\u200e",
        "\u200f",
        "\u061c",
        "\u200b",
        "\ufeff",
    ),
    *(
        "\ud800",
        "\udfff",
        "\U0001f375",
        "\U0010ffff",
        "e\u0301\u0301",
        "\u0915\u094d\u0937",
        "\u1112\u1161\u11ab",
        "zslot",
    ),
    *("zqplace", "zqrichplace", "word", " ", "  ", "9" * 30, "x" * 300),
)
POOL = (*LIQUID, *TOKENS, *MARKUP, *LETTERS)
hostile = st.lists(st.one_of(st.sampled_from(POOL), st.text(max_size=3)), max_size=6).map("".join)
urls = st.one_of(hostile, hostile.map(lambda text: f"https://northwind.example/{text}"), st.just("mailto:a@b.example"))


@cache
def foreign_strings() -> tuple[str, ...]:
    """Gives the strings that others collected: naughty ones, and what sanitisers were attacked with."""
    folder = SHARED_DATA / "corpora"
    naughty = folder / "naughty-strings.json"
    payloads = folder / "dompurify-expect.json"
    found: list[str] = []
    if naughty.exists():
        found += json.loads(naughty.read_text())
    if payloads.exists():
        found += [case["payload"] for case in json.loads(payloads.read_text())]
    return tuple(found)


def value_of(kind: str, texts: st.SearchStrategy[str] = hostile) -> st.SearchStrategy[Json]:
    """Gives values for a type of field, most of them bad."""
    shapes: dict[str, st.SearchStrategy[Json]] = {
        "text": st.fixed_dictionaries({"html": texts}),
        "image": st.fixed_dictionaries({"image": st.sampled_from(["i1", "", "{{", "../i1"]), "alt": texts}),
        "button": st.fixed_dictionaries({"text": texts, "url": urls}),
        "choice": st.one_of(st.sampled_from(["Summer", "Winter", "left", "right"]), texts),
        "color": st.one_of(st.sampled_from(["#f4f0ea", "#123456", "red;x"]), texts),
        "date": st.one_of(st.sampled_from(["2026-12-03", "9999-12-31", "{{"]), texts),
        "time": st.one_of(st.sampled_from(["18:30", "24:00"]), texts),
        "number": st.one_of(st.sampled_from(["1250.5", "-0", "1e9", "NaN"]), texts),
        "price": st.one_of(st.sampled_from(["12.50", "Infinity"]), texts),
        "phone": st.one_of(st.sampled_from(["+1 555 0100", "0"]), texts),
    }
    return shapes.get(kind, texts)


@st.composite
def mailings(
    draw: st.DrawFn, foreign: Foreign, texts: st.SearchStrategy[str] = hostile
) -> tuple[dict[str, Json], Layout]:
    """Gives values for a template and the layout that they ask for."""
    values: dict[str, Json] = {name: draw(value_of(kind, texts)) for name, kind, repeat in foreign.fields if not repeat}
    counts: list[tuple[str, int]] = []
    for section in foreign.repeated:
        inside = [(name, kind) for name, kind, repeat in foreign.fields if repeat == section]
        count = draw(st.integers(0, MOST_ITEMS))
        values[section] = [{name: draw(value_of(kind, texts)) for name, kind in inside} for _ in range(count)]
        counts.append((section, count))
    absent = frozenset(name for name in foreign.optional if draw(st.booleans()))
    chosen = [(choice, draw(st.sampled_from(variants))) for choice, variants in foreign.choices]
    values["sections"] = {name: name not in absent for name in foreign.optional}
    values["choices"] = dict(chosen)
    first = [(name, variants[0]) for name, variants in foreign.choices]
    return values, Layout(
        absent, tuple(counts), tuple(dict(first) | dict(chosen)) and tuple((dict(first) | dict(chosen)).items())
    )
