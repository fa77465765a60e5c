"""An admin sets a brand up (product.md, section 3): on a desktop in English, on a phone in Spanish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from campaigns.demo.brands import PASSWORD
from tests.journeys.portal import RunningPortal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]


@pytest.mark.parametrize(
    ("locale", "size", "name", "languages"),
    [
        ("en-GB", {"width": 1280, "height": 860}, "Desk", "de"),
        ("es-ES", {"width": 390, "height": 844}, "Telefono", "fr"),
    ],
)
def test_an_admin_maps_variations_assigns_segments_makes_roles_and_looks_at_the_rest(
    portal: RunningPortal, browser: Browser, locale: str, size: dict[str, int], name: str, languages: str
) -> None:
    page, problems = signed_in(browser, portal, locale, size)

    page.goto(f"{portal.url}/braze/")
    page.locator("form[action$='/check/'] button").click()
    expect(page.locator("#permissions")).to_contain_text("users.track")

    page.goto(f"{portal.url}/variations/")
    cell = page.locator(".rollout-grid input.code").first
    cell.fill(f"variation-{name}")
    page.locator("form.stack .btn-primary").click()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(page.locator(".rollout-grid input.code").first).to_have_value(f"variation-{name}")

    page.goto(f"{portal.url}/")
    page.locator("nav a[href$='/audiences/']").first.click()
    page.locator("a[href$='/audiences/segments/']").first.click()
    expect(page.locator("main h1")).to_be_visible()
    page.locator("form[action$='/assign/'] button").first.click()
    expect(page.locator(".alert-success")).to_be_visible()

    page.goto(f"{portal.url}/roles/new/")
    page.locator("input[name=name]").fill(f"Helpers {name}")
    page.locator("input[type=checkbox]").first.check()
    page.locator("main .btn-primary").last.click()
    expect(page.locator("main")).to_contain_text(f"Helpers {name}")

    for address in ("brand/domain", "sign-in/single-sign-on", "merge-tags", "groups/fields"):
        answer = page.goto(f"{portal.url}/{address}/")
        assert answer is not None and answer.status == 200, address
    page.goto(f"{portal.url}/brand/languages/")
    page.locator(f"input[type=checkbox][value={languages}]").set_checked(True)
    page.locator("main .btn-primary").last.click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert problems == []


def signed_in(browser: Browser, portal: RunningPortal, locale: str, size: dict[str, int]) -> tuple[Page, list[str]]:
    """Signs the admin in; gives the page and what its console complains of."""
    page = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale=locale).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(portal.url)
    page.locator("[name=login]").fill("admin@northwind.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit], form button:not([type])").last.click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    assert page.locator("html").get_attribute("lang") == locale[:2]
    return page, problems
