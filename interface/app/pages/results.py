"""Simulated service, waits, occupancy and cost: targets first, then by interval, with the formulas for comparison."""

from functools import partial

import streamlit as st

from interface import export
from interface.app.charts.results import by_interval, heat_map, level_measure, wait_curve
from interface.app.charts.staffing import occupancy, over_under, staffing
from interface.app.charts.theme import figure_of
from interface.app.jobs import theory as theory_jobs
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import catch_up, watch
from interface.app.jobs.runs import RunRequest
from interface.app.literal import literal
from interface.app.measures_table import numbers
from interface.app.replay.section import show_replay
from interface.app.results.one_interval import CLICKED, choose_clicked, show_interval
from interface.app.results.so_far import offer_more_days, verdicts_so_far
from interface.app.session import workers
from interface.app.verdicts import cost_tile, meanings, sentence, sentence_so_far, tiles
from interface.app.widgets import chart, grid, header, made, one_of, palette, run_page, show_tile, simulated
from interface.formatting import engines_in_words
from interface.language.messages import _
from interface.language.tables import translated
from interface.losses import losses_in_words, simulated_losses
from interface.reports.run import report_html
from interface.staffing_totals import in_words, totals
from simulator.measure.targets import verdict

PAGE = "results"
work = header(_("Results"), _("Simulated service, waits, occupancy and cost"))

last = run_page(work, PAGE, lambda replications: RunRequest((work.scenario,), replications), auto=True)
if last is None:
    st.stop()
results = last.findings[0]
scenario, colours, draw = results.scenario, palette(), partial(figure_of, results)
theory = work.answer(workers(), ("theory", scenario.fingerprint), theory_jobs.theory, scenario)
if theory is None:
    watch(None, 0, work.waiting())
if isinstance(theory, Refused):
    st.warning(_("No values by formula: {text}").format(text=literal(theory.text)))
    theory = None

# -- the verdict ---------------------------------------------------------------------------------------------------
so_far = verdicts_so_far(last)
if so_far is None:
    st.subheader(literal(sentence(verdict(results))), anchor=False)
    offer_more_days(results, PAGE)
else:
    st.subheader(literal(sentence_so_far(so_far, partial(simulated, scenario))), anchor=False)
with grid(key="targets"):
    for tile in [*tiles(results, theory, so_far), cost_tile(results)]:
        show_tile(tile)
with st.popover(_("What these numbers mean"), type="tertiary"), st.container(width=520):
    for term, meaning in meanings(results, theory):
        st.markdown(f"**{literal(term)}**: {literal(meaning)}")
lost = {name: losses_in_words(simulated_losses(results, name)) for name in scenario.type_names}
if any(lost.values()):
    st.caption(
        _("Contacts lost: ") + "; ".join(f"{literal(name)}: {literal(text)}" for name, text in lost.items() if text)
    )
required_staffing = None if theory is None else theory.required
st.dataframe(
    translated(in_words(totals(scenario, required_staffing))),
    hide_index=True,
    alt=_(
        "For each agent group: agents required and on contacts at peak, scheduled with shrinkage, paid hours and FTE"
    ),
)
st.caption(_("Scheduled = agents on contacts / (1 - shrinkage). Required by formula. FTE: paid hours of a day / 8."))
if theory is not None and len(scenario.agent_groups) > 1:
    chart(over_under(scenario, theory.required, colours), PAGE)
catch_up()

# -- the contact types ---------------------------------------------------------------------------------------------
of = one_of(_("Contact type"), scenario.type_names, "results-type")
target = scenario.contact_type(of).target
measure, by_formula = level_measure(target), theory and theory.interval
with grid("26rem", key="pictures"):
    share = target.share if target else None
    level = draw(by_interval, measure, of, colours, theory=by_formula, wanted=share, choice=CLICKED)
    chart(level, PAGE, partial(choose_clicked, results, measure, of, PAGE))
    chart(draw(wait_curve, of, target, colours), PAGE)
    chart(draw(by_interval, "contacts", of, colours, theory=by_formula), PAGE)
    chart(draw(by_interval, "backlog", of, colours, theory=by_formula), PAGE)
if scenario.horizon.days > 1:
    chart(draw(heat_map, measure, of, colours), PAGE)
show_interval(results, theory, measure, of)
show_replay(work, results, measure, of, colours, complete=not last.running)

# -- the agents ----------------------------------------------------------------------------------------------------
group = one_of(_("Agent group"), scenario.group_names, "results-group")
required = theory and theory.required[scenario.group_names.index(group)].astype(float)
with grid("26rem", key="people"):
    chart(staffing(results, group, colours, required), PAGE)
    chart(draw(occupancy, scenario.group_names, colours), PAGE)
    if theory is not None:
        chart(over_under(scenario, theory.required, colours, group), PAGE)

# -- all measures ---------------------------------------------------------------------------------------------------
st.subheader(_("All measures: {of}, {group}").format(of=literal(of), group=literal(group)), anchor=False)
st.dataframe(
    translated(numbers(results, theory, of, group)),
    hide_index=True,
    alt=_("Every measure with its 95 % confidence interval, the value by formula and the definition"),
)
st.caption(
    _(
        "Simulated contact by contact: {simulated}, seed {seed}, engine: {engines_in_words}. ± "
        "is half of the 95 % confidence interval. Formulas treat each interval separately; see "
        "Assumptions."
    ).format(
        simulated=simulated(scenario, results.replications),
        seed=results.seed,
        engines_in_words=engines_in_words(results.engine),
    )
)
with st.container(horizontal=True):
    sheets = partial(export.tables, results, theory)
    name = scenario.name
    st.download_button(
        _("Excel"),
        lambda: made(export.results_workbook, results, theory),
        f"{name}-results.xlsx",
        on_click="ignore",
    )
    with st.popover(_("Report")), st.container(width=380):
        question = st.text_area(
            _("Question"),
            key="report-question",
            persist_state="session",
            placeholder=_("How many agents do we need on Monday?"),
        )
        st.download_button(
            _("Download the report (HTML)"),
            lambda: made(report_html, results, theory, question or "", work.project.note, work.yaml()),
            f"{name}-report.html",
            "text/html",
            on_click="ignore",
            type="primary",
        )
        st.caption(_("One file for a browser: print it, or save it as PDF. Notes of the Scenario page are included."))
    st.download_button(_("Totals (CSV)"), lambda: export.csv(sheets()["Measures"]), f"{name}.csv", on_click="ignore")
    st.download_button(
        _("By interval (CSV)"), lambda: export.csv(sheets()["Intervals"]), f"{name}-intervals.csv", on_click="ignore"
    )
