"""The Demand page, driven through app.py, and what a person enters on it."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from interface.app.demand import (
    corrected,
    month_rows,
    pay_days_from,
    rest_of_day_rows,
)
from interface.app.demand_sections.doubtful_days import choices_of, doubt_grid
from interface.app.demand_sections.events import EventRow, event_grid, events_from
from interface.app.demand_sections.own_figures import OwnFigures, day_grid
from interface.app.demand_sections.today import chance_rows
from interface.app.grids.entries import TableOf, take
from interface.app.grids.state import GridState
from interface.app.grids.subject import Subject
from interface.app.jobs.demand import (
    RECOGNISE,
    ReadExport,
    chances_of_today,
    mapping_for,
    read_today,
    read_upload,
    sample_report,
)
from interface.app.jobs.jobs import Progress
from models.calibration.first_attempts import RedialAssumption
from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast, forecast_demand
from scenarios.contact_log.mapping import GENERIC
from scenarios.errors import Cancelled, InvalidFile, InvalidValue
from scenarios.interval_report.mapping import ReportMapping
from scenarios.yaml.presets import load
from tests.windows import at_home


@pytest.fixture(scope="module")
def ready() -> ReadExport:
    """The sample as a worker reads it."""
    return read_upload(Progress(), sample_report(), "sample.csv", RECOGNISE, {}, None)


@pytest.fixture(scope="module")
def week(ready: ReadExport) -> DemandForecast:
    """A week of forecast."""
    return forecast_demand(ready.history, 7, method="eight-week mean", origins=2)


def until(app: AppTest, text: str, seconds: float = 60) -> AppTest:
    """The page once a heading or a label holds a text."""
    end = monotonic() + seconds
    while True:
        words = [element.value for element in (*app.subheader, *app.success, *app.error, *app.caption)]
        words += [element.label for element in app.button]
        if any(text in word for word in words):
            return app
        assert monotonic() < end, f"{text} not among {words}"
        assert not app.exception
        sleep(0.3)
        app.run()


@pytest.mark.slow
def test_from_history_to_scenario(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample is forecast with its past error, a figure of one's own stays, and the scenario takes it over."""
    monkeypatch.chdir(project)
    app = at_home(project, 60)
    app.switch_page("interface/app/pages/demand.py").run()
    until(app, "Forecast")
    assert not app.exception
    assert "sums agree: Offered = Answered + Abandoned" in "\n".join(element.value for element in app.markdown)
    app.button(key="ask-demand").click().run()
    until(app, "Forecast by day")
    assert "Past error:" in "\n".join(element.value for element in app.markdown)
    app.session_state["demand-edits"] = {("Calls", date(2026, 3, 30)): 3000.0}
    app.run()
    app.selectbox(key="demand-to-Calls").set_value(app.session_state["workspace"].scenario.type_names[0]).run()
    app.button(key="demand-apply").click().run()
    assert not app.exception
    assert "covers 14 days from 2026-03-28" in app.success[0].value
    scenario = app.session_state["workspace"].scenario
    by_day = scenario.expected[0].reshape(14, -1).sum(axis=1)
    assert by_day[2] == pytest.approx(3000, abs=1)
    assert len(app.session_state["workspace"].past) == 1


def test_the_sample_is_read_as_its_header_says(ready: ReadExport):
    """Sixty working days of 24 half-hours."""
    series = ready.history.types["Calls"]
    assert (len(series), ready.columns[:3]) == (60, ("Date", "Interval", "Queue"))
    assert ready.suspicions == ()


class Sheet:
    """A grid of what a person enters on the page, without a browser."""

    def __init__(self, value: Any, table_of: TableOf) -> None:
        self.value, self.past, self.table_of, self.state = value, list[Any](), table_of, GridState()
        self.subject = Subject(lambda: self.value, self._replace, self._undo, lambda: None, {})
        self.sent = 0

    def enter(self, **entry: Any) -> None:
        """Send an entry."""
        self.sent += 1
        entry = {"number": self.sent, "shape": self.table_of(self.value).shape, **entry}
        take(self.subject, "sheet", self.state, self.table_of, [entry])

    def problems(self) -> list[str]:
        """What waits for a correction, cell by cell."""
        return [words for block in self.state.pending for words in block.remarks().values()]

    def _replace(self, _: str, value: Any) -> None:
        self.past.append(self.value)
        self.value = value

    def _undo(self) -> None:
        self.value = self.past.pop()


def test_events_pasted_from_a_spreadsheet() -> None:
    """German dates and decimals; without an end it is one day, without a size learnt, without a day unfinished."""
    sheet = Sheet((), partial(event_grid, types=("Calls", "Mail")))
    rows = "sale\t02.03.2026\t04.03.2026\t12,5\tcalls\nmail\t2026-03-09\t\t\t\nlater\t\t\t5,5\t"
    sheet.enter(paste=rows, row=0, column=1)
    sale, mail = events_from(sheet.value)
    assert (sale.size, sale.contact_type, sale.last) == (0.125, "Calls", date(2026, 3, 4))
    assert (mail.size, mail.contact_type, mail.first, mail.last) == (None, None, date(2026, 3, 9), date(2026, 3, 9))
    before: tuple[EventRow, ...] = sheet.value
    sheet.enter(cells=[[0, 3, "2026-03-01"]])
    assert sheet.value == before
    assert "must not end before it begins" in sheet.problems()[0]
    sheet.enter(step="undo")
    sheet.enter(cells=[[1, 2, "03/02/2026"]])
    assert sheet.problems() == ["write a day such as 2026-03-02 or 02.03.2026"]
    sheet.enter(step="undo")
    sheet.enter(cells=[[1, 2, ""], [1, 1, ""]])
    assert [row[0] for row in sheet.value] == ["sale", "later"]
    sheet.enter(step="undo")
    assert sheet.value == before


def test_pay_days_that_are_none_are_refused():
    """A word other than last is no day."""
    with pytest.raises(InvalidValue, match="Pay days: 'monday' cannot be used"):
        pay_days_from("15, monday")


def test_figures_of_ones_own_stay(week: DemandForecast) -> None:
    """A figure replaces the forecast of its day, an emptied cell takes it back, a pasted block is read as a whole."""
    calls = week.types["Calls"]
    figures: OwnFigures = {}
    sheet = Sheet(figures, partial(day_grid, forecast=week, name="Calls", level=0.8))
    assert sheet.table_of(sheet.value).names[-1] == "Your figure"
    sheet.enter(cells=[[0, 4, "2000,5"]])
    assert sheet.value == {("Calls", calls.days[0]): 2000.5}
    changed = week.with_day_totals(sheet.value).types["Calls"].volume.sum(axis=1)
    assert changed[0] == pytest.approx(2000.5)
    assert changed[1:] == pytest.approx(calls.volume.sum(axis=1)[1:])
    sheet.enter(paste="1.900,5\n-5", row=0, column=4)
    assert (len(sheet.value), sheet.problems()) == (1, ["write a number of at least 0"])
    sheet.enter(step="undo")
    sheet.enter(cells=[[0, 4, ""]])
    assert sheet.value == {}
    sheet.enter(step="undo")
    assert sheet.value == {("Calls", calls.days[0]): 2000.5}


def test_the_rest_of_today(week: DemandForecast):
    """Twice the contacts until ten o'clock: the rest is raised, by less; a day that is not forecast has no rest."""
    part = week.types["Calls"]
    lines = ["Interval,Queue,Calls"]
    for slot in range(16, 20):
        count = round(2 * float(part.volume[0, slot]))
        lines.append(f"{part.days[0]} {slot // 2:02d}:{30 * (slot % 2):02d},Calls,{count}")
    record = read_today("\n".join(lines).encode(), "today.csv", RECOGNISE, {}, None, week.interval)
    assert record.passed == 20
    shown = rest_of_day_rows(week, "Calls", record)
    assert shown is not None
    sentence, rows = shown
    assert "against the forecast until 10:00" in sentence
    assert rows["From"].iloc[0] == "10:00"
    assert rows["Revised"].sum() > rows["Forecast"].sum()
    assert rest_of_day_rows(week, "Calls", replace(record, day=date(2025, 1, 1))) is None


def test_columns_that_are_corrected():
    """Only what differs from the reading is kept; a mapping file and a ready layout take the same changes."""
    mapping = ReportMapping(name="own", start="Interval", offered=("Calls",), answered=("Handled",))
    choices = {"start": "Interval", "offered": "Received", "answered": "none", "aht": "none"}
    changes = corrected(mapping, choices)
    assert changes == {"offered": "Received", "answered": None}
    assert mapping_for(RECOGNISE, {}, None) is GENERIC
    of_file = mapping_for(RECOGNISE, {"decimal": ","}, b"name: own\nstart: Interval\noffered: Calls\n")
    assert (of_file.decimal, of_file.offered) == (",", ("Calls",))  # type: ignore[union-attr]
    assert mapping_for("avaya", {"clock": "mm:ss"}, None).name == "avaya"


def test_a_saved_mapping_of_a_log_is_taken():
    """Columns of a contact log in a mapping file, and a date order chosen on the page for a log without one."""
    content = b"Beginn;Annahme;Ende\n03.02.2026 08:00;03.02.2026 08:01;03.02.2026 08:06\n"
    mapping = b"name: ours\narrival: Beginn\nanswer: Annahme\nend: Ende\n"
    ready = read_upload(Progress(), content, "log.csv", RECOGNISE, {}, mapping)
    assert (ready.mapping, next(iter(ready.history.types.values())).counts.sum()) == (None, 1)
    slashes = b"arrival,answer,end\n03/02/2026 08:00,03/02/2026 08:01,03/02/2026 08:06\n"
    ready = read_upload(Progress(), slashes, "log.csv", RECOGNISE, {"date_format": "%d/%m/%Y"}, None)
    assert next(iter(ready.history.types.values())).days == (date(2026, 2, 3),)
    report = b"Interval,Calls\n03/02/2026 08:00,5\n03/02/2026 08:30,6\n"
    ready = read_upload(Progress(), report, "day.csv", RECOGNISE, {"date_format": "%d/%m/%Y"}, None)
    assert next(iter(ready.history.types.values())).days == (date(2026, 2, 3),)


def test_reading_tells_how_far_it_is_and_can_be_stopped():
    """A year of half-hours cannot be watched or stopped: 30,000 rows are told at 20,000 of 60,000."""
    rows = "".join(f"2026-{1 + n // 1440 % 12:02d}-01 {n % 24:02d}:00,{n},5\n" for n in range(30_000))
    content = f"Interval,Queue,Calls\n{rows}".encode()
    told = []

    class Watched(Progress):
        def step(self, done: int, wanted: int) -> None:
            told.append((done, wanted))
            if done >= 20_000:
                raise Cancelled(done, wanted)

    with pytest.raises(Cancelled):
        read_upload(Watched(), content, "year.csv", RECOGNISE, {}, None)
    assert told == [(0, 60_002), (20_000, 60_002)]


def test_a_history_of_first_attempts() -> None:
    """Redials are taken out of the history of a report as assumed, and of a log by its caller ids."""
    redials = RedialAssumption(0.5, 300.0)
    whole, first = (
        read_upload(Progress(), sample_report(), "sample.csv", RECOGNISE, {}, None, (), assumed)
        for assumed in (None, redials)
    )
    offered, attempts = (read.history.types["Calls"].counts.sum() for read in (whole, first))
    assert attempts / offered == pytest.approx(1 - 0.05 * 0.5, abs=0.005)
    assert any("first attempts" in line for line in first.lines)
    row = "2026-03-02 {0:02d}:{1:02d},,2026-03-02 {0:02d}:{2:02d},c{0}"
    rows = [row.format(hour, minute, minute + 1) for hour in range(8, 18) for minute in (0, 9, 18)]
    log = "\n".join(["arrival,answer,end,customer", *rows]).encode()
    ready = read_upload(Progress(), log, "log.csv", "generic", {}, None, (), redials)
    assert ready.history.types["contacts"].counts.sum() == 10
    assert "20 redials left out, by caller ids" in ready.lines


def test_choices_on_doubtful_days_reach_the_history():
    """A day without contacts is left out by default, and kept where a person says so in the grid."""
    lines = sample_report().decode().splitlines()
    gone = [line.split(",") for line in lines]
    text = "\n".join(",".join([*row[:3], "0", "0", "0", ""] if row[0] == "2026-02-04" else row) for row in gone)
    read = read_upload(Progress(), text.encode(), "odd.csv", RECOGNISE, {}, None)
    assert [(doubt.day, doubt.treatment) for doubt in read.history.doubts] == [(date(2026, 2, 4), "leave out")]
    sheet = Sheet({}, partial(doubt_grid, doubts=read.history.doubts))
    assert sheet.table_of({}).texts[0][3] == "leave out"
    sheet.enter(cells=[[0, 3, "Repair"]])
    choices = sheet.value
    assert choices == {("Calls", date(2026, 2, 4)): "repair"}
    mended = read_upload(Progress(), text.encode(), "odd.csv", RECOGNISE, {}, None, choices_of(choices))
    usual = read.history.types["Calls"].totals.mean()
    repaired = mended.history.types["Calls"]
    assert repaired.totals[repaired.days.index(date(2026, 2, 4))] == pytest.approx(usual, rel=0.2)


def test_monthly_totals_are_spread_over_the_hours_that_are_given():
    """22 working days in March take 2,200 contacts; without hours they are asked for."""
    months = b"Month,Calls\n2026-03,2200\n2026-04,2200\n2026-05,2100\n"
    with pytest.raises(InvalidFile, match="enter the opening hours"):
        read_upload(Progress(), months, "months.csv", RECOGNISE, {}, None)
    read = read_upload(Progress(), months, "months.csv", RECOGNISE, {}, None, hours="Mon-Fri 08:00-18:00")
    series = read.history.types["contacts"]
    assert series.totals[:22] == pytest.approx(np.full(22, 100.0))
    assert any("spread evenly over Mon-Fri" in line for line in read.lines)


def test_months_of_a_forecast_have_a_band(week: DemandForecast):
    """The sum of the days, within its band."""
    rows = month_rows(week, "Calls", 0.8)
    assert rows["Forecast"].sum() == pytest.approx(week.types["Calls"].volume.sum(), abs=2)
    assert (rows["Low"] < rows["Forecast"]).all()
    assert (rows["High"] > rows["Forecast"]).all()


def test_the_chances_of_today_as_a_table(week: DemandForecast):
    """A day that is over with nine of ten in time: its target of 80 per cent is met for sure."""
    day, calls = week.types["Calls"].days[0], np.zeros(48)
    calls[20] = 100
    outcomes = {"help": {"answered": calls, "abandoned": 0 * calls, "in_time": 0.9 * calls}}
    record = DayRecord(day, {"help": calls}, 48, outcomes)
    scenario = load("help-desk")
    name = scenario.type_names[0]
    result = chances_of_today(Progress(), week.renamed({"Calls": name}), record.renamed({"help": name}), scenario, 0.8)
    rows = chance_rows(result)
    assert rows["Chance today"].tolist() == ["100 %"]
    assert result.additions == ()
