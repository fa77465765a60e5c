"""A shared part is made once under its short name, and changed only by who saw its newest version."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import SourceRefused
from campaigns.library.errors import NameTaken, StalePart
from campaigns.library.snippets import add_snippet, change_snippet
from campaigns.models import Snippet, SnippetVersion
from groups.models import Event
from tests.builders import Cast

pytestmark = pytest.mark.catalogue("T19")


@pytest.fixture
def part(cast: Cast) -> Snippet:
    """A shared part in its first version."""
    return add_snippet(brand=cast.brand, name="legal", label="Legal", source="<p>Live</p>", actor=cast.manager).snippet


def kept(part: Snippet) -> tuple[str, str, list[str]]:
    part.refresh_from_db()
    return part.name, part.label, [version.source for version in part.versions.all()]


def test_a_new_part_never_replaces_the_one_that_has_the_name(cast: Cast, part: Snippet, client: Client) -> None:
    client.force_login(cast.manager)
    events = Event.objects.count()

    page = client.post(
        reverse("campaigns:snippet-list"), {"name": "legal", "label": "Opening hours", "source": "<p>Mine</p>"}
    )

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["name"]
    assert "There is a shared part called legal already." in page.text
    assert kept(part) == ("legal", "Legal", ["<p>Live</p>"])
    assert Event.objects.count() == events
    with pytest.raises(NameTaken):
        add_snippet(brand=cast.brand, name="legal", label="Legal", source="<p>Mine</p>", actor=None)


def test_another_brand_has_the_same_short_name_for_its_own_part(cast: Cast, part: Snippet) -> None:
    add_snippet(brand=cast.other_brand, name="legal", label="Legal", source="<p>Theirs</p>", actor=cast.outsider)

    assert kept(part) == ("legal", "Legal", ["<p>Live</p>"])
    assert Snippet.objects.count() == 2


def test_a_new_part_is_published_and_a_bad_name_is_told_at_the_name(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("campaigns:snippet-list")

    refused = client.post(url, {"name": "9 lives", "label": "Legal", "source": "<p>x</p>"})
    made = client.post(url, {"name": "legal", "label": "Legal", "source": "<p>One</p>\r\n<p>Two</p>"})

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["name"])
    assert made.status_code == 302
    assert kept(Snippet.objects.get()) == ("legal", "Legal", ["<p>One</p>\n<p>Two</p>"])


def test_the_words_of_a_part_are_changed_and_never_its_short_name(cast: Cast, part: Snippet, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("campaigns:snippet-edit", args=[part.pk])

    page = client.get(url)
    client.post(url, {"name": "forged", "label": "Small print", "source": "<p>New</p>", "seen": "1"})

    assert 'name="name"' not in page.text
    assert 'name="seen" value="1"' in page.text
    assert kept(part) == ("legal", "Small print", ["<p>New</p>", "<p>Live</p>"])


def test_two_managers_do_not_overwrite_each_others_part(cast: Cast, part: Snippet, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("campaigns:snippet-edit", args=[part.pk])
    seen = client.get(url).context["form"]["seen"].value()
    change_snippet(snippet=part, label="Legal", source="<p>Hers</p>", actor=cast.admin, seen=1)
    events = Event.objects.count()

    page = client.post(url, {"label": "His", "source": "<p>His</p>", "seen": seen})

    assert page.status_code == 409
    assert "Somebody else changed this part in the meantime." in page.text
    assert "&lt;p&gt;His&lt;/p&gt;" in page.text
    assert kept(part) == ("legal", "Legal", ["<p>Hers</p>", "<p>Live</p>"])
    assert Event.objects.count() == events
    with pytest.raises(StalePart):
        change_snippet(snippet=part, label="His", source="<p>His</p>", actor=cast.manager, seen=1)


@pytest.mark.parametrize("seen", [None, "", "x", "0"])
def test_a_form_that_does_not_tell_what_was_seen_changes_nothing(
    cast: Cast, part: Snippet, client: Client, seen: str | None
) -> None:
    client.force_login(cast.manager)
    data = {"label": "Legal", "source": "<p>New</p>"} | ({} if seen is None else {"seen": seen})

    page = client.post(reverse("campaigns:snippet-edit", args=[part.pk]), data)

    assert page.status_code == 422
    assert kept(part) == ("legal", "Legal", ["<p>Live</p>"])


def test_the_same_words_again_are_the_version_that_is_there(cast: Cast, part: Snippet) -> None:
    again = change_snippet(snippet=part, label="Legal", source="<p>Live</p>", actor=cast.manager, seen=1)

    assert again.number == 1
    assert SnippetVersion.objects.count() == 1


def test_a_change_that_does_not_compile_changes_nothing(cast: Cast, part: Snippet) -> None:
    with pytest.raises(SourceRefused):
        change_snippet(snippet=part, label="New", source="<p>open", actor=cast.manager, seen=1)

    assert kept(part) == ("legal", "Legal", ["<p>Live</p>"])


@pytest.mark.parametrize("person", ["author", "sender", "approver", "neighbour", "outsider"])
def test_nobody_else_adds_or_changes_a_part(cast: Cast, part: Snippet, client: Client, person: str) -> None:
    client.force_login(getattr(cast, person))
    words = {"label": "Forged", "source": "<p>Forged</p>"}

    answers = [
        client.post(reverse("campaigns:snippet-list"), words | {"name": "forged"}),
        client.post(reverse("campaigns:snippet-edit", args=[part.pk]), words | {"seen": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert kept(part) == ("legal", "Legal", ["<p>Live</p>"])
    assert Snippet.objects.count() == 1
