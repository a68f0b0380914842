"""Where a scenario comes from: a preset, a scenario file, a contact log."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from interface.app.jobs.jobs import Refused
from interface.app.literal import literal
from interface.app.session import Workspace, workers
from interface.language.messages import _, marked
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets

LARGEST = 200
"""Megabytes of the largest upload; a contact log may be large, a scenario file may not."""


def open_preset(work: Workspace, name: str | None) -> None:
    """Begin with a preset."""
    if name:
        work.open(presets.load(name), presets.path(name).read_text("utf-8"))


@dataclass(frozen=True)
class Imported:
    """A scenario from a contact log, with the import report."""

    scenario: Scenario
    report: tuple[str, ...]


def imported(content: bytes, name: str, mapping_name: str) -> Imported:
    """The scenario in the content of a contact log; heavy, so made by a worker."""
    from models.calibration.calibrate import calibrate
    from models.calibration.from_records import profile_notes, to_scenario
    from scenarios.contact_log.mapping import mapping
    from scenarios.contact_log.records import read_records

    records = read_records(content, mapping(mapping_name), name)
    calibration = calibrate(records)
    stem = name.split(".")[0][:60].strip() or "log"
    seen = (*calibration.caveats, *profile_notes(calibration))
    report = (*records.report.lines(), *map(str, records.report.suspicions), *seen)
    return Imported(to_scenario(calibration, stem, transfers=True), report)


def open_file(work: Workspace) -> None:
    """Ask for a scenario file or a contact log, and open it."""
    file_type = st.segmented_control(
        _("File type"),
        marked(["Scenario", "Contact log"]),
        default="Scenario",
        format_func=_,
        required=True,
        key="open-kind",
    )
    if file_type == "Scenario":
        given = st.file_uploader(
            _("Scenario file (YAML)"), ["yaml", "yml"], key=f"open-yaml-{work.edition}", max_upload_size=5
        )
        if given is not None:
            _open_text(work, given.name, given.getvalue())
    else:
        _open_log(work)


def _open_text(work: Workspace, name: str, content: bytes) -> None:
    try:
        text = files.decoded(content, name)
        if problems := files.check(text, name):
            st.error("\n".join(f"- {literal(problem)}" for problem in problems))
            return
        work.open(files.loads(text, name), text)
    except PlannerError as error:
        st.error(literal(error))
        return
    st.rerun()


def _open_log(work: Workspace) -> None:
    layout = st.selectbox(_("Column layout"), ["generic", "bank"], key="open-layout")
    given = st.file_uploader(
        _("Contact log (CSV, gzip or xlsx)"),
        ["csv", "gz", "xlsx"],
        key=f"open-log-{work.edition}",
        max_upload_size=LARGEST,
    )
    if given is None:
        return
    with st.spinner(_("Reading the contact log")):
        answer = workers().ask(imported, given.getvalue(), given.name, layout, urgent=True).result()
    if isinstance(answer, Refused):
        st.error(literal(answer.text))
        return
    work.open(answer.scenario, files.dump(answer.scenario), answer.report)
    st.rerun()


def import_report(work: Workspace) -> None:
    """Draw how the file was read, until it is closed: rows left out and assumptions made."""
    if not work.report:
        return

    def close() -> None:
        work.report = ()

    summary, *notes = work.report
    with st.expander(_("Import report: {summary}").format(summary=literal(summary)), expanded=True):
        if notes:
            st.warning("\n".join(f"- {literal(line)}" for line in notes))
        else:
            st.write(_("Every row was read."))
        st.button(_("Close the report"), on_click=close)
