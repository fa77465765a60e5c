"""The whole way once, in a real browser: write, submit, approve, 1,040 people, progress to the end, inbox, report."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from campaigns.demo.brands import FOLDER, PASSWORD
from campaigns.demo.building import SMALL_AUDIENCE
from tests.journeys.portal import RunningPortal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]

CONTACTS = FOLDER / "contacts.csv"
SUBJECT = "Taste four coffees with us on Thursday"
HEADLINE = "Come and taste the new harvest"
ONE_MINUTE = 60_000


@pytest.fixture(scope="module")
def portal(own_portal: RunningPortal) -> RunningPortal:
    """Gives the portal to this module alone, which counts every call and every mail."""
    return own_portal


def test_a_local_authors_mailing_reaches_1040_people_once_each_by_their_first_name(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    author, author_problems = signed_in(browser, portal, "author@northwind.example")
    upload(author, portal, screenshots)
    compose(author, portal, screenshots)
    mailing_address = submit(author)

    approver, approver_problems = signed_in(browser, portal, "approver@northwind.example")
    approve(approver, portal, screenshots)

    author.goto(mailing_address)
    expect(author.get_by_text("1,040 people: 1,040 accepted.")).to_be_visible(timeout=ONE_MINUTE)
    expect(author.locator(".state", has_text="Sent").first).to_be_visible(timeout=2 * ONE_MINUTE)
    author.screenshot(path=screenshots / "delivery.png")

    with CONTACTS.open(encoding="utf-8", newline="") as file:
        people = {row["customer_id"]: row for row in csv.DictReader(file)}
    expect_everybody_once(portal, author, set(people))
    expect_own_names(portal, list(people.values()))
    expect_report(portal, author, mailing_address, screenshots)
    expect_ledger_of_a_person_in_two_clicks(author, screenshots)
    assert (author_problems, approver_problems) == ([], [])


def test_a_scheduled_mailing_ends_by_its_last_day_the_kill_switch_and_a_recall(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    sender, sender_problems = signed_in(browser, portal, "sender@northwind.example")
    today = datetime.now(ZoneInfo("America/Los_Angeles")).date()
    address = schedule(sender, today + timedelta(days=9), last_day=today + timedelta(days=10))
    expect(sender.get_by_text("Not after")).to_be_visible()
    sender.get_by_text("Move to another time").click()
    sender.get_by_label("Date").fill((today + timedelta(days=11)).isoformat())
    sender.get_by_role("button", name="Move", exact=True).click()
    expect(sender.get_by_text("This email must not go out after")).to_be_visible()
    sender.screenshot(path=screenshots / "last-day.png", full_page=True)

    manager, manager_problems = signed_in(browser, portal, "manager@northwind.example")
    manager.get_by_role("link", name="Mailings").click()
    manager.get_by_role("link", name="Stop sending").click()
    manager.get_by_label("Reason").fill("The price is wrong")
    manager.get_by_role("button", name="Stop sending now").click()
    sender.goto(address)
    expect(sender.get_by_text("The price is wrong")).to_be_visible()
    manager.get_by_role("button", name="Allow sending again").click()

    manager.goto(address)
    manager.get_by_role("link", name="Recall the template").click()
    manager.get_by_label("Reason").fill("The price is wrong")
    manager.get_by_role("button", name="Recall now").click()
    expect(manager.get_by_text("It was waiting for its time and is cancelled.")).to_be_visible()
    manager.screenshot(path=screenshots / "recall.png", full_page=True)
    manager.get_by_role("button", name="Offer the template again").click()
    sender.goto(address)
    expect(sender.locator(".state", has_text="Cancelled").first).to_be_visible()
    assert (sender_problems, manager_problems) == ([], [])


def test_somebody_of_another_brand_sees_nothing_of_it(portal: RunningPortal, browser: Browser) -> None:
    author, _problems = signed_in(browser, portal, "sender@northwind.example")
    author.get_by_role("link", name="Mailings").click()
    group_page = author.url

    harbor = browser.new_context().new_page()
    harbor_url = portal.url.replace("127.0.0.1", "harbor.localhost")
    harbor.goto(f"{harbor_url}/accounts/login/")
    expect(harbor.get_by_text("Harbor Books").first).to_be_visible()
    sign_in(harbor, "author@harbor.example")
    strange = harbor.goto(group_page.replace(portal.url, harbor_url))

    assert strange is not None
    assert strange.status == 404


def signed_in(browser: Browser, portal: RunningPortal, email: str) -> tuple[Page, list[str]]:
    """Opens a browser of their own for somebody; gives its page and what its console complains of."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB").new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(15_000)
    page.goto(portal.url)
    sign_in(page, email)
    return page, problems


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^[^/]+//[^/]+/$"))


def upload(page: Page, portal: RunningPortal, screenshots: Path) -> None:
    """Uploads the shipped sample as a new list and waits until it is imported."""
    page.get_by_role("link", name="Audiences").click()
    page.get_by_role("link", name="Upload contacts").click()
    page.get_by_label("CSV file").set_input_files(CONTACTS)
    page.get_by_label("Name of the new list").fill("Regulars")
    page.get_by_label("Where did these people agree to get mail?").fill("Sign-up card in the store")
    page.get_by_label("When did they agree?").fill("2026-11-02")
    page.get_by_label("Which words did they agree to?").fill("Yes, write to me.")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("button", name="Import the contacts").click()
    expect(page.get_by_text("1,040 of 1,040 rows")).to_be_visible(timeout=ONE_MINUTE)
    page.screenshot(path=screenshots / "import.png")


def compose(page: Page, portal: RunningPortal, screenshots: Path) -> None:
    """Fills in the event invitation; everything saves itself and shows in the live preview."""
    page.get_by_role("link", name="Mailings").click()
    page.locator("main a[href$='/templates/']").first.click()
    page.screenshot(path=screenshots / "templates.png")
    page.get_by_role("button", name="Use this template").first.click()
    open_step(page, "subject")
    page.get_by_role("textbox", name="Subject", exact=True).fill(SUBJECT)
    open_step(page, "headline")
    page.get_by_role("textbox", name="Headline").fill(HEADLINE)
    preview = page.frame_locator("iframe.is-shown")
    expect(preview.get_by_text(HEADLINE)).to_be_visible()
    page.screenshot(path=screenshots / "composer.png")
    open_step(page, "mailing-audience")
    page.get_by_text("Regulars").click()
    expect(page.locator("#step-mailing-audience")).to_contain_text("1,040")


def submit(page: Page) -> str:
    """Submits the mailing and gives the address of its page."""
    open_step(page, "mailing-send")
    page.locator("#step-mailing-send").get_by_role("button", name="Submit for approval").click()
    expect(page.locator(".state", has_text="In approval").first).to_be_visible()
    return page.url


def approve(page: Page, portal: RunningPortal, screenshots: Path) -> None:
    """Looks at what differs from the template and approves it."""
    page.get_by_role("link", name="Approvals").click()
    page.get_by_role("link", name="Event invitation").first.click()
    expect(page.get_by_text(HEADLINE).first).to_be_visible()
    page.screenshot(path=screenshots / "approval.png")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_load_state()


def expect_everybody_once(portal: RunningPortal, page: Page, people: set[str]) -> None:
    """Waits for the go time and compares the sandbox's ledger person by person."""
    ledger = portal.ledger()
    for _second in range(90):
        if ledger["messages"] >= len(people):
            break
        page.wait_for_timeout(1000)
        ledger = portal.ledger()
    assert ledger["messages_per_external_id"] == dict.fromkeys(people, 1)
    assert ledger["calls"]["/messages/schedule/create"] == 21
    assert max(schedule["recipients"] for schedule in ledger["schedules"]) == 50


def expect_own_names(portal: RunningPortal, people: list[dict[str, str]]) -> None:
    """Reads every mail of the inbox: its subject, and the greeting by the person's own first name."""
    bodies = {message["external_id"]: message for message in portal.inbox(limit=len(people))}
    assert len(bodies) == len(people)
    for person in people:
        message = bodies[person["customer_id"]]
        assert message["subject"] == SUBJECT
        assert f"Hello {person['first_name']}," in message["body"]


def expect_report(portal: RunningPortal, page: Page, address: str, screenshots: Path) -> None:
    """Waits until the beat task has read Braze's numbers and the mailing's page shows them."""
    for _attempt in range(60):
        page.goto(address)
        if page.get_by_text("Delivered").first.is_visible():
            break
        page.wait_for_timeout(1000)
    expect(page.get_by_text("Delivered").first).to_be_visible()
    page.screenshot(path=screenshots / "report.png", full_page=True)


def expect_ledger_of_a_person_in_two_clicks(page: Page, screenshots: Path) -> None:
    """Goes from the people of a list to one of them, and from there to the batch that their mail went in."""
    page.get_by_role("link", name="Audiences").click()
    page.get_by_role("link", name="Regulars").click()
    page.locator("main table a").first.click()
    expect(page.locator(".ledger-mailings")).to_contain_text(re.compile(r"Batch \d+"))
    expect(page.locator(".ledger-mailings .ledger-id").first).to_have_text(re.compile(r"^[0-9a-f]{32}$"))
    page.screenshot(path=screenshots / "contact.png")
    page.locator(".ledger-mailings a", has_text="Batch").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Batch")


def schedule(page: Page, day: date, *, last_day: date) -> str:
    """Writes a mailing to the small list for a day at noon, and gives the address of its page."""
    page.get_by_role("link", name="Mailings").click()
    page.locator("main a[href$='/templates/']").first.click()
    page.get_by_role("button", name="Use this template").first.click()
    open_step(page, "subject")
    page.get_by_role("textbox", name="Subject", exact=True).fill(SUBJECT)
    open_step(page, "mailing-audience")
    page.get_by_text(SMALL_AUDIENCE).click()
    open_step(page, "mailing-when")
    step = page.locator("#step-mailing-when")
    step.get_by_label("At a date and time").check()
    step.get_by_label("Date", exact=True).fill(day.isoformat())
    step.get_by_label("Time", exact=True).fill("12:00")
    step.get_by_label("Don't send after").fill(last_day.isoformat())
    step.get_by_label("Don't send after").blur()
    open_step(page, "mailing-send")
    page.locator("#step-mailing-send").get_by_role("button").click()
    expect(page.locator(".state", has_text="Scheduled").first).to_be_visible()
    return page.url


def open_step(page: Page, name: str) -> None:
    """Opens a step of the composer, unless it is open."""
    step = page.locator(f"#step-{name}")
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    expect(step).to_have_attribute("open", "")
