"""Emails from elsewhere become templates, and proposed fields are open only once a brand manager confirmed them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from campaigns.brandlock import FieldType
from campaigns.library.drafting import save_draft
from campaigns.library.field_words import TYPE_LABELS
from campaigns.library.import_forms import MAX_FILE_BYTES
from campaigns.library.importing import import_template
from campaigns.library.services import create_template
from campaigns.models import Template
from groups.models import Event
from tests.builders import Cast

MAILCHIMP = (Path(__file__).parents[2] / "corpora" / "mailchimp_garden_news.html").read_text(encoding="utf-8")
PLAIN = """<html lang="en"><head><title>News</title></head><body>
<h1>What is new</h1>
<p>Come <b>in</b></p>
<img src="https://images.example/cup.png" alt="A cup">
<p>[[group.address]] <a href="https://a.example/unsubscribe">Unsubscribe</a></p>
</body></html>
"""
HEADLINE, TEXT, IMAGE, LINK = (PLAIN.index(tag) for tag in ("<h1", "<p>Come", "<img", "<a "))


@pytest.fixture
def template(cast: Cast) -> Template:
    """A template whose draft is plain HTML."""
    return import_template(brand=cast.brand, name="Summer bar", source=PLAIN, actor=cast.manager)[0]


def proposals_of(template: Template) -> str:
    return reverse("campaigns:template-proposals", kwargs={"template_id": template.pk})


def source_of(template: Template) -> str:
    return template.versions.get(published_at=None).source


def confirmed(template: Template, *starts: int, **changes: str) -> dict[str, str]:
    """Gives the form of proposals with some of them ticked; `changes` are inputs such as `name_57`."""
    data = {"seen": template.versions.get(published_at=None).digest}
    for start in starts:
        data |= {
            f"p{start}-take": "on",
            f"p{start}-type": "line",
            f"p{start}-name": f"f{start}",
            f"p{start}-label": "L",
        }
    for key, value in changes.items():
        part, _, start_text = key.partition("_")
        data[f"p{start_text}-{part}"] = value
    return data


def test_a_template_of_mailchimp_is_imported_and_the_next_page_tells_what_became_of_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.manager)
    file = SimpleUploadedFile("garden.html", b"\xef\xbb\xbf" + MAILCHIMP.replace("\n", "\r\n").encode())

    page = client.post(reverse("campaigns:template-import"), {"name": "Garden", "file": file}, follow=True)

    template = Template.objects.get(slug="garden")
    draft = template.versions.get()
    assert page.redirect_chain == [(reverse("campaigns:template-import-report", args=[template.pk]), 302)]
    assert draft.published_at is None
    assert draft.source.startswith('<!doctype html>\n<html lang="en"')
    assert '<h1 data-field="main_title" data-type="line"' in draft.source
    assert draft.compiled["kind"] == "html"
    assert "It was written in Mailchimp&#x27;s template language." in page.text
    assert [(outcome, len(entries)) for outcome, _, entries in page.context["groups"]] == [
        ("person", 11),
        ("dropped", 12),
        ("translated", 23),
    ]
    assert "Line 53, column 72" in page.text
    assert "There is no page of preferences here. Lead the link of *|UPDATE_PROFILE|* elsewhere." in page.text
    assert client.get(page.redirect_chain[0][0]).context["groups"] == page.context["groups"]


@pytest.mark.parametrize(
    ("source", "language", "kind"),
    [
        (PLAIN, "plain HTML", "html"),
        ("<mjml><mj-body></mj-body></mjml>", "MJML", "mjml"),
        ("<p>*|FNAME|*</p>", "Mailchimp&#x27;s template language", "html"),
        ("<script>", "plain HTML", "html"),
    ],
)
def test_the_language_is_told_apart_and_any_source_is_kept(
    cast: Cast, client: Client, source: str, language: str, kind: str
) -> None:
    client.force_login(cast.manager)

    page = client.post(reverse("campaigns:template-import"), {"name": "New", "source": source}, follow=True)

    draft = Template.objects.get(slug="new").versions.get()
    assert f"It was written in {language}." in page.text
    assert draft.source_kind == kind
    assert draft.source == source.replace("*|FNAME|*", "[[first_name]]")


@pytest.mark.parametrize(
    ("data", "content", "sentence"),
    [
        ({}, None, "Choose a file, or paste the email below."),
        ({"source": " \n"}, None, "Choose a file, or paste the email below."),
        ({"source": "<p>x</p>"}, b"<p>y</p>", "There is a file and a pasted text. Take one of them away."),
        ({}, b"caf\xe9", "The file is not written in UTF-8."),
        ({}, "<p>x</p>".encode("utf-16"), "The file is not written in UTF-8."),
        ({}, b"<p>\x00</p>", "The file holds no text."),
        ({}, b"   ", "The file holds no text."),
        ({}, b"x" * (MAX_FILE_BYTES + 1), "The file is larger than 2 MB."),
        ({}, b"x" * 500_001, "The file has 500001 characters; at most 500000 are allowed."),
        ({"source": "x" * 500_001}, None, "at most 500000 characters"),
        ({"source": "<p>x</p>", "name": "  "}, None, "This field is required."),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_sentence(
    cast: Cast, client: Client, data: dict[str, str], content: bytes | None, sentence: str
) -> None:
    client.force_login(cast.manager)
    file = {} if content is None else {"file": SimpleUploadedFile("a.html", content)}

    page = client.post(reverse("campaigns:template-import"), {"name": "New", **data, **file})

    assert page.status_code == 422
    assert sentence in page.text
    assert Template.objects.count() == 0


def test_the_report_is_there_for_the_last_import_only(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:template-import-report", args=[template.pk]))

    assert (page.status_code, page["Location"]) == (302, reverse("campaigns:template-edit", args=[template.pk]))


def test_fields_are_proposed_and_none_is_ticked(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(proposals_of(template))

    rows = [(row.proposal.tag, row.proposal.excerpt, row.proposal.line) for row in page.context["rows"]]
    assert rows == [
        ("title", "News", 1),
        ("h1", "What is new", 2),
        ("p", "Come in", 3),
        ("img", "A cup", 4),
        ("a", "Unsubscribe", 5),
    ]
    assert " checked" not in page.text
    assert "This link seems to unsubscribe." in page.text
    assert client.get(proposals_of(template), {"choose": "all"}).text.count(" checked") == 5


def test_types_are_called_as_in_the_editor(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(proposals_of(template))

    types = {label for row in page.context["rows"] for _value, label in row.fields["type"].widget.choices}
    assert types <= set(TYPE_LABELS.values())
    assert TYPE_LABELS[FieldType.TEXT] in types


def test_confirmed_fields_are_written_into_the_draft_and_nothing_else_changes(
    cast: Cast, template: Template, client: Client
) -> None:
    client.force_login(cast.manager)
    data = confirmed(template, HEADLINE, IMAGE, LINK, **{f"name_{HEADLINE}": "top", f"type_{IMAGE}": "image"})

    page = client.post(proposals_of(template), data, follow=True)

    draft = template.versions.get()
    assert page.redirect_chain == [(reverse("campaigns:template-edit", args=[template.pk]), 302)]
    assert "3 places are written into the draft." in page.text
    assert draft.source == (
        PLAIN.replace("<h1", '<h1 data-field="top" data-type="line" data-label="L"')
        .replace("<img", f'<img data-field="f{IMAGE}" data-type="image" data-label="L"')
        .replace("https://a.example/unsubscribe", "[[unsubscribe_url]]")
    )
    assert [field["name"] for field in draft.compiled["fields"]] == ["top", f"f{IMAGE}"]


def test_a_published_version_gets_a_draft_that_follows_it(cast: Cast, template: Template, client: Client) -> None:
    draft = template.versions.get()
    template.versions.update(published_at=template.created_at, published_by=cast.manager)
    Template.objects.update(current=draft)
    client.force_login(cast.manager)
    data = {"seen": draft.digest, f"p{HEADLINE}-take": "on", f"p{HEADLINE}-type": "line", f"p{HEADLINE}-name": "top"}

    client.post(proposals_of(template), data)

    assert source_of(template) == PLAIN.replace("<h1", '<h1 data-field="top" data-type="line" data-label="Top"')
    assert template.versions.get(number=1).source == PLAIN


@pytest.mark.parametrize(
    ("starts", "changes", "sentence"),
    [
        ((), {}, "Nothing was chosen."),
        ((HEADLINE,), {f"name_{HEADLINE}": "1st"}, "1st cannot be a name"),
        ((HEADLINE,), {f"name_{HEADLINE}": "x" * 61}, "at most 60 characters"),
        ((HEADLINE, TEXT), {f"name_{HEADLINE}": "a", f"name_{TEXT}": "a"}, "The name a is taken. Choose another one."),
        ((HEADLINE,), {f"type_{HEADLINE}": "image"}, "cannot be of this type here"),
        ((HEADLINE,), {f"type_{HEADLINE}": "<b>"}, "cannot be of this type here"),
        ((HEADLINE,), {f"label_{HEADLINE}": "{{ x"}, "Braces of Liquid cannot stand in a label. Write words."),
        ((HEADLINE, 3), {}, "This place is not proposed any more."),
        ((HEADLINE, 999_999_999), {}, "This place is not proposed any more."),
    ],
)
def test_a_forged_or_wrong_choice_gets_a_sentence_and_nothing_is_written(
    cast: Cast,
    template: Template,
    client: Client,
    starts: tuple[int, ...],
    changes: dict[str, str],
    sentence: str,
) -> None:
    client.force_login(cast.manager)

    page = client.post(proposals_of(template), confirmed(template, *starts, **changes))

    assert page.status_code == 422
    assert sentence in page.text
    assert source_of(template) == PLAIN


def test_what_was_typed_stays_where_something_was_wrong(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)
    data = confirmed(template, HEADLINE, TEXT, **{f"name_{HEADLINE}": "9", f"label_{TEXT}": "Story of the day"})

    page = client.post(proposals_of(template), data)

    assert 'value="Story of the day"' in page.text
    assert page.text.count(" checked") == 2


@pytest.mark.parametrize("seen", ["", "x"])
def test_a_draft_that_somebody_else_saved_is_not_overwritten(
    cast: Cast, template: Template, client: Client, seen: str
) -> None:
    client.force_login(cast.manager)
    data = confirmed(template, HEADLINE) | ({"seen": seen} if seen else {})
    if not seen:
        save_draft(template=template, source=f"{PLAIN}<!-- newer -->", kind="html", actor=cast.manager)
    before = source_of(template)

    page = client.post(proposals_of(template), data)

    assert page.status_code == 409
    assert "Somebody else saved this draft in the meantime." in page.text
    assert source_of(template) == before


def test_a_draft_with_nothing_to_propose_says_so(cast: Cast, client: Client) -> None:
    template = create_template(brand=cast.brand, name="Bare", actor=cast.manager)
    save_draft(template=template, source="<html><body></body></html>", kind="html", actor=cast.manager)
    client.force_login(cast.manager)

    page = client.get(proposals_of(template))

    assert "Nothing to propose" in page.text


def test_a_template_without_any_source_has_no_proposals(cast: Cast, client: Client) -> None:
    template = create_template(brand=cast.brand, name="Bare", actor=cast.manager)
    client.force_login(cast.manager)

    assert client.get(proposals_of(template)).status_code == 404


@pytest.mark.parametrize("person", ["author", "sender", "approver", "neighbour", "outsider"])
def test_for_everybody_else_the_pages_do_not_exist_and_nothing_changes(
    cast: Cast, template: Template, client: Client, person: str
) -> None:
    client.force_login(getattr(cast, person))
    pages = [
        reverse("campaigns:template-import"),
        reverse("campaigns:template-import-report", args=[template.pk]),
        proposals_of(template),
    ]
    events = Event.objects.count()

    answers = [client.get(page).status_code for page in pages]
    answers.append(client.post(pages[0], {"name": "Forged", "source": PLAIN}).status_code)
    answers.append(client.post(pages[2], confirmed(template, HEADLINE)).status_code)

    assert answers == [404] * 5
    assert Template.objects.count() == 1
    assert source_of(template) == PLAIN
    assert Event.objects.count() == events


def test_a_template_is_reached_on_its_own_brands_host_name_only(
    cast: Cast, template: Template, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.manager)

    answer = client.post(proposals_of(template), confirmed(template, HEADLINE), headers={"host": "harbor.testserver"})

    assert answer.status_code == 404
    assert source_of(template) == PLAIN


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(template: Template, client: Client) -> None:
    answer = client.post(proposals_of(template), confirmed(template, HEADLINE))

    assert answer.status_code == 302
    assert source_of(template) == PLAIN


def test_the_list_and_the_editor_lead_here(cast: Cast, template: Template, client: Client) -> None:
    client.force_login(cast.manager)

    assert reverse("campaigns:template-import") in client.get(reverse("campaigns:template-list")).text
    assert proposals_of(template) in client.get(reverse("campaigns:template-edit", args=[template.pk])).text
