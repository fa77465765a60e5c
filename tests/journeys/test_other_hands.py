"""The journeys of product.md, section 3, in German on a phone, and by keyboard alone at a zoom of 400 %."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from campaigns.demo.brands import PASSWORD
from campaigns.demo.building import SMALL_AUDIENCE
from tests.journeys.portal import RunningPortal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

HEADLINE = "Kommt und kostet die neue Ernte"
OWN_NAME = "Ernte im Dezember"
MOST_TABS = 150
STORES = "code,name,region,country,city\nZZ-7,Northwind Coffee Boise,Americas,US,Boise\n"
PEOPLE = "email,role,groups,name\nboise@example.com,local_author,ZZ-7,Bo Boise\n"


@pytest.mark.catalogue("G12")
def test_author_approver_brand_manager_and_admin_do_their_work_in_german_on_a_phone(
    portal: RunningPortal, browser: Browser
) -> None:
    author, problems = on_a_phone(browser, portal, "author")
    author.locator("main a[href$='/templates/']").first.tap()
    author.locator(".wall-card button").first.tap()
    own = (("mailing-name", OWN_NAME), ("subject", "Vier Kaffees am Donnerstag"), ("headline", HEADLINE))
    for name, words in own:
        opened(author, name).get_by_role("textbox").first.fill(words)
        expect(author.locator("[data-save-status]")).to_contain_text("Gespeichert")
    opened(author, "mailing-audience").get_by_text(SMALL_AUDIENCE).tap()
    opened(author, "mailing-send").locator("button[type=submit], button:not([type])").last.tap()
    expect(author.locator(".state[data-state=in_approval]").first).to_be_visible()
    address = author.url

    approver, more = on_a_phone(browser, portal, "approver")
    problems += more
    approver.goto(f"{portal.url}/approvals/")
    approver.get_by_role("link", name=OWN_NAME).first.tap()
    expect(approver.get_by_text(HEADLINE).first).to_be_visible()
    approver.get_by_role("button", name="Freigeben", exact=True).tap()
    author.goto(address)
    expect(author.locator(".state[data-state=scheduled], .state[data-state=sending]").first).to_be_visible()

    manager, more = on_a_phone(browser, portal, "manager")
    problems += more
    manager.goto(f"{portal.url}/brand/")
    manager.locator("input[name=accent_color]").fill("#ffd400")
    manager.locator("form[enctype] button").tap()
    dark = manager.frame_locator("iframe[data-scheme=dark]").first.locator("body")
    expect(dark).to_have_css("background-color", "rgb(19, 20, 21)")
    light = manager.frame_locator("iframe[data-scheme=light]").first
    expect(light.locator("body")).to_have_css("background-color", "rgb(247, 247, 245)")
    expect(light.locator(".btn-primary")).to_have_css("background-color", "rgb(255, 212, 0)")
    manager.locator("form[action$='/adopt/'] button").tap()
    expect(manager.locator("main .btn-primary")).to_have_css("color", "rgb(0, 0, 0)")

    manager.goto(f"{portal.url}/templates/")
    manager.get_by_role("link", name="Event invitation").first.tap()
    manager.locator("button[value=check]").tap()
    expect(manager.locator("#checked .state").first).to_contain_text("Entwurf")
    manager.locator("a[href$='/readiness/']").first.tap()
    expect(manager.locator("h1")).to_contain_text("bereit")

    admin, more = on_a_phone(browser, portal, "admin")
    problems += more
    admin.goto(f"{portal.url}/braze/")
    admin.locator("form[action$='/check/'] button").tap()
    expect(admin.locator("main")).to_contain_text("users.track")
    for path, rows in (("groups", STORES), ("people", PEOPLE)):
        admin.goto(f"{portal.url}/{path}/import/")
        file = {"name": f"{path}.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        admin.locator("input[type=file]").set_input_files(files=[file])
        admin.locator("form[enctype] button").first.tap()
        admin.locator("form:not([enctype]) .btn-primary").last.tap()
        expect(admin.locator(".alert-success").first).to_be_visible()
    admin.goto(f"{portal.url}/audit-trail/")
    expect(admin.locator("main")).to_contain_text("Eine Gruppe wurde hinzugefügt.")
    assert problems == []


def test_a_mailing_is_written_and_submitted_by_keyboard_alone_at_a_zoom_of_400_per_cent(
    portal: RunningPortal, browser: Browser
) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 480}, locale="en-GB").new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(portal.url)
    page.keyboard.type("author@northwind.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"//[^/]+/$"))

    follow(page, "main a[href$='/templates/']")
    follow(page, ".wall-card button")
    for name, words in (("subject", "Four coffees"), ("headline", "By keyboard alone")):
        unfold(page, name)
        reach(page, f"#step-{name} :is(input, textarea, [contenteditable=true])")
        page.keyboard.press("Control+A")
        page.keyboard.type(words)
        expect(page.locator("[data-save-status]")).to_contain_text("Saved")
        assert_in_sight(page)
    unfold(page, "mailing-audience")
    reach(page, "#step-mailing-audience input[type=radio]")
    while SMALL_AUDIENCE not in page.evaluate("document.activeElement.closest('label, .form-check, li').innerText"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#step-mailing-audience [data-step-summary]")).to_contain_text(SMALL_AUDIENCE)
    unfold(page, "mailing-send")
    reach(page, "#step-mailing-send button:is([type=submit], :not([type]))")
    assert_in_sight(page)
    page.keyboard.press("Enter")

    expect(page.locator(".state[data-state=in_approval]").first).to_be_visible()
    assert problems == []


def on_a_phone(browser: Browser, portal: RunningPortal, who: str) -> tuple[Page, list[str]]:
    """Signs somebody in on a phone whose browser asks for German; gives the page and what its console complains of."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="de-DE", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(15_000)
    page.goto(portal.url)
    page.locator("[name=login]").fill(f"{who}@northwind.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").tap()
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    assert page.locator("html").get_attribute("lang") == "de"
    return page, problems


def opened(page: Page, name: str) -> Locator:
    """Opens a step of the composer by touch, unless it is open, and gives it."""
    step = page.locator(f"#step-{name}")
    if step.get_attribute("open") is None:
        step.locator("summary").first.tap()
    expect(step).to_have_attribute("open", "")
    return step


def reach(page: Page, selector: str) -> None:
    """Presses Tab until what is looked for has the focus."""
    for _step in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}.")


def follow(page: Page, selector: str) -> None:
    """Goes to a link or a button by Tab, and where it leads."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def unfold(page: Page, name: str) -> None:
    """Opens a step of the composer from its heading, unless it is open."""
    step = page.locator(f"#step-{name}")
    reach(page, f"#step-{name} > summary")
    if step.get_attribute("open") is None:
        page.keyboard.press("Enter")
    expect(step).to_have_attribute("open", "")


def assert_in_sight(page: Page) -> None:
    """Sees that what has the focus comes into sight and that nothing lies over its middle (WCAG 2.2, 2.4.11)."""
    page.wait_for_function(
        "(() => { const one = document.activeElement, box = one.getBoundingClientRect();"
        " const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);"
        " return top !== null && (one.contains(top) || top.contains(one)); })",
        timeout=5_000,
    )
