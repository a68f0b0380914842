"""Calculate what bot containment saves: the lowest-cost staffing at each containment level.

Shows cost, net saving next to reported saving, cost per resolved case, and how fast customers are served by an agent,
by an agent or a resolving bot, or get any answer. A level that no staffing can serve is listed with the reason.

[bold]Examples[/]

  ccplan frontier bot-first --levels 0,0.2,0.4,0.6 --false 0.25,0.4

  ccplan frontier bot-first --by formula --weeks 26 --once 20000

  ccplan frontier bot-first --by formula --false 0.1,0.25,0.4 --chart map.svg
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from interface.cli import options, output
from interface.cli.chart_files import refuse_chart, write_chart
from interface.cli.frontier_tables import show, show_map, show_weeks
from models.whatif.containment import bot_type, contained, share_of
from models.whatif.frontier import LEVELS, Frontier, Gap, frontier
from models.whatif.ramp_up import aim, begins_at, once_spent, open_days, weekly
from models.whatif.trials import Plan
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import files
from studies.planning import PlanningMethod, left_open, remembered

if TYPE_CHECKING:
    import pandas as pd

    from interface.app.charts.theme import Figure

ChartType = Literal["map", "costs", "savings", "responses", "weeks"]
"""What a chart shows."""


def command(
    scenario: options.Source,
    bot: Annotated[
        str | None, typer.Option(help="Contact type whose bot containment is varied.", show_default=False)
    ] = None,
    levels: Annotated[str | None, typer.Option(help="Containment levels, as reported: 0,0.2,0.4.")] = None,
    false: Annotated[
        str | None, typer.Option(help="False containment rate, as a share of what the bot contains; one or several.")
    ] = None,
    weeks: Annotated[int, typer.Option(help="Number of weeks of ramp-up to show.")] = 0,
    once: Annotated[float, typer.Option(help="One-off cost of introducing the bot.")] = 0.0,
    chart: options.Chart = None,
    picture: Annotated[str, typer.Option(help="Type of chart: map, costs, savings, responses or weeks.")] = "map",
    by: options.Planner = "search",
    seconds: options.SearchTime = 20.0,
    gap: options.SearchGap = 0.02,
    replications: options.TrialReplications = 100,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan frontier``."""
    centre = files.load(scenario)
    study = FrontierStudy(bot, levels, false, weeks, once, chart, picture)
    study.check(centre)
    method = PlanningMethod(by, replications, seed, seconds, gap)
    planner = method.plan()
    plan = remembered(planner)  # the centre without a bot is the same for every rate of false containment
    reports = [_report(centre, study, method, plan, left_open(planner), rate) for rate in study.false_rates or (None,)]
    if chart is not None:
        _draw(reports, study, centre, chart)
    if json:
        output.write_json(row for report in reports for row in report.records())
        return
    for report in reports:
        show(report.frontier, centre)
        if report.weeks is not None:
            show_weeks(report.weeks, report.nominal, once)
        if report.reason:
            output.note(f"No ramp-up weeks: {report.reason}")
    show_map([report.frontier for report in reports], centre.currency)


@dataclass(frozen=True)
class FrontierStudy:
    """What is varied, over how many weeks the ramp-up is followed, and what is drawn."""

    bot: str | None = None
    levels: str | None = None
    false_shares: str | None = None
    weeks: int = 0
    once: float = 0.0
    chart: Path | None = None
    picture: str = "map"

    def check(self, scenario: Scenario) -> None:
        """Refuse what cannot be planned, calculated or drawn, before anything long starts.

        Raises
        ------
        InvalidValue, InvalidScenario, InvalidFile
            For the first thing that is wrong.
        """
        if self.weeks < 0:
            raise InvalidValue("weeks", self.weeks, "give a number of weeks, 0 or more")
        once_spent(self.once)
        contact_type = bot_type(scenario, self.bot)
        for level in self.containment_levels:
            for share in self.false_rates or (0.0,):
                contained(scenario, contact_type, share_of("levels", level), share_of("false", share))
        if self.picture not in get_args(ChartType):
            raise InvalidValue("picture", self.picture, f"choose one of {', '.join(get_args(ChartType))}")
        if self.picture == "weeks" and self.chart is not None and not self.weeks:
            raise InvalidValue("picture", self.picture, "give --weeks too")
        if self.weeks and not open_days(scenario, contact_type)[0]:
            raise InvalidValue(
                "weeks",
                self.weeks,
                f"{contact_type} is closed in the whole horizon: start the horizon on a working day",
            )
        refuse_chart(self.chart)

    @property
    def containment_levels(self) -> tuple[float, ...]:
        """The containment levels."""
        return LEVELS if self.levels is None else shares("levels", self.levels)

    @property
    def false_rates(self) -> tuple[float, ...]:
        """The false containment rates; empty for that of the scenario."""
        return () if self.false_shares is None else shares("false", self.false_shares)


@dataclass(frozen=True)
class FrontierReport:
    """A frontier, with the weeks of the ramp-up to its best level if requested."""

    frontier: Frontier
    nominal: float = math.nan
    weeks: pd.DataFrame | None = None
    reason: str = ""
    """Why there are no weeks."""

    def records(self) -> Iterator[dict[str, object]]:
        """The rows of the levels, then those of the weeks."""
        keys = {"bot": self.frontier.contact_type, "false_share": self.frontier.false_share}
        for row in output.records(self.frontier.table):
            yield keys | row
        if self.weeks is not None:
            for row in output.records(self.weeks):
                yield keys | {"nominal": self.nominal} | row


def _report(
    scenario: Scenario, study: FrontierStudy, method: PlanningMethod, plan: Plan, gap: Gap, false_rate: float | None
) -> FrontierReport:
    """The frontier at a rate of false containment, with its ramp-up if requested."""

    def planned(levels: tuple[float, ...]) -> Frontier:
        with output.progress("containment levels") as advance:
            return frontier(
                *(scenario, plan, method.run_trial),
                contact_type=study.bot,
                levels=levels,
                false_share=false_rate,
                gap=gap,
                staffing=method.staffing_margin,
                progress=advance,
            )

    result = planned(study.containment_levels)
    if not study.weeks:
        return FrontierReport(result)
    nominal = aim(result)
    if nominal is None:
        return FrontierReport(result, reason="no containment level has a plan that meets all targets")
    if begins_at(nominal) < min(level for level in result.levels if level > 0):
        result = planned((*study.containment_levels, begins_at(nominal)))  # the first week is a level of its own
    days_in_horizon, days_in_week = open_days(scenario, result.contact_type)
    try:
        weeks = weekly(result, nominal, study.weeks, once=study.once, days=days_in_horizon, open_days=days_in_week)
    except InvalidValue as problem:  # no staffing serves the first week
        return FrontierReport(result, reason=str(problem))
    return FrontierReport(result, nominal, weeks)


def shares(field: str, text: str) -> tuple[float, ...]:
    """Shares written with commas between them.

    Raises
    ------
    InvalidValue
        If one is not a number.

    Examples
    --------
    >>> shares("levels", "0, 0.2,.4")
    (0.0, 0.2, 0.4)
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InvalidValue(field, text, "write shares with commas between them, such as 0,0.2,0.4") from None


def _draw(reports: Sequence[FrontierReport], study: FrontierStudy, scenario: Scenario, path: Path) -> None:
    picture = _picture(reports, study, scenario)
    if picture is None:
        output.note(f"No chart: {reports[0].reason or 'no containment level has a plan that meets all targets'}")
        return
    write_chart(picture, path)


def _picture(reports: Sequence[FrontierReport], study: FrontierStudy, scenario: Scenario) -> Figure | None:
    """The chart: the map of all rates of false containment, any other of the first; None if it would be empty."""
    from interface.app.charts import frontier as charts
    from interface.app.charts.theme import LIGHT

    first, currency = reports[0], scenario.currency
    if study.picture == "weeks":
        return None if first.weeks is None else charts.weeks(first.weeks, first.nominal, currency, LIGHT)
    if study.picture == "map":
        return charts.heat_map([report.frontier for report in reports], currency, LIGHT)
    if first.frontier.kept.empty:
        return None
    if study.picture == "responses":
        return charts.responses(first.frontier, scenario.contact_type(first.frontier.contact_type).target, LIGHT)
    return (charts.costs if study.picture == "costs" else charts.savings)(first.frontier, currency, LIGHT)
