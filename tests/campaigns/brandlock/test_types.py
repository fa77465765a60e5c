from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.brandlock import (
    Compiled,
    FieldType,
    ImageRef,
    RenderContext,
    Target,
    ValuesRefused,
    check_values,
    clean_values,
    compile_source,
    default_values,
    emptiest_values,
    longest_values,
    prove,
    render,
)
from campaigns.brandlock.pieces import Json

from .builders import a_context, an_html_source

GERMAN = replace(a_context(), language="de-DE", currency="EUR", day="2026-11-24")
ENGLISH = replace(a_context(), language="en-US", currency="USD", day="2026-11-24")


def a_field(marks: str, *, tag: str = "p", words: str = "x") -> Compiled:
    return compile_source(an_html_source(f"<{tag} data-field='it' {marks}>{words}</{tag}>"), kind="html")


def shown(compiled: Compiled, value: Json, context: RenderContext = GERMAN) -> str:
    """Gives what stands in the mail between the tags of the first element."""
    values = clean_values(compiled, {"it": value})
    html = render(compiled, values, context, Target.BRAZE).html
    assert prove(compiled, values, context, render(compiled, values, context, Target.BRAZE)).findings == ()
    return html.partition("<body>")[2].partition(">")[2].partition("</")[0].replace("\xa0", " ").replace("\u202f", " ")


def codes(compiled: Compiled, value: Json, context: RenderContext = GERMAN) -> list[str]:
    return [found.code for found in check_values(compiled, {"it": value}, context) if found.field == "it"]


@pytest.mark.parametrize(
    ("marks", "value", "german", "english"),
    [
        ("data-type='date'", "2026-12-03", "3. Dezember 2026", "December 3, 2026"),
        (
            "data-type='date' data-format='full'",
            "2026-12-03",
            "Donnerstag, 3. Dezember 2026",
            "Thursday, December 3, 2026",
        ),
        ("data-type='date' data-format='short'", "2026-12-03", "03.12.26", "12/3/26"),
        ("data-type='time'", "18:30", "18:30", "6:30 PM"),
        ("data-type='number' data-decimals='1'", "1250.5", "1.250,5", "1,250.5"),
        ("data-type='price'", "12.50", "12,50 €", "$12.50"),
        ("data-type='price' data-currency='KRW'", "12000", "12.000 ₩", "₩12,000"),
        ("data-type='choice' data-options='Spring sale | Summer sale'", "Summer sale", "Summer sale", "Summer sale"),
        ("data-type='phone'", "+49 (0) 89 123", "+49 (0) 89 123", "+49 (0) 89 123"),
    ],
)
def test_a_value_is_written_in_the_language_and_currency_of_the_group(
    marks: str, value: str, german: str, english: str
) -> None:
    compiled = a_field(marks)

    assert shown(compiled, value) == german
    assert shown(compiled, value, ENGLISH) == english
    assert codes(compiled, value) == []


@pytest.mark.parametrize(
    ("marks", "value", "code"),
    [
        ("data-type='date' data-max='2026-12-24'", "2026-12-25", "too_high"),
        ("data-type='date' data-min='2026-12-24'", "2026-12-23", "too_low"),
        ("data-type='date'", "2026-11-23", "date_past"),
        ("data-type='time' data-min='09:00'", "08:59", "too_low"),
        ("data-type='number' data-min='3'", "2", "too_low"),
        ("data-type='number' data-max='3'", "10", "too_high"),
        ("data-type='number'", "2.5", "too_fine"),
        ("data-type='price'", "2.505", "too_fine"),
        ("data-type='phone'", "call me", "bad_phone"),
        ("data-type='phone'", "12", "bad_phone"),
        ("data-type='phone' data-pattern='[+]49.*'", "+43 1 123", "pattern"),
        ("data-type='choice' data-options='a|b'", "c", "not_an_option"),
        ("data-required data-type='date'", "", "required"),
        ("data-must-change", "x", "must_change"),
        ("data-max='3'", "four", "too_long"),
        ("data-min='5'", "four", "too_short"),
    ],
)
def test_a_value_outside_its_rules_is_named(marks: str, value: str, code: str) -> None:
    assert codes(a_field(marks), value) == [code]


@pytest.mark.parametrize(
    ("marks", "value"),
    [
        ("data-type='date'", "03.12.2026"),
        ("data-type='date'", {"day": 3}),
        ("data-type='time'", "25:00"),
        ("data-type='number'", "12,5"),
        ("data-type='number'", True),
        ("data-type='price'", "€ 5"),
        ("data-type='color' data-options='#112233'", "red"),
        ("data-type='color' data-options='#112233'", "#112233;background:url(x)"),
        ("data-type='choice' data-options='a|b'", 1),
    ],
)
def test_a_value_of_another_shape_is_refused(marks: str, value: Json) -> None:
    with pytest.raises(ValuesRefused) as refused:
        clean_values(a_field(marks), {"it": value})

    assert [found.code for found in refused.value.findings] == ["wrong_type"]


def test_a_past_date_only_warns() -> None:
    (found,) = (one for one in check_values(a_field("data-type='date'"), {"it": "2026-11-23"}, GERMAN) if one.field)

    assert found.blocks is False


def test_a_price_without_any_currency_says_who_can_mend_it() -> None:
    compiled = a_field("data-type='price'")

    assert codes(compiled, "5", replace(GERMAN, currency="")) == ["currency_missing"]


def test_a_number_on_a_link_can_be_called() -> None:
    compiled = a_field("data-type='phone'", tag="a")
    values = clean_values(compiled, {"it": "+49 (0) 89 / 12-3"})

    html = render(compiled, values, GERMAN, Target.BRAZE).html

    assert '<a href="tel:+49089123">+49 (0) 89 / 12-3</a>' in html


@pytest.mark.catalogue("T7")
def test_a_choice_can_fill_an_attribute_and_a_style_and_nothing_else_of_the_element() -> None:
    source = an_html_source(
        "<div data-field='side' data-type='choice' data-attribute='align' data-options='left|center' align='left'>"
        "<p data-field='ink' data-type='color' data-options='#112233=Night|#ffeedd=Day' style='margin:0;color:#112233'>"
        "<b data-field='words'>x</b></p></div>"
    )
    compiled = compile_source(source, kind="html")

    html = render(compiled, clean_values(compiled, {"side": "center", "ink": "#FFEEDD"}), GERMAN, Target.BRAZE).html

    assert '<div align="center"><p style="margin:0;color:#ffeedd"><b>x</b></p></div>' in html
    assert [spec.name for spec in compiled.fields] == ["side", "ink", "words"]
    assert compiled.fields_by_name["ink"].default == "#112233"


@pytest.mark.catalogue("T7")
def test_a_colour_that_is_not_in_the_palette_is_named_and_never_shown() -> None:
    source = an_html_source("<p data-field='it' data-type='color' data-default='#112233'>x</p>")
    compiled = compile_source(source, kind="html")
    context = replace(GERMAN, palette={"Night": "#112233", "Day": "#FFEEDD"})

    html = render(compiled, {"it": "#000000"}, context, Target.BRAZE).html

    assert codes(compiled, "#000000", context) == ["not_an_option"]
    assert codes(compiled, "#ffeedd", context) == []
    assert "color:#112233" in html


def test_a_colour_stands_in_mjml_where_outlook_reads_it_too() -> None:
    source = (
        "<mjml><mj-head><mj-title>x</mj-title></mj-head><mj-body><mj-section data-field='back' data-type='color' "
        "data-attribute='background-color' data-options='#112233|#445566'><mj-column><mj-text>[[group.street]] "
        "<a href='[[unsubscribe_url]]'>Unsubscribe</a></mj-text></mj-column></mj-section></mj-body></mjml>"
    ).replace("'", '"')
    compiled = compile_source(source, kind="mjml")
    values = clean_values(compiled, {"back": "#445566"})

    rendered = render(compiled, values, GERMAN, Target.BRAZE)

    assert rendered.html.count("#445566") >= 2
    assert "#112233" not in rendered.html
    assert prove(compiled, values, GERMAN, rendered).findings == ()


@pytest.mark.catalogue("T8", "T10")
@pytest.mark.parametrize(
    ("marks", "image", "code"),
    [
        ("data-folders='autumn, winter'", ImageRef("https://i.example/1.png", 600, 400, "summer"), "image_folder"),
        ("data-ratio='16:9'", ImageRef("https://i.example/1.png", 600, 400), "image_ratio"),
        ("data-size='600x300'", ImageRef("https://i.example/1.png", 600, 400), "image_size"),
        ("data-min-size='601x10'", ImageRef("https://i.example/1.png", 600, 400), "image_small"),
        ("data-max-size='600x399'", ImageRef("https://i.example/1.png", 600, 400), "image_large"),
        ("", ImageRef("https://i.example/1.png", 600, 400, "", 2_000_000), "image_heavy"),
    ],
)
def test_an_image_outside_its_rules_is_named(marks: str, image: ImageRef, code: str) -> None:
    source = an_html_source(f"<img data-field='it' {marks}>")
    compiled = compile_source(source, kind="html")
    context = replace(GERMAN, images={"i1": image})

    assert codes(compiled, {"image": "i1", "alt": "A cup"}, context) == [code]
    assert codes(compiled, {"image": "i2", "alt": "A cup"}, context) == ["unknown_image"]


def test_an_image_within_its_rules_passes() -> None:
    marks = "data-folders='autumn' data-ratio='3:2' data-size='600x400' data-min-size='1x1' data-max-size='600x400'"
    compiled = compile_source(an_html_source(f"<img data-field='it' {marks}>"), kind="html")
    context = replace(GERMAN, images={"i1": ImageRef("https://i.example/1.png", 600, 400, "autumn", 9_000)})

    assert codes(compiled, {"image": "i1", "alt": "A cup"}, context) == []


@pytest.mark.parametrize("kind", list(FieldType))
def test_the_worst_cases_of_every_type_keep_to_its_rules_and_to_the_lock(kind: FieldType) -> None:
    rules = {"choice": "data-options='a|bb'", "snippet": "data-options='legal'", "color": "data-options='#112233'"}
    tag = {"image": "img", "button": "a"}.get(kind.value, "p")
    close = "" if tag == "img" else f"x</{tag}>"
    source = an_html_source(f"<{tag} data-field='it' data-type='{kind.value}' {rules.get(kind.value, '')}>{close}")
    compiled = compile_source(source, kind="html")

    for values in (longest_values(compiled), emptiest_values(compiled)):
        assert clean_values(compiled, values) == values
        assert prove(compiled, values, GERMAN, render(compiled, values, GERMAN, Target.BRAZE)).findings == ()


def test_every_rule_survives_being_stored() -> None:
    source = an_html_source(
        "<p data-field='a' data-good='Do' data-bad='Dont' data-help='Why' data-required data-must-change>x</p>"
        "<p data-field='b' data-type='price' data-min='1' data-max='9.5' data-currency='EUR'>x</p>"
        "<p data-field='c' data-type='choice' data-options='a=One|b=Two'>x</p>"
        "<img data-field='d' data-folders='x y' data-upload='false' data-ratio='1:1' data-size='2x2'>"
        "<div data-repeat='e' data-min='0' data-max='4' data-if='a = One'><p data-field='f'>x</p></div>"
        "<div data-section='g' data-lock='none' data-reason='Law'>x</div>"
    )
    compiled = compile_source(source, kind="html")

    assert Compiled.from_json(compiled.as_json()) == compiled


def test_bounds_and_defaults_are_kept_in_the_form_in_which_values_are_compared() -> None:
    compiled = compile_source(
        an_html_source(
            "<p data-field='at' data-type='time' data-min='09:00:00' data-default='09:00:00'>x</p>"
            "<p data-field='on' data-type='date' data-min='20261201' data-default='20261204'>x</p>"
        ),
        kind="html",
    )

    values = default_values(compiled)

    assert (values["at"], values["on"]) == ("09:00", "2026-12-04")
    assert clean_values(compiled, values) == values
    assert check_values(compiled, values, a_context()) == ()
