"""Draws the figures of docs/explanation/how-far-off.md from the product itself: python docs/make_model_figures.py.

Each figure breaks one assumption of a formula, a little and then a lot, and sets what the formula says beside the
simulation. The numbers behind the figures go into docs/images/model-figures.csv. A few minutes of work.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import altair as alt  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from interface.app.charts.theme import LIGHT, Figure, drawn  # noqa: E402
from interface.formatting import label  # noqa: E402
from models.centre.approximate import approximate  # noqa: E402
from models.day import intervals, transient, uncertain  # noqa: E402
from models.queueing import bots, chat, erlang, general_patience, general_service, redial_chain  # noqa: E402
from models.queueing.handle_times import HandleTimeDistribution  # noqa: E402
from scenarios import distributions as d  # noqa: E402
from scenarios.measures import MEASURES  # noqa: E402
from scenarios.scenario import Scenario, scenario_from  # noqa: E402
from simulator.experiment import simulate  # noqa: E402

SEED = 20260302
IMAGES = ROOT / "docs" / "images"
HOUR, MINUTE = 3600.0, 60.0
AHT, PATIENCE, WITHIN = 6 * MINUTE, 4 * MINUTE, 20.0
RUSH = (10, 10, 10, 10, 10, 20, 40, 90, 180, 220, 200, 150, 110, 100, 120, 150, 150, 110, 80, 60, 40, 30, 20, 10)
"""Contacts an hour of a day with a steep morning."""


@dataclass(frozen=True)
class Study:
    """A sweep: the centre at each value, what the formulas say of it, and how often it is played."""

    name: str
    title: str
    x: str
    values: tuple[float, ...]
    measure: str
    centre: Callable[[float], Scenario]
    formulas: dict[str, Callable[[float], float]]
    days: int = 200
    log: bool = False
    form: str = "~g"
    """How values are written along the axis."""

    def table(self) -> pd.DataFrame:
        """What was found: columns x, by, value, low, high."""
        rows = [
            {"x": x, "by": name, "value": float(says(x))} for name, says in self.formulas.items() for x in self.values
        ]
        for x in self.values:
            results = simulate(self.centre(x), self.days, SEED)
            found, at = results.estimate(self.measure), results.place(self.measure, "all")
            value, low, high = (float(part[at]) for part in (found.value, found.low, found.high))
            rows.append({"x": x, "by": "Simulation", "value": value, "low": low, "high": high})
        return pd.DataFrame(rows).assign(study=self.name, measure=self.measure)

    def picture(self, table: pd.DataFrame) -> Figure:
        """Lines for the formulas, points with their intervals for the simulation."""
        share = MEASURES[self.measure].unit == "share"
        names = list(self.formulas)
        scale = alt.Scale(domain=[0, 1]) if self.measure == "service_level" else alt.Scale(domainMin=0, nice=True)
        title = label(self.measure) + ("" if share else " (s)")
        y = {"title": title, "scale": scale, "axis": alt.Axis(format=".0%" if share else "d", tickCount=5)}
        x_scale = alt.Scale(type="log" if self.log else "linear", nice=False, padding=12)
        x = alt.X(
            "x:Q", title=self.x, scale=x_scale, axis=alt.Axis(grid=False, values=list(self.values), format=self.form)
        )
        colours = alt.Scale(domain=[*names, "Simulation"], range=[*LIGHT.colours[1 : len(names) + 1], LIGHT.colours[0]])
        colour = alt.Color("by:N", scale=colours, legend=alt.Legend(orient="top", title=None))
        base = alt.Chart(table).encode(x=x, color=colour)
        said = base.transform_filter(alt.datum.by != "Simulation")
        found = base.transform_filter(alt.datum.by == "Simulation")
        layers = alt.layer(
            said.mark_line(strokeWidth=2).encode(y=alt.Y("value:Q", **y)),
            found.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", **y), y2="high:Q"),
            found.mark_point(filled=True, size=60, opacity=1).encode(y=alt.Y("value:Q", **y)),
        )
        return Figure(f"model-{self.name}", self.title, layers, self.title)


def centre(contact_types: list[dict[str, Any]], groups: list[dict[str, Any]], **fields: Any) -> Scenario:
    """A centre around the clock whose first three hours do not count."""
    given = {"horizon": {"interval": "1 h", "warm_up": "3 h", "at_end": "stop"}} | fields
    return scenario_from({"name": "study", "contact_types": contact_types, "agent_groups": groups} | given)


def calls(per_hour: float = 130, **fields: Any) -> dict[str, Any]:
    """A telephone type."""
    given = {"name": "calls", "channel": "phone", "volume": {"per_hour": per_hour}, "handle_time": {"mean": AHT}}
    return given | {"target": {"share": 0.8, "within": WITHIN}} | fields


def desk(staffing: object, skills: tuple[str, ...] = ("calls",), name: str = "desk", **fields: Any) -> dict[str, Any]:
    """An agent group."""
    return {"name": name, "skills": list(skills), "staffing": staffing} | fields


def distribution(mean: float, cv: float) -> d.Distribution:
    """Constant, gamma up to exponential, lognormal beyond: the tails that records have."""
    if cv == 0:
        return d.Deterministic(value=mean)
    return (
        d.Exponential(mean=mean) if cv == 1 else d.Gamma(mean=mean, cv=cv) if cv < 1 else d.Lognormal(mean=mean, cv=cv)
    )


def erlang_c_study() -> Study:
    """Erlang C, as customers become impatient."""
    rate = 120 / HOUR
    return Study(
        "erlang-c",
        "Erlang C where customers hang up",
        "Mean patience (min)",
        (1, 2, 4, 8, 16, 32, 64),
        "service_level",
        lambda x: centre([calls(120, patience={"mean": x * MINUTE})], [desk(13)]),
        {
            "Erlang C": lambda x: erlang.erlang_c(rate, AHT, 13, WITHIN).service_level(),
            "Erlang A": lambda x: erlang.erlang_a(rate, AHT, x * MINUTE, 13, WITHIN).service_level(),
        },
        log=True,
    )


def erlang_a_study() -> Study:
    """Erlang A, as patience is anything but exponential."""
    rate = 130 / HOUR
    return Study(
        "erlang-a",
        "Erlang A where patience is not exponential",
        "Coefficient of variation of patience",
        (0, 0.5, 1, 1.5, 2, 3),
        "abandonment",
        lambda x: centre([calls(patience=distribution(PATIENCE, x))], [desk(12)]),
        {
            "Erlang A": lambda x: erlang.erlang_a(rate, AHT, PATIENCE, 12, WITHIN).p_abandon,
            "M/M/n+G": lambda x: (
                general_patience.general_patience(rate, AHT, distribution(PATIENCE, x), 12, WITHIN).p_abandon
            ),
        },
    )


def handle_study() -> Study:
    """Erlang A and M/M/n+G, as handle times are not exponential."""
    rate = 130 / HOUR
    return Study(
        "handle-times",
        "Erlang A where handle times are not exponential",
        "Coefficient of variation of handle times",
        (0, 0.5, 1, 1.5, 2, 3),
        "service_level",
        lambda x: centre([calls(handle_time=distribution(AHT, x), patience={"mean": PATIENCE})], [desk(12)]),
        {"Erlang A": lambda x: erlang.erlang_a(rate, AHT, PATIENCE, 12, WITHIN).service_level()},
    )


def general_service_study() -> Study:
    """Formulas for general handle times without abandonment, whose queues take hours to settle."""
    rate = 120 / HOUR
    long = {"interval": "1 h", "days": 3, "warm_up": "12 h", "at_end": "stop"}
    return Study(
        "general-service",
        "Handle times of any law, nobody hangs up",
        "Coefficient of variation of handle times",
        (0, 0.5, 1, 1.5, 2),
        "mean_wait",
        lambda x: centre([calls(120, handle_time=distribution(AHT, x))], [desk(14)], horizon=long),
        {
            "Erlang C": lambda x: erlang.erlang_c(rate, AHT, 14).wait_all,
            "Allen-Cunneen": lambda x: general_service.allen_cunneen(rate, AHT, 14, arrival_scv=1.0, scv=x**2).wait,
            "Whitt": lambda x: general_service.whitt(rate, AHT, 14, scv=x**2).wait,
        },
    )


def heads_for(load: Any) -> list[int]:
    """Square-root staffing of loads by interval."""
    return [int(n) for n in np.ceil(load + 0.5 * np.sqrt(load))]


def interval_study() -> Study:
    """Interval by interval, as a rush that is too much for the staffing is borne with more and more patience."""
    rates, loads = np.array(RUSH) / HOUR, np.array(RUSH) * 0.1
    staffing = [6] * 7 + [16] * 17  # they never fall, see docs/decisions/0011

    def mean(levels: Any) -> float:
        return float(levels @ rates / rates.sum())

    def by_interval(x: float, load: Any = loads) -> float:
        return mean(erlang.erlang_a(load / AHT, AHT, x * MINUTE, staffing, WITHIN).service_level())

    moved = intervals.interval_loads(rates, HOUR, HandleTimeDistribution("exponential", AHT), "mol-mean")
    contact_type = calls(volume={"per_interval": RUSH})
    return Study(
        "intervals",
        "A day with a rush of 22 erlangs and 16 agents from seven o'clock on",
        "Mean patience (min)",
        (1, 4, 16, 64),
        "service_level",
        lambda x: centre(
            [contact_type | {"patience": {"mean": x * MINUTE}}], [desk(staffing)], horizon={"interval": "1 h"}
        ),
        {
            "Erlang A by interval": by_interval,
            "Modified offered load": lambda x: by_interval(x, moved),
            "Exact day": lambda x: transient.day(rates, staffing, HOUR, AHT, x * MINUTE, WITHIN).day_service_level,
        },
        log=True,
    )


def exact_day_study() -> Study:
    """The exact day, as handle times are not exponential."""
    volumes = sorted(RUSH)  # heads never fall, see docs/decisions/0011
    staffing = heads_for(np.array(volumes) * 0.1)
    says = transient.day(np.array(volumes) / HOUR, staffing, HOUR, AHT, PATIENCE, WITHIN).day_service_level
    contact_type = calls(volume={"per_interval": volumes}, patience={"mean": PATIENCE})
    return Study(
        "exact-day",
        "The exact day, a growing one, where handle times are not exponential",
        "Coefficient of variation of handle times",
        (0, 0.5, 1, 1.5, 2, 3),
        "service_level",
        lambda x: centre(
            [contact_type | {"handle_time": distribution(AHT, x)}], [desk(staffing)], horizon={"interval": "1 h"}
        ),
        {"Exact day": lambda x: says},
    )


def chat_study() -> Study:
    """The chat chain, as conversations are not exponential."""
    concurrency_speed = [1.0, 0.85, 0.7]
    says = chat.chat(
        66 / HOUR, 6, chat.completion_rates(10 * MINUTE, concurrency_speed), 3 * MINUTE, WITHIN
    ).served_within
    contact_type = calls(66, name="chat", channel="chat", patience={"mean": 3 * MINUTE})
    group = desk(6, ("chat",), max_concurrent=3, concurrency_speed=concurrency_speed)
    return Study(
        "chat",
        "The chat formula where conversations are not exponential",
        "Coefficient of variation of handle times",
        (0, 0.5, 1, 1.5, 2, 3),
        "service_level",
        lambda x: centre([contact_type | {"handle_time": distribution(10 * MINUTE, x)}], [group]),
        {"Chat Erlang": lambda x: says},
    )


def redial_study() -> Study:
    """Redials: no notice taken of them, a fixed point, and the chain, beside customers who wait exactly 10 minutes."""
    rate = 130 / HOUR

    def fixed_point(x: float) -> float:
        tries = rate
        for _ in range(200):
            tries = rate + x * tries * float(erlang.erlang_a(tries, AHT, PATIENCE, 12, WITHIN).p_abandon)
        return float(erlang.erlang_a(tries, AHT, PATIENCE, 12, WITHIN).wait_all)

    def again(x: float) -> Scenario:
        delay = {"family": "deterministic", "value": 10 * MINUTE}
        rule = {"after": "abandoned", "probability": x, "as": "calls", "delay": delay, "max_tries": 1000}
        return centre([calls(patience={"mean": PATIENCE}, follow_ups=[rule])], [desk(12)])

    return Study(
        "redials",
        "Customers who call again, always after 10 minutes",
        "Share of those who gave up who call again",
        (0, 0.2, 0.4, 0.6, 0.8),
        "mean_wait",
        again,
        {
            "Erlang A": lambda x: erlang.erlang_a(rate, AHT, PATIENCE, 12, WITHIN).wait_all,
            "Erlang A, volume inflated": fixed_point,
            "Redial chain": lambda x: (
                redial_chain.redial_chain(rate, AHT, PATIENCE, 12, WITHIN, 10 * MINUTE, x).wait_all
            ),
        },
    )


def uncertain_study() -> Study:
    """Uncertain days: one number for the forecast, and the mean over days, as days differ more and more."""
    rate = 130 / HOUR
    shape = uncertain.shape_of_cv
    return Study(
        "uncertain-days",
        "Days whose busyness nobody knew (open 8 hours, empty at the start)",
        "Coefficient of variation of the day's busyness",
        (0, 0.1, 0.2, 0.3, 0.4),
        "service_level",
        lambda x: centre(
            [calls(open="08:00-16:00", volume={"per_hour": 130, "variation": {"cv": x}}, patience={"mean": PATIENCE})],
            [desk(14)],
            horizon={"interval": "1 h"},
        ),
        {
            "Erlang A of the forecast": lambda x: erlang.erlang_a(rate, AHT, PATIENCE, 14, WITHIN).service_level(),
            "Mean over uncertain days": lambda x: uncertain.uncertain_service(
                rate, AHT, PATIENCE, 14, WITHIN, shape(x)
            )[0],
        },
        days=400,
    )


def skills_study() -> Study:
    """Skills: one pool and divided agents, as more and more agents know both types."""

    def shop(x: float) -> Scenario:
        both = round(14 * x)
        one = (14 - both) // 2
        contact_types = [calls(65, name=name, patience={"mean": PATIENCE}) for name in ("calls", "sales")]
        groups = [desk(one, ("calls",), "calls"), desk(14 - both - one, ("sales",), "sales")]
        groups.append(desk(both, ("calls", "sales"), "both"))
        return centre(contact_types, [group for group in groups if group["staffing"]])

    def table(x: float) -> float:
        rows = approximate(shop(x), measures=["service_level"])
        return float(rows[rows["by"] == "total"]["value"].iloc[0])

    return Study(
        "skills",
        "Two types of contact, some of the agents know both",
        "Share of the 14 agents who know both",
        (0, 2 / 14, 4 / 14, 6 / 14, 8 / 14, 1),
        "service_level",
        shop,
        {
            "One pool": lambda x: erlang.erlang_a(130 / HOUR, AHT, PATIENCE, 14, WITHIN).service_level(),
            "Agents divided": table,
        },
        form=".0%",
    )


def menu_study() -> Study:
    """The voice menu with lines, as customers hang up in the queue."""
    says = bots.lines_and_agents(200 / HOUR, 2 * MINUTE, 0.4, AHT, 9, 17, WITHIN).served_within
    contact_type = calls(200, trunk="main", bot={"resolved": 0.6, "session": {"mean": 2 * MINUTE}})
    return Study(
        "voice-menu",
        "A voice menu with 17 lines where customers hang up",
        "Mean patience (min)",
        (1, 2, 4, 8, 16, 32),
        "service_level",
        lambda x: centre([contact_type | {"patience": {"mean": x * MINUTE}}], [desk(9)], trunks={"main": 17}),
        {"Menu and lines": lambda x: says},
        log=True,
    )


def deferred_study() -> Study:
    """The workload balance, as the same work comes in fewer and larger pieces."""

    def mails(x: float) -> Scenario:
        work = 4.5 * 10 * HOUR / x
        contact_type = {
            "name": "mail",
            "channel": "email",
            "volume": {"daily": x, "shape": [0] * 6 + [1] * 14 + [0] * 4},
            "handle_time": {"mean": work},
            "open": "08:00-18:00",
            "target": {"share": 0.8, "within": "2 h"},
        }
        return centre([contact_type], [desk({"08:00-18:00": 5}, ("mail",))], horizon={"interval": "30 min", "days": 2})

    def table(x: float) -> float:
        rows = approximate(mails(x), measures=["service_level"])
        return float(rows[rows["by"] == "total"]["value"].iloc[0])

    return Study(
        "deferred",
        "E-mail answered within two hours; the same work in more and smaller pieces",
        "E-mails a day",
        (30, 60, 120, 300, 600, 1200),
        "service_level",
        mails,
        {"Backlog": table},
        log=True,
    )


STUDIES = (
    erlang_c_study,
    erlang_a_study,
    handle_study,
    general_service_study,
    interval_study,
    exact_day_study,
    chat_study,
    redial_study,
    uncertain_study,
    skills_study,
    menu_study,
    deferred_study,
)


def main(wanted: list[str]) -> None:
    """Draw the figures named, or all."""
    IMAGES.mkdir(exist_ok=True)
    numbers = IMAGES / "model-figures.csv"
    known = pd.read_csv(numbers) if numbers.exists() and wanted else pd.DataFrame()
    for study in (make() for make in STUDIES):
        if wanted and study.name not in wanted:
            continue
        table = study.table()
        (IMAGES / f"model-{study.name}.svg").write_bytes(drawn(study.picture(table).specification(), "svg"))
        others = known[known["study"] != study.name] if len(known) else known
        known = pd.concat([others, table], ignore_index=True)
    columns = ["study", "measure", "x", "by", "value", "low", "high"]
    known[columns].round(5).to_csv(numbers, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
