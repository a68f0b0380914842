"""Files that people take home."""

from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from interface import export
from interface.app.charts.results import by_interval, wait_curve
from interface.app.charts.staffing import occupancy, over_under, planned, staffing, volumes
from interface.app.charts.theme import DARK, LIGHT, Figure, drawn
from models.optimisation.plan import Plan
from models.optimisation.target_costs import TargetCost
from scenarios.judgement import Judged
from scenarios.requirements import constraints
from scenarios.statistics import ratio
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.results import Results


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
    assert sheets == ["Summary", "Targets", "Measures", "Days", "Intervals", "Service level", "Staffing"]
    with ZipFile(BytesIO(book)) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 2


def pictures(results: Results) -> list[Figure]:
    """Charts of every kind."""
    contact_type, scenario = results.scenario.contact_types[0], results.scenario
    return [
        by_interval(results, "service_level", contact_type.name, LIGHT, wanted=0.8),
        by_interval(results, "backlog", contact_type.name, DARK),
        wait_curve(results, contact_type.name, contact_type.target, LIGHT),
        staffing(results, "desk", LIGHT),
        occupancy(results, ["desk"], DARK),
        over_under(scenario, scenario.staffing + 1, LIGHT, "desk"),
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


def test_over_and_under_are_bars_from_zero(results: Results) -> None:
    """Two agents too few would be a dash at -2 like any other, not a bar twice as long as one too few."""
    chart = over_under(results.scenario, results.scenario.staffing + 2, LIGHT).chart.to_dict()
    layer = chart["layer"][0]
    assert layer["encoding"]["y2"] == {"datum": 0}
    assert layer["mark"]["type"] == "rect"  # a bar with two ends on both axes is drawn as a dash


def test_agents_over_in_one_group_do_not_hide_those_under_in_another() -> None:
    """Of two writers too many and three phone agents too few a sum would say: one short."""
    scenario = presets.load("retail-weekday")
    required = scenario.staffing.copy()
    at = int(scenario.staffing[0].argmax())
    required[scenario.group_names.index("writers"), at] -= 2
    required[scenario.group_names.index("phone-desk"), at] += 3
    chart = over_under(scenario, required, LIGHT)
    rows = pd.DataFrame(chart.chart.to_dict()["datasets"].popitem()[1])
    assert rows.groupby("what")["value"].sum().to_dict() == {"Over": 2, "Under": -3}
    assert "understaffed in 1 intervals" in chart.alt


@pytest.fixture
def plan() -> Plan:
    """A plan of the help desk with 16 agents at 20 an hour, 30 % of them away as planned."""
    desk = presets.load("help-desk").replace_group("desk", cost_per_hour=20)
    constraint = constraints(desk)[0]
    return Plan(
        **{"scenario": desk, "staffing": desk.staffing[:, ::2], "cost": 1.0, "overtime": 0.25, "bound": 1.0},
        **{"bound_kind": "estimated", "proven": 1.0, "bound_holds": "all is well"},
        **{"constraints": (Judged(constraint, ratio([82.0, 84.0] * 10, [100.0] * 20), expected=True),)},
        **{"replications": 500, "overrun": 0.0, "binding": "calls", "marginal_values": (), "steps": ()},
        **{"ended": "time is up", "notes": ("a note",)},
    )


def test_a_plan_is_handed_out_as_a_workbook(plan: Plan) -> None:
    """Agents by interval and group, targets with their intervals, costs or the summary are missing."""
    book = CalamineWorkbook.from_filelike(BytesIO(export.plan_workbook(plan)))
    assert book.sheet_names[:4] == ["Plan", "Targets", "Costs", "Summary of the plan"]
    grid = book.get_sheet_by_name("Plan").to_python()
    assert grid[0] == ["From", "desk", "All groups"]
    assert len(grid) == 1 + 48
    assert grid[1][1:] == [16, 16]
    targets = dict(zip(*book.get_sheet_by_name("Targets").to_python()[:2], strict=True))
    half = 2.0930 * 0.01 / np.sqrt(19)  # Student's quantile of 19 degrees, twenty replications 0.01 from their mean
    assert (targets["95 % CI, low"], targets["95 % CI, high"]) == pytest.approx((0.83 - half, 0.83 + half), abs=1e-6)
    costs = book.get_sheet_by_name("Costs").to_python()
    assert costs[1][-1] == costs[2][-1] == pytest.approx(16 * 24 * 20 / 0.7)  # hours, and who is away is paid
    summary = dict(row[:2] for row in book.get_sheet_by_name("Summary of the plan").to_python())
    assert summary["Lower bound, estimated"] == 1.0
    assert summary["Incl. overtime"] == 0.25
    assert summary["Stopped"] == "time is up"
    assert summary["Note"] == "a note"


def test_costs_of_targets_are_in_the_workbook_once_they_are_known(plan: Plan) -> None:
    """What targets cost is lost on the way home."""
    cost = TargetCost("calls", "80 %", "75 %", 100.0, 5.0, 0.6, 40.0, 0.2)
    book = CalamineWorkbook.from_filelike(BytesIO(export.plan_workbook(plan, [cost])))
    row = dict(zip(*book.get_sheet_by_name("Cost of targets").to_python(), strict=True))
    assert (row["Cost"], row["Error (±)"]) == (100.0, 40.0)


def test_a_plan_as_csv_has_a_row_for_each_interval(plan: Plan) -> None:
    """Heads of an interval are missing, or their time."""
    lines = export.csv(export.staffing_grid(plan.scenario)).decode("utf-8-sig").splitlines()
    assert lines[0] == "From,desk,All groups"
    assert len(lines) == 1 + 48
    assert lines[2].endswith("00:30:00,16,16")
