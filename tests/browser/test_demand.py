"""From a report in hand to a forecast, in a real browser at a desk and on a phone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.test_journeys import turn
from tests.browser.test_studies import downloaded, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_HEADER_ROW, _ROW = 35, 35
"""Pixels of a grid."""


def report(folder: Path) -> Path:
    """Thirty working days by the hour in a German layout, with a row of sums."""
    lines = ["Wochenbericht;;;", "Datum;Stunde;Anrufe;AHT"]
    days = [day for day in (date(2026, 1, 5) + timedelta(days=step) for step in range(42)) if day.weekday() < 5]
    lines += [
        f"{day:%d.%m.%Y};{hour}:00;{50 + 3 * hour - 5 * day.weekday()};240" for day in days for hour in range(9, 17)
    ]
    path = folder / "wochen.csv"
    path.write_text("\n".join([*lines, "Summe;;99999;"]), encoding="utf-8")
    return path


def test_a_report_is_forecast_and_taken_home(page: Page, tmp_path: Path) -> None:
    """The reading is not shown, a typed figure is lost, or the forecast cannot be had as a file."""
    turn(page, "Demand")
    page.get_by_text("Your own file").click()
    expect(page.get_by_text("Nothing in the file is executed.")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(report(tmp_path))
    expect(page.get_by_text("1 row dropped: a row that sums up others (first in row 243)")).to_be_visible()
    page.get_by_role("button", name="Forecast", exact=True).click()
    expect(page.get_by_role("heading", name="Forecast by day")).to_be_visible()
    fits(page)
    grid = page.get_by_test_id("stDataFrame").filter(has=page.locator("canvas")).last
    grid.scroll_into_view_if_needed()
    if page.viewport_size and page.viewport_size["width"] > 1000:
        place = grid.locator("canvas").first.bounding_box()
        assert place is not None
        page.mouse.dblclick(place["x"] + place["width"] - 80, place["y"] + _HEADER_ROW + _ROW / 2)
        page.locator("#portal input").fill("900")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Remove all your figures")).to_be_visible()
    sheets = CalamineWorkbook.from_path(downloaded(page, "Forecast (Excel)"))
    assert sheets.sheet_names == ["Days", "Intervals", "Months", "Past errors"]
    if page.viewport_size and page.viewport_size["width"] > 1000:
        assert sheets.get_sheet_by_name("Days").to_python()[1][2] == pytest.approx(900)
