"""What would happen: targets first, then service, waits, work and people, the formula beside the simulation."""

import streamlit as st

from interface import export
from interface.charts import by_interval, heat_map, level_measure, occupancy, staffing, wait_curve
from interface.jobs import Plan
from interface.parts import chart, grid, header, palette, run_page, show_tile
from interface.verdicts import cost_tile, sentence, tiles
from interface.words import give_or_take, shown
from simulator.targets import verdict

PAGE = "results"
work = header("Results", "what would happen, day after day")

last = run_page(work, PAGE, lambda replications: Plan((work.scenario,), replications), auto=True)
if last is None:
    st.stop()
results = last.findings[0]
scenario = results.scenario
colours = palette()

# -- the verdict ---------------------------------------------------------------------------------------------------
rows = verdict(results)
st.subheader(sentence(rows), anchor=False)
with grid(key="targets"):
    for tile in [*tiles(rows), cost_tile(results)]:
        show_tile(tile)

# -- the pictures --------------------------------------------------------------------------------------------------
names = list(scenario.type_names)
of = names[0]
if len(names) > 1:
    of = st.segmented_control("Contact type", names, default=of, required=True, key="results-type") or of
kind = scenario.contact_type(of)
measure = level_measure(kind.target)
share = kind.target.share if kind.target else None
with grid("26rem", key="pictures"):
    chart(by_interval(results, measure, of, colours, wanted=share), PAGE)
    chart(wait_curve(results, of, kind.target, colours), PAGE)
    chart(by_interval(results, "backlog", of, colours), PAGE)
    if scenario.horizon.days > 1:
        chart(heat_map(results, measure, of, colours), PAGE)

groups = list(scenario.group_names)
group = groups[0]
if len(groups) > 1:
    group = st.segmented_control("Agent group", groups, default=group, required=True, key="results-group") or group
with grid("26rem", key="people"):
    chart(staffing(results, group, colours), PAGE)
    chart(occupancy(results, groups, colours), PAGE)

# -- the numbers ---------------------------------------------------------------------------------------------------
st.subheader("All numbers", anchor=False)
table = results.table()
mine = table[table["of"].isin([of, group, "all"])]
st.dataframe(
    mine.assign(
        measure=export.readable(mine)["measure"],
        found=[shown(v, u, scenario.currency) for v, u in zip(mine["value"], mine["unit"], strict=True)],
        interval=[
            give_or_take(low, high, unit, scenario.currency)
            for low, high, unit in zip(mine["low"], mine["high"], mine["unit"], strict=True)
        ],
    )[["measure", "of", "found", "interval", "note"]],
    hide_index=True,
    column_config={
        "measure": "Measure",
        "of": "Of",
        "found": "Found",
        "interval": "95 % interval",
        "note": "Definition",
    },
    alt="Every measure with its 95 % interval and its definition",
)
st.caption(
    f"Simulated contact by contact: {results.replications:,} replications of "
    f"{scenario.horizon.days} day{'s' if scenario.horizon.days > 1 else ''}, seed {results.seed}; intervals at 95 %."
)
with st.container(horizontal=True):
    st.download_button(
        "Excel",
        lambda: export.workbook(export.tables(results), results),
        f"{scenario.name}-results.xlsx",
        on_click="ignore",
    )
    st.download_button("CSV, in all", lambda: export.csv(results.table()), f"{scenario.name}.csv", on_click="ignore")
    st.download_button(
        "CSV, by interval",
        lambda: export.csv(export.tables(results)["Intervals"]),
        f"{scenario.name}-intervals.csv",
        on_click="ignore",
    )
