"""The chapters of the Learn page: sliders, numbers, figures, and one question to think about in each."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from interface.app.charts import learn as learn_charts
from interface.app.charts.ladder import ladder as ladder_picture
from interface.app.jobs.jobs import Refused, RunRequest
from interface.app.jobs.progress import watch
from interface.app.learn import ladder, lessons
from interface.app.learn.lessons import Question
from interface.app.session import Workspace, workers
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, palette, run_page, show_tile
from interface.formatting import duration, label, shown

PAGE = "learn"
PLAYED = {"Quick": 20, "Standard": 80, "Fine": 300}
"""Days of every rung that are played, by the word for precision."""


def explorer(work: Workspace) -> None:
    """The Erlang formulas in both directions."""
    given = lessons.question_of(work.scenario)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        known = st.segmented_control(
            "What is known",
            ("The agents", "The target"),
            default="The agents",
            required=True,
            key="direction",
            help="From agents to the service that they give, or from a target to the agents that it needs.",
        )
        leave = st.toggle("Customers hang up", bool(np.isfinite(given.patience)), key=f"leave-{work.edition}")
    forward = known != "The target"
    question = _asked(f"explorer-{work.edition}", given, agents=forward, patience=leave)
    question = question if leave else replace(question, patience=np.inf)
    question = question if forward else question.answered()
    _explorer_tiles(question, forward)
    with grid("20rem", key="explorer-figures"):
        chance = question.in_system()
        if chance is not None:
            chart(learn_charts.numbers(chance, question.agents, palette()), PAGE)
        chart(learn_charts.waits(lessons.still_waiting(question), question.share, question.within, palette()), PAGE)
        chart(learn_charts.by_agents(lessons.near(question), question.share, question.agents, palette()), PAGE)
    _think(
        "Take away agents one by one. Why does the first one cost a few points and the fourth one everything?",
        "The wait depends on the *spare* agents, those above the load in erlangs, not on all of them. With 12 erlangs "
        "and 16 agents one of four spare ones goes, with 13 the only one. Let customers hang up, and the last step is "
        "gentler: those who leave make room for the others.",
    )


def _explorer_tiles(question: Question, forward: bool) -> None:
    found = question.performance()
    level, wait, waits, left = (
        float(part[0]) for part in (found.service_level(), found.wait_all, found.p_wait, found.p_abandon)
    )
    met, target = level >= question.share, f"target {_percent(question.share)}"
    with grid("17rem", key="explorer-tiles"):
        about = f"{question.agents - 1} would miss the target" if not forward else "as set by the slider"
        _tile("Agents", f"{question.agents}", f"for {question.load:.1f} erlangs", about)
        within = f"Answered in {duration(question.within)}"
        verdict = "meets the target" if met else "misses the target"
        _tile(within, shown(level, "share"), verdict, target, status="met" if met else "missed")
        if found.stable[0]:
            _tile("Mean wait", shown(wait, "s"), f"{shown(waits, 'share')} have to wait", question.formula)
        else:
            grows = f"the queue grows by {question.growth():.1f} an hour"
            _tile("Mean wait", "overloaded", grows, "Erlang C has no answer", status="missed")
        busy = shown(float(found.occupancy[0]), "share")
        _tile("Occupancy", busy, "of the agents' time", f"{shown(left, 'share')} leave unanswered")


def pooling() -> None:
    """Separate queues against one."""
    question = _asked("pooling", Question(120.0, 360.0, 1), agents=False, patience=False)
    table = lessons.pooling(question)
    agents, each, busy = table["agents"].tolist(), table["each"].tolist(), table["occupancy"].tolist()
    with grid("26rem", key="pooling-tiles"):
        silos = f"3 x {each[2]} for {question.per_hour / 3:.0f} an hour each"
        _tile("Three separate queues", f"{agents[2]} agents", silos, f"{_percent(busy[2])} busy")
        saved = f"{agents[2] - agents[0]} fewer for the same promise"
        _tile("One pool", f"{agents[0]} agents", saved, f"{_percent(busy[0])} busy", status="met")
    chart(learn_charts.pooled(table, palette()), PAGE)
    _think(
        "Nobody works faster in a pool. Where do the agents come from that it saves?",
        "In separate queues somebody waits in one while an agent sits idle in another. A pool never has both at once. "
        "The bars need not rise evenly: agents are whole people, and every queue rounds up by itself.",
    )


def square_root() -> None:
    """Why large centres are cheap."""
    limit = st.slider("At most so many have to wait (%)", 5, 60, 20, step=5, key="p-wait") / 100
    table = lessons.square_root(limit)
    with grid("26rem", key="square-root-figures"):
        chart(learn_charts.square_root(table, palette()), PAGE)
        chart(learn_charts.occupancy(table, palette()), PAGE)
    _think(
        "A centre grows to four times its load and keeps its service. By how much does the safety above the load grow?",
        "It doubles: the safety is a constant times the square root of the load, so the line has slope one half. "
        "Per contact it halves, which is why large centres may be busier than small ones at the same service.",
    )


def overload() -> None:
    """What abandonment does around full load."""
    question = _asked("overload", Question(150.0, 360.0, 14, 300.0), target=False)
    waits, shares = lessons.around_full_load(question)
    load, impatient = question.load / question.agents, question.performance(lessons.ERLANG_A)
    endless = question.performance(lessons.ERLANG_C)
    with grid("26rem", key="overload-tiles"):
        about = f"load {_percent(load)} of the agents"
        if endless.stable[0]:
            _tile("Erlang C: nobody leaves", shown(float(endless.wait_all[0]), "s"), "mean wait", about)
        else:
            grows = f"the queue grows by {question.growth():.1f} an hour"
            _tile("Erlang C: nobody leaves", "overloaded", grows, about, status="missed")
        left = f"{shown(float(impatient.p_abandon[0]), 'share')} leave unanswered"
        _tile("Erlang A: customers hang up", shown(float(impatient.wait_all[0]), "s"), "mean wait", left)
    seen = min(max(load, lessons.LEAST_LOAD), lessons.MOST_LOAD)
    with grid("26rem", key="overload-figures"):
        chart(learn_charts.overload(waits, seen, palette()), PAGE)
        chart(learn_charts.lost(shares, seen, palette()), PAGE)
    _think(
        "At 120 % load Erlang A still shows a bearable wait. Is all well?",
        "No: one in six leaves, just the work that the agents cannot do. Abandonment is how an overloaded centre keeps "
        "its waits finite. If those who left call again the load grows further: see *Redials* on the ladder.",
    )


def climb(work: Workspace) -> None:
    """The assumption ladder, formulas beside the simulation."""
    st.caption(
        "Each rung adds one piece of real life to those below it; read it from the bottom up. The blue band is what "
        "the simulation finds. Filled marks are formulas that know everything on the rung, hollow ones leave something "
        "out."
    )
    steps = ladder.ladder_steps()
    said = work.answer(workers(), "ladder", ladder.said)
    if said is None:
        watch(None, 0, work.waiting())
        st.skeleton(400)
        return
    if isinstance(said, Refused):
        st.error(said.text)
        return

    def plan(_: int) -> RunRequest:
        days = PLAYED[str(st.session_state.get(f"precision-{PAGE}") or "Standard")]
        return RunRequest(tuple(rung.scenario for rung in steps), days)

    last = run_page(work, PAGE, plan, auto=True)
    first = ladder.MEASURES[0]
    chosen = st.segmented_control(
        "Measure", ladder.MEASURES, default=first, required=True, format_func=label, key="ladder-measure"
    )
    table = ladder.table(said, last.findings if last else ())
    chart(ladder_picture(table, str(chosen or first), palette()), PAGE)
    _one_rung(steps, table, str(chosen or first))
    _think(
        "Which rung moves the simulation most, and which formula noticed?",
        "Patience lifts the service by some twenty points, and Erlang C never learns of it. Skills, redials and "
        "uncertain days cost several points each; no formula knows all three, so that on the upper rungs only the "
        "simulation does. Where a hollow mark lies in the band up there, two errors happen to cancel.",
    )


def _one_rung(steps: tuple[ladder.LadderStep, ...], table: pd.DataFrame, measure: str) -> None:
    names = [rung.name for rung in steps]
    name = st.selectbox("Look at one rung", names, index=1, key="rung")
    st.markdown(steps[names.index(name)].words)
    st.dataframe(ladder.beside(table, name, measure), hide_index=True, alt=f"What each formula says of rung {name}")


# -- parts of them -------------------------------------------------------------------------------------------------


def _asked(place: str, given: Question, *, agents: bool = True, patience: bool = True, target: bool = True) -> Question:
    """The question as set by sliders, which begin with the numbers given."""
    wide = "20rem" if agents and patience and target else "15rem"
    with grid(wide, key=f"sliders-{place}"):
        volume = _slider("Contacts an hour", (1, 600), round(given.per_hour), 1, place)
        aht = _slider("Handle time (min)", (0.5, 20.0), round(given.aht / 30) / 2, 0.5, place)
        staffing = _slider("Agents", (1, 120), given.agents, 1, place) if agents else given.agents
        mean = given.patience
        if patience:
            start = 5.0 if np.isinf(mean) else round(mean / 30) / 2
            mean = 60 * _slider("Mean patience (min)", (0.5, 20.0), start, 0.5, place)
        share, within = given.share, given.within
        if target:
            share = _slider("Target: answered in time (%)", (50, 99), round(100 * share), 1, place) / 100
            within = _slider("Target: within (s)", (0, 300), round(within), 5, place)
    return Question(volume, 60 * aht, int(staffing), mean, share, within)


def _slider(what: str, ends: tuple[float, float], start: float, step: float, place: str) -> float:
    low, high = (type(step)(end) for end in ends)
    begin = type(step)(min(max(start, low), high))
    form = "%d" if isinstance(step, int) else "%.1f"
    return st.slider(what, low, high, begin, step=step, format=form, key=f"{what}-{place}", persist_state="session")


def _tile(what: str, number: str, words: str, *small: str, status: Literal["plain", "met", "missed"] = "plain") -> None:
    show_tile(Tile(what, number, status, words, small))


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _think(question: str, answer: str) -> None:
    """One question to think about, its answer folded away."""
    with st.container(border=True):
        st.markdown(f"**To think about.** {question}")
        with st.expander("One answer"):
            st.markdown(answer)
