"""What sanitisers were attacked with, in every field of a mailing: nothing of it runs or is fetched in the preview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from campaigns.compose.services import start_mailing
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Mailing, Template
from groups.models import Group
from tests.builders import Cast
from tests.campaigns.brandlock.hostile import POOL, foreign_strings
from tests.journeys.browser import open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second-portal")]

ADDRESS = "http://127.0.0.1:9/preview/"
PLACES = 60
WATCH = (
    "window.ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'fetch']) "
    "window[name] = () => ran.push(name);"
)
COUNT = (
    "document.querySelectorAll('script,iframe,object,embed,svg,math,form,base,link,meta[http-equiv=refresh]').length"
)
HANDLERS = (
    "[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames())"
    ".filter(name => name.startsWith('on')).length"
)
SCHEMES = "[...new Set([...document.querySelectorAll('a[href]')].map(one => one.protocol))].sort()"
SOURCE = (
    '<!doctype html><html lang="en" dir="ltr"><head><title data-field="subject" data-required>x</title></head><body>'
    + "".join(
        f'<div data-field="text_{number}" data-type="text">x</div><p data-field="line_{number}">x</p>'
        f'<img data-field="image_{number}" data-type="image" alt="">'
        f'<a data-field="button_{number}" data-type="button" href="https://x.example">x</a>'
        for number in range(PLACES // 2)
    )
    + "".join(f'<div data-field="text_{number}" data-type="text">x</div>' for number in range(PLACES // 2, PLACES))
    + '<p>[[group.name]] [[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p></body></html>'
)


@dataclass
class Seen:
    """What a page did that nobody allowed: dialogs, errors of scripts, and requests beside the page itself."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def template(cast: Cast) -> Template:
    """Gives a published template with many places for each type of text."""
    template = create_template(brand=cast.brand, name="Places", actor=cast.manager)
    publish_version(template=template, source=SOURCE, kind="html", actor=cast.manager, tested=True)
    template.refresh_from_db()
    return template


@contextmanager
def watched(browser: Browser, body: str, headers: Mapping[str, str]) -> Iterator[tuple[Page, Seen]]:
    """Opens a page that is answered with a text and headers, and watches what it does; nothing else is answered."""
    seen = Seen()
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)

    def answer(route: Route) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(status=200, body=body, headers=dict(headers))
        else:
            seen.requests.append(route.request.url)
            route.abort()

    def dismiss(dialog: object) -> None:
        seen.dialogs.append(str(dialog))

    page.route("**/*", answer)
    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.goto(ADDRESS)
    yield page, seen
    context.close()


def preview(client: Client, mailing: Mailing) -> HttpResponse:
    response = client.get(reverse("campaigns:mailing-preview", kwargs={"mailing_id": mailing.pk}))
    assert response.status_code == 200
    return response


def values_of(texts: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, object] = {"subject": texts[0]}
    for number, text in enumerate(texts):
        values[f"text_{number}"] = {"html": text}
        if number < PLACES // 2:
            values[f"line_{number}"] = text
            values[f"image_{number}"] = {"image": text, "alt": text}
            values[f"button_{number}"] = {"text": text, "url": text}
    return values


def bodies(cast: Cast, client: Client, template: Template) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Gives the previews that hold all strings, as the portal answers them; the group's own name is one of them too."""
    strings = (*(text.encode("utf-8", "replace").decode() for text in POOL), *foreign_strings())
    mailing = start_mailing(group=cast.store, template=template, actor=cast.author)
    client.force_login(cast.author)
    for start in range(0, len(strings), PLACES):
        some = tuple(text.replace("\x00", "") for text in strings[start : start + PLACES])
        Mailing.objects.filter(pk=mailing.pk).update(values=values_of(some))
        Group.objects.filter(pk=cast.store.pk).update(name=some[0][:100], street=some[-1][:100])
        response = preview(client, mailing)
        yield response.content.decode(), response.headers


def test_nothing_runs_and_nothing_is_fetched_in_a_preview_full_of_attacks(
    cast: Cast, client: Client, template: Template
) -> None:
    answers = list(bodies(cast, client, template))

    assert len(answers) >= len(POOL) // PLACES
    with open_browser() as browser:
        for body, headers in answers:
            with watched(browser, body, headers) as (page, seen):
                assert page.evaluate("window.ran") == []
                assert (page.evaluate(COUNT), page.evaluate(HANDLERS)) == (0, 0)
                assert set(page.evaluate(SCHEMES)) <= {"http:", "https:", "mailto:", "tel:"}
                assert page.locator("body > div").count() == PLACES
                assert seen == Seen()


def test_without_the_brand_lock_the_policy_of_a_preview_would_still_let_nothing_run(
    cast: Cast, client: Client, template: Template
) -> None:
    client.force_login(cast.author)
    headers = preview(client, start_mailing(group=cast.store, template=template, actor=cast.author)).headers
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)><a id=a href='javascript:alert(3)'>x</a>"

    with open_browser() as browser:
        with watched(browser, attack, {"Content-Type": "text/html"}) as (page, _seen):
            page.wait_for_function("window.ran.length >= 2")
            defenceless = page.evaluate("window.ran.length")
        with watched(browser, attack, headers) as (page, seen):
            page.locator("#a").click()
            defended = page.evaluate("window.ran")

    assert defenceless == 2
    assert defended == []
    assert seen.dialogs == []
    assert "script-src 'none'" in headers["Content-Security-Policy"]
