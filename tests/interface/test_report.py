"""The report that people read without the planner, and the sheet that planners open first."""

import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from interface import export
from interface.app.jobs.theory import Theory, theory
from interface.reports.comparison import comparison_html
from interface.reports.plan import plan_html
from interface.reports.run import report_html
from interface.staffing_totals import plan_grid, totals
from models.optimisation.search import optimise
from scenarios.scenario import Scenario
from scenarios.units import DAY
from scenarios.yaml import files, presets
from simulator.evaluator import evaluator
from simulator.experiment import simulate
from simulator.measure.results import Results

EVIL = '<img src=x onerror=alert(1)>"\u202e'


@pytest.fixture(scope="module")
def results() -> Results:
    """A few days of the help desk."""
    return simulate(presets.load("help-desk"), replications=3)


@pytest.fixture(scope="module")
def formulas(results: Results) -> Theory:
    """What the formulas say of it."""
    return theory(results.scenario)


class Outline(HTMLParser):
    """The headings, elements and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and what it refers to."""
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        """Note a text, as a heading where it is one."""
        if self.tags and self.tags[-1] == "h2":
            self.headings.append(data.strip())
        self.text += data


def test_the_report_answers_and_can_be_repeated(results: Results, formulas: Theory) -> None:
    """A manager looks for question, answer, plan, cost and risk; a colleague for seed, version and file."""
    made_at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    page = report_html(
        results, formulas, "How many on Monday?", "Agreed with the team leads.", made_at=made_at
    ).decode()
    outline = Outline(page)
    sections = ["Question", "Answer", "Targets", "Service and staffing", "Plan", "Cost", "Risk"]
    sections += ["Assumptions", "Uncertainty", "Notes", "Method", "Repeat it"]
    assert [heading for heading in outline.headings if heading] == sections
    for words in (
        "How many on Monday?",
        "Agreed with the team leads.",
        "22.9 scheduled",
        "68.6 FTE",
        "2026-03-02 08:00",
        "Plan check: ",
    ):
        assert words in outline.text
    assert "ccplan simulate help-desk.yaml --replications 3 --seed 1" in outline.text
    assert "assumption: 80 % within 20 s, the custom of the trade" in outline.text
    assert outline.text.count("6.1") >= 1  # the last item of the STRESS checklist
    text = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)[1]
    assert files.loads(text.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")) == results.scenario


def test_the_report_stands_alone(results: Results, formulas: Theory) -> None:
    """It is opened from a mail, where no other file and no network is."""
    outline = Outline(report_html(results, formulas).decode())
    assert not {"script", "link", "img", "iframe", "object"} & set(outline.tags)
    assert not outline.links
    assert outline.tags.count("svg") == 3
    assert outline.tags.count("h1") == 1


def test_what_people_type_is_text(results: Results) -> None:
    """Markup in a title, a question or a note must not run in the browser of the manager."""
    scenario = results.scenario.replace(title="<script>alert(1)</script>", description=EVIL)
    evil = simulate(scenario, replications=2)
    page = report_html(evil, None, EVIL, EVIL).decode()
    assert not {"script", "img"} & set(Outline(page).tags)


def mixed() -> Scenario:
    """Two groups of which one works for half of the day; 20 and 50 % shrinkage."""
    desk = presets.load("help-desk")
    late = {"name": "late", "skills": ["calls"], "staffing": {"12:00-24:00": 3}, "shrinkage": {"planned": 0.5}}
    early = desk.group("desk").model_dump() | {"staffing": 8, "shrinkage": {"planned": 0.2}}
    return desk.replace(agent_groups=[early, late])


def test_totals_by_hand() -> None:
    """8 agents for 24 h are 192 h, paid 240 h, 30 FTE; 3 for 12 h are 36 h, paid 72 h, 9 FTE; 39 FTE in all."""
    rows = totals(mixed()).set_index("group")
    assert rows["agent_hours"].tolist() == pytest.approx([192, 36, 228])
    assert rows["paid_hours"].tolist() == pytest.approx([240, 72, 312])
    assert rows["fte"].tolist() == pytest.approx([30, 9, 39])
    assert rows["peak"].tolist() == [8, 3, 11]
    assert rows["peak_scheduled"].tolist() == pytest.approx([10, 6, 16])


def test_required_beside_planned() -> None:
    """One agent more required everywhere in one group is one FTE for every 8 paid hours."""
    scenario = mixed()
    required = scenario.staffing + np.array([[1], [0]])
    rows = totals(scenario, required).set_index("group")
    assert rows["required_fte"].tolist() == pytest.approx([33.75, 9, 42.75])
    grid = plan_grid(scenario, required)
    assert grid["desk: net"].tolist() == [-1] * 48
    assert grid["All groups: net"].tolist() == [-1] * 48
    assert grid["All groups: scheduled"].iloc[[0, -1]].tolist() == pytest.approx([10, 16])


def test_the_workbook_begins_with_the_plan(results: Results, formulas: Theory) -> None:
    """Half-hours down, groups across: agents, scheduled, net, before any table of measures."""
    book = CalamineWorkbook.from_filelike(BytesIO(export.results_workbook(results, formulas)))
    assert book.sheet_names[0] == "Summary"
    rows = book.get_sheet_by_name("Summary").to_python()
    assert rows[0][:2] == ["Scenario", "A help desk with one queue"]
    head = next(number for number, row in enumerate(rows) if row[0] == "From")
    assert rows[head][1:4] == ["desk: agents", "desk: scheduled", "desk: net"]
    assert rows[head + 1][1:4] == [16.0, 22.86, 0.0]
    assert len(rows) == head + 1 + 48


def test_the_report_of_a_comparison_names_the_cheapest_and_can_be_repeated() -> None:
    """A manager decides between plans; each file must give its scenario again."""
    desk = presets.load("help-desk").replace(name="now", title="")
    more = desk.replace(name=f"more {EVIL.translate({0x202E: None})}".replace("/", "")).replace_group(
        "desk", staffing=40
    )
    findings = [simulate(scenario, replications=4, seed=3) for scenario in (desk, more)]
    page = comparison_html(findings, notes="=1+1", origins=["", "now"]).decode()
    outline = Outline(page)
    assert [heading for heading in outline.headings if heading][:3] == ["Question", "Answer", "Scenarios"]
    assert "desk: staffing" in outline.text
    assert "ccplan compare scenario-1.yaml scenario-2.yaml --replications 4 --seed 3" in outline.text
    assert not {"script", "img"} & set(outline.tags)
    texts = [text for text in re.findall(r"<pre>(.*?)</pre>", page, re.S) if "contact_types" in text]
    assert [files.loads(unescape(text)) for text in texts] == [desk, more]
    with pytest.raises(ValueError, match="at least two"):
        comparison_html(findings[:1])


def test_the_report_of_a_plan_says_cost_gap_and_how_to_search_again() -> None:
    """What the Optimise page shows must be readable without it."""
    desk = presets.load("help-desk")
    plan = optimise(desk, evaluator(1), block=DAY, gap=0.5, seconds=3.0, fresh=20)
    outline = Outline(plan_html(plan, "--gap 0.5", theory(plan.scenario)).decode())
    assert [heading for heading in outline.headings if heading] == [
        *("Question", "Answer", "Targets", "Staffing", "Plan", "Cost", "Risk", "Assumptions", "Uncertainty"),
        *("Method", "Repeat it"),
    ]
    assert f"{plan.cost:,.0f}" in outline.text
    assert "lower bound" in outline.text.lower()
    assert f"ccplan optimise {desk.name}.yaml --gap 0.5" in outline.text
    assert "script" not in outline.tags
