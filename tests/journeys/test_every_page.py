"""Every page that links lead to, once for each role: accessible, no wider than a phone, and soon painted."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.portal import RunningPortal
from tests.journeys.test_brand_lock import violations
from tests.journeys.test_the_whole_way import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

# A phone, and a desktop of 1280 pixels at a zoom of 400 % (WCAG 2.2, 1.4.10).
NARROW: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 320, "height": 640})
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
NO_PAGES = ("download", "export", "preview", "picture", "openapi")
LEAST_PAGES = 55
MOST_UNTIL_PAINTED_MS = 1000
PAINTED = "performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"


@pytest.fixture(scope="module")
def portal(own_portal: RunningPortal) -> RunningPortal:
    """Gives the portal to this module alone: what others make would be looked at as well."""
    return own_portal


def test_every_page_that_links_lead_to_is_accessible_and_fits_a_phone(portal: RunningPortal, browser: Browser) -> None:
    seen: dict[str, list[str]] = {}
    said: list[str] = []
    paints: list[float] = []

    for name in ("admin", "author"):
        page, problems = signed_in(browser, portal, f"{name}@northwind.example")
        walk(page, portal.url, seen, paints)
        said += problems

    assert {view: found for view, found in seen.items() if found} == {}
    assert len(seen) >= LEAST_PAGES
    assert said == []
    # The budget is for a page as such: one that meets a busy moment of the machine does not count.
    assert median(paints) < MOST_UNTIL_PAINTED_MS, f"{max(paints):.0f} ms at most"


def walk(page: Page, portal_url: str, seen: dict[str, list[str]], paints: list[float]) -> None:
    """Follows links from where a page stands to one page of each kind; notes what is wrong with those not yet seen.

    `paints` gets the milliseconds until something of each page could be seen.
    """
    waiting = deque([page.url])
    visited: set[str] = set()
    while waiting:
        address = waiting.popleft()
        view = view_of(address, portal_url)
        if view is None or view in visited:
            continue
        answer = page.goto(address)
        landed = view_of(page.url, portal_url)
        visited.add(view)
        paints += page.evaluate(PAINTED)
        if landed is None or (landed != view and landed in visited):
            continue
        visited.add(landed)
        if landed not in seen:
            seen[landed] = faults(page, answer.status if answer is not None else 0)
        waiting.extend(links(page))


def faults(page: Page, status: int) -> list[str]:
    """Gives what is wrong with the page that stands open; it is looked at on a desktop and on a phone."""
    found = [] if status == 200 else [f"answers {status}"]
    page.set_viewport_size(DESKTOP)
    found += violations(page)
    for size in NARROW:
        page.set_viewport_size(size)
        wide: int = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        found += [f"{wide} pixels wider than {size['width']}"] if wide > 0 else []
    return found


def links(page: Page) -> list[str]:
    """Gives where the links of a page lead, files left out."""
    hrefs = page.eval_on_selector_all("a[href]:not([download])", "all => all.map((one) => one.getAttribute('href'))")
    return [urljoin(page.url, href).split("#")[0] for href in hrefs]


def view_of(address: str, portal_url: str) -> str | None:
    """Gives the name of the view behind an address, nothing for another host, a file, a mail alone and signing out."""
    parts, own = urlsplit(address), urlsplit(portal_url)
    if parts.netloc != own.netloc or parts.path.endswith((".csv", ".zip", ".txt", ".mjml", ".html", ".xlsx")):
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    return None if name == "account_logout" or any(word in name for word in NO_PAGES) else name
