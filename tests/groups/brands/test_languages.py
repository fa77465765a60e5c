"""Which language a page speaks: the person's, else the browser's, else the brand's, of those that the brand offers."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from groups.models import Brand, User
from tests.builders import Cast


def spoken(client: Client, name: str = "account_login", **headers: str) -> str:
    """Gives the language that a page says it is in."""
    found = re.search(r'<html lang="([a-z]+)"', client.get(reverse(name), headers=headers, follow=True).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [
        ("", "", "fr"),
        ("nl, *", "", "fr"),
        ("de-CH, en;q=0.5", "", "de"),
        ("ko", "", "fr"),
        ("ko, de;q=0.4", "", "de"),
        ("de", "fr", "fr"),
        ("de", "ko", "de"),
    ],
)
def test_a_browser_is_answered_in_a_language_that_the_brand_offers(
    cast: Cast, client: Client, asked: str, cookie: str, language: str
) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(language="fr", languages=["en", "de", "fr"])
    if cookie:
        client.cookies["django_language"] = cookie

    assert spoken(client, accept_language=asked) == language


def test_a_persons_own_choice_goes_over_the_browser_while_the_brand_offers_it(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.author.pk).update(language="de")
    client.force_login(cast.author)

    offered = spoken(client, "campaigns:home", accept_language="fr")
    Brand.objects.filter(pk=cast.brand.pk).update(languages=["en", "fr"])
    no_more = spoken(client, "campaigns:home", accept_language="fr")
    client.post(reverse("set-language"), {"language": "ko", "next": "/"})

    assert (offered, no_more) == ("de", "fr")
    assert User.objects.get(pk=cast.author.pk).language == "de"


def test_the_menu_offers_the_brands_languages_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    saved = client.post(reverse("groups:brand-languages"), {"languages": ["de", "en"], "language": "de"})
    page = client.get(reverse("groups:brand-languages")).text
    refused = client.post(reverse("groups:brand-languages"), {"languages": ["fr"], "language": "de"})

    assert saved.status_code == 302
    assert re.findall(r'<button type="submit" name="language" value="(\w+)"', page) == ["en", "de"]
    assert refused.status_code == 422
    brand = Brand.objects.get(pk=cast.brand.pk)
    assert (brand.language, brand.languages) == ("de", ["en", "de"])
