from __future__ import annotations

import pytest

from campaigns.brandlock import (
    RenderContext,
    SourceRefused,
    Target,
    compile_snippet,
    compile_source,
    default_values,
    prove,
    render,
)

MAIL = (
    '<!doctype html><html lang="en" dir="ltr"><head><title>News</title></head><body><h1>News</h1>'
    '<p data-field="legal" data-type="snippet" data-options="legal">x</p>'
    '<p>[[group.street]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p></body></html>'
)


def test_words_and_tokens_may_stand_outside_of_the_parts_own_elements() -> None:
    part = compile_snippet("legal", "Legal", "At <b>[[group.name]]</b>, [[group.street]] &amp; elsewhere. {{${city}}}")
    context = RenderContext(
        group={"name": "A & B", "street": "<1 Street>"}, snippets={"legal": part}, unsubscribe_url="https://x.example/u"
    )
    compiled = compile_source(MAIL, kind="html", snippets={"legal": part})

    rendered = render(compiled, default_values(compiled), context, Target.BRAZE)

    assert "<p>At <b>A &amp; B</b>, &lt;1 Street&gt; &amp; elsewhere. {{${city}}}</p>" in rendered.html
    assert "At A & B, <1 Street> & elsewhere. {{${city}}}" in rendered.text
    assert prove(compiled, default_values(compiled), context, rendered).findings == ()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("<p>open", "unclosed"),
        ("<table><tr>[[group.name]]<td></td></tr></table>", "token_not_here"),
        ('<p data-field="x">a</p>', "mark_not_here"),
        ("<script>alert(1)</script>", "forbidden_tag"),
        ("<p>[[nobody.knows]]</p>", "unknown_token"),
    ],
)
def test_what_would_break_the_mails_that_hold_it_is_refused_with_its_line(source: str, code: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        compile_snippet("legal", "Legal", f"Words\n{source}")

    assert (code, 2) in [(found.code, found.line) for found in refused.value.findings]
