"""Steps and inputs in a real browser: what they say, that nothing typed is lost, that the open step is in sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_brand_lock import violations
from tests.journeys.test_the_whole_way import open_step, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]


def test_what_is_wrong_with_an_input_is_said_at_it_while_somebody_types(
    portal: RunningPortal, browser: Browser
) -> None:
    author, problems = signed_in(browser, portal, "author@northwind.example")
    author.locator('main a[href*="/templates/"]').first.click()
    author.get_by_role("button", name="Use this template").first.click()
    open_step(author, "headline")
    headline = author.locator("#f-headline")
    words = headline.input_value()

    headline.fill("x" * 400)
    expect(headline).to_have_attribute("aria-invalid", "true")
    said = description(headline)
    assert violations(author) == []
    headline.fill(words)
    expect(headline).not_to_have_attribute("aria-invalid", "true")

    open_step(author, "intro")
    text = author.locator('[data-field="intro"] .rich-text')
    expect(text).to_have_attribute("aria-invalid", "false")
    text.fill("x " * 2000)
    expect(text).to_have_attribute("aria-invalid", "true")
    assert "notes-intro" in (text.get_attribute("aria-describedby") or "").split()
    assert "400 / " in said
    assert author.locator("#notes-headline").inner_text() == ""
    assert violations(author) == []
    assert missing_descriptions(author) == []
    assert problems == []


def test_what_is_typed_before_the_scripts_are_there_is_saved_too(portal: RunningPortal, browser: Browser) -> None:
    author, problems = signed_in(browser, portal, "author@northwind.example")
    author.locator('main a[href*="/templates/"]').first.click()
    author.get_by_role("button", name="Use this template").first.click()
    waiting: list[Route] = []
    author.route(re.compile(r"/composer(\.\w+)?\.js"), lambda route: waiting.append(route))
    author.reload(wait_until="commit")
    open_step(author, "headline")
    author.locator("#f-headline").fill("Typed at once")
    author.wait_for_timeout(500)

    assert waiting
    for script in waiting:
        script.continue_()

    expect(author.locator("[data-save-status]")).to_contain_text("Saved")
    author.unroute_all()
    author.reload()
    open_step(author, "headline")
    expect(author.locator("#f-headline")).to_have_value("Typed at once")
    author.wait_for_timeout(800)
    assert author.locator("[data-saving]").count() == 0
    assert problems == []


@pytest.mark.parametrize("height", [600, 900])
def test_a_step_that_opens_below_a_long_one_stays_in_sight(
    portal: RunningPortal, browser: Browser, height: int
) -> None:
    author, problems = signed_in(browser, portal, "author@northwind.example")
    author.set_viewport_size({"width": 1280, "height": height})
    author.locator('main a[href*="/templates/"]').first.click()
    author.get_by_role("button", name="Use this template").last.click()
    open_step(author, "hero")

    for name in ("band", "headline", "offers", "opens"):
        open_step(author, name)
        expect(author.locator(f"#step-{name} > summary")).to_be_in_viewport(ratio=1)
    assert problems == []


def test_a_step_that_was_opened_before_the_scripts_are_there_stays_in_sight_too(
    portal: RunningPortal, browser: Browser
) -> None:
    author, problems = signed_in(browser, portal, "author@northwind.example")
    author.set_viewport_size({"width": 1280, "height": 600})
    author.locator('main a[href*="/templates/"]').first.click()
    author.get_by_role("button", name="Use this template").last.click()
    waiting: list[Route] = []
    author.route(re.compile(r"/composer(\.\w+)?\.js"), lambda route: waiting.append(route))
    author.reload(wait_until="commit")
    open_step(author, "hero")
    open_step(author, "band")
    author.evaluate("scrollTo(0, 0)")
    author.wait_for_timeout(500)

    assert waiting
    for script in waiting:
        script.continue_()

    expect(author.locator("#step-band > summary")).to_be_in_viewport(ratio=1)
    author.unroute_all()
    assert problems == []


@pytest.mark.catalogue("I2")
def test_turning_a_picture_takes_the_crop_back(portal: RunningPortal, browser: Browser) -> None:
    author, problems = signed_in(browser, portal, "author@northwind.example")
    author.get_by_role("link", name="Images").click()
    author.locator('main a[href*="/crop/"]').first.click()
    frame = author.locator("[data-crop-frame]")

    author.get_by_role("button", name="1:1").click()
    expect(frame).to_be_visible()
    drawn = crop_of(author)
    author.locator("[name=turn]").select_option("90")
    turned = crop_of(author)
    author.locator("[name=turn]").select_option("0")

    assert all(drawn)
    assert turned == crop_of(author) == ["", "", "", ""]
    expect(frame).to_be_hidden()
    assert violations(author) == []
    assert problems == []


def crop_of(page: Page) -> list[str]:
    """Gives the four numbers of the crop as the form would send them."""
    return [page.locator(f'[name="{name}"]').input_value() for name in ("left", "top", "crop_width", "crop_height")]


def description(field: Locator) -> str:
    """Gives the words of everything that describes an input."""
    words: str = field.evaluate(
        "field => field.getAttribute('aria-describedby').split(' ')"
        ".map(id => document.getElementById(id).textContent.trim()).join(' ')"
    )
    return words


def missing_descriptions(page: Page) -> list[str]:
    """Gives the ids that something on the page is described by and that are not there."""
    missing: list[str] = page.evaluate(
        "[...document.querySelectorAll('[aria-describedby]')].flatMap("
        "one => one.getAttribute('aria-describedby').trim().split(/\\s+/)).filter(id => !document.getElementById(id))"
    )
    return missing
