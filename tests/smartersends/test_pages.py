"""The frame of all pages: the brand by host name, its colours, public media, the language, the way in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from groups.models import Brand, User
from tests.builders import PASSWORD, Cast
from tests.campaigns.library.sources import a_picture_file


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    """Lets the host names of both brands in, and one that belongs to nobody."""
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver", "nobody.test"]


def test_sign_in_carries_the_brand_of_the_host_name(cast: Cast, client: Client) -> None:
    north = client.get(reverse("account_login"), headers={"host": "testserver"})
    harbor = client.get(reverse("account_login"), headers={"host": "harbor.testserver"})

    assert "Northwind Coffee" in north.text
    assert "Harbor Books" not in north.text
    assert "Harbor Books" in harbor.text


def test_a_host_name_without_a_brand_shows_no_brand(cast: Cast, client: Client) -> None:
    page = client.get(reverse("account_login"), headers={"host": "nobody.test"})

    assert page.status_code == 404
    assert "Northwind" not in page.text


def test_wrong_sign_in_says_so_and_keeps_the_address(cast: Cast, client: Client) -> None:
    page = client.post(reverse("account_login"), {"login": "lou@northwind.example", "password": "guess"})

    assert page.status_code == 200
    assert 'class="error-summary"' in page.text
    assert 'value="lou@northwind.example"' in page.text
    assert "_auth_user_id" not in client.session


def test_right_sign_in_leads_to_the_first_page_in_the_own_group(cast: Cast, client: Client) -> None:
    address = cast.author.email.replace("person", "Person")

    page = client.post(reverse("account_login"), {"login": address, "password": PASSWORD}, follow=True)

    assert page.redirect_chain[-1] == (reverse("campaigns:home"), 302)
    assert page.context["group"] == cast.store


def test_somebody_of_another_brand_has_no_group_here(cast: Cast, client: Client) -> None:
    client.force_login(cast.outsider)

    page = client.get(reverse("campaigns:home"))

    assert page.status_code == 200
    assert "You belong to no group yet" in page.text
    assert cast.store.name not in page.text


@pytest.mark.parametrize(
    ("person", "entries"),
    [
        ("author", ["Mailings", "Audiences", "Images"]),
        ("approver", ["Mailings", "Approvals"]),
        ("manager", ["Mailings", "Approvals", "Audiences", "Images", "Templates", "Groups", "Audit trail"]),
        (
            "admin",
            [
                "Mailings",
                "Audiences",
                "Images",
                "Templates",
                "Groups",
                "People",
                "Roles",
                "Sign-in",
                "Braze",
                "Audit trail",
            ],
        ),
    ],
)
def test_the_head_offers_what_a_person_may_open(cast: Cast, client: Client, person: str, entries: list[str]) -> None:
    client.force_login(getattr(cast, person))

    page = client.get(reverse("campaigns:home"), follow=True)

    head = page.text.split("<header", 1)[1].split("</header>", 1)[0]
    work = ["Mailings", "Approvals", "Audiences", "Images", "Templates"]
    offered = [*work, "Groups", "People", "Roles", "Sign-in", "Braze", "Audit trail"]
    assert [name for name in offered if f">{name}</a>" in head] == entries


def test_no_page_has_inline_style_or_script(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:template-list"))

    assert "style=" not in page.text
    assert "<style" not in page.text
    assert "<script>" not in page.text
    assert "script-src 'self' 'nonce-" in page["Content-Security-Policy"]
    assert "style-src 'self'" in page["Content-Security-Policy"]


def test_brand_css_has_the_colours_and_is_kept_where_its_version_is_named(cast: Cast, client: Client) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(accent_color="#ffd400")
    linked = client.get(reverse("account_login")).text.split('href="/brand.css', 1)[1].split('"', 1)[0]

    named, bare = client.get(f"/brand.css{linked}"), client.get("/brand.css")

    assert named["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent:#ffd400;" in named.text
    assert "--on-accent:#000000;" in named.text
    assert named["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare["Cache-Control"] == "public, max-age=60"


def test_media_gives_logos_and_images_and_nothing_else(cast: Cast, client: Client, settings: Settings) -> None:
    media = Path(settings.MEDIA_ROOT)
    for folder in ("images", "imports"):
        (media / folder).mkdir(parents=True)
    (media / "images" / "bar.jpg").write_bytes(a_picture_file())
    (media / "images" / "page.html").write_text("<script>alert(1)</script>")
    (media / "imports" / "people.jpg").write_text("lou@example.com")
    (media / "images" / "leak.jpg").symlink_to(media / "imports" / "people.jpg")
    (media / "images" / "out.jpg").symlink_to(Path(__file__))

    image = client.get("/media/images/bar.jpg")

    assert (image.status_code, image["Content-Type"]) == (200, "image/jpeg")
    assert image["X-Content-Type-Options"] == "nosniff"
    assert b"".join(image) == a_picture_file()  # type: ignore[arg-type]
    for path in (
        "imports/people.jpg",
        "images/../imports/people.jpg",
        "images/%2e%2e/imports/people.jpg",
        "images/leak.jpg",
        "images/out.jpg",
        "images/page.html",
        "images/gone.jpg",
        "images/",
        "images/bar.jpg%00.png",
        "//etc/passwd",
    ):
        assert client.get(f"/media/{path}").status_code == 404, path


def test_the_language_is_stored_on_the_person(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.post(reverse("set-language"), {"language": "de", "next": "/templates/"})

    cast.author.refresh_from_db()
    assert (page.status_code, page["Location"]) == (302, "/templates/")
    assert cast.author.language == "de"


def test_a_language_that_is_not_offered_changes_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.post(reverse("set-language"), {"language": "xx", "next": "https://evil.example/"})

    cast.author.refresh_from_db()
    assert cast.author.language == ""
    assert page["Location"] == "/"


def test_a_page_that_is_not_there_is_told_in_plain_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.get("/nothing/")

    assert page.status_code == 404
    assert "We cannot find this page" in page.text


def test_a_forgotten_password_is_set_by_a_mail_that_carries_the_brand(
    cast: Cast, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.author.email})
    mail = mailoutbox[0]
    link = re.search(r"https?://testserver(?::\d+)?(/accounts/password/reset/key/\S+)", str(mail.body))
    assert link is not None

    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a quite new phrase", "password2": "a quite new phrase"})
    used = client.get(link[1], follow=True)

    cast.author.refresh_from_db()
    assert cast.brand.name in mail.subject
    assert cast.author.check_password("a quite new phrase")
    assert "This link no longer works" in used.text


def test_an_unknown_address_learns_nothing_on_the_page(cast: Cast, client: Client) -> None:
    known = client.post(reverse("account_reset_password"), {"email": cast.author.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_nobody_signs_up_or_changes_their_address_by_themselves(cast: Cast, client: Client) -> None:
    signup = client.post("/accounts/signup/", {"email": "new@example.com", "password1": "a long enough phrase"})
    client.force_login(cast.author)

    assert "Accounts are made by invitation" in signup.text
    assert not User.objects.filter(email="new@example.com").exists()
    assert client.get("/accounts/email/").status_code == 404


def test_signing_out_needs_a_post(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    client.get(reverse("account_logout"))
    still_in = "_auth_user_id" in client.session
    client.post(reverse("account_logout"))

    assert still_in
    assert "_auth_user_id" not in client.session


def test_the_frame_of_a_page_asks_few_questions(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.manager)

    with django_assert_max_num_queries(9):
        page = client.get("/nothing/")

    assert cast.store.name in page.text


def test_the_group_of_the_page_is_the_one_in_its_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(reverse("campaigns:image-list", kwargs={"group_id": cast.far_store.pk}))

    assert f"Group: {cast.far_store.name}. Change group" in page.text
    assert reverse("groups:audience-list", kwargs={"group_id": cast.far_store.pk}) in page.text


def test_a_wordmark_carries_the_name_and_a_sign_has_it_beside(cast: Cast, client: Client) -> None:
    for size, name_class in (((300, 60), "brand-name visually-hidden"), ((64, 64), "brand-name")):
        cast.brand.logo.save(f"{size[0]}.png", ContentFile(a_picture_file("PNG", size)))

        page = client.get(reverse("account_login"))

        assert f'<span class="{name_class}">Northwind Coffee</span>' in page.text
        assert f'src="{cast.brand.logo.url}"' in page.text
