"""The file on the Demand page: which it is, how it is written, how it was read, and what looks wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import streamlit as st

from interface.app.demand import COLUMN_LABELS, NONE, corrected
from interface.app.demand_sections.doubtful_days import CHOICES, choices_of, show_doubts
from interface.app.demand_sections.redials import choose_redials
from interface.app.editor.opening import LARGEST
from interface.app.grids.subject import enter_anew
from interface.app.jobs.demand import RECOGNISE, ReadExport, read_upload, sample_report, scenario_of_days
from interface.app.jobs.jobs import Refused
from interface.app.jobs.study_widgets import awaited_answer
from interface.app.jobs.validation import suspicious
from interface.app.literal import literal
from interface.app.session import Workspace, workers
from interface.app.widgets import grid
from interface.app.work.files import choose_file, choose_mapping, keep, kept_files
from interface.language.messages import _, marked
from models.calibration.first_attempts import RedialAssumption
from scenarios.interval_report.mapping import mapping_text
from scenarios.interval_report.platforms import LOGS, REPORTS
from scenarios.yaml import files

PAGE = "demand"
SAMPLE, OWN = marked(("Sample history", "Your own file"))
AUTOMATIC = "Automatic"
DATE_ORDERS = {
    AUTOMATIC: None,
    marked("Day first (02/03 is 2 March)"): "%d/%m/%Y",
    marked("Month first (03/02)"): "%m/%d/%Y",
}
CLOCKS = {AUTOMATIC: None, marked("Minutes and seconds"): "mm:ss", marked("Hours and minutes"): "hh:mm"}
DECIMALS = {AUTOMATIC: None, marked("Point (12.5)"): ".", marked("Comma (12,5)"): ","}
REPEATED = {
    marked("Ask"): None,
    marked("First row counts"): "first",
    marked("Last row counts"): "last",
    marked("Add them"): "add",
}
MOST_LINES = 12
"""Lines of the reading that are shown at once."""


@dataclass(frozen=True)
class FileLayout:
    """How a person says that files are written."""

    platform: str
    changes: dict[str, Any]
    mapping_file: bytes | None
    hours: str
    """Opening hours over which daily or monthly totals are spread; empty for none."""

    def arguments(self) -> tuple[str, dict[str, Any], bytes | None]:
        """What a worker reads a file by."""
        return self.platform, self.changes, self.mapping_file


@dataclass(frozen=True)
class HistoryFile:
    """A file as it was read, and how."""

    read: ReadExport
    layout: FileLayout
    key: tuple[Any, ...]
    """Equal for equal readings."""


def history_file(work: Workspace) -> HistoryFile:
    """Draw the choice of a file and how it was read; the page ends here until it is read."""
    chosen = _chosen_file(work)
    content, name, own = chosen
    digest = sha256(content).hexdigest()
    if st.session_state.get("demand-digest") != digest:
        st.session_state["demand-digest"] = digest
        st.session_state["demand-columns"] = {}
        enter_anew(CHOICES, {})
    layout = _layout(work, name)
    redials = choose_redials()
    choices = choices_of(st.session_state[CHOICES])
    key = (PAGE, digest, layout.platform, repr(layout.changes), layout.mapping_file, layout.hours, choices, redials)
    ready: ReadExport = awaited_answer(
        "demand-file",
        key,
        read_upload,
        content,
        name,
        *layout.arguments(),
        choices,
        redials,
        layout.hours,
        steps="rows",
    )
    _show_reading(work, ready, own, name, digest)
    _offer_scenario(work, ready, name, redials)
    show_doubts(work, ready.history)
    return HistoryFile(ready, layout, key)


def _chosen_file(work: Workspace) -> tuple[bytes, str, bool]:
    """Content and name of the file, and whether it is the person's own."""
    source = st.segmented_control(
        _("History"),
        [SAMPLE, OWN],
        default=OWN if kept_files(work, PAGE, "file") else SAMPLE,
        format_func=_,
        required=True,
        key="demand-where",
    )
    if source != OWN:
        return sample_report(), "sample.csv", False
    label = _("Interval report or contact log (CSV, gzip or xlsx)")
    chosen_file = choose_file(work, PAGE, label, ["csv", "gz", "xlsx", "txt", "log"], LARGEST)
    if chosen_file is None:
        st.caption(_("Half-hours, days or contacts, in the layout of your platform. Nothing in the file is executed."))
        st.stop()
    return *chosen_file, True


def _layout(work: Workspace, name: str) -> FileLayout:
    changes: dict[str, Any] = dict(st.session_state["demand-columns"])
    with st.expander(_("How the file is written")):
        with grid("14rem", key="demand-reading"):
            platform = str(st.selectbox(_("Layout"), [RECOGNISE, *REPORTS, *LOGS], key="demand-layout"))
            written = {
                "date_format": DATE_ORDERS[
                    str(st.selectbox(_("Dates"), list(DATE_ORDERS), format_func=_, key="demand-dates"))
                ],
                "clock": CLOCKS[
                    str(st.selectbox(_("Times such as 5:28"), list(CLOCKS), format_func=_, key="demand-clock"))
                ],
                "decimal": DECIMALS[
                    str(st.selectbox(_("Decimal mark"), list(DECIMALS), format_func=_, key="demand-decimal"))
                ],
                "repeated": REPEATED[
                    str(st.selectbox(_("Interval told twice"), list(REPEATED), format_func=_, key="demand-repeated"))
                ],
            }
            hours = st.text_input(
                _("Opening hours, to spread totals"),
                placeholder=_("Mon-Fri 08:00-18:00"),
                key="demand-hours",
                help=_("For daily or monthly totals: contacts are spread evenly over these hours."),
            ).strip()
        mapping_file = choose_mapping(work, PAGE, name)
    changes |= {key: value for key, value in written.items() if value}
    return FileLayout(platform, changes, mapping_file, hours)


def _show_reading(work: Workspace, ready: ReadExport, own: bool, name: str, digest: str) -> None:
    with st.expander(_("Read: {lines}").format(lines=literal(ready.lines[0])), expanded=own):
        remarks = (*ready.lines[1:], *ready.history.notes)
        _lines(remarks[:MOST_LINES])
        if len(remarks) > MOST_LINES:
            with st.popover(_("{count} more notes").format(count=len(remarks) - MOST_LINES)):
                _lines(remarks[MOST_LINES:])
        st.dataframe(ready.first_rows, hide_index=True, alt=_("First rows as they were read"))
        if ready.mapping is not None:
            _correct_columns(ready, digest)
            written = mapping_text(ready.mapping)
            with st.container(horizontal=True, vertical_alignment="bottom"):
                kept_as = st.text_input(_("Name of the mapping"), value=name, key=f"demand-mapping-name-{digest[:8]}")
                save: Callable[..., None] = keep
                st.button(
                    _("Keep this mapping"), on_click=save, args=(work, PAGE, "mapping", kept_as, written.encode())
                )
                st.download_button(_("Save the mapping"), written, "mapping.yaml", "text/yaml", on_click="ignore")
    if ready.suspicions:
        st.warning(_("Some values of this file look wrong. Check them before you rely on the forecast."))
        st.dataframe(suspicious(ready.suspicions), hide_index=True, alt=_("Values of the file to check"))


def _offer_scenario(work: Workspace, ready: ReadExport, name: str, redials: RedialAssumption | None) -> None:
    if ready.report is not None and st.button(_("New scenario from these days"), key="demand-days-scenario"):
        with st.spinner(_("Estimating handle time, patience and agents")):
            label = name.split(".")[0][:60] or "report"
            made = workers().ask(scenario_of_days, ready.report, label, redials, urgent=True).result()
        if isinstance(made, Refused):
            st.error(literal(made.text))
        else:
            work.open(made[0], files.dump(made[0]), made[1])
            st.success(_("The scenario of these days is open on the Scenario page, with a report of how it was made."))


def _lines(remarks: tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {literal(line)}" for line in remarks))


def _correct_columns(ready: ReadExport, digest: str) -> None:
    if ready.mapping is None:
        return
    with st.form("demand-correct"):
        choices = {}
        with grid("12rem", key="demand-roles"):
            for role, label in COLUMN_LABELS.items():
                read_from = ready.mapping.columns.get(role, ())[:1]
                options = list(dict.fromkeys([NONE, *ready.columns, *read_from]))
                at = options.index(read_from[0]) if read_from else 0
                choices[role] = str(st.selectbox(label, options, at, key=f"demand-role-{role}-{digest[:8]}"))
        if st.form_submit_button(_("Read again with these columns")):
            st.session_state["demand-columns"] |= corrected(ready.mapping, choices)
            st.rerun()
