"""The grid of the app in a browser: its cells by row and column, and blocks put on the clipboard."""

from playwright.sync_api import Locator, Page, expect


def grid(page: Page, name: str) -> Locator:
    """The grid with this name."""
    return page.get_by_role("grid", name=f"Editable table: {name}")


def cell(page: Page, name: str, row: int, column: int) -> Locator:
    """A cell by row and column, counted from 0; the first column names the rows."""
    rows = grid(page, name).locator(".tabulator-tableholder .tabulator-row")
    return rows.nth(row).locator(".tabulator-cell").nth(column)


def write(page: Page, name: str, row: int, column: int, text: str) -> None:
    """Write into a cell, and go on to the one below."""
    cell(page, name, row, column).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def paste(page: Page, name: str, row: int, column: int, text: str) -> None:
    """Paste a block at a cell, as it comes from a spreadsheet."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    cell(page, name, row, column).click()
    page.keyboard.press("Control+V")


def taken(page: Page) -> None:
    """Wait until the server has taken every entry."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
