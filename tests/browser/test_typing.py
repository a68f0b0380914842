"""The grid as a spreadsheet: typed, pasted, filled, undone; all of it arrives, whatever is drawn meanwhile."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotShown

from scenarios.scenario import Scenario
from scenarios.yaml import files
from tests.browser.grids import cell, grid, paste, taken, write
from tests.browser.test_journeys import choose, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VOLUME = "contacts by interval"
NINE = 18
"""The row of 9:00 in a grid of half-hours."""
ENTRIES = 8


def downloaded(page: Page) -> Scenario:
    """The scenario of the page, as it would be taken home."""
    for last in (False, False, True):
        taken(page)
        settle(page)
        try:
            with page.expect_download(timeout=30_000) as download:
                page.get_by_role("button", name="Download", exact=True).click()
            return files.loads(Path(download.value.path()).read_text("utf-8"))
        except NotShown:  # a file is let go with the page that it was asked on
            if last:
                raise
    raise AssertionError


def test_typing_down_a_grid_keeps_every_entry(page: Page) -> None:
    """Keys that come faster than the page is drawn were lost, and advice that came and went took an entry along."""
    choose(page, "A help desk with one queue")
    before = downloaded(page)
    cell(page, VOLUME, NINE, 1).click()
    expect(cell(page, VOLUME, NINE, 1)).to_have_attribute("aria-selected", "true")
    # far too many, then very few: what the plan linter says changes with nearly every entry
    values = [str((400 if at % 2 else 12) + at) for at in range(ENTRIES)]
    for value in values:
        page.keyboard.type(value)  # without a pause between the keys
        page.keyboard.press("Enter")
    expect(cell(page, VOLUME, NINE + ENTRIES, 1)).to_have_attribute("aria-selected", "true")
    after = downloaded(page)
    assert after.expected[0, NINE : NINE + ENTRIES].tolist() == [float(value) for value in values]
    untouched = np.r_[0:NINE, NINE + ENTRIES : after.expected.shape[1]]
    np.testing.assert_allclose(after.expected[0, untouched], before.expected[0, untouched])


def test_a_block_with_bad_cells_is_named_corrected_and_undone(page: Page) -> None:
    """3,5 became 35, bad cells vanished, rows beyond the last too, and Ctrl+Z did nothing."""
    choose(page, "A help desk with one queue")
    before = downloaded(page)
    paste(page, VOLUME, NINE, 1, "3,5\r\nmany\r\n1.234,5\r\n-2\r\n5 %\r\n7\r\n")
    expect(page.get_by_text("3 cells of 6 cannot be read.")).to_be_visible()
    for words in ("Row 2, column 1 (calls, 09:30): 'many'", "(calls, 10:30): '-2'", "(calls, 11:00): '5 %'"):
        expect(page.get_by_text(words)).to_be_visible()
    for row, text in ((0, "3,5"), (1, "many"), (2, "1.234,5"), (3, "-2"), (4, "5 %"), (5, "7")):
        expect(cell(page, VOLUME, NINE + row, 1)).to_have_text(text)
    expect(grid(page, VOLUME).locator("[aria-invalid=true]")).to_have_count(3)
    assert downloaded(page) == before
    for row in (1, 3, 4):
        write(page, VOLUME, NINE + row, 1, "9,5")
    expect(grid(page, VOLUME).locator("[aria-invalid=true]")).to_have_count(0)
    expect(cell(page, VOLUME, NINE + 2, 1)).to_have_text("1234.5")
    after = downloaded(page)
    assert after.expected[0, NINE : NINE + 6].tolist() == [3.5, 9.5, 1234.5, 9.5, 9.5, 7]
    cell(page, VOLUME, NINE, 1).click()
    page.keyboard.press("Control+z")
    expect(cell(page, VOLUME, NINE, 1)).to_have_text(f"{before.expected[0, NINE]:g}")
    assert downloaded(page) == before


def test_keys_are_those_of_a_spreadsheet(page: Page) -> None:
    """Whoever lives in a spreadsheet does not look at the keyboard."""
    choose(page, "A help desk with one queue")
    old = [cell(page, VOLUME, NINE + at, 1).inner_text() for at in range(4)]
    cell(page, VOLUME, NINE, 1).click()
    page.keyboard.type("50")
    page.keyboard.press("Escape")
    expect(cell(page, VOLUME, NINE, 1)).to_have_text(old[0])
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(cell(page, VOLUME, NINE, 1)).to_have_text(f"{old[0]}9")
    page.keyboard.press("Delete")
    expect(cell(page, VOLUME, NINE + 1, 1)).to_have_text("0")
    page.keyboard.type("12,5")
    page.keyboard.press("ArrowUp")  # typing ends, and the cell above is next
    page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    for at in (1, 2, 3):
        expect(cell(page, VOLUME, NINE + at, 1)).to_have_text("12.5")
    page.keyboard.press("Control+c")
    cell(page, VOLUME, NINE + 6, 1).click()
    page.keyboard.press("Control+v")
    expect(cell(page, VOLUME, NINE + 8, 1)).to_have_text("12.5")
    page.keyboard.press("Control+End")
    expect(cell(page, VOLUME, 47, 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+Home")
    expect(cell(page, VOLUME, 0, 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # leaves the grid: nobody is caught in it
    expect(grid(page, VOLUME)).not_to_be_focused()


def test_the_corner_of_a_range_is_dragged_down(page: Page) -> None:
    """Filling by the mouse is how most fill."""
    choose(page, "A help desk with one queue")
    if page.viewport_size is None or page.viewport_size["width"] < 600:
        pytest.skip("a phone has no mouse")
    cell(page, VOLUME, NINE + 6, 1).scroll_into_view_if_needed()
    write(page, VOLUME, NINE, 1, "33")
    cell(page, VOLUME, NINE, 1).click()
    handle, target = grid(page, VOLUME).locator(".handle"), cell(page, VOLUME, NINE + 4, 1)
    begin, end = handle.bounding_box(), target.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 4, begin["y"] + 4)
    page.mouse.down()
    page.mouse.move(end["x"] + 10, end["y"] + 10, steps=4)
    page.mouse.up()
    for at in range(5):
        expect(cell(page, VOLUME, NINE + at, 1)).to_have_text("33")


def test_a_week_is_pasted_from_excel_with_three_bad_cells(page: Page) -> None:
    """A week as planners keep it: half-hours down, days across, decimal commas; each bad cell is named."""
    choose(page, "One hour, seven days a week")
    before = downloaded(page)
    page.get_by_text("Week by days", exact=True).first.click()
    days = ["Mon 2 Mar", "Tue 3 Mar", "Wed 4 Mar", "Thu 5 Mar", "Fri 6 Mar", "Sat 7 Mar", "Sun 8 Mar"]
    week = "contacts of a week"
    expect(grid(page, week).locator(".tabulator-header .tabulator-col-title")).to_have_text(["Time", *days])
    rows = [[f"{row + at / 10:.1f}".replace(".", ",") for at in range(7)] for row in range(48)]
    bad = {(18, 1): "n/a", (19, 4): "-3", (40, 6): "12 %"}
    for (row, day), text in bad.items():
        rows[row][day] = text
    times = [f"{row // 2:02d}:{row % 2 * 30:02d}" for row in range(48)]
    lines = ["\t".join(["Time", *days]), *("\t".join([time, *row]) for time, row in zip(times, rows, strict=True))]
    paste(page, week, 0, 1, "\r\n".join(lines) + "\r\n")
    expect(page.get_by_text("3 cells of 336 cannot be read.")).to_be_visible()
    for words in ("(Tue 3 Mar, 09:00): 'n/a'", "(Fri 6 Mar, 09:30): '-3'", "(Sun 8 Mar, 20:00): '12 %'"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(grid(page, week).locator("[aria-invalid=true]")).to_have_count(3)
    assert downloaded(page) == before
    for row, day in bad:
        write(page, week, row, day + 1, "5,5")
    expect(grid(page, week).locator("[aria-invalid=true]")).to_have_count(0)
    taken(page)
    after = downloaded(page)
    expected = np.array([[row + at / 10 for row in range(48)] for at in range(7)])
    for row, day in bad:
        expected[day, row] = 5.5
    np.testing.assert_allclose(after.expected[0].reshape(7, 48), expected)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(grid(page, week).locator(".tabulator-cell").filter(has_text="5.5")).to_have_count(0)
    assert downloaded(page) == before
