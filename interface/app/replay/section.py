"""The section of Results that replays a simulated day: which day, and the picture with its clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from interface.app.charts.theme import Palette
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import watch
from interface.app.literal import literal
from interface.app.replay.component import mount
from interface.app.replay.spans import refuse_long_replay, replayed
from interface.app.session import Workspace, workers
from interface.language.messages import _, marked
from interface.language.numbers import weekday_and_date
from scenarios.errors import PlannerError
from scenarios.measures import MEASURES
from simulator.measure.results import Results

DAYS = marked({"usual": "A usual day", "bad": "A bad day: one in ten is worse", "worst": "The worst day"})
_SPEEDS = marked(
    {60: "1 min/s", 300: "5 min/s", 900: "15 min/s", 3600: "1 h/s"},
)


def show_replay(work: Workspace, results: Results, measure: str, of: str, colours: Palette, *, complete: bool) -> None:
    """Draw the section; the day is simulated once somebody asks for it and the run is `complete`."""
    scenario = results.scenario
    with st.expander(_("Replay a day"), key="replay", on_change="rerun") as section:
        if not section.open:
            return
        try:
            refuse_long_replay(scenario)
        except PlannerError as too_large:
            st.info(literal(too_large))
            return
        if not complete:
            st.caption(_("The days to choose from are known once the run is over."))
            return
        days = some_days(results, measure, of)
        chosen = st.selectbox(
            _("Simulated day"),
            list(days),
            format_func=lambda name: _(DAYS[name]),
            key="replay-day",
            width=320,
            help=_("By {measure} of {type}, of all simulated days.").format(
                measure=_(MEASURES[measure].label), type=literal(of)
            ),
        )
        replication, day = days[str(chosen)]
        key = ("replay", scenario.fingerprint, results.seed, replication, day)
        answer = work.answer(workers(), key, replayed, scenario, results.seed, replication, day)
        if answer is None:
            st.caption(_("Simulating the day ..."))
            watch(None, 0, work.waiting())
        elif isinstance(answer, Refused):
            st.info(literal(answer.text))
        else:
            date = weekday_and_date(scenario.horizon.times[day * scenario.horizon.intervals_per_day])
            title = _("{date}, simulated day {number}").format(date=date, number=replication + 1)
            st.caption(literal(title))
            mount("replay-picture", shown(results, answer, colours, repr(key)))


def some_days(results: Results, measure: str, of: str) -> dict[str, tuple[int, int]]:
    """Replication and day, counted from 0, of a usual, a bad and the worst day by a measure."""
    daily = results.daily(measure, of)
    badness = np.nan_to_num(daily if MEASURES[measure].better == "lower" else -daily, nan=-np.inf)
    order = np.argsort(badness, axis=None, kind="stable")
    places = {"usual": 0.5, "bad": 0.9, "worst": 1.0}
    found = {name: order[round(place * (len(order) - 1))] for name, place in places.items()}
    return {name: (int(at) // daily.shape[1], int(at) % daily.shape[1]) for name, at in found.items()}


def shown(results: Results, stretches: dict[str, Any], colours: Palette, name: str) -> dict[str, Any]:
    """What the browser is given: the stretches of a day with names, colours and words."""
    scenario = results.scenario
    types = [
        {
            "name": part.name,
            "colour": colours.colours[number % len(colours.colours)],
            "late": part.target.within if part.target is not None else None,
            "bot": part.bot is not None,
        }
        for number, part in enumerate(scenario.contact_types)
    ]
    groups = [
        {"name": group, "agents": agents}
        for group, agents in zip(scenario.group_names, stretches["groups"], strict=True)
    ]
    return stretches | {"id": name, "types": types, "groups": groups, "words": _words(), "speeds": _speeds()}


def _speeds() -> list[tuple[str, str]]:
    return [(str(speed), _(words)) for speed, words in _SPEEDS.items()]


def _words() -> dict[str, str]:
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "time": _("Time of day"),
        "speed": _("Speed"),
        "picture": _("Queues and agents at the time shown; the text below says the same"),
        "bot": _("{count} in the bot"),
        "busy": _("{group}: {busy} of {there} agents busy"),
        "waiting": _("{type}: {waiting} waiting, longest {longest}; {arrived} arrived, {lost} lost"),
        "nobody": _("{type}: nobody waiting; {arrived} arrived, {lost} lost"),
        "legend": _(
            "Each shape is a contact of one type: framed once it waits longer than the target, hollow in wrap-up, "
            "crossed out as it leaves without an answer. Pale squares are agents off duty."
        ),
        "keys": _(
            "In the picture: space plays and pauses, arrows move by a minute (with Shift 15), + and - the speed."
        ),
    }
