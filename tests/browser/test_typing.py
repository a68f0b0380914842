"""Typing down a grid: every entry must arrive, whatever is drawn around the grid meanwhile."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scenarios import files
from scenarios.scenario import Scenario
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
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    return files.loads(Path(download.value.path()).read_text("utf-8"))


def type_down(page: Page, table: str, values: list[str], column: int = 1) -> None:
    """Type values from a row on into a column of a grid, each followed by Enter."""
    grid = page.get_by_test_id("stDataFrame").filter(has=page.locator(f"[aria-label*='{table}']")).first
    grid.evaluate("grid => grid.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 38 + 35 * FIRST + 17)
    for _ in range(column):
        page.keyboard.press("ArrowRight")
    expect(grid.get_by_test_id(f"glide-cell-{column}-{FIRST}")).to_have_attribute("aria-selected", "true")
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
        first = int(np.flatnonzero(before.expected[0])[0]) + FIRST
        # far too many, then very few: what the plan linter says changes with nearly every entry
        values = [str((400 if at % 2 else 12) + 10 * attempt + at) for at in range(ENTRIES)]
        type_down(page, "Editable table: volume", values)
        page.wait_for_timeout(1500)
        after = downloaded(page)
        assert after.expected[0, first : first + ENTRIES].tolist() == [float(value) for value in values]
        untouched = np.r_[0:first, first + ENTRIES : after.expected.shape[1]]
        np.testing.assert_allclose(after.expected[0, untouched], before.expected[0, untouched])
