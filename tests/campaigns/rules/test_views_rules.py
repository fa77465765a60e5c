"""The page of a brand's rules, for those who manage them and for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.brandlock import SourceRefused
from campaigns.library.publishing import compile_for
from campaigns.models import RestrictedWord, RuleLevel
from campaigns.rules.services import add_word
from groups.models import Event
from tests.builders import Cast
from tests.campaigns.brandlock.builders import an_html_source

WORD = {"text": "guaranteed", "level": "block", "reason": "We promise nothing."}
LISTS = {"link_domains": "northwind.example", "image_domains": "images.northwind.example", "mail_domains": ""}


@pytest.fixture
def word(cast: Cast) -> RestrictedWord:
    return add_word(
        brand=cast.brand, text="certain", is_pattern=False, level=RuleLevel.WARN, reason="", actor=cast.manager
    )


def test_a_manager_adds_sees_and_removes_a_word(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    added = client.post(reverse("campaigns:rule-word-add"), WORD)
    page = client.get(reverse("campaigns:rule-list")).content.decode()
    word = RestrictedWord.objects.get()
    removed = client.post(reverse("campaigns:rule-word-remove", args=[word.pk]))

    assert (added.status_code, removed.status_code) == (302, 302)
    assert "guaranteed" in page
    assert "We promise nothing." in page
    assert (word.brand, word.level, word.created_by) == (cast.brand, RuleLevel.BLOCK, cast.manager)
    assert not RestrictedWord.objects.exists()


def test_a_pattern_that_is_refused_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    typed = {"text": "(a+)+b", "is_pattern": "on", "level": "warn", "reason": "Too long"}

    page = client.post(reverse("campaigns:rule-word-add"), typed)

    shown = page.content.decode()
    assert page.status_code == 422
    assert "could take very long" in shown
    assert 'value="(a+)+b"' in shown
    assert 'value="Too long"' in shown
    assert not RestrictedWord.objects.exists()


def test_a_level_that_there_is_not_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(reverse("campaigns:rule-word-add"), {**WORD, "level": "explode"})

    assert page.status_code == 422
    assert not RestrictedWord.objects.exists()


def test_domains_are_saved_and_told(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    answer = client.post(reverse("campaigns:rule-domains"), LISTS)

    cast.brand.refresh_from_db()
    assert answer.status_code == 302
    assert (cast.brand.link_domains, cast.brand.image_domains, cast.brand.mail_domains) == (
        ["northwind.example"],
        ["images.northwind.example"],
        [],
    )
    assert Event.objects.get(action="rules.domains_changed").detail["image_domains"] == "images.northwind.example"


def test_a_domain_that_is_none_keeps_what_was_typed_and_changes_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(
        reverse("campaigns:rule-domains"), {**LISTS, "mail_domains": "https://www.northwind.example/shop"}
    )

    cast.brand.refresh_from_db()
    shown = page.content.decode()
    assert page.status_code == 422
    assert "Write only northwind.example." in shown
    assert "https://www.northwind.example/shop</textarea>" in shown
    assert cast.brand.link_domains == []
    assert not Event.objects.filter(action="rules.domains_changed").exists()


def test_liquid_is_allowed_by_choice(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("campaigns:rule-liquid")
    source = an_html_source("{% if true %}x{% endif %}")

    client.post(url, {"tags": ["if", "for"]})
    cast.brand.refresh_from_db()
    compile_for(cast.brand, source, "html")
    chosen = cast.brand.liquid_tags
    client.post(url, {})
    cast.brand.refresh_from_db()

    assert {"if", "endif", "for", "endfor"} <= set(chosen)
    with pytest.raises(SourceRefused):
        compile_for(cast.brand, source, "html")
    assert client.post(url, {"tags": ["include"]}).status_code == 422


def test_the_page_stands_in_the_navigation_of_those_who_may(cast: Cast, client: Client) -> None:
    url = reverse("campaigns:rule-list")
    seen = {}

    for user in (cast.manager, cast.admin, cast.author):
        client.force_login(user)
        page = client.get(reverse("campaigns:mailing-list", args=[cast.store.pk])).content.decode()
        seen[user.name] = f'href="{url}"' in page

    assert seen == {cast.manager.name: True, cast.admin.name: True, cast.author.name: False}


def test_nobody_else_sees_or_changes_the_rules(cast: Cast, client: Client, word: RestrictedWord) -> None:
    before = Event.objects.count()

    for user in cast.without(cast.manager, cast.admin):
        client.force_login(user)
        answers = [
            client.get(reverse("campaigns:rule-list")),
            client.post(reverse("campaigns:rule-word-add"), WORD),
            client.post(reverse("campaigns:rule-word-remove", args=[word.pk])),
            client.post(reverse("campaigns:rule-domains"), LISTS),
            client.post(reverse("campaigns:rule-liquid"), {"tags": ["connected_content"]}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5, user.name

    cast.brand.refresh_from_db()
    assert list(RestrictedWord.objects.all()) == [word]
    assert (cast.brand.link_domains, cast.brand.liquid_tags, Event.objects.count()) == ([], [], before)


def test_a_word_of_another_brand_cannot_be_removed(
    cast: Cast, client: Client, word: RestrictedWord, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.outsider)

    answer = client.post(
        reverse("campaigns:rule-word-remove", args=[word.pk]), headers={"host": cast.other_brand.host_name or ""}
    )

    assert answer.status_code == 404
    assert RestrictedWord.objects.filter(pk=word.pk).exists()


def test_changing_needs_a_post(cast: Cast, client: Client, word: RestrictedWord) -> None:
    client.force_login(cast.manager)

    answers = [
        client.get(reverse("campaigns:rule-word-add")),
        client.get(reverse("campaigns:rule-word-remove", args=[word.pk])),
        client.get(reverse("campaigns:rule-domains")),
        client.get(reverse("campaigns:rule-liquid")),
    ]

    assert [answer.status_code for answer in answers] == [405] * 4
