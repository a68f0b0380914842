"""Plans and answers in a real browser, at a desk and on a phone: found, read and taken home."""

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.test_journeys import choose, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fits(page: Page) -> None:
    """Nothing of the page is wider than the window."""
    width = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def downloaded(page: Page, name: str) -> Path:
    """The file behind a button."""
    with page.expect_download() as file:
        page.get_by_role("button", name=name, exact=True).click()
    return file.value.path()


@pytest.mark.shown_at("desk")
def test_a_plan_is_found_priced_and_taken_home(page: Page) -> None:
    """The plan cannot be had as a file, targets have no price, or numbers of the heat map touch."""
    choose(page, "An online retailer on a weekday")
    turn(page, "Optimise")
    page.get_by_label("Time limit").click()
    page.get_by_role("option", name="30 seconds").click()
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_role("heading", name="Binding target and marginal value of an agent")).to_be_visible()
    texts = page.locator(".mark-text.role-mark text")
    boxes = [
        box for box in (text.bounding_box() for text in texts.all() if text.is_visible()) if box and box["width"] > 1
    ]
    assert len(boxes) > 10
    rows: dict[int, list[tuple[float, float]]] = {}
    for box in boxes:
        rows.setdefault(round(box["y"]), []).append((box["x"], box["x"] + box["width"]))
    for row in rows.values():
        assert all(right[0] - left[1] >= 1 for left, right in pairwise(sorted(row)))
    sheets = CalamineWorkbook.from_path(downloaded(page, "Download plan (Excel)")).sheet_names
    assert sheets[:4] == ["Plan", "Targets", "Costs", "Summary of the plan"]
    page.get_by_role("button", name="Cost of each target").click()
    expect(page.get_by_text("targets done")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled after")).to_be_visible()
    fits(page)


@pytest.mark.shown_at("phone")
def test_a_tornado_of_ones_own_ranges_is_asked_and_taken_home(page: Page) -> None:
    """Ranges cannot be typed on a phone, or the answer cannot be had as a file."""
    choose(page, "A help desk with one queue")
    turn(page, "What-if")
    page.get_by_label("Question").click()
    page.get_by_role("option", name="How sensitive is this plan?").click()
    page.get_by_text("Plausible ranges").click()
    page.get_by_label("Contacts, higher (%)").fill("25")
    page.get_by_label("Contacts, higher (%)").press("Enter")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name="Most sensitive to")).to_be_visible()
    expect(page.locator(".mark-text text", has_text="+25 %").first).to_be_visible()
    sheets = CalamineWorkbook.from_path(downloaded(page, "Download (Excel)")).sheet_names
    assert sheets == ["Answer", "Assumptions", "Break-even points"]
    fits(page)
