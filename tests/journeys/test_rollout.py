"""One template for many groups, in a real browser: the matrix, the grid from a sheet, and one approval for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_review import shoot
from tests.journeys.test_the_whole_way import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

PASTED = "US-002\tAstoria roasts darker\nNorthwind Coffee Boise\tBoise has a new bar\nUS-404\tNobody"


@pytest.mark.catalogue("M22")
def test_a_region_fills_in_a_field_from_a_sheet_and_head_office_approves_all_at_once(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    regional, regional_problems = signed_in(browser, portal, "regional@northwind.example")
    regional.get_by_role("link", name="Rollouts").click()
    shoot(regional, screenshots, "rollout-list")
    regional.get_by_role("link", name="Autumn blend").click()
    expect(regional.get_by_text("Choose whom this goes to.").first).to_be_visible()
    shoot(regional, screenshots, "rollout-matrix")

    regional.get_by_role("link", name="Fill in a field for all").click()
    regional.get_by_label("Field").select_option("lead_title")
    regional.get_by_role("button", name="Show").click()
    regional.get_by_text("Paste from a spreadsheet").click()
    regional.get_by_label("Lines: code or name of the group, then the value").fill(PASTED)
    regional.get_by_role("button", name="Save the field").click()
    expect(regional.get_by_role("alert")).to_contain_text("No group of this rollout has the code or the name “US-404”")
    expect(regional.get_by_label("Lines: code or name of the group, then the value")).to_have_value("US-404\tNobody")
    shoot(regional, screenshots, "rollout-grid")
    regional.get_by_role("link", name="To the matrix").last.click()
    expect(regional.get_by_text("Astoria roasts darker")).to_be_visible()
    shoot(regional, screenshots, "rollout-own-words")
    regional.get_by_role("button", name="Ask for approval of all").click()
    regional.get_by_role("link", name="Show where everything stands").click(timeout=60_000)
    expect(regional.get_by_role("link", name="Waiting for approval 8")).to_be_visible()

    manager, manager_problems = signed_in(browser, portal, "manager@northwind.example")
    manager.get_by_role("link", name="Approvals").click()
    manager.get_by_role("link", name="Autumn blend").click()
    expect(manager.get_by_text("2 groups have words of their own.")).to_be_visible()
    expect(manager.get_by_text("The autumn blend is here")).to_be_visible()
    shoot(manager, screenshots, "rollout-approval")
    manager.get_by_role("button", name="Approve 8 mailings").click()
    manager.get_by_role("link", name="Show where everything stands").click(timeout=60_000)
    expect(manager.get_by_role("link", name="Approved 8")).to_be_visible()
    shoot(manager, screenshots, "rollout-approved")

    # The browser itself complains of the answer to the lines that could not be stored.
    assert [one for one in regional_problems if "422" not in one] == manager_problems == []
