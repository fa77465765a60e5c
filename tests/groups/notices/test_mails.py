"""What a mail says and carries: the person's language, the brand's look, our own links, and nobody else's markup."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from groups.brands.colors import contrast
from groups.models import Brand, Membership, Notice, Pace, User
from groups.notices.mailing import mail_due
from groups.notices.mails import mail_of
from groups.notices.services import choose, mark_read
from tests.builders import Cast, a_membership
from tests.campaigns.library.sources import a_picture_file
from tests.groups.notices.told import ALARM, FAMILY, OPEN, SETTLED, a_notice

EVIL = "<script>alert(1)</script> & “x”"


def mailed() -> EmailMultiAlternatives:
    """Mails what is due and gives the one mail that it made."""
    mail_due()
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    """Gives the HTML part of a mail."""
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return str(html)


def test_a_mail_greets_says_and_leads_to_the_thing_in_text_and_in_html(cast: Cast) -> None:
    path = f"/mailings/{cast.store.pk}/"
    notice = a_notice(cast.author, cast.store, what="Spring", path=path, headline="A bright roast")

    message = mailed()

    link = f"http://testserver:8000{path}?notice={notice.pk}"
    assert (message.to, message.subject) == ([cast.author.email], "Northwind Coffee: Tasting Spring")
    for part in (str(message.body), html_of(message)):
        for words in ("Hello Lou Author,", "Come and taste it.", "Headline", "A bright roast", "Approvals", link):
            assert words in part
    assert message.from_email == "Northwind Coffee <portal@localhost>"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/a/?page=2", "/a/?page=2&notice="),
        ("/a/#field", "/a/?notice="),
    ],
)
def test_a_path_keeps_what_it_asks_and_where_it_points(cast: Cast, path: str, link: str) -> None:
    a_notice(cast.author, cast.store, path=path)

    body = str(mailed().body)

    assert f"http://testserver:8000{link}" in body
    assert ("#field" in path) == bool(re.search(r"notice=[0-9a-f-]{36}#field\s", body))


def test_the_link_is_on_the_public_address_where_a_brand_has_no_host_name(cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://mail.example.com"
    Brand.objects.filter(pk=cast.brand.pk).update(host_name=None)
    a_notice(cast.author, cast.store)

    message = mailed()

    assert "https://mail.example.com/notices/settings/?notice=" in str(message.body)
    assert message.extra_headers["List-Unsubscribe"] == "<https://mail.example.com/notices/settings/>"


def test_a_row_that_was_forged_to_lead_elsewhere_is_not_mailed(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)
    Notice.objects.filter(pk=notice.pk).update(path="/\\evil.example/")

    mail_due()

    notice.refresh_from_db()
    assert (mail.outbox, notice.mail_state) == ([], "waiting")


def test_the_headers_say_that_a_machine_writes_and_thread_what_is_about_one_thing(cast: Cast) -> None:
    for occasion in ("first", "second"):
        a_notice(cast.author, cast.store, about="review:1-2", occasion=occasion)

    mail_due()

    first, second = (message.message() for message in mail.outbox)
    for message in (first, second):
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<http://testserver:8000{reverse('groups:notice-settings')}>"
        assert message["References"] == message["In-Reply-To"] == "<review.1-2@testserver>"
        assert re.fullmatch(r"<[0-9a-f-]{36}@testserver>", message["Message-ID"])
    assert first["Message-ID"] != second["Message-ID"]


def test_a_name_adds_no_header(cast: Cast) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(name="North\r\nBcc: evil@example.com")
    User.objects.filter(pk=cast.author.pk).update(name="Lou\r\nCc: evil@example.com")
    notice = a_notice(cast.author, cast.store)
    Notice.objects.filter(pk=notice.pk).update(parameters={"what": "News\r\nBcc: evil@example.com\r\n\r\nBody"})

    message = mailed().message()

    assert {"bcc", "cc"}.isdisjoint(name.lower() for name, _value in message.items())
    assert message["To"] == cast.author.email
    assert "\n" not in str(message["Subject"])


def test_what_local_people_write_is_text_and_never_markup(cast: Cast) -> None:
    User.objects.filter(pk=cast.author.pk).update(name=EVIL)
    Brand.objects.filter(pk=cast.brand.pk).update(name=EVIL)
    a_notice(cast.author, cast.store, what=EVIL, headline=EVIL)

    message = mailed()

    html = html_of(message)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; “x”") >= 4
    assert EVIL in str(message.body)


@pytest.mark.parametrize("accent", ["#1f5c4d", "#ffffff", "#000000", "#ffd400", "#ff0000", "#7f7f7f"])
def test_a_mail_can_be_read_whatever_colours_a_brand_sets(cast: Cast, accent: str) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(accent_color=accent, ink_color=accent)
    a_notice(cast.author, cast.store)

    html = html_of(mailed())

    button = re.search(r"background-color:(#\w{6});border:1px solid (#\w{6}).*?color:(#\w{6});text-decoration", html)
    name = re.search(r"font-weight:bold;color:(#\w{6})\">Northwind Coffee<", html)
    link = re.search(r"<a href=\"[^\"]*/notices/settings/\" style=\"color:(#\w{6})\"", html)
    assert button is not None and name is not None and link is not None
    assert button[1] == accent
    assert contrast(button[1], button[3]) >= 4.5
    assert contrast(button[2], "#ffffff") >= 4.5
    assert contrast(name[1], "#ffffff") >= 7
    assert contrast(link[1], "#ffffff") >= 4.5


def test_the_logo_comes_from_the_brands_own_address_and_nothing_from_elsewhere(cast: Cast) -> None:
    cast.brand.logo.save("mark.png", ContentFile(a_picture_file("PNG", (64, 64))))
    a_notice(cast.author, cast.store)

    html = html_of(mailed())

    assert f'src="http://testserver:8000{cast.brand.logo.url}" alt="Northwind Coffee"' in html
    assert {address.split("/", 3)[2] for address in re.findall(r'(?:src|href)="(\w+://[^"]*)"', html)} == {
        "testserver:8000"
    }
    for never in ("<style", "<link", "<script", "@font-face", "url(", "class="):
        assert never not in html


@pytest.mark.parametrize(
    ("own", "brands", "words"),
    [
        ("", "en", "Approvals:"),
        ("", "de", "Freigaben:"),
        ("de", "en", "Freigaben:"),
        ("en", "de", "Approvals:"),
    ],
)
def test_the_mail_speaks_the_persons_language_else_the_brands(cast: Cast, own: str, brands: str, words: str) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(language=brands)
    User.objects.filter(pk=cast.author.pk).update(language=own)
    a_notice(cast.author, cast.store)

    message = mailed()

    assert words in str(message.body)
    assert f'<html lang="{own or brands}">' in html_of(message)


def test_a_digest_puts_the_day_of_one_person_together_by_family(cast: Cast) -> None:
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.DAILY}, muted_until=None)
    for number in range(3):
        a_notice(cast.author, cast.store, about=f"tasting:{number}", what=str(number))
    a_notice(cast.author, cast.store, kind=ALARM, what="alarm")
    a_notice(cast.sender, cast.store, what="of somebody else")

    mail_due()
    at_once = sorted(message.subject for message in mail.outbox)
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        digest = mailed()

    assert at_once == ["Northwind Coffee: Tasting alarm", "Northwind Coffee: Tasting of somebody else"]
    assert (digest.to, digest.subject) == ([cast.author.email], "Northwind Coffee: 3 notices for you")
    for part in (str(digest.body), html_of(digest)):
        assert [number for number in range(3) if f"Tasting {number}" in part] == [0, 1, 2]
        assert "Headline" not in part
        assert "somebody else" not in part
    assert html_of(digest).count("<h2") == 1
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"mailed"}


def test_a_digest_of_one_is_a_mail_like_any_other(cast: Cast) -> None:
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    a_notice(cast.author, cast.store, what="alone")

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        message = mailed()

    assert message.subject == "Northwind Coffee: Tasting alone"
    assert "Headline" in str(message.body)


def test_a_long_digest_names_the_first_and_counts_the_rest(cast: Cast) -> None:
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    for number in range(53):
        a_notice(cast.author, cast.store, about=f"tasting:{number}")

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        digest = mailed()

    assert digest.subject == "Northwind Coffee: 53 notices for you"
    assert str(digest.body).count("- Tasting") == 50
    assert "3 more stand in the portal: http://testserver:8000/notices/" in str(digest.body)


def test_two_brands_of_one_person_never_share_a_mail(cast: Cast) -> None:
    a_membership(user=cast.author, group=cast.other_brand.groups.get())
    for brand, group in ((cast.brand, cast.store), (cast.other_brand, cast.other_brand.groups.get())):
        choose(person=cast.author, brand=brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
        for number in range(2):
            a_notice(cast.author, group, about=f"tasting:{group.pk}-{number}"[:70])

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        mail_due()

    assert sorted(message.subject for message in mail.outbox) == [
        "Harbor Books: 2 notices for you",
        "Northwind Coffee: 2 notices for you",
    ]


def _leave(cast: Cast) -> None:
    Membership.objects.filter(user=cast.author).delete()


def _close_the_account(cast: Cast) -> None:
    User.objects.filter(pk=cast.author.pk).update(is_active=False)


def _move_next_door(cast: Cast) -> None:
    Membership.objects.filter(user=cast.author).update(group=cast.next_store)


@pytest.mark.parametrize("meanwhile", [_leave, _close_the_account, _move_next_door])
def test_who_may_no_longer_see_the_thing_is_not_mailed(cast: Cast, meanwhile: Any) -> None:
    notice = a_notice(cast.author, cast.store)
    meanwhile(cast)

    mail_due()

    notice.refresh_from_db()
    assert (mail.outbox, notice.mail_state) == ([], "kept")


@pytest.mark.parametrize(("meanwhile", "mails"), [(_close_the_account, 0), (_leave, 1), (_move_next_door, 1)])
def test_a_kind_that_is_about_the_person_alone_needs_no_role(cast: Cast, meanwhile: Any, mails: int) -> None:
    a_notice(cast.author, cast.store, kind=OPEN)
    meanwhile(cast)

    mail_due()

    assert len(mail.outbox) == mails


def test_what_was_read_or_dealt_with_meanwhile_needs_no_mail(cast: Cast) -> None:
    read = a_notice(cast.author, cast.store)
    mark_read(notice=read, reader=cast.author)
    a_notice(cast.author, cast.store, kind=SETTLED)

    mail_due()

    assert mail.outbox == []
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"kept"}


def test_a_digest_leaves_out_what_the_person_may_no_longer_see(cast: Cast) -> None:
    a_membership(user=cast.author, group=cast.next_store)
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    for group in (cast.store, cast.next_store, cast.next_store):
        a_notice(cast.author, group, about=f"tasting:{Notice.objects.count()}", what=group.name)
    Membership.objects.filter(user=cast.author, group=cast.store).delete()

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        digest = mailed()

    assert digest.subject == "Northwind Coffee: 2 notices for you"
    assert cast.store.name not in str(digest.body)


def test_mails_of_unknown_kinds_are_never_written(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)
    notice.kind = "gone.away"

    with pytest.raises(ValueError, match="no kind"):
        mail_of([notice])
