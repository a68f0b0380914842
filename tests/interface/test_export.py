"""Files that people take home."""

from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from interface import export
from interface.charts import by_interval, occupancy, planned, staffing, volumes, wait_curve
from interface.pictures import DARK, LIGHT, Picture, drawn
from scenarios import presets
from simulator.experiment import simulate
from simulator.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    """A few days of the help desk."""
    return simulate(presets.load("help-desk"), replications=3)


def test_text_is_never_a_formula() -> None:
    """A name that begins with = must not be computed by the spreadsheet of whoever opens the file."""
    table = pd.DataFrame({"of": ["=HYPERLINK(1)", "plain"], "value": [0.5, float("nan")]})
    book = export.workbook({"Evil": table})
    assert CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()[1][0] == "=HYPERLINK(1)"
    with ZipFile(BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_workbook_holds_tables_and_charts(results: Results) -> None:
    """A planner works on in the spreadsheet: the numbers and native charts must be there."""
    book = export.results_workbook(results, None)
    sheets = CalamineWorkbook.from_filelike(BytesIO(book)).sheet_names
    assert sheets == ["Targets", "Measures", "Days", "Intervals", "Service level", "Staffing"]
    with ZipFile(BytesIO(book)) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 2


def pictures(results: Results) -> list[Picture]:
    """Charts of every kind."""
    kind, scenario = results.scenario.contact_types[0], results.scenario
    return [
        by_interval(results, "service_level", kind.name, LIGHT, wanted=0.8),
        by_interval(results, "backlog", kind.name, DARK),
        wait_curve(results, kind.name, kind.target, LIGHT),
        staffing(results, "desk", LIGHT),
        occupancy(results, ["desk"], DARK),
        planned(scenario, "desk", None, LIGHT),
        volumes(scenario, LIGHT),
    ]


def test_every_chart_becomes_a_picture_with_title_and_words(results: Results) -> None:
    """A chart that only a browser can show, or that says nothing to a screen reader, is half a chart."""
    for picture in pictures(results):
        svg = drawn(picture.specification(), "svg").decode()
        assert picture.title in svg
        assert len(picture.alt) > 20
    assert drawn(pictures(results)[0].specification(), "png").startswith(b"\x89PNG")
