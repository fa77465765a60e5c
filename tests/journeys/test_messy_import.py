"""A local author brings in a messy spreadsheet, mends it with the reject file, and nobody who left is mailed."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from campaigns.demo.brands import PASSWORD
from tests.journeys.portal import RunningPortal

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import expect  # only where it is installed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.catalogue("A1", "A3"),
    pytest.mark.xdist_group("portal"),
]

ONE_MINUTE = 60_000
ROWS = [
    ["Kundennummer", "E-Mail", "First name", "Gehalt"],
    ["M1", "\u00a0MIA@Example.com", "Mia", 1],
    ["M2", "mailto:noah@example.com", "Noah", 2],
    ["M3", "lea at example.com", "Lea", 3],
    ["M4", None, "=1+1", 4],
    ["M5", "gone@example.com", "Gus", 5],
]


def test_a_messy_spreadsheet_comes_in_and_is_mended(
    portal: RunningPortal, browser: Browser, tmp_path: Path, screenshots: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(ONE_MINUTE)
    page.goto(portal.url)
    page.get_by_label("Email address").fill("author@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^[^/]+//[^/]+/$"))
    first = tmp_path / "first.csv"
    first.write_text("external id,email\nM5,gone@example.com\n", encoding="utf-8")
    upload(page, first, "Everybody", screenshots)
    page.get_by_role("button", name="Import the contacts").click()
    expect(page.get_by_text("1 of 1 rows")).to_be_visible(timeout=ONE_MINUTE)
    leave(portal, "M5")
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in ROWS:
        workbook.active.append(row)
    messy = tmp_path / "Kunden neu (2).xlsx"
    workbook.save(messy)

    upload(page, messy, "Autumn", screenshots)
    expect(page.get_by_text("Not imported")).to_be_visible()
    expect(page.locator(".panel bdi", has_text="Gehalt")).to_be_visible()
    page.screenshot(path=screenshots / "import-columns.png", full_page=True)
    page.get_by_role("button", name="Check the file first").click()
    expect(page.get_by_text("Nothing has been written yet.")).to_be_visible(timeout=ONE_MINUTE)
    expect(page.get_by_text("This is no email address")).to_be_visible()
    page.screenshot(path=screenshots / "import-checked.png", full_page=True)
    page.get_by_role("button", name="Import the contacts").click()
    expect(page.get_by_text("Done with errors")).to_be_visible(timeout=ONE_MINUTE)
    expect(page.locator("#import-progress .counts")).to_contain_text("Rejected2")
    page.screenshot(path=screenshots / "import-done.png", full_page=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of them as CSV").click()
    mended = mend(download.value.path(), tmp_path)
    page.get_by_role("link", name="Upload the mended file").click()
    fill(page, mended)
    expect(page.get_by_text("rejected line")).to_have_count(0)
    page.get_by_role("button", name="Import the contacts").click()
    expect(page.get_by_text("2 of 2 rows")).to_be_visible(timeout=ONE_MINUTE)
    page.get_by_role("link", name="See the list").click()

    for address in ("mia@example.com", "noah@example.com", "lea@example.com", "oma@example.com"):
        expect(page.get_by_text(address, exact=True).first).to_be_visible()
    gone = page.locator("tr", has_text="gone@example.com")
    expect(gone).to_be_visible()
    expect(gone).to_contain_text("Gets no mail")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=screenshots / "import-list-phone.png", full_page=True)


def upload(page: Page, path: Path, name: str, screenshots: Path) -> None:
    """Uploads a file for a new list."""
    page.get_by_role("link", name="Audiences").click()
    page.get_by_role("link", name="Upload contacts").first.click()
    page.get_by_label("Name of the new list").fill(name)
    page.screenshot(path=screenshots / "import-upload.png", full_page=True)
    fill(page, path)


def fill(page: Page, path: Path) -> None:
    """Chooses a file, and says how its people agreed."""
    page.get_by_label("Excel or CSV file").set_input_files(path)
    page.get_by_label("Where did these people agree to get mail?").fill("Sign-up card in the store")
    page.get_by_label("When did they agree?").fill("2026-11-02")
    page.get_by_label("Which words did they agree to?").fill("Yes, write to me.")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Look at the file").click()


def leave(portal: RunningPortal, external_id: str) -> None:
    """Lets somebody unsubscribe from the brand, as the link of a mail does."""
    command = (
        "from groups.models import Contact; from groups.consent.leaving import unsubscribe;"
        f"unsubscribe(contact=Contact.objects.get(external_id='{external_id}'), group=None, source='journey')"
    )
    done = portal.manage("shell", "-c", command)
    assert done.returncode == 0, done.stderr


def mend(path: Path, folder: Path) -> Path:
    """Corrects the addresses of the reject file, as somebody would in a spreadsheet."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["rejected line", "rejected reason", "rejected why", "rejected column"]
    place = rows[0].index("E-Mail")
    rows[1][place], rows[2][place] = "lea@example.com", "oma@example.com"
    mended = folder / "mended.csv"
    with mended.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return mended
