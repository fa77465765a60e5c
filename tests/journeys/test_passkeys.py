"""A passkey in a real browser: made on the account's page and used to sign in, under the portal's own CSP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from campaigns.demo.brands import PASSWORD
from tests.journeys.portal import RunningPortal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def portal(own_portal: RunningPortal) -> RunningPortal:
    """Gives the portal to this module alone: its author signs in by a passkey from then on."""
    return own_portal


def test_a_passkey_is_made_and_signs_in_after_the_password(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    # A passkey holds for a host name, and an address of numbers is none.
    root = portal.url.replace("127.0.0.1", "localhost")

    type_password(page, root)
    page.locator("summary", has=page.locator(".avatar")).click()
    page.get_by_role("link", name="Your account").click()
    page.screenshot(path=screenshots / "account.png", full_page=True)
    page.get_by_role("link", name="Second factor and passkeys").click()
    page.screenshot(path=screenshots / "second-factor.png", full_page=True)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("This laptop")
    page.screenshot(path=screenshots / "add-passkey.png", full_page=True)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.screenshot(path=screenshots / "recovery-codes.png", full_page=True)

    page.goto(f"{root}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    type_password(page, root)
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.screenshot(path=screenshots / "second-factor-asked.png", full_page=True)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".site-header")).to_be_visible()
    page.goto(f"{root}/accounts/second-factor/")
    expect(page.get_by_text("This laptop")).to_be_visible()
    assert problems == []
    page.close()


def type_password(page: Page, root: str) -> None:
    """Signs in with the password of the demo."""
    page.goto(f"{root}/accounts/login/")
    page.get_by_label("Email address").fill("author@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
