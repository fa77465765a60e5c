"""Fields are proposed for foreign HTML, and confirming them writes marks and no other byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.brandlock import FieldType, SourceRefused, compile_source
from campaigns.brandlock.importers import Choice, Proposal, confirm, from_mailchimp, propose
from campaigns.brandlock.rewriting import with_settings
from tests.shared_data import SHARED_DATA

CORPUS = sorted((SHARED_DATA / "corpora" / "html").glob("*.html")) if SHARED_DATA.exists() else []
needs_corpus = pytest.mark.skipif(not CORPUS, reason=f"The foreign mails are not in {SHARED_DATA}/corpora/html.")
FOOTER = '<p>[[group.address]] <a href="[[unsubscribe_url]]">Out</a></p>'
OWED = {"no_unsubscribe", "no_postal_address", "remote_style", "no_subject", "no_body"}


def a_mail(body: str, *, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def proposed(body: str, *, head: str = "", kind: str = "html") -> list[tuple[str, str, list[str]]]:
    """Gives the proposals for a body as tag, name and types."""
    found = propose(a_mail(body, head=head), kind=kind).proposals
    return [(one.tag, one.name, [kind.value for kind in one.types]) for one in found]


def choice_of(proposal: Proposal) -> Choice:
    return Choice(proposal.start, proposal.types[0] if proposal.types else "", proposal.name, proposal.label)


def codes(source: str) -> set[str]:
    try:
        compile_source(source, kind="html")
    except SourceRefused as refused:
        return {finding.code for finding in refused.findings}
    return set()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>Hi</h1>", [("h1", "headline", ["line", "text"])]),
        ("<h2>a<br>b</h2>", [("h2", "headline", ["text", "line"])]),
        ("<h1><span style='color:red'>Hi</span></h1>", [("span", "headline", ["line", "text"])]),
        ("<p>Short words</p>", [("p", "line", ["line", "text"])]),
        ("<p>Words with <b>weight</b></p>", [("p", "text", ["text", "line"])]),
        ("<table><tr><td>Cell</td><td></td></tr></table>", [("td", "line", ["line", "text"])]),
        ("<table><tr><td><p>a<br>b</p><p>c</p></td></tr></table>", [("td", "text", ["text", "line"])]),
        ("<div><h1>Hi</h1><p>there</p></div>", [("h1", "headline", ["line", "text"]), ("p", "line", ["line", "text"])]),
        ("<ul><li>a</li><li>b</li></ul>", [("li", "line", ["line", "text"]), ("li", "line_2", ["line", "text"])]),
        ("<img src='a.png' alt='Cake'>", [("img", "image", ["image"])]),
        ("<img src='logo.png' alt=''>", [("img", "logo", ["image"])]),
        ("<a href='#'><img src='a.png' alt='Cake'></a>", [("img", "image", ["image"])]),
        ("<td><a href='#'>Go</a></td>", [("a", "button", ["button", "line", "text"])]),
        ("<p>Words <a href='#'>inside</a></p>", [("p", "text", ["text", "line"])]),
        (
            "<div><p>One more line</p><p><a class='btn' href='#'>Go</a></p></div>",
            [("p", "line", ["line", "text"]), ("a", "button", ["button", "line", "text"])],
        ),
        ("<div style='display:none'>Soon in the shop</div>", [("div", "preheader", ["line"])]),
        ("<span class='preheader'>Soon</span>", [("span", "preheader", ["line"])]),
        ("<img src='a.png' width='1' height='1' alt=''>", []),
        ("<p>&nbsp; &zwnj; &#8203; | </p>", []),
        ("<p>{{ ${first_name} }}</p>", []),
        ("<p>*|ARCHIVE|*</p>", []),
        ("<p>[[group.address]]</p>", []),
        ("<p>Never closed", []),
        ("<div data-field='x'><h1>Hi</h1></div>", []),
        ("<div>a<!--[if mso]>b<![endif]--></div>", []),
        ("<!--[if mso]><h1>Hi</h1><![endif]-->", []),
        ("<!--[if !mso]><!--><h1>Hi</h1><!--<![endif]-->", [("h1", "headline", ["line", "text"])]),
        ("<unsubscribe>Out</unsubscribe>", []),
        ("Words in the body alone", []),
        ("<p>Words <i>in</i> a line</p>", [("p", "text", ["text", "line"])]),
        ("<td>Words<table><tr><td>x</td></tr></table></td>", [("td", "line", ["line", "text"])]),
        ("<td>Words <b>bold</b> <img src='a.png' alt=''></td>", [("img", "image", ["image"])]),
    ],
)
def test_what_is_proposed(body: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert proposed(body) == expected


def test_the_title_is_proposed_as_the_subject() -> None:
    found = propose(a_mail("", head="\n<title>News &amp; more</title>"), kind="html").proposals

    assert [(one.name, one.is_fixed, one.line, one.column, one.excerpt) for one in found] == [
        ("subject", True, 2, 1, "News & more")
    ]


@pytest.mark.parametrize("link", ['<a href="https://a.example/unsubscribe?u=1">Bye</a>', '<a href="#">Abbestellen</a>'])
def test_a_link_that_unsubscribes_is_led_to_the_portals_own(link: str) -> None:
    source = a_mail(f"<p>Words {link}</p>")
    found = propose(source, kind="html")

    confirmed = confirm(source, kind="html", choices=[choice_of(one) for one in found.proposals])

    assert [one.is_link for one in found.proposals] == [True]
    assert confirmed.findings == ()
    assert confirmed.source == source.replace(link.split('"')[1], "[[unsubscribe_url]]")


def test_what_a_mail_still_lacks_is_said() -> None:
    found = propose("<html><body>\n<p>Hi</p><webversion>x</webversion></body></html>", kind="html")

    assert [str(entry) for entry in found.report.entries] == [
        "line 1, column 1: There is no title, which becomes the subject. Write one into the head.",
        "line 1, column 1: No link unsubscribes. Add one that leads to [[unsubscribe_url]].",
        "line 1, column 1: No part shows the postal address. Write [[group.address]] into the footer.",
        "line 2, column 10: <webversion> means something only at another mailer. Write a link, or take it out.",
    ]


def test_nothing_is_lacking_in_a_whole_mail() -> None:
    assert propose(a_mail(FOOTER, head="<title>Hi</title>"), kind="html").report.entries == ()


def test_confirmed_fields_carry_name_type_label_and_the_look_of_their_words() -> None:
    source = a_mail('<td><p style="margin:0">One</p><p>Two <a style="color:red" href="#">x</a></p></td>')
    (proposal,) = propose(source, kind="html").proposals

    confirmed = confirm(source, kind="html", choices=[Choice(proposal.start, "text", "story", 'A "good" one')])

    assert confirmed.source == source.replace(
        "<td>",
        '<td data-field="story" data-type="text" data-label="A &quot;good&quot; one" data-paragraph-style="margin:0" '
        'data-link-style="color:red">',
    )


def test_mjml_gets_proposals_too() -> None:
    source = (
        "<mjml><mj-head><mj-title>News</mj-title><mj-preview>Soon</mj-preview></mj-head><mj-body><mj-section><mj-column>"
        '<mj-image src="https://images.example/a.png" alt="Cake" /><mj-text><h1>Hi</h1></mj-text>'
        '<mj-text>Some words</mj-text><mj-button href="https://a.example">Go</mj-button>'
        f"<mj-text>{FOOTER}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    found = propose(source, kind="mjml").proposals

    confirmed = confirm(source, kind="mjml", choices=[choice_of(one) for one in found])

    compiled = compile_source(confirmed.source, kind="mjml")
    assert [(spec.name, spec.type.value) for spec in compiled.fields] == [
        ("subject", "line"),
        ("preheader", "line"),
        ("image", "image"),
        ("headline", "line"),
        ("line", "line"),
        ("button", "button"),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "1st"}, "1st cannot be a name: use a to z, 0 to 9 and _, beginning with a letter."),
        ({"name": ""}, '"" cannot be a name: use a to z, 0 to 9 and _, beginning with a letter.'),
        ({"name": "taken"}, "The name taken is taken. Choose another one."),
        ({"name": "sections"}, "The name sections is taken. Choose another one."),
        ({"name": "subject"}, "The name subject is taken. Choose another one."),
        ({"type": "image"}, "good cannot be of this type here. Choose one of: line, text."),
        ({"type": "x"}, "good cannot be of this type here. Choose one of: line, text."),
        ({"label": "{{ x"}, "Braces of Liquid cannot stand in a label. Write words."),
        ({"start": 3}, "This place is not proposed any more. Reload the page and choose again."),
    ],
)
def test_a_choice_that_is_wrong_is_refused_and_nothing_is_written(changes: dict[str, str], sentence: str) -> None:
    source = a_mail("<h1>Hi</h1><p>there</p><p data-field='taken'>x</p>")
    good, other = (one.start for one in propose(source, kind="html").proposals)
    wrong = {"start": other, "type": "line", "name": "good", "label": "x"} | changes

    confirmed = confirm(source, kind="html", choices=[Choice(good, "line", "fine", "F"), Choice(**wrong)])  # type: ignore[arg-type]

    assert [finding.text for finding in confirmed.findings] == [sentence]
    assert confirmed.source == source


def test_the_same_name_or_place_twice_is_refused() -> None:
    source = a_mail("<h1>Hi</h1><p>there</p>")
    first, second = (one.start for one in propose(source, kind="html").proposals)

    same_name = confirm(source, kind="html", choices=[Choice(first, "line", "a"), Choice(second, "line", "a")])
    same_place = confirm(source, kind="html", choices=[Choice(first, "line", "a"), Choice(first, "line", "b")])

    assert [finding.code for finding in same_name.findings] == ["duplicate_name"]
    assert [finding.code for finding in same_place.findings] == ["not_proposed"]
    assert same_name.source == same_place.source == source


def test_the_subject_keeps_its_name() -> None:
    source = a_mail("", head="<title>Hi</title>")
    (title,) = propose(source, kind="html").proposals

    confirmed = confirm(source, kind="html", choices=[Choice(title.start, "line", "headline")])

    assert [finding.text for finding in confirmed.findings] == ["The name of this field is subject and stays so."]


def test_no_more_fields_are_proposed_than_a_template_takes() -> None:
    assert len(proposed("<p data-field='a'>x</p>" + "<p>Words</p>" * 300)) == 199


@pytest.mark.parametrize(
    ("source", "reason"), [("x" * 500_001, "more than 500000 characters"), ("<b>" * 201, "deeper than 200")]
)
def test_what_is_too_large_is_not_looked_at(source: str, reason: str) -> None:
    found = propose(source, kind="html")

    assert found.proposals == ()
    assert [reason in entry.text for entry in found.report.entries] == [True]


@needs_corpus
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_any_choice_of_proposals_for_a_foreign_mail_is_written_and_can_be_taken_away(
    path: Path, data: st.DataObject
) -> None:
    source = path.read_bytes().decode()
    proposals = [one for one in propose(source, kind="html").proposals if not one.is_link]
    kept = data.draw(st.lists(st.sampled_from(proposals), unique=True) | st.just(proposals))
    types = {one.start: data.draw(st.sampled_from(one.types)) for one in kept}

    confirmed = confirm(
        source, kind="html", choices=[Choice(one.start, types[one.start], one.name, one.label) for one in kept]
    )

    assert confirmed.findings == ()
    assert codes(confirmed.source) <= codes(source) <= OWED
    back = confirmed.source
    for one in kept:
        names = ("data-field", "data-type", "data-label", *dict(one.styles))
        back = with_settings(back, "html", one.name, dict.fromkeys(names[1:]))
        back = with_settings(back, "html", one.name, {"data-field": None})
    assert back == source


@needs_corpus
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_all_proposals_for_a_foreign_mail_become_fields_of_a_template_that_compiles(path: Path) -> None:
    source = path.read_bytes().decode()
    for old in ("@import", "</body>"):
        source = source.replace(old, {"</body>": f"{FOOTER}</body>"}.get(old, "import"))
    source = source.replace('rel="stylesheet"', 'rel="x"').replace("rel='stylesheet'", "rel='x'")
    proposals = propose(source, kind="html").proposals

    confirmed = confirm(source, kind="html", choices=[choice_of(one) for one in proposals])

    compiled = compile_source(confirmed.source, kind="html")
    assert {spec.name: spec.type for spec in compiled.fields} == {
        one.name: one.types[0] for one in proposals if not one.is_link
    }
    assert len(compiled.fields) >= 8


@needs_corpus
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_foreign_mail_without_mailchimps_language_is_not_changed(path: Path) -> None:
    source = path.read_bytes().decode()

    assert from_mailchimp(source, kind="html", merge_tags=frozenset())[0] == source


PIECES = (
    "<p> § </p> § <div> § </div> § <td> § </td> § <table> § </table> § <a href='#'> § </a> § <span> § "
    "</span> § <h1> § </h1> § <ul> § </ul> § <li> § </li> § <br> § <img src=a alt='x'> § Words § <b> § "
    "</b> § <!-- § --> § <!--[if mso]> § <![endif]--> § {{ § }} § <title> § </title> § <svg> § </svg> § "
    "<center> § </center> § <div style='display:none'> § <p data-label=x> § unsubscribe § <h1/> § < § "
    "<tr> § </tr>"
)
HTML = st.sampled_from([*PIECES.split(" § "), "\r\n"])


@settings(deadline=None)
@given(st.lists(HTML, max_size=25).map("".join))
def test_whatever_is_proposed_the_compiler_takes(body: str) -> None:
    source = f"<html><head><title>x</title></head><body>{FOOTER}{body}</body></html>"
    proposals = propose(source, kind="html").proposals

    confirmed = confirm(source, kind="html", choices=[choice_of(one) for one in proposals])

    assert confirmed.findings == ()
    assert codes(confirmed.source) <= codes(source)
    if not codes(source):
        names = {spec.name for spec in compile_source(confirmed.source, kind="html").fields}
        assert names == {one.name for one in proposals if FieldType.LINE in one.types or one.types} - {""}


def test_a_mail_full_of_links_to_unsubscribe_gets_a_few_proposals() -> None:
    assert len(proposed('<p><a href="https://a.example/unsubscribe">x</a></p>' * 100)) == 5
