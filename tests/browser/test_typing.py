"""Entries typed down a grid and pasted blocks: all of them arrive, whatever is drawn meanwhile."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotShown

from scenarios.scenario import Scenario
from scenarios.yaml import files
from tests.browser.test_journeys import choose, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROUNDS = 3
ENTRIES = 8
KEY = 100
"""Milliseconds from key to key."""
FIRST = 4
"""Entries begin at this row of the grid, counted from 0."""


def downloaded(page: Page) -> Scenario:
    """The scenario of the page, as it would be taken home."""
    for last in (False, False, True):
        settle(page)
        try:
            with page.expect_download(timeout=30_000) as download:
                page.get_by_role("button", name="Download", exact=True).click()
            return files.loads(Path(download.value.path()).read_text("utf-8"))
        except NotShown:  # a file is let go with the page that it was asked on
            if last:
                raise
    raise AssertionError


def type_down(page: Page, table: str, values: list[str], column: int = 1) -> None:
    """Type values from a row on into a column of a grid, each followed by Enter."""
    grid = page.get_by_role("region", name=table)
    cell = grid.get_by_test_id(f"glide-cell-{column}-{FIRST}")
    for _ in range(5):
        page.keyboard.press("Escape")
        grid.evaluate("grid => grid.scrollIntoView({block: 'center'})")
        page.wait_for_timeout(500)
        box = grid.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 20, box["y"] + 38 + 35 * FIRST + 17)
        page.wait_for_timeout(300)
        for _ in range(column):
            page.keyboard.press("ArrowRight")
        with suppress(AssertionError):
            expect(cell).to_have_attribute("aria-selected", "true", timeout=2000)
            break
    for value in values:
        for key in value:
            page.keyboard.press(key)
            page.wait_for_timeout(KEY)
        page.keyboard.press("Enter")
        page.wait_for_timeout(KEY)


def test_typing_down_a_grid_keeps_every_entry(page: Page) -> None:
    """Advice that came or went above a grid mounted it anew, and the entry being typed was lost."""
    choose(page, "A help desk with one queue")
    for attempt in range(ROUNDS):
        before = downloaded(page)
        # far too many, then very few: what the plan linter says changes with nearly every entry
        values = [str((400 if at % 2 else 12) + 10 * attempt + at) for at in range(ENTRIES)]
        type_down(page, "Editable table: volume", values)
        page.wait_for_timeout(1500)
        after = downloaded(page)
        assert after.expected[0, FIRST : FIRST + ENTRIES].tolist() == [float(value) for value in values]
        untouched = np.r_[0:FIRST, FIRST + ENTRIES : after.expected.shape[1]]
        np.testing.assert_allclose(after.expected[0, untouched], before.expected[0, untouched])


def test_a_block_is_pasted_whole_or_refused_whole(page: Page) -> None:
    """A paste with one bad cell must leave everything as it was, and say which cell it is."""
    choose(page, "A help desk with one queue")
    before = downloaded(page)
    page.get_by_role("button", name="Paste from Excel").nth(1).click()
    cells = page.get_by_label("Cells").filter(visible=True)
    cells.fill("Time\tcalls\n08:00\t12,5\n08:30\tmany")
    page.get_by_role("button", name="Preview").filter(visible=True).click()
    expect(page.get_by_text("Row 3, column 2 (calls, 08:30): 'many'")).to_be_visible()
    page.keyboard.press("Escape")  # on a phone the form covers the page
    expect(cells).to_have_count(0)
    assert downloaded(page) == before
    page.get_by_role("button", name="Paste from Excel").nth(1).click()
    cells.fill("Time\tcalls\n08:00\t12,5\n08:30\t1,221")
    page.get_by_role("button", name="Preview").filter(visible=True).click()
    page.get_by_role("button", name="Apply").filter(visible=True).click()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    after = downloaded(page)
    assert after.expected[0, 16:18].tolist() == [12.5, 1.221]
    untouched = np.r_[0:16, 18 : after.expected.shape[1]]
    np.testing.assert_allclose(after.expected[0, untouched], before.expected[0, untouched])
