"""Whatever a source or a value is, it is answered with sentences, in time and memory that grow with its size alone."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from campaigns.brandlock import (
    Finding,
    SourceRefused,
    Target,
    ValuesRefused,
    check_values,
    clean_values,
    compile_source,
    render,
)
from campaigns.brandlock.compile import MAX_MAIL_CHARACTERS, MAX_SOURCE_CHARACTERS, MOST_FINDINGS
from campaigns.brandlock.compile import MOST_PARAMETER_CHARACTERS as MOST_QUOTED
from campaigns.brandlock.duties import publish_findings
from campaigns.brandlock.patterns import WINDOW_CHARACTERS
from campaigns.brandlock.pieces import Json
from campaigns.brandlock.resolve import MOST_FIELDS
from campaigns.brandlock.source import MAX_DEPTH

from .builders import a_context, a_source, an_html_source, some_values
from .builders import a_template as a_mjml_template

# What a busy machine takes for 100,000 characters; before sources were read in one pass it was minutes.
CEILING_SECONDS = 20.0
CHARACTERS = 100_000


def findings_of(source: str, kind: str = "html", *, inlines_css: bool = False) -> tuple[Finding, ...]:
    """Returns why a source is refused; every finding has a place and a sentence of bounded length."""
    started = time.monotonic()
    with pytest.raises(SourceRefused) as refused:
        compile_source(source, kind=kind, inlines_css=inlines_css)
    assert time.monotonic() - started < CEILING_SECONDS
    findings = refused.value.findings
    assert 1 <= len(findings) <= MOST_FINDINGS
    assert all(found.line >= 1 and found.column >= 1 for found in findings)
    assert all(len(found.text) < 3 * MOST_QUOTED for found in findings)
    return findings


def codes_of(source: str, kind: str = "html", *, inlines_css: bool = False) -> list[str]:
    return list(dict.fromkeys(found.code for found in findings_of(source, kind, inlines_css=inlines_css)))


def filled(part: str, characters: int = CHARACTERS) -> str:
    return part * (characters // len(part))


@pytest.mark.parametrize("kind", ["html", "mjml"])
def test_fifty_megabytes_are_not_even_read(kind: str) -> None:
    source = "<p>x</p>" * (50 * 1024 * 1024 // 8)
    tracemalloc.start()

    (found,) = findings_of(source, kind)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.code, found.params["count"]) == ("too_large", str(len(source)))
    assert peak < 100_000


@pytest.mark.parametrize("part", ["<p></p>", "<br>", "<a b=c d='e'>x</a>", "x<!-- -->", "{{ ${x} }}", "&amp;<b>x</b>"])
def test_memory_grows_with_the_source_alone(part: str) -> None:
    source = an_html_source(filled(part, 20_000))
    tracemalloc.start()

    compile_source(source, kind="html")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400 * len(source)


def test_ten_thousand_fields_are_refused_at_the_first_that_is_too_many() -> None:
    source = an_html_source("".join(f"<b data-field=f{number}>x</b>\n" for number in range(10_000)))

    (found,) = findings_of(source)

    assert (found.code, found.line) == ("too_many", MOST_FIELDS + 2)


def test_ten_thousand_fields_of_one_name_are_named_two_hundred_times() -> None:
    findings = findings_of(an_html_source(filled("<b data-field=a>x</b>", 220_000)))

    assert {found.code for found in findings} == {"duplicate_name"}
    assert len(findings) == MOST_FINDINGS


@pytest.mark.parametrize(("kind", "tag"), [("html", "div"), ("html", "table"), ("mjml", "mj-section"), ("mjml", "b")])
def test_five_thousand_levels_are_refused_where_they_get_too_deep(kind: str, tag: str) -> None:
    body = f"<{tag}>" * 5_000 + f"</{tag}>" * 5_000
    (found,) = findings_of(an_html_source(body) if kind == "html" else a_source(body), kind)

    assert found.code == "too_deep"
    assert found.params == {"most": str(MAX_DEPTH)}


def test_mjml_that_compiles_to_something_too_deep_is_refused() -> None:
    assert codes_of(a_source("<mj-wrapper>" * 150 + "</mj-wrapper>" * 150), "mjml") == ["unreadable"]


@pytest.mark.parametrize(
    "part",
    [
        *(
            "<!--",
            "<!",
            "<",
            "</",
            "</p",
            "<?",
            "<![CDATA[",
            "<![if",
            "<a ",
            "<a b=",
            '<a b="',
            "<p a='",
            "<p",
            "<a/",
            "&",
        ),
        *(
            "&#",
            "&lol9;",
            "{{",
            "{%",
            "}}",
            "[[",
            "[[a",
            "<style>",
            "<title>",
            "<textarea>",
            "<!doctype ",
            "</p>",
            "\n",
        ),
        *("<b data-field=x>y</b>", "<td data-section=a>x</td>", '<img src="data:x">', "<svg>", "{% if a %}", "<x-y>"),
    ],
)
@pytest.mark.parametrize("kind", ["html", "mjml"])
def test_what_repeats_without_an_end_takes_no_longer_than_its_length(kind: str, part: str) -> None:
    head = "" if kind == "html" else "<mjml><mj-head></mj-head><mj-body><mj-section><mj-column><mj-text>"

    assert findings_of(head + filled(part), kind)


@pytest.mark.parametrize("part", ["<br>", "<a href=x>y</a>", "{% if a %}{% endif %}", '<i title="[[group.a]]"></i>'])
def test_many_elements_far_down_take_no_longer_than_near_the_top(part: str) -> None:
    deep = MAX_DEPTH - 10
    source = an_html_source("<div>" * deep + filled(part) + "</div>" * deep)
    started = time.monotonic()

    compiled = compile_source(source, kind="html")
    owed = publish_findings(source, compiled)

    assert len(owed) <= MOST_FINDINGS
    assert time.monotonic() - started < CEILING_SECONDS


@pytest.mark.parametrize(
    ("source", "kind", "code"),
    [
        (a_source('<mj-include path="/etc/passwd" />'), "mjml", "include"),
        (an_html_source("<mj-include path='x'></mj-include>"), "html", "include"),
        (an_html_source("<svg onload=x><script>x</script></svg>"), "html", "forbidden_tag"),
        (
            a_source("<mj-section><mj-column><mj-text><svg></svg></mj-text></mj-column></mj-section>"),
            "mjml",
            "forbidden_tag",
        ),
        (an_html_source("<img src='data:image/svg+xml,x' alt=x>"), "html", "url_scheme"),
        (an_html_source("<img src=' da&#10;ta:text/html,x' alt=x>"), "html", "url_scheme"),
        (an_html_source("<img srcset='data:x 2x' alt=x>"), "html", "url_scheme"),
        (an_html_source("<a href='java\nscript:x'>x</a>"), "html", "url_scheme"),
        (
            a_source("<mj-section><mj-column><mj-image src='data:image/png;base64,x' /></mj-column></mj-section>"),
            "mjml",
            "url_scheme",
        ),
        (an_html_source("<!--><script>x</script>-->"), "html", "forbidden_tag"),
        (an_html_source("<style></style x><script>x</script>"), "html", "forbidden_tag"),
        (an_html_source("&#; &#; <script>x</script>"), "html", "forbidden_tag"),
        (an_html_source("<![CDATA[><script>x</script>]]>"), "html", "forbidden_tag"),
        (an_html_source("<xmp><p></xmp>"), "html", "forbidden_tag"),
        (an_html_source("<p" + "".join(f" a{number}=x" for number in range(201)) + ">x</p>"), "html", "too_many"),
        (an_html_source("<p class='[[group.name]]'>x</p>"), "html", "token_not_here"),
        (
            an_html_source(
                "<p onclick=x data-field=a data-attribute=onclick data-type=choice data-options='a|b'>x</p>"
            ),
            "html",
            "mark_not_here",
        ),
        (an_html_source("<p data-field=a data-attribute=style data-type=color>x</p>"), "html", "mark_not_here"),
        (an_html_source("<p data-field=a data-type=text data-attribute=align>x</p>"), "html", "mark_not_here"),
        (an_html_source("<img data-field=a data-type=line>"), "html", "mark_not_here"),
        (an_html_source("<p data-field=a><b data-field=a>x</b></p>"), "html", "nested_field"),
    ],
    ids=range(21),
)
def test_what_no_template_holds_is_refused_where_it_stands(source: str, kind: str, code: str) -> None:
    assert code in codes_of(source, kind)


LOL = "<!DOCTYPE lolz [" + "".join(f'<!ENTITY lol{number} "{f"&lol{number - 1};" * 10}">' for number in range(1, 10))


def test_an_entity_bomb_never_goes_off() -> None:
    body = "<p>&lol9;</p>"
    html = LOL + "]>" + an_html_source(body)
    mjml = LOL + "]>" + a_source("<mj-section><mj-column><mj-text>&lol9;</mj-text></mj-column></mj-section>")
    tracemalloc.start()

    compiled = compile_source(html, kind="html")
    rendered = render(compiled, {}, a_context(), Target.BRAZE)
    codes = codes_of(mjml, "mjml")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "<p>&lol9;</p>" in rendered.html
    assert "&lol9;" in rendered.text
    assert codes == ["unreadable"]
    assert peak < 5_000_000


STYLES = "<style>p{a:" + "1" * 50_000 + "}</style>"


def test_styles_that_would_be_written_into_thousands_of_elements_are_refused() -> None:
    source = an_html_source("<p></p>" * 3_000, head=f"<title>x</title>{STYLES}")

    assert codes_of(source, inlines_css=True) == ["too_large"]
    assert compile_source(source, kind="html").html_source_bytes > 50_000


@pytest.mark.parametrize(
    "head",
    [
        '<mj-attributes><mj-all font-family="' + "x" * 50_000 + '" /></mj-attributes>',
        '<mj-style inline="inline">div { a: ' + "x" * 50_000 + " }</mj-style>",
    ],
)
def test_looks_that_mjml_would_write_into_thousands_of_elements_are_refused(head: str) -> None:
    body = "<mj-section><mj-column>" + "<mj-text>x</mj-text>" * 3_000 + "</mj-column></mj-section>"

    assert codes_of(a_source(body, head=f"<mj-title>x</mj-title>{head}"), "mjml") == ["too_large"]


def test_mjml_that_grows_beyond_any_mail_is_refused() -> None:
    body = "<mj-section><mj-column>" + "<mj-divider />" * 8_000 + "</mj-column></mj-section>"

    (found,) = findings_of(a_source(body), "mjml")

    assert (found.code, found.params["most"]) == ("too_large", str(MAX_MAIL_CHARACTERS))


def test_a_section_whose_repetition_grows_beyond_any_mail_is_refused() -> None:
    body = "<div data-repeat=r data-max=50>" + "[[group.name]]" * 1_000 + "</div>"

    assert codes_of(an_html_source(body)) == ["too_large"]


def field(marks: str, tag: str = "p") -> str:
    return an_html_source(f"<{tag} data-field=a {marks}>x</{tag}>")


@pytest.mark.parametrize(
    "marks",
    [
        "data-pattern='(a+)+$'",
        "data-pattern='(a|a)*b'",
        "data-pattern='(a*b?)*c'",
        "data-pattern='(.*a){20}'",
        "data-pattern='.*.*.*.*.*.*x'",
        "data-pattern='(a?){40}b'",
        "data-pattern='" + "a?" * 60 + "'",
        "data-pattern='" + "(" * 90_000 + "'",
        "data-pattern='" + "a?" * 40_000 + "'",
        r"data-pattern='(a)\1*'",
        "data-pattern='a{1,65534}{1,65534}'",
        "data-type=choice data-options='" + "|".join(f"a{number}" for number in range(20_000)) + "'",
        "data-type=choice data-options='" + "a|" * 50_000 + "'",
        "data-type=button data-domains='" + "! " * 50_000 + "'",
        "data-type=number data-min='" + "9" * 100_000 + "'",
        "data-type=price data-default='1e999999999'",
        "data-max='" + "9" * 100_000 + "'",
        "data-type=text data-formats='" + "x " * 50_000 + "'",
    ],
    ids=range(18),
)
def test_rules_that_would_take_long_are_refused_with_a_few_sentences(marks: str) -> None:
    findings = findings_of(field(marks, "a" if "button" in marks else "div"))

    assert {found.code for found in findings} == {"bad_rule"}
    assert len(findings) <= 20


@pytest.mark.parametrize(
    "pattern", ["[A-Z]{2}[0-9]{4,6}", "[^@]+@[^@.]+[.][a-z]+", r"\d{5}(?:-\d{4})?", "Summer|Winter"]
)
def test_patterns_that_people_mean_are_taken_and_tried_on_short_texts_alone(pattern: str) -> None:
    compiled = compile_source(field(f"data-pattern='{pattern}'"), kind="html")

    longer = check_values(compiled, {"a": "A" * (WINDOW_CHARACTERS + 1)}, a_context())

    assert [spec.pattern for spec in compiled.fields] == [pattern]
    assert [found.code for found in longer if found.field == "a"] == ["pattern"]


def test_a_rule_over_ten_thousand_terms_is_quoted_in_part() -> None:
    (found,) = findings_of(
        an_html_source("<b data-field=a>x</b><p data-section=s data-if='" + "a or " * 20_000 + "a'>a</p>")
    )

    assert found.code == "bad_rule"
    assert len(found.params["text"]) == MOST_QUOTED + 1


def deep(levels: int) -> Json:
    value: Json = "x"
    for _ in range(levels):
        value = [value] if levels % 2 else {"html": value}
    return value


@pytest.mark.parametrize(
    "values",
    [
        {f"x{number}": "y" for number in range(1_000_000)},
        {"sections": {f"x{number}": True for number in range(1_000_000)}},
        {"hero": {f"x{number}": "y" for number in range(1_000_000)}},
        {"intro": deep(100_000), "headline": deep(100_001), "x" * 1_000_000: 1},
        {"intro": {"html": 5}, "hero": [], "cta": {"text": {}}, "sections": [], "subject": None},
    ],
    ids=["names", "switches", "parts", "deep", "shapes"],
)
def test_values_of_any_size_and_shape_are_refused_with_a_few_sentences(values: dict[str, Json]) -> None:
    template = a_mjml_template()
    started = time.monotonic()

    with pytest.raises(ValuesRefused) as refused:
        clean_values(template, values)

    assert 1 <= len(refused.value.findings) <= MOST_FINDINGS
    assert all(len(found.text) < 3 * MOST_QUOTED for found in refused.value.findings)
    assert time.monotonic() - started < CEILING_SECONDS


def test_a_million_items_are_refused_and_at_most_the_allowed_ones_are_rendered() -> None:
    compiled = compile_source(
        an_html_source("<ul><li data-repeat=events data-max=3><b data-field=t>x</b></li></ul>"), kind="html"
    )
    values: dict[str, Json] = {"events": [{"t": "y"}] * 1_000_000, "order": ["events"] * 1_000_000}

    with pytest.raises(ValuesRefused) as refused:
        clean_values(compiled, values)
    html = render(compiled, values, a_context(), Target.BRAZE).html

    assert [found.code for found in refused.value.findings] == ["wrong_count", "unknown_value"]
    assert html.count("<b>y</b>") == 3


@pytest.mark.parametrize(
    "html", ["<ul><li>x" * 60_000, "<p>" * 100_000, "<b><i>" * 50_000, "<!--" * 100_000, "&#" * 50_000]
)
def test_rich_text_of_half_a_megabyte_takes_no_longer_than_its_length(html: str) -> None:
    started = time.monotonic()

    rendered = render(a_mjml_template(), some_values(intro={"html": html}), a_context(), Target.BRAZE)

    assert len(rendered.html) < 60 * len(html)
    assert time.monotonic() - started < CEILING_SECONDS


def test_the_longest_source_that_is_allowed_compiles() -> None:
    shell = len(an_html_source(""))
    source = an_html_source("x" * (MAX_SOURCE_CHARACTERS - shell))

    assert compile_source(source, kind="html").html_source_bytes > MAX_SOURCE_CHARACTERS - 100
    assert codes_of(an_html_source("x" * (MAX_SOURCE_CHARACTERS - shell + 1))) == ["too_large"]
