"""An approval in two rounds, in a real browser: submit, comment, ask for changes, look at the difference, approve."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from campaigns.demo.building import SMALL_AUDIENCE
from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import open_step, signed_in, submit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 860}


def test_a_second_round_shows_what_changed_since_the_last_look_and_schedules_the_mailing(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    manager, manager_problems = signed_in(browser, portal, "manager@northwind.example")
    keep_a_rule_and_a_reason(manager, screenshots)

    author, author_problems = signed_in(browser, portal, "author@northwind.example")
    write(author, "Taste four coffees on Thursday", "Come and taste")
    open_step(author, "mailing-send")
    expect(author.locator("#step-mailing-send")).to_contain_text("Because the audience has more than 10 people.")
    author.get_by_label("It is urgent").check()
    address = submit(author)

    approver, approver_problems = signed_in(browser, portal, "approver@northwind.example")
    approver.get_by_role("link", name="Approvals").click()
    shoot(approver, screenshots, "review-list")
    approver.get_by_role("link", name="Event invitation").click()
    comment(approver, "Which hall, @Lou Marsh?")
    shoot(approver, screenshots, "review-first-round")
    approver.get_by_text("Ask for changes").click()
    approver.get_by_label("A frequent reason").select_option(label="Name the place.")
    approver.get_by_role("button", name="Send it back").click()

    # The author's page, which shows how the mailing stands, moves to the composer by itself.
    expect(author.get_by_text("Ana Petit asks for changes")).to_be_visible()
    expect(author.get_by_text("Name the place.").first).to_be_visible()
    expect(author.locator("#comments")).to_contain_text("Which hall, @Lou Marsh?")
    open_step(author, "headline")
    expect(author.locator("#step-headline")).to_contain_text("1 comment")
    shoot(author, screenshots, "review-composer")
    author.get_by_role("textbox", name="Headline").fill("Come and taste in the north hall")
    expect(author.frame_locator("iframe.is-shown").get_by_text("in the north hall")).to_be_visible()
    author.locator("#comments").get_by_role("button", name="Settle it").click()
    expect(author.get_by_text("1 settled comment")).to_be_visible()
    open_step(author, "mailing-send")
    submit(author)

    approver.get_by_role("link", name="Approvals").click()
    approver.get_by_role("link", name="Event invitation").click()
    expect(approver.get_by_role("heading", name="1 thing changed since your last look")).to_be_visible()
    changed = approver.locator("#change-headline")
    expect(changed).to_contain_text("Changed since your last look")
    expect(changed.locator(".change-seen")).to_contain_text("Come and taste")
    expect(changed.locator(".change-after")).to_contain_text("in the north hall")
    expect(approver.locator("#change-subject")).to_be_hidden()
    shoot(approver, screenshots, "review-second-round")
    approver.get_by_role("button", name="Approve", exact=True).click()
    expect(approver.locator(".state", has_text="Scheduled").first).to_be_visible()

    author.goto(address)
    expect(author.locator(".state", has_text="Scheduled").first).to_be_visible()
    shoot(author, screenshots, "review-thread")
    assert (manager_problems, author_problems, approver_problems) == ([], [], [])


def keep_a_rule_and_a_reason(page: Page, screenshots: Path) -> None:
    """Asks for approval where the audience is large, and keeps a frequent reason."""
    page.locator("summary", has_text="Administration").click()
    page.get_by_role("link", name="Rules").click()
    page.get_by_role("link", name="Approval", exact=True).click()
    page.get_by_label("Only audiences with more people than").fill("10")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text("more than 10 people")).to_be_visible()
    page.get_by_role("textbox", name="Reason").fill("Name the place.")
    page.get_by_role("button", name="Add the reason").click()
    expect(page.get_by_text("Name the place.")).to_be_visible()
    shoot(page, screenshots, "review-rules")


def write(page: Page, subject: str, headline: str) -> None:
    """Writes the event invitation to the small list, for noon in nine days."""
    page.get_by_role("link", name="Mailings").click()
    page.locator("main a[href$='/templates/']").first.click()
    page.get_by_role("button", name="Use this template").first.click()
    open_step(page, "subject")
    page.get_by_role("textbox", name="Subject", exact=True).fill(subject)
    open_step(page, "headline")
    page.get_by_role("textbox", name="Headline").fill(headline)
    open_step(page, "mailing-audience")
    page.get_by_text(SMALL_AUDIENCE).click()
    open_step(page, "mailing-when")
    step = page.locator("#step-mailing-when")
    step.get_by_label("At a date and time").check()
    day = datetime.now(ZoneInfo("America/Los_Angeles")).date() + timedelta(days=9)
    step.get_by_label("Date", exact=True).fill(day.isoformat())
    step.get_by_label("Time", exact=True).fill("12:00")
    step.get_by_label("Time", exact=True).blur()
    expect(step.locator("[data-step-summary]")).to_contain_text("in Los Angeles")


def comment(page: Page, text: str) -> None:
    """Comments on the headline where it stands among the differences."""
    change = page.locator("#change-headline")
    change.get_by_text("Comment on this").click()
    change.get_by_role("textbox").fill(text)
    change.get_by_role("button", name="Comment").click()
    expect(page.locator("#comments")).to_contain_text(text)


def shoot(page: Page, screenshots: Path, name: str) -> None:
    """Takes a picture of a page as a desktop and as a phone show it."""
    page.screenshot(path=screenshots / f"{name}.png", full_page=True)
    page.set_viewport_size(PHONE)
    page.screenshot(path=screenshots / f"{name}-phone.png", full_page=True)
    page.set_viewport_size(DESKTOP)
