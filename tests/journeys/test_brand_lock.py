"""A brand manager changes a template in a real browser: colours, errors, worst cases, settings, test, new version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import open_step, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]


@pytest.mark.catalogue("T16", "T18")
def test_a_brand_manager_mends_tests_and_publishes_a_template(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    manager, problems = signed_in(browser, portal, "manager@northwind.example")
    manager.get_by_role("link", name="Templates").click()
    manager.get_by_role("link", name="Event invitation").click()
    source = manager.get_by_label("Source (MJML or HTML)")
    expect(source).to_have_value(re.compile("<mjml"))
    text = source.input_value()
    assert painted(manager, "source-mark") > 20 and painted(manager, "source-token") > 5

    source.fill(text.replace('data-field="headline"', 'data-field="Head line"'))
    error = manager.get_by_role("link", name=re.compile(r"Line \d+, column \d+")).first
    error.click()
    assert "Head line" in selected_line(manager)
    expect(manager.get_by_text("Head line cannot be a name")).to_be_visible()

    source.fill(text.replace("YOU ARE INVITED", "YOU ARE WELCOME"))
    expect(manager.get_by_text("Draft, waits for a test mail")).to_be_visible()
    picture = manager.frame_locator("iframe[name=picture]")
    expect(picture.get_by_text("YOU ARE WELCOME")).to_be_visible()
    manager.get_by_role("link", name="Longest").click()
    expect(picture.get_by_role("heading", name=re.compile("Donaudampfschifffahrt")).first).to_be_visible()
    assert background(manager) == "rgb(239, 230, 216)"
    manager.get_by_text("Dark", exact=True).click()
    assert background(manager) == "rgb(23, 18, 15)"
    manager.screenshot(path=screenshots / "editor.png")
    assert violations(manager) == []

    manager.get_by_role("button", name="Publish new version").click()
    expect(manager.get_by_text("Send yourself a test mail of exactly this draft first")).to_be_visible()
    manager.get_by_role("button", name="Mail me a test").click()
    expect(manager.get_by_text("A test mail is on its way to manager@northwind.example.")).to_be_visible()
    manager.get_by_role("button", name="Publish new version").click()
    expect(manager.get_by_text("Version 2 is published.")).to_be_visible()
    assert problems == []


@pytest.mark.catalogue("T4", "T11")
def test_the_settings_of_a_field_reach_the_authors_step_and_its_place_in_the_mail(
    portal: RunningPortal, browser: Browser
) -> None:
    manager, problems = signed_in(browser, portal, "manager@northwind.example")
    manager.get_by_role("link", name="Templates").click()
    manager.get_by_role("link", name="Monthly news").click()
    manager.locator("a[href$='/fields/subject/']").click()
    manager.get_by_label("A good example").fill("Four new coffees")
    assert violations(manager) == []
    manager.get_by_role("button", name="Write it into the source").click()
    expect(manager.get_by_label("Source (MJML or HTML)")).to_have_value(re.compile('data-good="Four new coffees"'))
    manager.get_by_role("button", name="Mail me a test").click()
    manager.get_by_role("button", name="Publish new version").click()
    expect(manager.get_by_text(re.compile(r"Version \d is published"))).to_be_visible()

    author, author_problems = signed_in(browser, portal, "author@northwind.example")
    author.locator("main a[href$='/templates/']").first.click()
    author.get_by_role("button", name=re.compile("Monthly news")).click()
    open_step(author, "subject")
    expect(author.get_by_text("Good: Four new coffees")).to_be_visible()
    author.get_by_role("textbox", name="Subject", exact=True).fill("<b>Four</b> {{coffees}}")
    expect(author.locator("#step-subject")).to_contain_text("<b>Four</b> {{coffees}}")
    place = author.locator("button.preview-place").last
    place.click()
    expect(author.locator("details.step[open], li[open], [id^=step-][open]").first).to_be_visible()
    author.locator("[data-preview-layer]").click(position={"x": 3, "y": 3})
    expect(author.get_by_text("This part is locked by Northwind Coffee.")).to_be_visible()
    assert violations(author) == []
    assert (problems, author_problems) == ([], [])


@pytest.mark.parametrize("path", ["/templates/import/", "/snippets/", "/merge-tags/", "/rules/", "/templates/new/"])
def test_the_pages_around_a_template_can_be_used_by_everybody(
    portal: RunningPortal, browser: Browser, path: str
) -> None:
    manager, problems = signed_in(browser, portal, "manager@northwind.example")

    manager.goto(f"{portal.url}{path}")

    assert violations(manager) == []
    manager.set_viewport_size({"width": 390, "height": 800})
    assert manager.evaluate("document.documentElement.scrollWidth") <= 390
    assert problems == []


def painted(page: Page, name: str) -> int:
    """Counts the stretches of the source that have a colour."""
    page.wait_for_function("name => (CSS.highlights.get(name)?.size ?? 0) > 0", arg=name)
    count: int = page.evaluate("name => CSS.highlights.get(name).size", name)
    return count


def selected_line(page: Page) -> str:
    """Gives what is selected in the source."""
    selected: str = page.evaluate(
        "(() => { const area = document.querySelector('#id_source');"
        " return area.value.slice(area.selectionStart, area.selectionEnd) })()"
    )
    return selected


def background(page: Page) -> str:
    """Gives the colour behind the mail in the picture."""
    frame = page.frame("picture")
    assert frame is not None
    colour: str = frame.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
    return colour


def violations(page: Page) -> list[str]:
    """Gives what axe finds on a page, frames with mails left out: those are checked when they are published."""
    found = Axe().run(page, options={"iframes": False})
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
