"""The sections of the Learn page: sliders, numbers, charts, and a question to think about in each."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from interface.app.charts import learn as learn_charts
from interface.app.charts.ladder import ladder as ladder_chart
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import watch
from interface.app.jobs.runs import RunRequest
from interface.app.learn import ladder, lessons
from interface.app.learn.lessons import Question
from interface.app.session import Workspace, workers
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, palette, run_page, show_tile
from interface.formatting import duration, label, shown
from interface.language.messages import _
from interface.language.numbers import number

PAGE = "learn"
DAYS = {"Quick": 20, "Standard": 80, "High": 300}
"""Simulated days of every step, by precision."""


def explorer(work: Workspace) -> None:
    """The Erlang formulas in both directions."""
    initial = lessons.question_of(work.scenario)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unknown = st.segmented_control(
            _("Solve for"),
            ("Service level", "Agents"),
            default="Service level",
            format_func=_,
            required=True,
            key="direction",
            help=_("Service level: from a number of agents. Agents: from a service level target."),
        )
        abandon = st.toggle(_("Allow abandonment"), bool(np.isfinite(initial.patience)), key=f"leave-{work.edition}")
    forward = unknown != "Agents"
    question = _question(f"explorer-{work.edition}", initial, agents=forward, patience=abandon)
    question = question if abandon else replace(question, patience=np.inf)
    question = question if forward else question.answered()
    _explorer_tiles(question, forward)
    with grid("20rem", key="explorer-charts"):
        chance = question.in_system()
        if chance is not None:
            chart(learn_charts.numbers(chance, question.agents, palette()), PAGE)
        chart(learn_charts.waits(lessons.still_waiting(question), question.share, question.within, palette()), PAGE)
        chart(learn_charts.by_agents(lessons.near(question), question.share, question.agents, palette()), PAGE)
    _think(
        _(
            "Remove agents one at a time. Why does the first cost a few points of service level and the fourth "
            "nearly all?"
        ),
        _(
            "The wait depends on the *safety staffing*: the agents above the load in erlangs. With 12 erlangs and 16 "
            "agents the first agent removed is one of four above the load; from 13 agents it is the only one. With "
            "abandonment the last step is smaller: contacts that abandon shorten the wait of the others."
        ),
    )


def _explorer_tiles(question: Question, forward: bool) -> None:
    result = question.performance()
    level, wait, waits, abandoned = (
        float(part[0]) for part in (result.service_level(), result.wait_all, result.p_wait, result.p_abandon)
    )
    met, target = level >= question.share, f"target {_percent(question.share)}"
    with grid("17rem", key="explorer-tiles"):
        about = (
            _("{agents} would miss the target").format(agents=question.agents - 1)
            if not forward
            else _("set by the slider")
        )
        _tile(
            _("Agents"), f"{question.agents}", _("for {load} erlangs").format(load=number(question.load, ".1f")), about
        )
        within = _("Service level, {within}").format(within=duration(question.within))
        verdict = _("Met") if met else _("Missed")
        _tile(within, shown(level, "share"), verdict, target, status="met" if met else "missed")
        if result.stable[0]:
            _tile(
                _("Mean wait"),
                shown(wait, "s"),
                _("{waits} of contacts wait").format(waits=shown(waits, "share")),
                question.formula,
            )
        else:
            growth = _("queue grows by {growth} contacts per hour").format(growth=number(question.growth(), ".1f"))
            _tile(_("Mean wait"), _("Overloaded"), growth, _("Erlang C has no result"), status="missed")
        busy = shown(float(result.occupancy[0]), "share")
        _tile(
            _("Occupancy"),
            busy,
            _("of agent time"),
            _("{abandoned} of contacts abandon").format(abandoned=shown(abandoned, "share")),
        )


def pooling() -> None:
    """Separate queues against one."""
    question = _question("pooling", Question(120.0, 360.0, 1), agents=False, patience=False)
    table = lessons.pooling(question)
    agents, per_queue, busy = table["agents"].tolist(), table["per_queue"].tolist(), table["occupancy"].tolist()
    with grid("26rem", key="pooling-tiles"):
        silos = _("3 x {per_queue} for {per_hour} contacts per hour each").format(
            per_queue=per_queue[2], per_hour=number(question.per_hour / 3, ".0f")
        )
        _tile(_("Three separate queues"), f"{agents[2]} agents", silos, f"occupancy {_percent(busy[2])}")
        saved = _("{agents} fewer at the same service level").format(agents=agents[2] - agents[0])
        _tile(_("One pool"), f"{agents[0]} agents", saved, f"occupancy {_percent(busy[0])}", status="met")
    chart(learn_charts.pooled(table, palette()), PAGE)
    _think(
        _("Agents do not work faster in a pool. Why does it need fewer of them?"),
        _(
            "With separate queues a contact may wait in one while an agent is idle in another. In a pool that never "
            "happens. The bars need not rise evenly: each queue rounds up to whole agents."
        ),
    )


def square_root() -> None:
    """Why large centres are cheap."""
    limit = st.slider(_("Maximum % who wait"), 5, 60, 20, step=5, key="p-wait") / 100
    table = lessons.square_root(limit)
    with grid("26rem", key="square-root-charts"):
        chart(learn_charts.square_root(table, palette()), PAGE)
        chart(learn_charts.occupancy(table, palette()), PAGE)
    _think(
        _("A centre grows to four times its load at the same service level. By how much does safety staffing grow?"),
        _(
            "It doubles: safety staffing is a constant times the square root of the load, so the line has slope one "
            "half. Per contact it halves, so that large centres run at higher occupancy than small ones at equal "
            "service."
        ),
    )


def overload() -> None:
    """What abandonment does around full load."""
    question = _question("overload", Question(150.0, 360.0, 14, 300.0), target=False)
    waits, shares = lessons.around_full_load(question)
    load, impatient = question.load / question.agents, question.performance(lessons.ERLANG_A)
    endless = question.performance(lessons.ERLANG_C)
    with grid("26rem", key="overload-tiles"):
        about = _("load {percent} of agents").format(percent=_percent(load))
        if endless.stable[0]:
            _tile(_("Erlang C: no abandonment"), shown(float(endless.wait_all[0]), "s"), _("mean wait"), about)
        else:
            growth = _("queue grows by {growth} contacts per hour").format(growth=number(question.growth(), ".1f"))
            _tile(_("Erlang C: no abandonment"), _("Overloaded"), growth, about, status="missed")
        abandoned = _("{p_abandon} of contacts abandon").format(p_abandon=shown(float(impatient.p_abandon[0]), "share"))
        _tile(_("Erlang A: with abandonment"), shown(float(impatient.wait_all[0]), "s"), _("mean wait"), abandoned)
    seen = min(max(load, lessons.LEAST_LOAD), lessons.MOST_LOAD)
    with grid("26rem", key="overload-charts"):
        chart(learn_charts.overload(waits, seen, palette()), PAGE)
        chart(learn_charts.lost(shares, seen, palette()), PAGE)
    _think(
        _("At 120 % load Erlang A still shows an acceptable wait. Is that good news?"),
        _(
            "No: one contact in six abandons, which is just the work that the agents cannot do. Waits stay finite only "
            "because of abandonment. If those customers call again, the load grows further: see *Redials* on the "
            "ladder."
        ),
    )


def climb(work: Workspace) -> None:
    """The assumption ladder, formulas beside the simulation."""
    st.caption(
        _(
            "Each step adds one feature of real centres to those below; read from the bottom up. Blue band: 95 % "
            "interval of the simulation. Filled marks: formulas that cover every feature of the step. Hollow marks: "
            "formulas that leave some out."
        )
    )
    steps = ladder.ladder_steps()
    formulas = work.answer(workers(), "ladder", ladder.formula_results)
    if formulas is None:
        watch(None, 0, work.waiting())
        st.skeleton(400)
        return
    if isinstance(formulas, Refused):
        st.error(formulas.text)
        return

    def plan(_: int) -> RunRequest:
        days = DAYS[str(st.session_state.get(f"precision-{PAGE}") or "Standard")]
        return RunRequest(tuple(step.scenario for step in steps), days)

    last = run_page(work, PAGE, plan, auto=True)
    first = ladder.MEASURES[0]
    chosen = st.segmented_control(
        _("Measure"), ladder.MEASURES, default=first, required=True, format_func=label, key="ladder-measure"
    )
    table = ladder.table(formulas, last.findings if last else ())
    chart(ladder_chart(table, str(chosen or first), palette()), PAGE)
    _step_details(steps, table, str(chosen or first))
    _think(
        _("Which step changes the simulated result most, and which formulas follow it?"),
        _(
            "Patience raises service level by some twenty points, which Erlang C leaves out. Skills, redials and "
            "day-to-day variation cost several points each; no formula covers all three, so on the upper steps only "
            "the simulation does. Where a hollow mark lies in the band on those steps, two errors happen to cancel."
        ),
    )


def _step_details(steps: tuple[ladder.LadderStep, ...], table: pd.DataFrame, measure: str) -> None:
    names = [step.name for step in steps]
    name = st.selectbox(_("Details of step"), names, index=1, key="step")
    st.markdown(steps[names.index(name)].words)
    st.dataframe(
        ladder.step_table(table, name, measure),
        hide_index=True,
        alt=_("Result of each formula: {name}").format(name=name),
    )


# -- parts of them -------------------------------------------------------------------------------------------------


def _question(
    section: str, initial: Question, *, agents: bool = True, patience: bool = True, target: bool = True
) -> Question:
    """The question as set by sliders, which begin with the initial numbers."""
    wide = "20rem" if agents and patience and target else "15rem"
    with grid(wide, key=f"sliders-{section}"):
        volume = _slider(_("Contacts per hour"), (1, 600), round(initial.per_hour), 1, section)
        aht = _slider(_("AHT (min)"), (0.5, 20.0), round(initial.aht / 30) / 2, 0.5, section)
        staffing = _slider("Agents", (1, 120), initial.agents, 1, section) if agents else initial.agents
        mean = initial.patience
        if patience:
            minutes = 5.0 if np.isinf(mean) else round(mean / 30) / 2
            mean = 60 * _slider(_("Mean patience (min)"), (0.5, 20.0), minutes, 0.5, section)
        share, within = initial.share, initial.within
        if target:
            share = _slider(_("Target service level (%)"), (50, 99), round(100 * share), 1, section) / 100
            within = _slider(_("Answer within (s)"), (0, 300), round(within), 5, section)
    return Question(volume, 60 * aht, int(staffing), mean, share, within)


def _slider(label: str, ends: tuple[float, float], start: float, step: float, section: str) -> float:
    low, high = (type(step)(end) for end in ends)
    begin = type(step)(min(max(start, low), high))
    form = "%d" if isinstance(step, int) else "%.1f"
    key = f"{label}-{section}"
    return st.slider(label, low, high, begin, step=step, format=form, key=key, persist_state="session")


def _tile(
    label: str, number: str, words: str, *small: str, status: Literal["plain", "met", "missed"] = "plain"
) -> None:
    show_tile(Tile(label, number, status, words, small))


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _think(question: str, answer: str) -> None:
    """A question to think about, its answer in an expander."""
    with st.container(border=True):
        st.markdown(_("**To think about.** {question}").format(question=question))
        with st.expander(_("Show answer")):
            st.markdown(answer)
