"""The promises of the brand lock, over mail from elsewhere and values that nobody means well by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.brandlock import (
    RenderContext,
    Rendered,
    Target,
    ValuesRefused,
    braze_source,
    check_values,
    clean_values,
    compile_source,
    prove,
    render,
    trigger_properties,
)
from campaigns.brandlock.fields import Format
from campaigns.brandlock.pieces import Json
from campaigns.brandlock.sanitise import clean_text, sanitise
from tests.campaigns.brandlock.builders import TOKEN, a_context
from tests.campaigns.brandlock.foreign import FOREIGN, Foreign, Layout, everything, foreign_paths, templates
from tests.campaigns.brandlock.hostile import LIQUID, POOL, foreign_strings, hostile, mailings, value_of
from tests.campaigns.brandlock.witness import (
    addresses,
    assert_balanced,
    delimiters,
    elements,
    elements_of_rich,
    same_words,
    values_between,
)

NAMES = ("everything", *(path.stem for path in foreign_paths()))
PLACE_MARK = re.compile(r' data-(?:section-)?place="[a-z0-9_.]+"')
quick = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
groups = st.fixed_dictionaries({"name": hostile, "street": hostile, "phone": hostile})


def context_of(group: dict[str, str] | None = None, *, accent: str = "#a4451f", has_tags: bool = True) -> RenderContext:
    """Returns a context with what people wrote into the fields of a group."""
    context = a_context(group=group)
    return replace(context, brand={"accent": accent}, merge_tags=context.merge_tags if has_tags else {})


def first_layout(foreign: Foreign) -> Layout:
    return Layout(
        counts=tuple((name, 1) for name in foreign.repeated),
        chosen=tuple((choice, variants[0]) for choice, variants in foreign.choices),
    )


def texts_of(rendered: Rendered) -> Iterator[str]:
    yield from (rendered.html, rendered.text, rendered.subject, rendered.preheader)


def assert_locked(foreign: Foreign, layout: Layout, rendered: Rendered, *, is_preview: bool = False) -> None:
    """Asserts what must hold of any mail: the template's text and elements, and what stands between."""
    html = PLACE_MARK.sub("", rendered.html) if is_preview else rendered.html
    expected = foreign.expected(layout)
    found = values_between(expected, html)
    rich: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for _name, kind, text in found:
        if kind in {"RICH", "INLINE"}:
            assert_balanced(text)
            rich += elements_of_rich(text)
    assert elements(html) - rich == elements(expected)
    assert delimiters(html) == delimiters(expected)
    for line in (rendered.subject, rendered.preheader):
        assert delimiters(line) == []
        assert len(line.splitlines()) <= 1
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)


@pytest.mark.skipif(not FOREIGN.exists(), reason="THE SHARED CORPORA ARE NOT HERE: only our own odd mails are tried")
def test_the_shared_mails_are_there_and_made_into_templates() -> None:
    assert len(foreign_paths()) >= 12
    assert min(len(foreign.fields) for foreign in templates().values()) >= 6


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data(), group=groups, accent=hostile, has_tags=st.booleans())
def test_whatever_the_values_the_mail_is_the_template_outside_its_places(
    name: str, data: st.DataObject, group: dict[str, str], accent: str, has_tags: bool
) -> None:
    foreign = templates()[name]
    values, layout = data.draw(mailings(foreign))
    context = context_of(group, accent=accent, has_tags=has_tags)
    layout = standing(foreign, values, layout, context)

    rendered = render(foreign.compiled, values, context, Target.BRAZE)

    assert_locked(foreign, layout, rendered)
    assert prove(foreign.compiled, values, context, rendered).findings == ()
    assert same_words(rendered.html, rendered.text)
    assert render(foreign.compiled, values, context, Target.TEXT) == replace(rendered, html="")


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data(), group=groups)
def test_nothing_in_a_preview_can_run_or_fill_itself_in(name: str, data: st.DataObject, group: dict[str, str]) -> None:
    foreign = templates()[name]
    values, layout = data.draw(mailings(foreign))
    context = context_of(group)
    layout = standing(foreign, values, layout, context)
    own = set(addresses(foreign.expected(layout)))

    shown = render(foreign.compiled, values, context, Target.PREVIEW)

    assert_locked(foreign, layout, shown, is_preview=True)
    assert TOKEN not in shown.subject + shown.preheader
    for address in set(addresses(shown.html)) - own:
        assert re.match(r"https?://|mailto:|tel:", address), address


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data())
def test_cleaning_twice_is_cleaning_once_and_changes_no_mail(name: str, data: st.DataObject) -> None:
    foreign = templates()[name]
    values, _layout = data.draw(mailings(foreign))
    try:
        cleaned = clean_values(foreign.compiled, values)
    except ValuesRefused as refused:
        assert all(found.text and found.field for found in refused.findings)
        wrong = {found.field.split(".")[0] for found in refused.findings}
        values = {field: value for field, value in values.items() if field not in wrong}
        cleaned = clean_values(foreign.compiled, values)

    again = clean_values(foreign.compiled, cleaned)

    assert again == cleaned
    check_values(foreign.compiled, cleaned, context_of())
    sent = render(foreign.compiled, cleaned, context_of(), Target.BRAZE)
    assert sent == render(foreign.compiled, again, context_of(), Target.BRAZE)
    assert prove(foreign.compiled, cleaned, context_of(), sent).holds


def standing(foreign: Foreign, values: dict[str, Json], layout: Layout, context: RenderContext) -> Layout:
    """Returns the layout with what the rules of the template's sections take away: an offer without words."""
    if foreign.name != "everything":
        return layout
    value = values.get("offer_text")
    html = str(value.get("html", "")) if isinstance(value, dict) else ""
    kept = sanitise(html, foreign.compiled.fields_by_name["offer_text"].formats)
    has_words = all(unescape(re.sub(r"<[^>]*>", "", text)).strip() for text in (clean_text(html), kept))
    return layout if has_words else replace(layout, absent=layout.absent | {"offer"})


@pytest.mark.parametrize("name", ["everything", "shouting", "liquid-rows"])
def test_strings_that_others_collected_stay_in_their_places(name: str) -> None:
    foreign = templates()[name]
    strings = foreign_strings()
    if not strings:
        pytest.skip("THE SHARED CORPORA ARE NOT HERE: no naughty strings and no payloads are tried")
    layout = first_layout(foreign)
    plain = [(field, kind, repeat) for field, kind, repeat in foreign.fields]

    for start in range(0, len(strings), 5):
        values = filled(plain, strings[start:] + strings[:start])
        context = context_of(
            {
                field: strings[(start + number) % len(strings)]
                for number, field in enumerate(("name", "street", "phone"))
            }
        )
        rendered = render(foreign.compiled, values, context, Target.BRAZE)

        assert_locked(foreign, standing(foreign, values, layout, context), rendered)
        assert same_words(rendered.html, rendered.text)


def filled(fields: list[tuple[str, str, str]], texts: tuple[str, ...]) -> dict[str, Json]:
    """Returns values that hold one text after the other, in every type of field, one item for each repeated section."""
    values: dict[str, Json] = {}
    items: dict[str, dict[str, Json]] = {}
    for number, (name, kind, repeat) in enumerate(fields):
        text = texts[number % len(texts)]
        shapes: dict[str, Json] = {
            "text": {"html": text},
            "image": {"image": "i1", "alt": text},
            "button": {"text": text, "url": text},
        }
        (items.setdefault(repeat, {}) if repeat else values)[name] = shapes.get(kind, text)
    return {**values, **{name: [item] for name, item in items.items()}}


@pytest.mark.parametrize("text", POOL, ids=range(len(POOL)))
def test_each_bad_text_in_every_field_at_once(text: str) -> None:
    foreign = everything()
    values = filled(list(foreign.fields), (text,))
    context = context_of({"name": text, "street": text, "phone": text}, accent=text)
    layout = standing(foreign, values, first_layout(foreign), context)

    sent, shown = (render(foreign.compiled, values, context, target) for target in (Target.BRAZE, Target.PREVIEW))

    assert_locked(foreign, layout, sent)
    assert_locked(foreign, layout, shown, is_preview=True)
    assert same_words(sent.html, sent.text)
    assert prove(foreign.compiled, values, context, sent).findings == ()


@pytest.mark.parametrize("first", ["{", "{{", "$", "{\u200b", "&#123;", "{<b></b>", "\uff5b"])
@pytest.mark.parametrize("second", ["{", "%", "{${x}}}", "\u200b{", "{%", "}", "%}"])
def test_halves_in_neighbouring_places_make_no_liquid(first: str, second: str) -> None:
    source = (
        "<html lang=en><head><title data-field=subject>x</title></head><body><p><b data-field=a>x</b></p>"
        "<div><span data-field=b>x</span><i data-field=c>x</i>{[[group.name]][[group.phone]]%[[group.name]]}"
        '$[[group.name]]<a title="[[group.name]][[group.phone]]{[[group.name]]" href="[[unsubscribe_url]]">'
        "[[group.street]]</a></div>"
        "<div data-field=d data-type=text>x</div></body></html>"
    )
    compiled = compile_source(source, kind="html")
    values: dict[str, Json] = {"subject": first + second, "a": first, "b": first, "c": second, "d": {"html": first}}
    context = context_of({"name": first, "phone": second, "street": second})

    rendered = render(compiled, values, context, Target.BRAZE)

    assert [text.replace(TOKEN, "") for text in texts_of(rendered) if delimiters(text) != []] == []
    assert prove(compiled, values, context, rendered).findings == ()


@pytest.mark.parametrize(
    "text",
    ["x" * 100_000, "{{" * 50_000, "<b>" * 30_000, "[[first_name]]" * 7_000, "&#123;" * 16_000, "é\u0301" * 50_000],
)
def test_very_long_values_are_held_as_well(text: str) -> None:
    foreign = everything()
    values = filled(list(foreign.fields), (text,))
    context = context_of({"name": text, "street": "x", "phone": text})

    rendered = render(foreign.compiled, values, context, Target.BRAZE)

    assert_locked(foreign, standing(foreign, values, first_layout(foreign), context), rendered)


def test_a_merge_tag_that_is_cut_by_formatting_is_none_anywhere_and_is_asked_about() -> None:
    foreign = everything()
    values: dict[str, Json] = {"intro": {"html": "[[<b>[tier]]</b> and [[first_<i>name</i>]] and [[tier]]"}}

    rendered = render(foreign.compiled, values, context_of(), Target.BRAZE)
    findings = check_values(foreign.compiled, values, context_of())

    assert rendered.html.count("loyalty tier") == rendered.text.count("loyalty tier") == 1
    assert prove(foreign.compiled, values, context_of(), rendered).findings == ()
    placeholders = [found.params["text"] for found in findings if found.code == "placeholder_left"]
    assert placeholders == ["[[tier]]", "[[first_name]]", "[[tier]]"]


def test_plain_text_shows_an_address_only_where_a_reader_would_type_it() -> None:
    source = (
        "<html lang=en><head><title>x</title></head><body><p><a data-field=cta data-type=button href=x>x</a>|"
        '<a data-field=ring data-type=phone href=x>x</a>|<a href="[[unsubscribe_url]]">[[group.street]]</a></p>'
        "</body></html>"
    )
    compiled = compile_source(source, kind="html")

    def line(text: str, url: str) -> str:
        values: dict[str, Json] = {"cta": {"text": text, "url": url}, "ring": "+1 555 0100"}
        return render(compiled, values, context_of(), Target.TEXT).text.partition("|10")[0]

    assert line("Go", "https://x.example/a") == "Go (https://x.example/a)|+1 555 0100"
    assert line("https://x.example/a", "https://x.example/a") == "https://x.example/a|+1 555 0100"
    assert line("Write", "mailto:a@b.example") == "Write|+1 555 0100"
    assert line("Nowhere", "javascript:x") == "Nowhere|+1 555 0100"


@given(html=st.one_of(hostile, st.sampled_from(foreign_strings() or ("",))), formats=st.sets(st.sampled_from(Format)))
@settings(max_examples=150, deadline=None)
def test_rich_text_that_is_sanitised_twice_is_sanitised_once(html: str, formats: set[Format]) -> None:
    once = sanitise(html, formats)

    assert sanitise(once, formats) == once
    assert_balanced(once)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), group=groups)
def test_values_that_travel_to_braze_hold_neither_markup_nor_liquid(data: st.DataObject, group: dict[str, str]) -> None:
    foreign = everything()
    values, _layout = data.draw(mailings(foreign, st.one_of(hostile, st.sampled_from(LIQUID))))
    context = context_of(group)

    try:
        properties = trigger_properties(foreign.compiled, values, context)
    except ValuesRefused as refused:
        assert {found.code for found in refused.findings} == {"merge_tag_in_property"}
        return

    rich = {"intro", "offer_text", *(f"events_{number}_words" for number in range(1, 4))}
    for name, text in properties.items():
        assert delimiters(text) == [], name
        if name.endswith("_text") and name != "offer_text":
            continue
        if name in rich:
            assert_balanced(text)
        else:
            assert not re.search(r"[<>\"]", text), name
    assert set(re.findall(r"api_trigger_properties\.\$\{([a-z0-9_]+)\}", braze_source(foreign.compiled, context))) >= {
        name for name in properties if not name.endswith("_text") and not name.startswith(("subject", "preheader"))
    } - {"offer_text"}


@pytest.mark.parametrize(
    "kind", ["line", "text", "image", "button", "choice", "color", "date", "time", "number", "price", "phone"]
)
def test_there_are_bad_values_for_every_type(kind: str) -> None:
    assert value_of(kind) is not None
    assert kind in {field for _, field, _ in everything().fields}
