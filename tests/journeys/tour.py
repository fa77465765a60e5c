"""The picture tour of docs/tour.md: `python -m tests.journeys.tour` starts a portal with the demo and takes it anew."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django
from PIL import Image
from playwright.sync_api import expect

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")
django.setup()

from campaigns.demo.building import SMALL_AUDIENCE  # noqa: E402  # models need the settings first
from tests.journeys.browser import open_browser  # noqa: E402
from tests.journeys.portal import PROJECT, RunningPortal, build_demo, free_ports, running_portal  # noqa: E402
from tests.journeys.test_the_whole_way import expect_report, open_step, signed_in, submit  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS: Final = PROJECT / "docs"
PICTURES: Final = DOCS / "tour"
COLOURS: Final = 160
SHOWN_WIDTH: Final = 1120
HEAD: Final = """# A tour in pictures

The portal with its demo data, as `make run` starts it. `make tour` takes the pictures (`tests/journeys/tour.py`): it
walks through a running portal in a real browser.
"""

Stop = tuple[str, str, str]


def main() -> None:
    """Takes every picture and writes the page around them."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        ports = free_ports()
        build_demo(Path(folder), ports)
        with running_portal(Path(folder), ports) as portal:
            stops = list(walk(browser, portal, Path(folder)))
    parts = [f"## {title}\n\n{sentence}\n\n![{title}](tour/{name}.png)\n" for name, title, sentence in stops]
    (DOCS / "tour.md").write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def walk(browser: Browser, portal: RunningPortal, folder: Path) -> Iterator[Stop]:
    """Goes the way of a mailing, from the sign-in page to its numbers, then through what head office has."""
    entrance = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    entrance.goto(portal.url)
    yield taken(entrance, "01-sign-in", "Sign in", "Each brand's own name, logo, colours and domain meet its people.")

    author, _problems = signed_in(browser, portal, "author@northwind.example")
    author.locator("main a[href$='/templates/']").first.click()
    pictures_there(author)
    yield taken(author, "02-templates", "Choose a template", "Every template as this store would send it.")

    author.get_by_role("button", name="Use this template").first.click()
    open_step(author, "subject")
    author.get_by_role("textbox", name="Subject", exact=True).fill("Taste four coffees with us on Thursday")
    open_step(author, "headline")
    author.get_by_role("textbox", name="Headline").fill("Come and taste the new harvest")
    expect(author.frame_locator("iframe.is-shown").get_by_text("Come and taste the new harvest")).to_be_visible()
    yield taken(
        author,
        "03-compose",
        "Write",
        "Numbered steps on the left, the live email on the right; the rest is locked, and everything saves itself.",
    )
    author.set_viewport_size({"width": 390, "height": 800})
    yield taken(author, "04-phone", "On a phone", "The same steps under the thumb.")
    author.set_viewport_size({"width": 1280, "height": 860})
    open_step(author, "mailing-audience")
    author.get_by_text(SMALL_AUDIENCE).click()
    address = submit(author)

    approver, _problems = signed_in(browser, portal, "approver@northwind.example")
    approver.get_by_role("link", name="Approvals").click()
    approver.get_by_role("link", name="Event invitation").first.click()
    approver.wait_for_load_state("networkidle")
    yield taken(
        approver, "05-approve", "Approve", "Whoever approves sees only what differs from the template, beside it all."
    )
    approver.get_by_role("button", name="Approve", exact=True).click()
    expect(approver.locator(".state", has_text="Scheduled").first).to_be_visible()

    expect_report(portal, author, address, folder)
    yield taken(author, "06-sent", "Sent", "What Braze accepted, person by person, and what it says happened.")
    author.get_by_role("link", name="Mailings", exact=True).click()
    yield taken(author, "07-mailings", "The list of mailings", "States as words and shapes, with the numbers of each.")

    manager, _problems = signed_in(browser, portal, "manager@northwind.example")
    manager.get_by_role("link", name="Templates").click()
    manager.get_by_role("link", name="Event invitation").click()
    manager.wait_for_load_state("networkidle")
    yield taken(
        manager,
        "08-template",
        "Lock a template",
        "Brand managers mark in MJML or HTML what is open; the picture follows.",
    )
    manager.goto(f"{portal.url}/brand/")
    manager.get_by_label("Accent colour").fill("#8a4b08")
    manager.get_by_role("button", name="Show me").click()
    pictures_there(manager)
    yield taken(
        manager, "09-look", "Try a look out", "A new look is seen in light and dark before anybody else sees it."
    )

    admin, _problems = signed_in(browser, portal, "admin@northwind.example")
    admin.goto(f"{portal.url}/braze/")
    yield taken(
        admin, "10-braze", "Connect Braze", "Three values of Braze's dashboard, and a check that sends nothing."
    )
    admin.goto(f"{portal.url}/variations/")
    yield taken(
        admin,
        "11-variations",
        "Map message variations",
        "One grid says which message of the API campaign stands for which store.",
    )
    admin.goto(f"{portal.url}/braze/budget/")
    yield taken(admin, "12-budget", "Braze's budget", "What is left of each of Braze's limits, and when it resets.")
    portal.manage("roll_up_reports")
    manager.get_by_role("link", name="Reports", exact=True).click()
    yield taken(manager, "13-network", "Reports", "A network in four weeks: clicks, growth, the best, and the silent.")


def pictures_there(page: Page) -> None:
    """Waits until the frames of a page show their mails."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


def taken(page: Page, name: str, title: str, sentence: str) -> Stop:
    """Takes a picture as a small PNG."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    if picture.width > SHOWN_WIDTH:
        picture = picture.resize((SHOWN_WIDTH, picture.height * SHOWN_WIDTH // picture.width), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
    return name, title, sentence


if __name__ == "__main__":
    main()
