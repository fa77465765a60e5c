"""Somebody new in a real browser: invited by mail, signed in for the first time, and asked for a second factor."""

from __future__ import annotations

import re
import time
from email import message_from_string, policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]

ADDRESS = "nia.lind@northwind.example"
PASSWORD = "seven brown bears asleep"
PHONE = {"width": 390, "height": 844}


@pytest.mark.catalogue("G7")
def test_somebody_is_invited_signs_in_and_sets_up_a_second_factor(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    admin, admin_problems = signed_in(browser, portal, "admin@northwind.example")
    admin.locator("summary", has_text="Administration").click()
    admin.screenshot(path=screenshots / "administration.png")
    admin.get_by_role("link", name="People", exact=True).click()
    admin.screenshot(path=screenshots / "people.png", full_page=True)
    admin.get_by_role("link", name="Invite somebody").click()
    admin.get_by_label("Email address").fill(ADDRESS)
    admin.get_by_label("Name").fill("Nia Lind")
    admin.get_by_role("combobox", name="Group").fill("US-001")
    admin.get_by_label("Role").select_option(label="Local author")
    admin.screenshot(path=screenshots / "people-invite.png", full_page=True)
    admin.get_by_role("button", name="Send the invitation").click()
    expect(admin.locator(".messages")).to_contain_text(ADDRESS)
    link = link_of(Path(portal.environment["DATA_DIR"]) / "outbox")

    context = browser.new_context(viewport=PHONE, locale="en-GB")
    new = context.new_page()
    problems: list[str] = []
    new.on("pageerror", lambda error: problems.append(str(error)))
    new.goto(link)
    expect(new.get_by_text("Ade Okoro invites you as “Local author”")).to_be_visible()
    new.screenshot(path=screenshots / "invitation-phone.png", full_page=True)
    new.get_by_label("Choose a password").fill(PASSWORD)
    new.get_by_role("button", name="Accept the invitation").click()
    expect(new.get_by_role("heading", name="What waits for you")).to_be_visible()

    secret = set_up_codes(new, portal, screenshots)
    new.goto(f"{portal.url}/accounts/logout/")
    new.get_by_role("main").get_by_role("button", name="Sign out").click()
    new.goto(f"{portal.url}/accounts/login/")
    new.get_by_label("Email address").fill(ADDRESS)
    new.get_by_label("Password").fill(PASSWORD)
    new.get_by_role("button", name="Sign in").click()
    expect(new.get_by_role("heading", name="Is it you?")).to_be_visible()
    new.screenshot(path=screenshots / "second-factor-phone.png", full_page=True)
    new.get_by_label("Code").fill(next_code(secret))
    new.get_by_role("button", name="Sign in").click()
    expect(new.get_by_role("heading", name="What waits for you")).to_be_visible()

    again = browser.new_page()
    again.goto(link)
    expect(again.get_by_text("This invitation was used already.")).to_be_visible()
    assert (admin_problems, problems) == ([], [])
    for page in (admin, new, again):
        page.close()


def set_up_codes(page: Page, portal: RunningPortal, screenshots: Path) -> str:
    """Sets up an authenticator app and gives its key."""
    page.goto(f"{portal.url}/accounts/second-factor/")
    page.get_by_role("link", name="Set up an app").click()
    if page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.screenshot(path=screenshots / "authenticator-phone.png", full_page=True)
    secret = page.locator("code.code").inner_text()
    page.get_by_label("Code").fill(next_code(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


_used: set[str] = set()


def next_code(secret: str) -> str:
    """Gives a code of the app that was not used yet; each counts once, and a new one comes every 30 seconds."""
    for _attempt in range(40):
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        if code not in _used:
            _used.add(code)
            return code
        time.sleep(1)
    raise AssertionError("No new code came.")


def link_of(outbox: Path) -> str:
    """Waits for the mail of the invitation and gives its link."""
    for _attempt in range(100):
        for file in outbox.glob("*.log"):
            text = file.read_text()
            if ADDRESS in text and "/invitation/" in text:
                body = message_from_string(text, policy=policy.default).get_body(("plain",))
                assert body is not None
                found = re.search(r"http\S+/invitation/[\w-]+/", body.get_content())
                assert found is not None
                return found[0]
        time.sleep(0.3)
    raise AssertionError("No mail of the invitation came.")
