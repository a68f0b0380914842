"""The words that people read in the app: those of the trade, so that no phrase of the workshop comes back."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from interface.app import study_tables, widgets
from interface.app.charts.results import by_interval, heat_map, wait_curve
from interface.app.charts.staffing import occupancy, over_under, planned, staffing, volumes
from interface.app.charts.studies import differences
from interface.app.charts.theme import LIGHT, Figure
from interface.app.comparison import side_by_side, significant
from interface.app.editor import columns, flow_grids, flows, forms
from interface.app.measures_table import numbers
from interface.app.session import PRECISIONS
from interface.app.verdicts import cost_tile, sentence, tiles
from interface.formatting import STATUS
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES, MEASURES
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.targets import verdict
from tests.folders import ROOT
from tests.windows import at_scenario

BANNED = re.compile(
    "|".join(
        (
            r"\bheads?\b",
            r"\bwish(es)?\b",
            r"\bdut(y|ies)\b",
            r"\btapes?\b",
            r"\bplay(s|ed)?\b",
            r"\bworlds?\b",
            r"\bworked (centre|example)s?\b",
            r"\bput down\b",
            r"\bhands?\b(?!-)",
            r"\blonely\b",
            r"\bbeyond doubt\b",
            r"\bdearer\b",
            r"\b(was|were|is|are) found\b|\bwhat follows\b",
            r"\bwhichever is ready\b",
            r"\berrands?\b",
            r"\bslots?\b",
            r"\bkept free\b",
            r"\bbusyness\b",
            r"\bunsure\b|\bnot sure\b|\bsure differences\b|\bsurely\b",
            r"\bgood days?\b",
            r"\bfalsely\b",
            r"\bgives? up\b",
            r"\bstaff it\b",
            r"\bgo on with it\b",
            r"\bkeep for compare\b",
            r"\bwhat binds\b",
            r"\bprice the targets\b",
            r"\btake this plan\b",
            r"\bfresh contacts\b",
            r"\b(nobody|somebody|whoever)\b",
            r"\b(contacts?|cost|orders?) an? (day|hour)\b",
            r"\bgone when the clock\b",
            r"\b(waiting|wait) on average\b",
            r"\bplanned less required\b",
            r"\bcsv, in all\b",
            r"\bresidual difficulty\b",
            r"\(contacts\)$",
        )
    ),
    re.IGNORECASE,
)
"""Phrases that a planner stops at; each has a plain counterpart in use on the pages."""
PAGES = (
    *("home", "scenario", "demand", "results", "optimise", "shifts", "automation", "compare"),
    *("what_if", "validation", "learn"),
)
TABS = ("Contacts", "Follow-ups", "Bots", "Agents", "Staffing", "Calendar")
MODULES = {
    "home": ("pages/home.py", "calculator.py", "recent.py", "steps.py", "store/*.py", "history.py"),
    "scenario": ("editor/*.py", "grids/*.py", "fields/*.py", "pages/scenario.py"),
    "demand": ("pages/demand.py", "demand.py", "jobs/demand.py", "charts/demand.py"),
    "results": ("pages/results.py", "verdicts.py", "measures_table.py", "charts/results.py", "charts/staffing.py"),
    "compare": ("pages/compare.py", "variants.py", "comparison.py", "charts/studies.py"),
    "shared": ("widgets.py", "session.py", "alternatives.py", "study_tables.py", "charts/theme.py"),
    "optimise": ("pages/optimise.py", "jobs/optimise.py", "charts/optimise.py"),
    "shifts": ("pages/shifts.py", "shifts/*.py", "jobs/shifts.py", "charts/shifts.py", "charts/rosters.py"),
    "automation": ("pages/automation.py", "automation.py", "charts/frontier.py"),
    "what_if": ("pages/what_if.py", "charts/what_if.py", "jobs/studies.py"),
    "validation": ("pages/validation.py", "jobs/validation.py", "charts/backtest.py"),
    "learn": ("pages/learn.py", "learn/*.py", "charts/learn.py", "charts/ladder.py"),
    "jobs": ("jobs/*.py",),
}
"""The modules whose messages each page shows."""
READ = ("label", "help", "body", "placeholder", "options", "caption", "value")
"""Fields of Streamlit's elements that people read."""


def banned(texts: Iterable[str]) -> list[str]:
    """The texts with a banned phrase."""
    return sorted({text for text in texts if BANNED.search(text)})


# -- what is drawn -------------------------------------------------------------------------------------------


def drawn(app: AppTest) -> Iterator[str]:
    """Every text of a page: titles, labels, captions, markdown, buttons, options, help, headings, chart titles."""
    nodes: list[Any] = [app.main]
    while nodes:
        node = nodes.pop()
        nodes.extend(getattr(node, "children", {}).values())
        proto = getattr(node, "proto", None)
        for name in READ:
            field = getattr(proto, name, ())
            yield from [field] if isinstance(field, str) else _strings(field)
        for name in ("columns", "spec"):
            field = getattr(proto, name, "")
            if isinstance(field, str) and field.startswith("{"):
                yield from titles(json.loads(field))
        for button in getattr(proto, "buttons", ()):
            yield getattr(button, "label", "")


def _strings(field: Any) -> list[str]:
    try:
        return [part if isinstance(part, str) else str(getattr(part, "content", "")) for part in field]
    except TypeError:
        return []


def titles(specification: Any) -> Iterator[str]:
    """The titles and help texts within a chart or the columns of a grid."""
    if isinstance(specification, Mapping):
        for key, value in specification.items():
            if key in ("title", "help", "label") and isinstance(value, str):
                yield value
            elif key != "datasets":
                yield from titles(value)
    elif isinstance(specification, list):
        for value in specification:
            yield from titles(value)


def test_the_list_catches_what_it_is_for() -> None:
    """A list that matches nothing would let everything pass; planners' words must not be caught."""
    assert banned(["Heads on duty", "Put down", "Met on a good day", "Contacts (contacts)"])
    assert not banned(
        ["Agents on shift", "Headcount", "Met (± 2.2 points)", "Target met on 89 % of days", "Handle time"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["help-desk", "retail-weekday"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_planners_english(page: str, preset: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who meets a word of the workshop stops reading."""
    monkeypatch.chdir(project)
    app = at_scenario(project, 120)
    app.session_state["workspace"].open(presets.load(preset), presets.path(preset).read_text("utf-8"))
    texts: list[str] = []
    for tab in TABS if page == "scenario" else TABS[:1]:
        app.session_state["scenario-part"] = tab
        app = app.run() if page == "scenario" else app.switch_page(f"interface/app/pages/{page}.py").run()
        assert not app.exception
        texts += drawn(app)
    assert len(texts) > 15
    lesson = presets.lesson(preset)
    assert not banned(text for text in texts if text != lesson and "  \n" not in text)  # advice is held by its own test


# -- what may be drawn ---------------------------------------------------------------------------------------


def messages(path: Path) -> Iterator[str]:
    """The texts of a module that are not docstrings: of plain strings, and the fixed parts of formatted ones."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    keys = {
        id(word.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "key"
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in silent | keys:
            continue
        if " " in node.value.strip() or node.value[:1].isupper():
            yield node.value


@pytest.mark.parametrize("page", MODULES)
def test_messages_speak_planners_english(page: str) -> None:
    """Errors, toasts and labels that no test draws are read all the same."""
    paths = [path for pattern in MODULES[page] for path in (ROOT / "interface" / "app").glob(pattern)]
    assert paths
    assert not banned(text for path in paths for text in messages(path))


def test_labels_of_tables_speak_planners_english() -> None:
    """Measures, columns and choices are shown on every page, in every export."""
    configured = (columns.TYPE_COLUMNS, columns.BOT_COLUMNS, columns.GROUP_COLUMNS, columns.FOLLOW_UP_COLUMNS)
    texts = [text for table in (*configured, columns.ROUTE_COLUMNS) for text in (*table, *titles(list(table.values())))]
    texts += [*flows.FOLLOW_UPS, *flows.ROUTES, *PRECISIONS, *STATUS.values(), *study_tables._NAMES.values()]
    texts += [*widgets._ENGINES, *flow_grids._AGENT_SELECTION.values(), *flow_grids._QUEUE_ORDER.values()]
    texts += [*forms._WORK_MODES.values(), *CONTACT_TALLIES.values(), *GROUP_TALLIES.values()]
    texts += [text for measure in MEASURES.values() for text in (measure.label, measure.definition)]
    assert not banned(texts)


def test_labels_of_measures_are_unique() -> None:
    """Two measures of one name cannot be told apart in a table."""
    labels = [measure.label for measure in MEASURES.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("preset", ["help-desk", "retail-weekday"])
def test_charts_and_verdicts_speak_planners_english(preset: str) -> None:
    """Titles, axes, alternative texts, tiles and tables of a run."""
    scenario = presets.load(preset)
    results = simulate(scenario, replications=2)
    contact_type, group, target = scenario.type_names[0], scenario.group_names[0], scenario.contact_types[0].target
    required = scenario.staffing[0] + 1.0
    changes = results.compare(results).assign(scenario="the same")
    figures: list[Figure] = [
        *(by_interval(results, name, contact_type, LIGHT) for name in ("service_level", "contacts", "backlog", "asa")),
        wait_curve(results, contact_type, target, LIGHT),
        heat_map(results, "service_level", contact_type, LIGHT),
        occupancy(results, list(scenario.group_names), LIGHT),
        staffing(results, group, LIGHT, required),
        over_under(scenario, scenario.staffing + 1, LIGHT, group),
        planned(scenario, group, required, LIGHT),
        volumes(scenario, LIGHT),
        differences(changes, "service_level", "EUR", LIGHT),
    ]
    texts = [text for figure in figures for text in (figure.title, figure.alt)]
    texts += [text for figure in figures for text in titles(json.loads(figure.specification()))]
    texts += [sentence(verdict(results)), significant(changes)]
    texts += [text for tile in (*tiles(results), cost_tile(results)) for text in (tile.title, tile.words, *tile.small)]
    for table in (numbers(results, None, contact_type, group), side_by_side([results, results], changes)):
        texts += [*table.columns, *(text for column in table for text in table[column].astype(str))]
    assert not banned(texts)
