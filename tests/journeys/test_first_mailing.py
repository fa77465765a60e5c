"""Somebody's first mailing: practice from the first page to the inboxes of the team, then the calendar."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_brand_lock import violations
from tests.journeys.test_the_whole_way import open_step, schedule, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]
A_MINUTE = 60_000


def test_a_first_mailing_is_practised_and_the_next_one_stands_in_the_calendar(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    page, problems = signed_in(browser, portal, "sender@northwind.example")
    expect(page.get_by_text("Try it with a practice mailing: it only reaches your team.")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="Try it").click()
    page.get_by_role("button", name=re.compile("Practise with this template")).first.click()
    open_step(page, "subject")
    expect(page.locator("#step-subject .guide-hint")).to_be_visible()
    page.get_by_role("textbox", name="Subject", exact=True).fill("Taste four coffees with us")
    page.get_by_role("textbox", name="Subject", exact=True).blur()
    expect(page.locator("[data-save-status]")).to_contain_text("Saved")
    page.get_by_role("button", name="Hide the guiding sentences").click()
    open_step(page, "mailing-audience")
    expect(page.locator("#step-mailing-audience")).to_contain_text("It goes to your team, and to nobody else")
    assert page.locator(".guide-hint").count() == 0
    open_step(page, "mailing-send")
    page.get_by_role("button", name="Send to your team").click()
    expect(page.get_by_text("Your team gets it, and nobody else")).to_be_visible()
    expect(page.locator(".test-list .state", has_text="Accepted").first).to_be_visible(timeout=A_MINUTE)
    assert violations(page) == []
    page.screenshot(path=screenshots / "practised.png", full_page=True)

    page.goto(portal.url)
    soon = datetime.now(ZoneInfo("America/Los_Angeles")).date() + timedelta(days=3)
    schedule(page, soon, last_day=soon)
    page.get_by_role("link", name="Calendar", exact=True).click()
    page.goto(f"{page.url}?day={soon}")
    expect(page.locator(".calendar-line")).to_have_count(1)
    assert violations(page) == []
    page.screenshot(path=screenshots / "calendar.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=screenshots / "calendar-phone.png", full_page=True)
    assert problems == []
    assert all("[TEST]" in message["subject"] for message in portal.inbox(limit=20))
