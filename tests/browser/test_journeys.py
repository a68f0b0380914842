"""The main journeys, clicked through in a real browser, at a desk and on a phone."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from scenarios.yaml import files, presets
from tests.browser.grids import grid, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONTACTS_PER_DAY = 2  # columns to the right of the first
# Inside Streamlit, Vega and the grid, where a page cannot reach.
NOT_OURS = {"list", "listitem", "scrollable-region-focusable", "svg-img-alt", "aria-allowed-attr", "nested-interactive"}
SERIOUS = {"serious", "critical"}


def choose(page: Page, title: str) -> None:
    """Choose an example by its title."""
    page.get_by_label("Start from an example").click()
    page.get_by_role("option", name=title).click()
    expect(page.get_by_text(f"{title} · Volumes")).to_be_visible()
    scenario = presets.load(next(name for name, known in presets.titles().items() if known == title))
    rows = grid(page, "contact types").locator(".tabulator-tableholder .tabulator-row")
    expect(rows.locator(".tabulator-cell.label")).to_have_text(list(scenario.type_names))
    expect(page.get_by_test_id("stSelectbox").filter(has_text="Start from", visible=True)).to_have_count(1)
    headings = grid(page, "contacts by interval").locator(".tabulator-header .tabulator-col-title")
    expect(headings).to_have_text(["Time", *scenario.type_names])
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page is drawn and its questions are answered."""
    page.locator("[role=grid]:visible, [data-testid=stDataFrame]:visible").first.wait_for()
    page.wait_for_timeout(1000)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")


def turn(page: Page, name: str) -> None:
    """Go to another page by the menu, which a phone folds away."""
    phone = page.viewport_size is not None and page.viewport_size["width"] < 600
    if phone:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    if phone:
        page.get_by_test_id("stSidebarCollapseButton").click()


def run(page: Page) -> None:
    """Run the scenario, and wait for its first results."""
    page.get_by_role("link", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    expect(page.get_by_text("80 % within 20 s").first).to_be_visible()


@pytest.mark.shown_at("desk")
def test_choose_change_run_see_download(page: Page) -> None:
    """A planner who changes a number must see another result, and take the numbers home."""
    choose(page, "A help desk with one queue")
    run(page)
    expect(page.get_by_role("heading", name="The target is met")).to_be_visible()
    expect(page.get_by_text("Formula (Erlang C)").first).to_be_visible()
    turn(page, "Scenario")
    write(page, "contact types", 0, CONTACTS_PER_DAY, "4800")
    expect(page.locator("[aria-label*='calls at most 100.']").first).to_be_attached()
    settle(page)
    run(page)
    expect(page.get_by_role("heading", name=re.compile("missed"))).to_be_visible()
    settle(page)  # while the page is drawn anew from the top, the button below still belongs to the run before
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    book = CalamineWorkbook.from_path(str(download.value.path()))
    assert {"Targets", "Measures", "Intervals"} <= set(book.sheet_names)
    assert book.get_sheet_by_name("Targets").to_python()[1][7] == "missed"
    page.get_by_role("button", name="Report", exact=True).click()
    with page.expect_download() as report:
        page.get_by_role("button", name="Download the report (HTML)").click()
    text = Path(report.value.path()).read_text("utf-8")
    assert "The target is missed" in text or "1 of 1 targets missed" in text
    page.keyboard.press("Escape")
    page.get_by_text("Replay a day").click()
    time = page.get_by_role("slider", name="Time of day")
    begin = int(time.input_value())
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(time).not_to_have_value(str(begin))
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("img", name="Queues and agents").press("End")
    expect(page.get_by_text("24:00 – calls:")).to_be_visible()


@pytest.mark.shown_at("desk")
def test_scenario_and_chart_are_downloaded(page: Page) -> None:
    """A file that cannot be read again, or a picture that is none, would be found out only later."""
    settle(page)  # a file that is made when it is asked for is let go with the page it was asked on
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    text = Path(download.value.path()).read_text("utf-8")
    assert files.loads(text) == presets.load(presets.names()[0])
    page.get_by_role("button", name="Save").first.click()
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.shown_at("phone")
def test_bad_file_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    """A wrong file must be named with line and remedy, and leave the scenario as it was."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\nagents: 3\n", "utf-8")
    page.get_by_role("button", name="Open a file").click()
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_text("wrong.yaml:2:1")).to_be_visible()
    expect(page.get_by_text("An online retailer on a weekday · Volumes")).to_be_visible()


@pytest.mark.parametrize("name", ["Home", "Scenario", "Results", "Automation", "Compare"])
def test_page_is_accessible_and_fits(page: Page, name: str) -> None:
    """A page that is wider than the screen, or that a screen reader cannot tell, shuts people out; a phone is dark."""
    assert page.viewport_size is not None
    if page.viewport_size["width"] < 600:
        page.emulate_media(color_scheme="dark")
        page.reload()
        page.get_by_role("heading", name="Scenario", exact=True).wait_for()
    choose(page, "A help desk with one queue")
    if name != "Scenario":
        turn(page, name)
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="Cancel").wait_for(state="detached")  # what is being drawn anew is faded
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    expect(page.get_by_test_id("stToast")).to_have_count(0)  # Streamlit's, without a name; it goes by itself
    page.wait_for_timeout(1000)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= page.viewport_size["width"]
    found = Axe().run(page).response["violations"]
    mine = [one for one in found if one["impact"] in SERIOUS and one["id"] not in NOT_OURS]
    serious = {one["id"]: [node["html"][:120] for node in one["nodes"]] for one in mine}
    assert not serious


def test_add_a_chat_type_with_its_group_run_and_undo(page: Page) -> None:
    """A planner who adds a channel must meet it in the results without writing YAML, and get rid of it again."""
    choose(page, "A help desk with one queue")
    page.get_by_role("button", name="Add a type").click()
    form = page.get_by_test_id("stPopoverBody")  # what is being drawn anew is there twice, once hidden
    form.get_by_label("Channel").filter(visible=True).click()
    page.get_by_role("option", name="chat", exact=True).click()
    expect(form.get_by_label("Answer within").filter(visible=True)).to_have_value("60s")
    form.get_by_label("Name", exact=True).filter(visible=True).fill("web chat")
    form.get_by_role("button", name="Add", exact=True).filter(visible=True).click()
    expect(form.get_by_text("choose at least one, or name a new agent group")).to_be_visible()
    form.get_by_label("New agent group").filter(visible=True).fill("chat desk")
    form.get_by_role("button", name="Add", exact=True).filter(visible=True).click()
    expect(form).to_have_count(0)
    settle(page)
    page.get_by_role("link", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    expect(page.get_by_text("web chat").first).to_be_visible()
    expect(page.get_by_text("80 % within 1 min").first).to_be_visible()
    turn(page, "Scenario")
    page.get_by_role("button", name="Undo").click()
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert files.loads(Path(download.value.path()).read_text("utf-8")) == presets.load("help-desk")


@pytest.mark.shown_at("desk")
def test_cancel_in_mid_run_keeps_what_was_found(page: Page) -> None:
    """The button would do nothing, or what was found until then would be gone."""
    run(page)
    page.get_by_role("button", name="Simulation settings").click()
    page.get_by_label("Engine", exact=True).click()
    page.get_by_role("option", name="Readable (SimPy)").click()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="High").click()
    page.get_by_text(re.compile(r"[1-9]\d* of 500 simulated days")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile("Cancelled: results are from [1-9]|Out of date"))).to_be_visible()
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
