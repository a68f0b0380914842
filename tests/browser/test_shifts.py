"""From a scenario to files for people: shifts, an edit, a roster and its downloads, at a desk and on a phone."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.test_journeys import choose, settle, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shown_at("desk")]

PATTERNS = """
understaffing_price: 200
patterns:
  - {name: day, lengths: [8 h], start_step: 8 h, breaks: [{length: 30 min, earliest: 4 h, paid: false}]}
"""
PEOPLE = 70


def people() -> str:
    """People with one contract, the first of whom asks for the first day off."""
    rows = "\n".join(f"  - {{name: Person {number:02d}, contract: full}}" for number in range(1, PEOPLE + 1))
    wish = "wishes: [{person: Person 01, day: 2026-03-02, price: 5}]"
    return f"contracts: [{{name: full, max_hours: 40, rest_hours: 11}}]\n{wish}\npeople:\n{rows}\n"


def saved(page: Page, button: str) -> Path:
    """The file that a button downloads."""
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path())


def test_from_a_scenario_to_the_files_that_are_handed_out(page: Page, tmp_path: Path) -> None:
    """A first-time user would not reach the roster, or the files would not hold what the page shows."""
    choose(page, "A help desk with one queue")
    turn(page, "Shifts")
    (tmp_path / "patterns.yaml").write_text(PATTERNS, "utf-8")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "patterns.yaml")
    expect(page.get_by_text("Shift patterns: day")).to_be_visible()
    page.get_by_role("button", name="Plan shifts").click()
    expect(page.get_by_role("button", name="Download shifts (Excel)")).to_be_visible()
    expect(page.get_by_text("Requirement covered").or_(page.get_by_text("Understaffed", exact=True))).to_be_visible()
    page.get_by_role("tab", name="Edit shifts").click()
    book = CalamineWorkbook.from_path(str(saved(page, "Download shifts (Excel)")))
    assert {"Summary", "Mon 2026-03-02", "Shifts", "Net staffing"} <= set(book.sheet_names)
    page.get_by_role("tab", name="Roster").click()
    (tmp_path / "people.yaml").write_text(people(), "utf-8")
    expect(page.get_by_text("People, contracts and requests")).to_be_visible()
    page.locator("input[type=file]").nth(1).set_input_files(tmp_path / "people.yaml")
    page.get_by_role("button", name="Make roster").click()
    expect(page.get_by_text("All hard rules kept")).to_be_visible()
    expect(page.get_by_text("1 of 1")).to_be_visible()
    roster = CalamineWorkbook.from_path(str(saved(page, "Download roster (Excel)")))
    assert {"Summary", "Roster", "Mon 2026-03-02", "Person 01"} <= set(roster.sheet_names)
    page.get_by_role("button", name="Calendars").click()
    with page.expect_download() as calendars:
        page.get_by_role("button", name="Download calendars (iCalendar)").click()
    assert len(zipfile.ZipFile(calendars.value.path()).namelist()) == PEOPLE
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("All hard rules kept")).to_be_hidden()
