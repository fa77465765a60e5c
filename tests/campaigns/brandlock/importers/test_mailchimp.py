"""Mailchimp's template language becomes ours, each thing of it is in the report, and no other byte changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.brandlock import (
    FieldType,
    SourceRefused,
    Target,
    clean_values,
    compile_source,
    default_values,
    prove,
    render,
)
from campaigns.brandlock.importers import ImportReport, Language, Outcome, from_mailchimp, import_source
from campaigns.brandlock.importers.report import MOST_ENTRIES, ReportEntry
from tests.campaigns.brandlock.builders import a_context

FIXTURE = (Path(__file__).parents[3] / "corpora" / "mailchimp_garden_news.html").read_text(encoding="utf-8")
TAGS = frozenset({"first_name"})
LEGAL = (
    "it holds the link to unsubscribe or the postal address, which nobody may take out. Mark the words beside them "
    "that authors may change."
)
VERSIONS = "here one of its versions stands. Where it should repeat, put an element with data-repeat around them."
FOOTER = '<p>[[group.address]] <a href="[[unsubscribe_url]]">Out</a></p>'


def translated(body: str, *, merge_tags: frozenset[str] = TAGS) -> tuple[str, list[tuple[str, str]]]:
    """Gives a body as it was translated, and the report without what every source owes."""
    head = "<html><head><title>Hi</title></head><body>"
    source, report = from_mailchimp(f"{head}{body}{FOOTER}</body></html>", kind="html", merge_tags=merge_tags)
    assert source.startswith(head)
    assert source.endswith(f"{FOOTER}</body></html>")
    compile_source(source, kind="html", merge_tags=merge_tags)
    return source.removeprefix(head).removesuffix(f"{FOOTER}</body></html>"), [
        (entry.outcome.value, entry.text) for entry in report.entries
    ]


def codes(source: str) -> set[str]:
    try:
        compile_source(source, kind="html")
    except SourceRefused as refused:
        return {finding.code for finding in refused.findings}
    return set()


def lines(report: ImportReport, outcome: Outcome) -> list[str]:
    return [f"{entry.line}:{entry.column} {entry.text}" for entry in report.of(outcome)]


def test_a_template_of_mailchimp_is_translated_and_compiles() -> None:
    found = import_source(FIXTURE, kind="html", merge_tags=TAGS)

    compiled = compile_source(found.source, kind="html", merge_tags=TAGS)

    assert found.language is Language.MAILCHIMP
    assert {spec.name: (spec.type.value, spec.label, spec.section) for spec in compiled.fields} == {
        "subject": ("line", "Subject", None),
        "preheader": ("line", "Preheader", None),
        "view_online": ("text", "Link to the web", "view_online_section"),
        "header_image": ("image", "Picture at the top", None),
        "main_title": ("line", "Main title", None),
        "std_content00": ("text", "Std content00", None),
        "cta": ("button", "Cta", None),
        "plant_name": ("line", "Plant name", "plants"),
        "plant_text": ("text", "Plant text", "plants"),
        "offer_one": ("text", "Offer one", "one_offer"),
        "offer_two_headline": ("line", "Offer two headline", "two_offers"),
        "offer_two_line": ("line", "Offer two line", "two_offers"),
    }
    assert compiled.choices == {"offer": ("one_offer", "two_offers")}
    plants = compiled.section("plants")
    assert plants is not None
    assert (plants.label, plants.is_repeated, plants.minimum, plants.maximum) == ("A plant", True, 0, 10)
    assert compiled.group_fields == ("address",)
    assert compiled.merge_tags == ()


def test_the_report_of_a_template_names_every_thing_with_line_and_column() -> None:
    report = import_source(FIXTURE, kind="html", merge_tags=TAGS).report

    assert len(report.of(Outcome.TRANSLATED)) == 23
    assert lines(report, Outcome.DROPPED) == [
        "18:1 *|IF:MC_PREVIEW_TEXT|* is taken out: this condition means something only at Mailchimp.",
        "20:1 *|END:IF|* is taken out: this condition means something only at Mailchimp.",
        "24:7 *|IFNOT:ARCHIVE_PAGE|* is taken out: this condition means something only at Mailchimp.",
        "24:73 *|END:IF|* is taken out: this condition means something only at Mailchimp.",
        "28:9 mc:allowdesigner is taken out: it only steers Mailchimp's editor.",
        "28:9 mc:allowtext is taken out: it only steers Mailchimp's editor.",
        "50:5 mc:hideable is taken out: the link to unsubscribe and the postal address always stand.",
        f"50:5 “std_footer” stays locked: {LEGAL}",
        "54:7 *|IF:REWARDS|* is taken out: this condition means something only at Mailchimp.",
        "54:8 *|HTML:REWARDS|* is taken out: it means something only at Mailchimp.",
        "54:9 *|END:IF|* is taken out: this condition means something only at Mailchimp.",
        "58:24 *|FACEBOOK:LIKE|* is taken out: it means something only at Mailchimp.",
    ]
    condition = "has no equal here. Make the part a section with data-if, or write Liquid."
    assert lines(report, Outcome.PERSON) == [
        "24:16 No mail has a web version here. Take *|ARCHIVE|* out, with the link that leads there.",
        f"43:3 “offer” could repeat at Mailchimp; {VERSIONS}",
        "53:72 There is no page of preferences here. Lead the link of *|UPDATE_PROFILE|* elsewhere.",
        "58:73 The brand has no merge tag last_name. Add it, or write other words in the place of *|LNAME|*.",
        "58:83 *|MMERGE7|* has no equal here. Write other words in its place, or take it out.",
        f"58:95 The condition *|IF:MEMBER|* {condition}",
        f"58:118 The condition *|ELSE:|* {condition}",
        f"58:135 The condition *|END:IF|* {condition}",
        "58:146 mc:disable-tracking is not known here. Take it out, or say what it says in another way.",
        f"58:169 The condition *|INTERESTED:Plants:Roses|* {condition}",
        f"58:201 The condition *|END:INTERESTED|* {condition}",
    ]


def test_the_lines_of_the_report_are_those_of_the_translated_source() -> None:
    found = import_source(FIXTURE, kind="html", merge_tags=TAGS)

    rows = found.source.split("\n")

    for entry in found.report.of(Outcome.PERSON):
        tag = entry.params.get("tag")
        assert tag is None or rows[entry.line - 1][entry.column - 1 :].startswith(tag)


def test_lines_without_mailchimps_language_stay_byte_for_byte() -> None:
    before, after = FIXTURE.split("\n"), import_source(FIXTURE, kind="html", merge_tags=TAGS).source.split("\n")

    told = [line for line, _ in zip(before, after, strict=True) if "mc:" in line or "*|" in line]
    same = [line for line, other in zip(before, after, strict=True) if line == other]
    assert len(told) == 23
    assert [line for line in before if line not in told] == [line for line in same if line not in told]


def test_a_template_that_was_mended_as_the_report_says_is_rendered_and_proved() -> None:
    source = import_source(FIXTURE, kind="html", merge_tags=TAGS).source
    for old, new in {
        '<a href="*|ARCHIVE|*" target="_blank">See this in your browser</a>': "What is new",
        '<a href="*|UPDATE_PROFILE|*">change what you get</a>': "write to us",
        " for *|LNAME|* *|MMERGE7|* *|IF:MEMBER|*Thank you!*|ELSE:|*Join us.*|END:IF|*": "",
        "<b mc:disable-tracking>*|INTERESTED:Plants:Roses|*Roses*|END:INTERESTED|*</b>": "",
    }.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    compiled = compile_source(source, kind="html", merge_tags=TAGS)
    values = clean_values(compiled, {**default_values(compiled), "subject": "May", "choices": {"offer": "two_offers"}})

    rendered = render(compiled, values, a_context(), Target.BRAZE)

    assert prove(compiled, values, a_context(), rendered).findings == ()
    assert rendered.subject == "May"
    assert "*|" not in rendered.html
    assert "mc:" not in rendered.html
    assert "Two trays" in rendered.html
    assert "One tray of herbs" not in rendered.html
    assert '<p style="margin:0 0 12px">Dear {{${first_name}' in rendered.html


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ('<h1 mc:edit="top">Hi</h1>', '<h1 data-field="top" data-type="line" data-label="Top">Hi</h1>'),
        ('<span mc:edit="A b">x</span>', '<span data-field="a_b" data-type="line" data-label="A b">x</span>'),
        ('<p mc:edit="1x">Hi</p>', '<p data-field="x" data-type="text" data-label="X">Hi</p>'),
        ('<h1 mc:edit="a">b<br>c</h1>', '<h1 data-field="a" data-type="text" data-label="A">b<br>c</h1>'),
        ('<div mc:edit="a"></div>', '<div data-field="a" data-type="text" data-label="A"></div>'),
        ('<p mc:edit="漢">x</p>', '<p data-field="text" data-type="text" data-label="Text">x</p>'),
        (
            '<img src="x.png" alt="" mc:edit="pic" mc:label="A &amp; B">',
            '<img src="x.png" alt="" data-field="pic" data-type="image" data-label="A &amp; B">',
        ),
        (
            '<a class="x" href="https://a.example" mc:edit="go">Go</a>',
            '<a class="x" href="https://a.example" data-field="go" data-type="button" data-label="Go">Go</a>',
        ),
        (
            '<div mc:repeatable="rows" mc:edit="row"><p>Hi</p></div>',
            '<div data-repeat="rows"><div data-field="row" data-type="text" data-label="Row"><p>Hi</p></div></div>',
        ),
        (
            '<div mc:hideable="bit" mc:label="A bit">x</div>',
            '<div data-section="bit" data-optional data-section-label="A bit">x</div>',
        ),
        ('<p title="*|FNAME|*">x</p>', '<p title="[[first_name]]">x</p>'),
        ("<p title='*|LIST:COMPANY|*'>x</p>", '<p title="[[brand.name]]">x</p>'),
        ("<a href=*|UNSUB|*>x</a>", '<a href="[[unsubscribe_url]]">x</a>'),
        ('<a href="tel:*|LIST:PHONE|*">Call</a>', '<a href="tel:[[group.phone]]">Call</a>'),
        ("<p>*|fname|*, *|MERGE1|*</p>", "<p>[[first_name]], [[first_name]]</p>"),
        ("<p>*|DATE:d/m/Y|*</p>", "<p>{{ 'now' | date: '%d/%m/%Y' }}</p>"),
        ("<!--[if mso]>*|LIST:COMPANY|*<![endif]-->", "<!--[if mso]>[[brand.name]]<![endif]-->"),
        ("<p>a*|TWITTER:TWEET|*b</p>", "<p>ab</p>"),
        ("<style>/* @editable */ p { /*@editable*/ color: red }</style><p>*|FNAME|*</p>",
         "<style>/* @editable */ p { /*@editable*/ color: red }</style><p>[[first_name]]</p>"),
    ],
)  # fmt: skip
def test_what_has_an_equal_is_translated(foreign: str, ours: str) -> None:
    assert translated(foreign)[0] == ours


@pytest.mark.parametrize(
    ("foreign", "reason"),
    [
        ("<a href='https://a.example/?e=*|EMAIL|*'>x</a>", "A person's address is not put into mails here."),
        ('<a href="https://a.example/?n=*|FNAME|*">x</a>', "personal values never travel in links"),
        ('<a href="https://a.example/*|UNSUB|*">x</a>', "must be the whole address"),
        ('<p class="*|FNAME|*">x</p>', "cannot be filled in in this attribute"),
        ('<p style="color:*|FNAME|*">x</p>', "cannot be filled in in this attribute"),
        ("<p title='a *|FNAME|*'>x</p>", "needs double quotes"),
        ('<p title="*|UNSUB|*">x</p>', "is an address"),
        ("<p *|FNAME|*>x</p>", "stands inside a tag"),
        ("<style>p { color: *|FNAME|* }</style><p>x</p>", "in a style or script"),
        ("<table><tr>*|FNAME|*<td>x</td></tr></table>", "between the parts of a table"),
        ("<!--[if mso]>*|FNAME|*<![endif]-->", "stands in a comment"),
        ("<h1>*|MC:SUBJECT|*</h1>", "Only the title can be"),
        ("<h1>a *|MC_PREVIEW_TEXT|*</h1>", "Only an element of its own"),
        ('<p mc:edit="a">*|CURRENT_YEAR|*</p>', "which holds no Liquid"),
        ("<p>*|DATE:H:i|*</p>", "has no equal here"),
        ("<p>*|END:IF|*</p>", "has no equal here"),
        ('<a href="*|FORWARD|*">x</a>', "has no equal here"),
        ("<hr mc:edit='a'>", "nothing in it can be a field"),
        ("<p mc:edit='a'>x {{ 'b' }}</p>", "holds Liquid"),
        ("<div mc:edit='a'>x<!--[if mso]>y<![endif]--></div>", "a comment for Outlook"),
        ("<div><p mc:edit='a'>x</div>", "is never closed"),
        ("<div><p mc:hideable>x</div>", "is never closed"),
        ("<div mc:repeatable='a'><p mc:repeatable='b'>x</p></div>", "repeats inside another part"),
        ("<img mc:edit='a' mc:repeatable='b' alt='' src='x'>", "Put data-repeat on an element around it"),
        ("<p mc:variant='a'>x</p>", "stands without mc:repeatable"),
        ("<div mc:edit='a'><p data-field='b'>x</p></div>", "holds Liquid, marks"),
        ("<p mc:edit='a' data-field='b'>x</p>", "marks of this portal and of Mailchimp"),
        ("<p mc:glow>x</p>", "mc:glow is not known here"),
    ],
)  # fmt: skip
def test_what_has_no_equal_stays_in_the_source_for_a_person(foreign: str, reason: str) -> None:
    source, report = translated(foreign)

    needing = [text for outcome, text in report if outcome == "person"]
    assert reason in needing[0]
    assert len(needing) == 1
    assert "mc:" in source or "*|" in source


def test_what_only_steers_mailchimps_editor_is_dropped() -> None:
    source, report = translated('<p mc:locked mc:label="x">a</p>')

    assert source == "<p>a</p>"
    assert report == [
        ("dropped", "mc:locked is taken out: it only steers Mailchimp's editor."),
        ("dropped", "The label “x” is taken out: it belongs to no region."),
    ]


def test_a_region_with_regions_inside_gives_its_place_to_them() -> None:
    source, report = translated('<div mc:edit="all"><p mc:edit="one">x</p></div>')

    assert source == '<div><p data-field="one" data-type="text" data-label="One">x</p></div>'
    assert report == [
        ("dropped", "“all” holds other editable regions: those are translated, itself it stays locked."),
        ("translated", "The region “one” became the field one of type text."),
    ]


def test_names_that_stand_twice_are_numbered() -> None:
    source, _ = translated('<p mc:edit="a">x</p><p mc:edit="A">y</p><p data-field="a_2">z</p><p mc:edit="order">z</p>')

    compiled = compile_source(f"<html><title>x</title><body>{source}{FOOTER}</body></html>", kind="html")
    assert [spec.name for spec in compiled.fields] == ["a", "a_3", "a_2", "order_2"]


def test_one_version_alone_repeats_instead() -> None:
    source, report = translated('<div mc:repeatable="box" mc:variant="red">x</div>')

    assert source == '<div data-repeat="box">x</div>'
    assert report[0] == ("dropped", "“box” has no other variant beside it. It repeats now; mc:variant is taken out.")


def test_a_template_never_gets_more_fields_than_the_compiler_takes() -> None:
    source, report = translated("".join(f'<p mc:edit="a{number}">x</p>' for number in range(203)))

    assert source.count("data-field") == 200
    assert [text for outcome, text in report if outcome == "person"] == [
        f"“a{number}” is one field too many for a template. Decide which ones authors need."
        for number in (200, 201, 202)
    ]


def test_a_long_report_is_cut_off_and_counts_the_rest() -> None:
    body = "<p>*|OTHER|*</p>" * (MOST_ENTRIES + 5)

    _, report = from_mailchimp(f"<title>x</title>{body}{FOOTER}", kind="html", merge_tags=TAGS)

    assert (len(report.entries), report.left_off) == (MOST_ENTRIES, 5)


def test_mjml_with_tags_of_mailchimp_is_translated_too() -> None:
    source = (
        "<mjml><mj-head><mj-title>*|MC:SUBJECT|*</mj-title><mj-preview>*|MC_PREVIEW_TEXT|*</mj-preview></mj-head>"
        "<mj-body><mj-section mc:hideable><mj-column><mj-text mc:edit='words'><p>Hi *|FNAME|*</p></mj-text>"
        "</mj-column></mj-section><mj-section><mj-column><mj-text>*|LIST:ADDRESS|* <a href='*|UNSUB|*'>Out</a>"
        "</mj-text></mj-column></mj-section></mj-body></mjml>"
    )

    found = import_source(source, kind="mjml", merge_tags=TAGS)

    compiled = compile_source(found.source, kind="mjml", merge_tags=TAGS)
    assert found.language is Language.MAILCHIMP
    assert [(spec.name, spec.type) for spec in compiled.fields] == [
        ("subject", FieldType.LINE),
        ("preheader", FieldType.LINE),
        ("words", FieldType.TEXT),
    ]
    assert [entry for entry in found.report.entries if entry.outcome is not Outcome.TRANSLATED] == []


@pytest.mark.parametrize(
    "source", ["", "*|", "*|UNSUB|*", "<", "<p mc:edit", "<!--*|IF:x|*", "\x00*|A|*", "</mc:edit>"]
)
def test_any_shape_of_source_can_be_imported_twice_over(source: str) -> None:
    for kind in ("html", "mjml"):
        once = import_source(source, kind=kind, merge_tags=TAGS)
        assert import_source(once.source, kind=kind, merge_tags=TAGS).source == once.source


@pytest.mark.parametrize(
    ("source", "reason"),
    [("*|A|*" + "x" * 500_000, "more than 500000 characters"), ("<b mc:edit='a'>" * 201, "deeper than 200")],
)
def test_what_is_too_large_comes_back_as_it_was(source: str, reason: str) -> None:
    text, report = from_mailchimp(source, kind="html", merge_tags=TAGS)

    assert text == source
    assert [reason in entry.text for entry in report.entries] == [True]


def test_an_entry_survives_being_stored() -> None:
    entries = import_source(FIXTURE, kind="html", merge_tags=TAGS).report.entries

    assert tuple(ReportEntry.from_json(entry.as_json()) for entry in entries) == entries


PIECES = (
    "<p> § </p> § <div mc:edit='a'> § </div> § <td mc:hideable> § </td> § <img mc:edit=b alt=''> § "
    '*|FNAME|* § *|IF:A|* § *|ELSE:|* § *|END:IF|* § *|UNSUB|* § <a href="*|UNSUB|*"> § </a> § <!-- § --> § '
    "{{ § }} § <ul mc:repeatable='r' mc:variant='v'> § </ul> § <h1 mc:edit> § </h1> § words § "
    "<title>*|MC:SUBJECT|*</title> § <span>*|MC_PREVIEW_TEXT|*</span> § <b data-label=x mc:label='*|A|*'> § "
    "</b> § <!--*|END:IF|*--> § <li mc:repeatable=r mc:edit=x> § </li> § *|CURRENT_YEAR|* § <br> § é"
)
FRAGMENTS = st.sampled_from([*PIECES.split(" § "), "\n"])


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_words_stay_every_entry_has_a_line_and_nothing_new_is_wrong(source: str) -> None:
    source = f"<html><title>x</title><body>{FOOTER}\n{source}</body></html>"
    text, report = from_mailchimp(source, kind="html", merge_tags=TAGS)

    assert text.count("é") == source.count("é")
    assert text.count("words") == source.count("words")
    for entry in report.entries:
        assert 1 <= entry.line <= text.count("\n") + 1
    assert codes(text) <= codes(source)
