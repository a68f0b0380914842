"""The sections of the Automation page: the frontier, the ramp-up of a bot, scaled staffing."""

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
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, show_tile
from interface.formatting import days_or_periods, duration, percent, shown
from interface.language.messages import _
from interface.language.numbers import number
from models.whatif.frontier import Frontier
from models.whatif.ramp_up import aim, begins_at, open_days, payback, weekly
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from studies.planning import SEARCH, PlanningMethod
from studies.sweep import Sweep, cheapest, in_words

PAGE = "automation"
_AGAINST = {
    1: (MET, "Significant saving"),
    0: (INCONCLUSIVE, "No significant difference"),
    -1: (MISSED, "Significant extra cost"),
}


def picked(frontiers: Sequence[Frontier], current: float) -> Frontier:
    """The frontier of the chosen false containment rate; before a choice that of the bot, or the middle frontier."""
    shares = {percent(frontier.false_share): frontier for frontier in frontiers}
    if len(shares) == 1:
        return frontiers[0]
    default = percent(current) if percent(current) in shares else list(shares)[len(shares) // 2]
    label = _("False containment rate")
    chosen = st.segmented_control(label, shares, default=default, required=True, key="frontier-looked-at")
    return shares[chosen] if chosen in shares else shares[default]


def findings(
    work: Workspace,
    frontiers: Sequence[Frontier],
    frontier: Frontier,
    method: PlanningMethod,
    colours: Palette,
    *,
    fresh: bool,
) -> None:
    """Cost, saving and service of each level, with the plans compared."""
    currency, scenario = work.scenario.currency, work.scenario
    st.subheader(literal(frontier.in_words()), anchor=False)
    st.caption(literal(evaluation(frontier, method, scenario.horizon.days)))
    why_not(frontier)
    if frontier.kept.empty:
        return
    tiles(frontier, currency)
    target = (
        scenario.contact_type(frontier.contact_type).target if frontier.contact_type in scenario.type_names else None
    )
    with grid("26rem", key="frontier-pictures"):
        chart(frontier_charts.costs(frontier, currency, colours), PAGE)
        chart(frontier_charts.heat_map(frontiers, currency, colours), PAGE)
        chart(frontier_charts.savings(frontier, currency, colours), PAGE)
        chart(frontier_charts.responses(frontier, target, colours), PAGE)
    st.caption(
        _(
            "Claimed saving: containment × the wages for this contact type without a bot. Net "
            "saving: cost without a bot less cost with it, bot sessions included. ≈: no significant "
            "difference from agents only. The three service levels count from arrival, including "
            "time in the bot; 'As targeted' counts as the target does (dashed line). At 0 % there is "
            "no bot and no bot cost.{session_time}"
        ).format(session_time=session_time(scenario, frontier.contact_type))
    )
    plans = {f"{percent(level)} containment": alternative for level, alternative in frontier.plans.items()}
    behind(work, PAGE, "automation", plans, fresh=fresh)
    table = frontier.table
    rows = table if table["left_open"].any() else table.drop(columns="left_open")  # formulas have no bound
    numbers(rows, _("Cost, savings and service of each level of containment"), "automation-frontier", currency)


def session_time(scenario: Scenario, name: str) -> str:
    """What a bot session leaves of the time in which an agent is to answer, as a further sentence; empty without both.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> session_time(presets.load("bot-first"), "chat")[:42]
    ' A bot session takes 1 min 30 s on average'
    """
    contact_type = scenario.contact_type(name) if name in scenario.type_names else None
    bot, target = (contact_type.bot, contact_type.target) if contact_type is not None else (None, None)
    if bot is None or target is None or target.within is None or target.response != "person":
        return ""
    session = bot.session.mean + bot.hand_over.mean
    if session <= 0:
        return ""
    few = _("of those who meet the bot, few or none can be answered by an agent within it from arrival")
    part = few if session >= target.within else _("the rest is left for an agent")
    return _(
        " A bot session takes {session} on average and the target time is {within}: {part}; as "
        "targeted, the time counts from the hand-over."
    ).format(session=duration(session), within=duration(target.within), part=part)


def evaluation(frontier: Frontier, method: PlanningMethod, days: int) -> str:
    """How the plans were made and validated, and which differences are not meaningful."""
    validated = _("each validated on {replications} new {periods}").format(
        replications=number(frontier.replications, ","), periods=days_or_periods(days)
    )
    if method.planner == SEARCH:
        widest = percent(float(frontier.rows["left_open"].max()))
        return _(
            "Optimised plans, {validated}. Optimality gap at most {widest}; differences within the "
            "gap of the more expensive plan are not meaningful."
        ).format(validated=validated, widest=widest)
    agent = shown(frontier.one_agent, "money", frontier.currency)
    return _("Erlang plans, {validated}. Differences under {agent} (one agent) are not meaningful.").format(
        validated=validated, agent=agent
    )


def why_not(frontier: Frontier) -> None:
    """Why levels have no plan, each reason once."""
    reasons: dict[str, list[float]] = {}
    for level, reason in zip(frontier.rows["level"], frontier.rows["why"], strict=True):
        if reason:
            reasons.setdefault(reason, []).append(level)
    for reason, levels in reasons.items():
        st.warning(
            _("No plan at {levels} containment: {reason}").format(
                levels=", ".join(percent(level) for level in levels), reason=literal(reason)
            )
        )


def tiles(frontier: Frontier, currency: str) -> None:
    """The level of lowest cost in four numbers."""
    best = frontier.best
    if best is None:
        return
    row, (status, words) = frontier.at(best), _AGAINST[frontier.against_people(best)]
    if math.isnan(row["net_saving"]):
        status, words = INCONCLUSIVE, _("No agents-only plan meets every target")
    at_level = _("at {best} claimed containment").format(best=percent(best)) if best else _("without a bot")
    with grid(key="frontier-tiles"):
        show_tile(Tile(_("Lowest cost"), shown(row["cost"], "money", currency), "plain", at_level, ()))
        saved = shown(row["net_saving"], "money", currency)
        if best:
            claimed = shown(row["claimed_saving"], "money", currency)
            show_tile(Tile(_("Net saving"), saved, status, words, (_("claimed: {claimed}").format(claimed=claimed),)))
            naive = (f"naive: {shown(row['formula_saved'], 'share')}",)
            removed = shown(row["work_saved"], "share")
            show_tile(
                Tile(
                    _("Agent workload removed"),
                    removed,
                    "plain",
                    _("of {contact_type}").format(contact_type=frontier.contact_type),
                    naive,
                )
            )
        per_case = f"{row['cost_per_resolved_case']:,.2f} {currency}".rstrip()
        alone = frontier.at(0.0)["cost_per_resolved_case"]
        reference = (f"without a bot: {alone:,.2f} {currency}".rstrip(),) if best and alone == alone else ()
        show_tile(Tile(_("Cost per resolved case"), per_case, "plain", at_level, reference))


def first_weeks(work: Workspace, frontier: Frontier, colours: Palette) -> None:
    """The cumulative saving of a bot while it is tuned to its target containment, or is not."""
    st.subheader(_("Ramp-up and payback"), anchor=False)
    above = [level for level in frontier.levels if level > 0]
    reach = [level for level in above if begins_at(level) >= min(above) - 1e-9]
    if not reach:
        st.caption(
            _("No ramp-up can be shown: choose a higher maximum containment, so that its first week has a plan.")
        )
        return
    best = aim(frontier)
    with grid("13rem", key="weeks-choices"):
        index = reach.index(best) if best in reach else 0
        nominal = st.selectbox(
            _("Target containment"), reach, index=index, format_func=percent, key=f"nominal-{frontier.false_share}"
        )
        count = int(st.number_input(_("Weeks"), 1, 260, 26, key="weeks"))
        once = float(
            st.number_input(
                _("One-off cost ({currency})").format(currency=literal(work.scenario.currency) or _("money")),
                0.0,
                step=1000.0,
                format="%.0f",
                key="once",
            )
        )
    of_horizon, of_week = open_days(work.scenario, frontier.contact_type)
    try:
        weeks = weekly(frontier, nominal, count, once=once, days=of_horizon, open_days=of_week)
    except PlannerError as problem:
        st.info(literal(problem))
        return
    picture = frontier_charts.weeks(weeks, nominal, work.scenario.currency, colours)
    if once:
        st.markdown(
            _("**{tuned}** (tuned); {untuned} (not tuned).").format(
                tuned=payback_text(payback(weeks), count),
                untuned=payback_text(payback(weeks, "earned_untuned"), count).lower(),
            )
        )
    chart(picture, PAGE)
    st.caption(
        _(
            "Containment rises from {begin} in week 1 to {nominal} after twelve weeks of tuning "
            "(assumption); {of_week} open days a week. Savings between levels are interpolated "
            "linearly."
        ).format(begin=percent(begins_at(nominal)), nominal=percent(nominal), of_week=of_week)
    )
    st.download_button(_("Download (CSV)"), lambda: export.csv(weeks), "weeks.csv", on_click="ignore", key="csv-weeks")


def payback_text(week: int | None, weeks: int) -> str:
    """The week from which a bot has paid back its one-off cost.

    Examples
    --------
    >>> payback_text(7, 26), payback_text(None, 26)
    ('Payback: week 7', 'No payback within 26 weeks')
    """
    return (
        _("Payback: week {week}").format(week=week)
        if week
        else _("No payback within {weeks} weeks").format(weeks=weeks)
    )


def sweep_findings(last: Job, currency: str, colours: Palette) -> None:
    """Which combinations of containment and scaled staffing meet every target, and the cheapest of them."""
    sweep: Sweep = last.request.about
    days = last.request.scenarios[0].horizon.days
    table = sweep.table(last.findings)
    best = cheapest(table)
    st.markdown(f"**{literal(_verdict(table, currency))}**")
    if best is not None:
        st.caption(
            _(
                "True containment {true} of bot sessions · {agent_hours} agent hours · {replications} "
                "simulated {periods} each; targets judged by 95 % intervals"
            ).format(
                true=percent(best["true"]),
                agent_hours=number(best["agent_hours"], ",.0f"),
                replications=last.replications,
                periods=days_or_periods(days),
            )
        )
    with grid("28rem", key="sweep-pictures"):
        chart(feasible(table, currency, best, sweep.group, colours), PAGE)
        if len(sweep.containments) > 1:
            chart(savings(sweep.savings(last.findings), colours), PAGE)
    if len(sweep.containments) > 1:
        st.caption(literal(in_words(sweep.savings(last.findings))))
    with st.container(horizontal=True):
        st.download_button(_("CSV"), lambda: export.csv(table), "scaled.csv", on_click="ignore")
        st.download_button(
            _("Excel"), lambda: export.workbook({"Combinations": table}), "scaled.xlsx", on_click="ignore"
        )


def _verdict(table: pd.DataFrame, currency: str) -> str:
    best = cheapest(table)
    if best is not None:
        return _("Lowest cost: {cost} at {containment} containment with {scale} of current agents").format(
            cost=shown(best["cost"], "money", currency),
            containment=percent(best["containment"]),
            scale=percent(best["scale"]),
        )
    undecided = int((table["status"] == INCONCLUSIVE).sum())
    doubt = _("; {undecided} inconclusive: raise the precision").format(undecided=undecided) if undecided else ""
    return _("No combination meets every target for certain{doubt}").format(doubt=doubt)
