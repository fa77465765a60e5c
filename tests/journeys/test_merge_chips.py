"""Merge tags are inserted by keyboard, stand as chips in rich text, and are plain `[[name]]` in what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]


def test_merge_tags_are_inserted_as_chips_by_keyboard(portal: RunningPortal, browser: Browser) -> None:
    page, problems = signed_in(browser, portal, "author@northwind.example")
    page.locator('main a[href*="/templates/"]').first.click()
    page.get_by_role("button", name="Use this template").first.click()
    page.locator("#step-subject > summary").click()
    subject = page.locator('[data-field="subject"]')

    subject.locator("input").fill("A cup for")
    chip = subject.locator('[data-insert="[[city]]"]')
    chip.focus()
    told = subject.locator("[data-chip-tells]").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    reads = subject.locator("[data-chip-line] .merge-chip").all_inner_texts()
    page.locator("#step-intro > summary").click()
    text = page.locator('[data-field="intro"]')
    text.locator(".rich-text").press("Control+End")
    page.keyboard.type(" Hello [[city]]")
    text.locator('[data-insert="[[first_name]]"]').press("Enter")
    expect(text.locator(".rich-text .merge-chip")).to_have_count(2)
    expect(page.locator("[data-save-status]")).to_contain_text("Saved")
    page.reload()
    page.locator("#step-intro > summary").click()

    assert "your town" in told
    assert reads == ["First name"]
    expect(page.locator('[data-field="subject"] input')).to_have_value("A cup for [[first_name]]")
    assert page.locator('[data-field="intro"] textarea').input_value().endswith("Hello [[city]][[first_name]]</p>")
    expect(page.locator('[data-field="intro"] .rich-text .merge-chip')).to_have_text(["City", "First name"])
    assert problems == []
