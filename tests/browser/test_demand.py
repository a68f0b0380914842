"""From a report in hand to a forecast, in a real browser at a desk and on a phone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.grids import cell, paste, write
from tests.browser.test_journeys import turn
from tests.browser.test_studies import downloaded, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shown_at("phone")]


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
    if page.viewport_size and page.viewport_size["width"] > 1000:
        page.get_by_text("Events: campaigns, mailings, school holidays").click()
        paste(page, "events", 0, 1, "sale\t02.03.2026\t04.03.2026\t12,5")
        expect(cell(page, "events", 0, 2)).to_have_text("2026-03-02")
        page.get_by_role("button", name="Forecast", exact=True).click()
        expect(page.get_by_text("Out of date")).to_have_count(0)
        write(page, "forecast by day", 0, 4, "900,5")
        expect(page.get_by_role("button", name="Remove all your figures")).to_be_visible()
    sheets = CalamineWorkbook.from_path(downloaded(page, "Forecast (Excel)"))
    assert sheets.sheet_names == ["Days", "Intervals", "Months", "Past errors"]
    if page.viewport_size and page.viewport_size["width"] > 1000:
        assert sheets.get_sheet_by_name("Days").to_python()[1][2] == pytest.approx(900.5)
