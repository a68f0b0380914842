"""``ccplan frontier``: how much a bot may take over until more of it stops paying."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from interface.cli import output
from interface.cli.commands.frontier_text import show, show_map, show_weeks
from models.whatif.containment import bot_type, contained, share_of
from models.whatif.frontier import LEVELS, Frontier, Gap, frontier
from models.whatif.ramp_up import aim, begins_at, once_spent, open_days, weekly
from models.whatif.trials import Plan
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import files
from studies.planning import PlanningMethod, left_open, remembered

if TYPE_CHECKING:
    import pandas as pd

    from interface.app.charts.theme import Figure, Format

Kind = Literal["map", "costs", "savings", "responses", "weeks"]
"""What a chart shows."""
_FORMATS: dict[str, Format] = {".svg": "svg", ".png": "png"}


@dataclass(frozen=True)
class Wanted:
    """What is varied, over how many weeks the bot is followed, and what is drawn."""

    bot: str | None = None
    levels: str | None = None
    false_shares: str | None = None
    weeks: int = 0
    once: float = 0.0
    chart: Path | None = None
    picture: str = "map"

    def check(self, scenario: Scenario) -> None:
        """Refuse what could not be planned, counted or drawn, before anything long begins.

        Raises
        ------
        InvalidValue, InvalidScenario, InvalidFile
            For the first thing that is wrong.
        """
        if self.weeks < 0:
            raise InvalidValue("weeks", self.weeks, "give a number of weeks, or 0 for none")
        once_spent(self.once)
        contact_type = bot_type(scenario, self.bot)
        for level in self.tried:
            for share in self.false or (0.0,):
                contained(scenario, contact_type, share_of("levels", level), share_of("false", share))
        if self.picture not in get_args(Kind):
            raise InvalidValue("picture", self.picture, f"choose one of {', '.join(get_args(Kind))}")
        if self.picture == "weeks" and self.chart is not None and not self.weeks:
            raise InvalidValue("picture", self.picture, "give --weeks too")
        if self.weeks and not open_days(scenario, contact_type)[0]:
            raise InvalidValue(
                "weeks", self.weeks, f"{contact_type} is closed in the whole horizon: begin it on a working day"
            )
        _refuse_file(self.chart)

    @property
    def tried(self) -> tuple[float, ...]:
        """The levels of containment."""
        return LEVELS if self.levels is None else shares("levels", self.levels)

    @property
    def false(self) -> tuple[float, ...]:
        """The shares of false containment; none where the bot's own is meant."""
        return () if self.false_shares is None else shares("false", self.false_shares)


@dataclass(frozen=True)
class FrontierReport:
    """A frontier, with the weeks on the way to its best level where they were asked for."""

    found: Frontier
    nominal: float = math.nan
    weeks: pd.DataFrame | None = None
    why: str = ""
    """Why there are no weeks."""

    def records(self) -> Iterator[dict[str, object]]:
        """The rows of the levels, then those of the weeks."""
        of = {"bot": self.found.contact_type, "false_share": self.found.false_share}
        for row in output.records(self.found.rows):
            yield of | row
        if self.weeks is not None:
            for row in output.records(self.weeks):
                yield of | {"nominal": self.nominal} | row


def command(source: str, wanted: Wanted, how: PlanningMethod, as_json: bool) -> int:
    """Plan each level of containment and show what it costs, saves and gives; the exit code."""
    scenario = files.load(source)
    wanted.check(scenario)
    make = how.plan()
    plan = remembered(make)  # the centre without a bot is the same for every false share
    answers = [_answer(scenario, wanted, how, plan, left_open(make), share) for share in wanted.false or (None,)]
    if wanted.chart is not None:
        _draw(answers, wanted, scenario, wanted.chart)
    if as_json:
        output.write_json(row for answer in answers for row in answer.records())
        return 0
    for answer in answers:
        show(answer.found, scenario)
        if answer.weeks is not None:
            show_weeks(answer.weeks, answer.nominal)
        if answer.why:
            output.note(f"No weeks: {answer.why}")
    show_map([answer.found for answer in answers], scenario.currency)
    return 0


def _answer(
    scenario: Scenario, wanted: Wanted, how: PlanningMethod, plan: Plan, gap: Gap, share: float | None
) -> FrontierReport:
    def planned(levels: tuple[float, ...]) -> Frontier:
        with output.progress("levels of containment") as advance:
            return frontier(
                *(scenario, plan, how.run_trial),
                contact_type=wanted.bot,
                levels=levels,
                false_share=share,
                gap=gap,
                staffing=how.staffing_margin,
                progress=advance,
            )

    found = planned(wanted.tried)
    if not wanted.weeks:
        return FrontierReport(found)
    nominal = aim(found)
    if nominal is None:
        return FrontierReport(found, why="no level with a bot has a plan that keeps its targets")
    if begins_at(nominal) < min(level for level in found.levels if level > 0):
        found = planned((*wanted.tried, begins_at(nominal)))  # the first week is a level of its own
    of_horizon, of_week = open_days(scenario, found.contact_type)
    try:
        weeks = weekly(found, nominal, wanted.weeks, once=wanted.once, days=of_horizon, open_days=of_week)
    except InvalidValue as problem:  # no staffing serves the first week
        return FrontierReport(found, why=str(problem))
    return FrontierReport(found, nominal, weeks)


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
        raise InvalidValue(field, text, "write shares with commas between them, as in 0,0.2,0.4") from None


# -- charts ----------------------------------------------------------------------------------------------------------


def _refuse_file(path: Path | None) -> None:
    if path is not None and path.suffix.lower() not in _FORMATS:
        raise InvalidFile(path, "", "a chart is an SVG or a PNG file", "end the name with .svg or .png")
    if path is not None and not path.absolute().parent.is_dir():
        raise InvalidFile(path, "", f"there is no folder {path.parent}", "make it, or choose another")


def _draw(answers: Sequence[FrontierReport], wanted: Wanted, scenario: Scenario, path: Path) -> None:
    from interface.app.charts.theme import drawn

    picture = _picture(answers, wanted, scenario)
    if picture is None:
        output.note(f"No chart: {answers[0].why or 'no level has a plan that meets every target'}")
        return
    path.write_bytes(drawn(picture.specification(), _FORMATS[path.suffix.lower()]))


def _picture(answers: Sequence[FrontierReport], wanted: Wanted, scenario: Scenario) -> Figure | None:
    """The wanted chart: the map of all false shares, anything else of the first; None where there is nothing in it."""
    from interface.app.charts import frontier as charts
    from interface.app.charts.theme import LIGHT

    first, currency = answers[0], scenario.currency
    if wanted.picture == "weeks":
        return None if first.weeks is None else charts.weeks(first.weeks, first.nominal, currency, LIGHT)
    if wanted.picture == "map":
        return charts.heat_map([answer.found for answer in answers], currency, LIGHT)
    if first.found.kept.empty:
        return None
    if wanted.picture == "responses":
        return charts.responses(first.found, scenario.contact_type(first.found.contact_type).target, LIGHT)
    return (charts.costs if wanted.picture == "costs" else charts.savings)(first.found, currency, LIGHT)
