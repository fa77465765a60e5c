"""Choosing a picture among many in a browser: more of them in place, one found by its name, saved like any other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("portal")]
FILL = """
from campaigns.models import Image
one = Image.objects.filter(group__brand__slug="northwind", group__parent=None).first()
for number in range(60):
    Image.objects.create(
        group=one.group, name=f"Harbour {number}", alt=f"Boats {number}", file=one.file.name, sha256=f"boats-{number}",
        width=one.width, height=one.height, size_bytes=one.size_bytes,
    )
"""


def test_a_picture_is_found_among_many_and_saved(portal: RunningPortal, browser: Browser) -> None:
    filled = portal.manage("shell", "--no-imports", "-c", FILL)
    page, problems = signed_in(browser, portal, "author@northwind.example")
    page.locator('main a[href*="/templates/"]').first.click()
    page.get_by_role("button", name="Use this template").first.click()
    field = page.locator("[data-field]:has(.image-choices)").first
    page.locator("[data-step]:has(.image-choices) > summary").first.click()
    pictures = field.locator(".image-choice")
    at_first = pictures.count()

    field.get_by_role("link", name="More pictures").click()
    expect(field.locator("[data-pictures] a")).to_have_attribute(
        "href", re.compile(r"mailing-pictures\.[a-z_]+=3#step-")
    )
    after_more = pictures.count()
    search = field.get_by_role("searchbox")
    search.fill("harbour 17")
    expect(field.locator(".image-choice span", has_text="Harbour")).to_have_count(1)
    search.press("Enter")
    is_still_there = search.is_visible()
    field.locator(".image-choice", has_text="Harbour 17").click()
    expect(field.locator('input[name$=".alt"]')).to_have_value("Boats 17")
    expect(page.locator("[data-save-status]")).to_contain_text("Saved")
    page.reload()

    assert filled.returncode == 0, filled.stderr
    assert (at_first, after_more, is_still_there) == (25, 49, True)
    expect(field.locator(".image-choice:has(:checked) span")).to_have_text("Harbour 17")
    expect(field.locator('input[name$=".alt"]')).to_have_value("Boats 17")
    assert problems == []
