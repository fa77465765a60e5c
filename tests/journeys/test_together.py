"""Two people in one mailing, a lost network, an ended session and a closed window: nothing is lost, a clash asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.portal import RunningPortal
from tests.journeys.test_the_whole_way import open_step, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment--><h1 class="MsoTitle">Fresh</h1>'
    '<p class="MsoNormal" style="font-size:14pt"><b><span style="color:red">bread</span></b><o:p></o:p></p>'
    "<table><tr><td>daily</td></tr></table><!--EndFragment--></body></html>"
)
# The network that was taken away, the session, and the styles of Word that the page's policy keeps out.
EXPECTED = "Failed to load resource|inline style"
PASTE = """(element, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.catalogue("M26")
def test_two_people_write_in_one_mailing_and_nothing_is_lost(
    portal: RunningPortal, browser: Browser, screenshots: Path
) -> None:
    mine, my_problems = signed_in(browser, portal, "author@northwind.example")
    mine.locator("main a[href$='/templates/']").first.click()
    mine.get_by_role("button", name="Use this template").first.dblclick()
    mine.wait_for_url(re.compile(r"/m/"))
    theirs, their_problems = signed_in(browser, portal, "sender@northwind.example")
    theirs.goto(mine.url)

    others_fields_come_without_taking_the_caret(mine, theirs, screenshots)
    fields_are_undone_and_done_again(mine)
    a_lost_network_keeps_the_text_and_a_clash_asks(mine, theirs, screenshots)
    an_ended_session_leads_to_signing_in(mine)
    only_the_formats_of_the_field_are_pasted(mine)
    assert [problem for problem in my_problems if not re.search(EXPECTED, problem)] == []
    an_entry_that_was_removed_comes_back_where_it_stood(theirs)
    assert their_problems == []
    mine = a_closed_window_brings_the_text_back(mine, screenshots)
    an_earlier_version_comes_back(mine, screenshots)


def others_fields_come_without_taking_the_caret(mine: Page, theirs: Page, screenshots: Path) -> None:
    expect(theirs.locator("[data-here]")).to_contain_text("Also here:")
    open_step(theirs, "headline")
    fill(theirs, "headline", "Theirs")
    open_step(mine, "subject")
    subject = field(mine, "subject")
    subject.fill("Mine in the making")
    subject.evaluate("input => input.setSelectionRange(4, 4)")
    saved(mine)

    beat(mine)

    expect(mine.locator("[data-here]")).to_contain_text("Also here:")
    expect(field(mine, "headline")).to_have_value("Theirs")
    expect(subject).to_be_focused()
    assert subject.evaluate("input => [input.value, input.selectionStart]") == ["Mine in the making", 4]
    mine.screenshot(path=screenshots / "together.png")


def fields_are_undone_and_done_again(page: Page) -> None:
    open_step(page, "headline")
    fill(page, "headline", "Changed")
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "headline")).to_have_value("Theirs")
    page.locator("#step-headline > summary").focus()
    page.keyboard.press("Control+Shift+Z")
    expect(field(page, "headline")).to_have_value("Changed")
    page.keyboard.press("Control+Z")
    expect(field(page, "headline")).to_have_value("Theirs")
    saved(page)


def a_lost_network_keeps_the_text_and_a_clash_asks(mine: Page, theirs: Page, screenshots: Path) -> None:
    mine.context.set_offline(True)
    field(mine, "headline").fill("Mine, written offline")
    expect(status(mine)).to_contain_text("Not saved yet: the portal does not answer.")
    beat(theirs)
    fill(theirs, "headline", "Theirs again")

    mine.context.set_offline(False)

    box = mine.locator("[data-clashes]")
    expect(box).to_contain_text("Mine, written offline")
    expect(box).to_contain_text("Theirs again")
    expect(field(mine, "headline")).to_have_value("Mine, written offline")
    mine.screenshot(path=screenshots / "clash.png")
    box.get_by_role("button", name="Keep what I chose").click()
    expect(box).to_have_count(0)
    saved(mine)
    beat(theirs)
    expect(field(theirs, "headline")).to_have_value("Mine, written offline")


def an_ended_session_leads_to_signing_in(page: Page) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    field(page, "headline").fill("Written after the session ended")
    link = status(page).get_by_role("link", name="Sign in again in a new tab")
    expect(link).to_have_attribute("target", "_blank")
    page.context.add_cookies(cookies)
    beat(page)
    saved(page)


def only_the_formats_of_the_field_are_pasted(page: Page) -> None:
    open_step(page, "intro")
    text = page.locator('[data-field="intro"]')
    text.locator(".rich-text").press("Control+A")
    text.locator(".rich-text").evaluate(PASTE, WORD)
    expect(text.locator("textarea")).to_have_value(re.compile("Fresh.*bread.*daily", re.DOTALL))
    assert not re.search("<(h1|span|table|td)|style=|class=", text.locator("textarea").input_value())
    saved(page)


def an_entry_that_was_removed_comes_back_where_it_stood(page: Page) -> None:
    page.goto(page.url.partition("/m/")[0])
    page.locator("main a[href$='/templates/']").first.click()
    page.locator(".wall-card", has_text="Weekly offers").get_by_role("button").click()
    open_step(page, "offers")
    entries = page.locator("#step-offers fieldset.item")
    names = page.locator('#step-offers input[name$=".offer_name"]')
    first = names.first.input_value()
    page.get_by_role("button", name="Add an entry").click()
    expect(entries).to_have_count(2)
    names.last.fill("The second one")
    saved(page)
    page.get_by_role("button", name="Remove entry 1").click()
    expect(entries).to_have_count(1)
    expect(names).to_have_value("The second one")

    page.get_by_role("button", name="Undo").click()

    expect(entries).to_have_count(2)
    expect(names.first).to_have_value(first)
    expect(names.last).to_have_value("The second one")
    expect(page.locator('#step-offers input[name="offers.1.offer_image.image"]:checked')).to_have_count(1)
    saved(page)


def a_closed_window_brings_the_text_back(page: Page, screenshots: Path) -> Page:
    page.route("**/save/", lambda route: route.abort())
    open_step(page, "subject")
    field(page, "subject").fill("Written just before the window closed")
    expect(status(page)).to_contain_text("Not saved yet")
    address, context = page.url, page.context
    page.close()

    again = context.new_page()
    again.goto(address.partition("#")[0])

    expect(field(again, "subject")).to_have_value("Written just before the window closed")
    expect(again.get_by_text("Here is what you typed before")).to_be_visible()
    saved(again)
    again.reload()
    expect(field(again, "subject")).to_have_value("Written just before the window closed")
    expect(again.get_by_text("Here is what you typed before")).to_be_hidden()
    return again


def an_earlier_version_comes_back(page: Page, screenshots: Path) -> None:
    address = page.url.partition("#")[0]
    page.goto(f"{address}history/")
    page.screenshot(path=screenshots / "history.png", full_page=True)
    page.get_by_role("link", name="Compare with now").last.click()
    page.screenshot(path=screenshots / "history-compared.png", full_page=True)
    page.get_by_role("button", name="Bring this version back").click()
    page.wait_for_url(re.compile(r"/m/[0-9a-f-]+/$"))
    expect(field(page, "headline")).not_to_have_value("Written after the session ended")


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[name="{name}"]').first


def fill(page: Page, name: str, words: str) -> None:
    field(page, name).fill(words)
    saved(page)


def status(page: Page) -> Locator:
    return page.locator("[data-save-status]")


def saved(page: Page) -> None:
    """Waits until everything that was typed has arrived."""
    expect(page.locator('.composer[data-saving="saved"]')).to_be_visible()


def beat(page: Page) -> None:
    """Lets the page ask now who is there and what others saved, as it does when somebody comes back to it."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
