"""The parts of the Automation page: what a frontier found, the first weeks, heads only scaled."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from interface import export
from interface.app.alternatives import behind, numbers
from interface.app.charts import frontier as frontier_charts
from interface.app.charts.studies import feasible, savings
from interface.app.charts.theme import Palette
from interface.app.jobs.jobs import Job
from interface.app.session import Workspace
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, show_tile
from interface.formatting import percent, shown
from models.whatif.frontier import Frontier
from models.whatif.ramp_up import aim, begins_at, open_days, payback, weekly
from scenarios.errors import PlannerError
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from studies.planning import SEARCH, PlanningMethod
from studies.sweep import Sweep, cheapest, in_words

PAGE = "automation"
_AGAINST = {
    1: (MET, "surely less than people alone"),
    0: (INCONCLUSIVE, "no clear difference from people alone"),
    -1: (MISSED, "surely more than people alone"),
}


def picked(found: Sequence[Frontier], now: float) -> Frontier:
    """The frontier of the false share that the person looks at; the bot's own, or the middle one, before."""
    shares = {percent(one.false_share): one for one in found}
    if len(shares) == 1:
        return found[0]
    default = percent(now) if percent(now) in shares else list(shares)[len(shares) // 2]
    label = "Of what is contained, false"
    chosen = st.segmented_control(label, shares, default=default, required=True, key="frontier-looked-at")
    return shares[chosen] if chosen in shares else shares[default]


def findings(
    work: Workspace, found: Sequence[Frontier], one: Frontier, how: PlanningMethod, colours: Palette, *, fresh: bool
) -> None:
    """What each level costs, saves and gives, with the plans behind it."""
    currency, scenario = work.scenario.currency, work.scenario
    st.subheader(one.in_words(), anchor=False)
    st.caption(evaluation(one, how))
    why_not(one)
    if one.kept.empty:
        return
    tiles(one, currency)
    target = scenario.contact_type(one.contact_type).target if one.contact_type in scenario.type_names else None
    with grid("26rem", key="frontier-pictures"):
        chart(frontier_charts.costs(one, currency, colours), PAGE)
        chart(frontier_charts.heat_map(found, currency, colours), PAGE)
        chart(frontier_charts.savings(one, currency, colours), PAGE)
        chart(frontier_charts.responses(one, target, colours), PAGE)
    st.caption(
        "Claimed: containment × the type's part of the wages without a bot. True: cost without a bot less cost, bot "
        "sessions paid. ≈: no clear difference from people alone. The three responses run from arrival, so time in the "
        "bot counts; 'As targeted' is the clock of the type's own target, which the dashed line is for. At 0 % there "
        "is no bot, and none is paid."
    )
    plans = {f"{percent(level)} contained": alternative for level, alternative in one.plans.items()}
    behind(work, PAGE, "automation", plans, fresh=fresh)
    rows = one.rows if one.rows["left_open"].any() else one.rows.drop(columns="left_open")  # formulas have no bound
    numbers(rows, "Cost, savings and service of each level of containment", "automation-frontier", currency)


def evaluation(one: Frontier, how: PlanningMethod) -> str:
    """What the plans rest on, and which differences count for nothing."""
    tried = f"each tried on {how.replications} replications that no plan was made for"
    if how.planner == SEARCH:
        widest = percent(float(one.rows["left_open"].max()))
        return (
            f"Plans by search, {tried}. None is more than {widest} above its bound; a difference counts where it is "
            "more than the search left open of the dearer plan."
        )
    head = shown(one.one_agent, "money", one.currency)
    return f"Plans by formula, {tried}. Formulas are good to one head at best: less than {head} counts for nothing."


def why_not(one: Frontier) -> None:
    """Why levels have no plan, each reason once."""
    reasons: dict[str, list[float]] = {}
    for level, why in zip(one.rows["level"], one.rows["why"], strict=True):
        if why:
            reasons.setdefault(why, []).append(level)
    for why, levels in reasons.items():
        st.warning(f"No plan at {', '.join(percent(level) for level in levels)}: {why}")


def tiles(one: Frontier, currency: str) -> None:
    """The cheapest level in four numbers."""
    best = aim(one) if one.best is None else one.best
    if best is None:
        return
    row, (status, words) = one.at(best), _AGAINST[one.against_people(best)]
    if math.isnan(row["net_saving"]):
        status, words = INCONCLUSIVE, "no plan of people alone keeps every target"
    there = f"at {percent(best)} claimed containment" if best else "without a bot"
    with grid(key="frontier-tiles"):
        doubt = ("whether it meets every target is inconclusive",) if one.in_doubt(best) else ()
        show_tile(Tile("Least cost", shown(row["cost"], "money", currency), "plain", there, doubt))
        saved = shown(row["net_saving"], "money", currency)
        if best:
            claimed = shown(row["claimed_saving"], "money", currency)
            show_tile(Tile("Saved, true", saved, status, words, (f"claimed: {claimed}",)))
            work = (f"by bookkeeping: {shown(row['formula_saved'], 'share')}",)
            show_tile(Tile("Work saved", shown(row["work_saved"], "share"), "plain", "of the type's own", work))
        each = f"{row['cost_per_resolved_case']:,.2f} {currency}".rstrip()
        alone = one.at(0.0)["cost_per_resolved_case"]
        beside = (f"without a bot: {alone:,.2f} {currency}".rstrip(),) if best and alone == alone else ()
        show_tile(Tile("Cost per resolved case", each, "plain", there, beside))


def first_weeks(work: Workspace, one: Frontier, colours: Palette) -> None:
    """What a bot has earned while it is tuned to its containment, or is not."""
    st.subheader("The first weeks", anchor=False)
    above = [level for level in one.levels if level > 0]
    reach = [level for level in above if begins_at(level) >= min(above) - 1e-9]
    if not reach:
        st.caption("No level is reached from a first week that has a plan: try higher levels.")
        return
    best = aim(one)
    with grid("13rem", key="weeks-choices"):
        place = reach.index(best) if best in reach else 0
        nominal = st.selectbox("Tuned for", reach, index=place, format_func=percent, key=f"nominal-{one.false_share}")
        count = int(st.number_input("Weeks", 1, 260, 26, key="weeks"))
        once = float(
            st.number_input(
                f"Spent once ({work.scenario.currency or 'money'})", 0.0, step=1000.0, format="%.0f", key="once"
            )
        )
    of_horizon, of_week = open_days(work.scenario, one.contact_type)
    try:
        weeks = weekly(one, nominal, count, once=once, days=of_horizon, open_days=of_week)
    except PlannerError as problem:
        st.info(str(problem))
        return
    picture = frontier_charts.weeks(weeks, nominal, work.scenario.currency, colours)
    st.markdown(
        f"**{in_weeks(payback(weeks), count)}** if it is tuned; "
        f"{in_weeks(payback(weeks, 'earned_untuned'), count).lower()} if it is not."
    )
    chart(picture, PAGE)
    st.caption(
        f"From {percent(begins_at(nominal))} in the first week to {percent(nominal)} after twelve weeks of tuning (an "
        f"assumption), earning on {of_week} days a week. Between levels the saving is read off straight lines."
    )
    st.download_button("CSV", lambda: export.csv(weeks), "weeks.csv", on_click="ignore", key="csv-weeks")


def in_weeks(week: int | None, of: int) -> str:
    """From which week a bot has earned back what was spent.

    Examples
    --------
    >>> in_weeks(7, 26), in_weeks(None, 26)
    ('Earned back from week 7 on', 'Not earned back within 26 weeks')
    """
    return f"Earned back from week {week} on" if week else f"Not earned back within {of} weeks"


def sweep_findings(last: Job, currency: str, colours: Palette) -> None:
    """Which combinations of containment and scaled heads meet every target, and the cheapest of them."""
    sweep: Sweep = last.plan.about
    table = sweep.table(last.findings)
    best = cheapest(table)
    st.markdown(f"**{_verdict(table, currency)}**")
    if best is not None:
        st.caption(
            f"Truly resolved by the bot: {percent(best['true'])} of its sessions · {best['agent_hours']:,.0f} agent "
            f"hours · {last.replications} replications each, 95 % intervals decide"
        )
    with grid("28rem", key="sweep-pictures"):
        chart(feasible(table, currency, best, sweep.group, colours), PAGE)
        if len(sweep.containments) > 1:
            chart(savings(sweep.savings(last.findings), colours), PAGE)
    if len(sweep.containments) > 1:
        st.caption(in_words(sweep.savings(last.findings)))
    with st.container(horizontal=True):
        st.download_button("CSV", lambda: export.csv(table), "scaled.csv", on_click="ignore")
        st.download_button("Excel", lambda: export.workbook({"Combinations": table}), "scaled.xlsx", on_click="ignore")


def _verdict(table: pd.DataFrame, currency: str) -> str:
    best = cheapest(table)
    if best is not None:
        return (
            f"Cheapest of these: {percent(best['containment'])} containment with {percent(best['scale'])} of today's "
            f"heads, {shown(best['cost'], 'money', currency)}"
        )
    undecided = int((table["status"] == INCONCLUSIVE).sum())
    doubt = f"; {undecided} are inconclusive: choose a finer precision to decide them" if undecided else ""
    return f"No combination surely meets every target{doubt}"
