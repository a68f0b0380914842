"""Layouts of exported files by name, or in a mapping file."""

from __future__ import annotations

from pathlib import Path

from scenarios.contact_log.mapping import Mapping
from scenarios.errors import InvalidValue
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.platforms import LOGS, REPORTS, layout, layout_from
from scenarios.yaml.parse import read
from scenarios.yaml.tables import read_text


def layout_named(name: str) -> Mapping | ReportMapping:
    """The ready mapping of this name, or the one in a YAML file; its keys tell a report from a log.

    Raises
    ------
    InvalidValue, InvalidScenario, InvalidFile
        If there is none, or the file holds no mapping.
    """
    path = Path(name)
    if name in LOGS or name in REPORTS or not path.is_file():
        return layout(name)
    return layout_from(read(read_text(path, "a mapping"), str(path)).values)


def log_layout_named(name: str) -> Mapping:
    """The mapping of a contact log of this name, or in a YAML file.

    Raises
    ------
    InvalidValue, InvalidScenario, InvalidFile
        If there is none, or it is one of interval reports.
    """
    chosen = layout_named(name)
    if isinstance(chosen, ReportMapping):
        raise InvalidValue("mapping", name, "it is of interval reports; this needs a log with a row for each contact")
    return chosen
