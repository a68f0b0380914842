"""Verdicts while a run goes on, each announced once when it is decided; and more days for targets that stay open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import streamlit as st

from interface.app.jobs.jobs import Job
from interface.app.jobs.runs import rounds
from interface.app.literal import literal
from interface.app.session import PRECISIONS, replications
from interface.app.verdicts import sentence_so_far
from interface.app.widgets import simulated
from interface.formatting import listed
from interface.language.messages import _
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, NORMAL_95
from simulator.measure.first_verdicts import FirstVerdict, first_verdicts
from simulator.measure.results import Results
from simulator.measure.targets import judged

_ANNOUNCED = "announced-verdicts"


def verdicts_so_far(job: Job) -> tuple[FirstVerdict, ...] | None:
    """The verdicts of a run that goes on, those that are new announced; None once it is over."""
    if not job.running:
        return None
    results = job.findings[0]
    looks = [part.stop for part in rounds(job.request.replications)]
    verdicts = first_verdicts(results, looks)
    decided = {number for number, verdict in enumerate(verdicts) if verdict.decided}
    run, told = st.session_state.get(_ANNOUNCED, (None, set()))
    told = told if run == job.request.key else set()
    if decided - told:
        new = [verdicts[number] for number in sorted(decided - told)]
        st.toast(literal(sentence_so_far(new, partial(simulated, results.scenario))))
    st.session_state[_ANNOUNCED] = job.request.key, decided | told
    return verdicts


def offer_more_days(results: Results, page: str) -> None:
    """For targets that stay inconclusive: how many days would decide them, and a button that simulates them."""
    needed = days_to_decide(results)
    if not needed:
        return
    scenario, names, most = results.scenario, listed(dict.fromkeys(needed)), max(needed.values())
    level = enough(scenario, results.replications, most)
    if level is None:
        words = _("{types}: too near the target to tell by more days. Treat it as missed, or change the plan.")
        st.markdown(literal(words.format(types=names)))
        return
    count = replications(scenario, level)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Run {simulated}").format(simulated=simulated(scenario, count)),
            key="more-days",
            on_click=st.session_state.__setitem__,
            args=(f"precision-{page}", level),
        )
        words = (
            _("About {simulated} would decide {types}.").format(simulated=simulated(scenario, most), types=names)
            if count >= most
            else _("The value of {types} is so near the target that even these may not decide it.").format(types=names)
        )
        st.markdown(literal(words), width="content")


def days_to_decide(results: Results) -> dict[str, int]:
    """By type or group with an inconclusive target: the replications that would decide it if its value stayed."""
    needed: dict[str, int] = {}
    for judgement in judged(results):
        if judgement.status() == INCONCLUSIVE and not judgement.idle:
            count = replications_to_decide(results.replications, judgement.z)
            needed[judgement.constraint.of] = max(count, needed.get(judgement.constraint.of, 0))
    return needed


def replications_to_decide(done: int, score: float) -> int:
    """How many replications decide a target that has a score after so many, by the square-root law of intervals.

    A score near 0 counts as a twentieth: that many will not be simulated anyway.

    Examples
    --------
    >>> replications_to_decide(100, -0.98), replications_to_decide(100, 1.95)
    (400, 102)
    """
    return math.ceil(round(done * (NORMAL_95 / max(abs(score), 0.05)) ** 2, 2))


def enough(scenario: Scenario, done: int, needed: int) -> str | None:
    """The lowest precision above what was simulated that has so many replications, else the highest; None above that.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> retail = presets.load("retail-weekday")
    >>> enough(retail, 20, 60), enough(retail, 100, 90_000), enough(retail, 500, 501)
    ('Standard', 'High', None)
    """
    above: Sequence[str] = [level for level in PRECISIONS if replications(scenario, level) > done]
    return next((level for level in above if replications(scenario, level) >= needed), above[-1] if above else None)
