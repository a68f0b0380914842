"""Layouts of exported files by name, or in a mapping file."""

from __future__ import annotations

from pathlib import Path

from scenarios.contact_log.mapping import Mapping, mapping_from
from scenarios.errors import InvalidValue
from scenarios.interval_report.mapping import ReportMapping, report_mapping_from
from scenarios.interval_report.platforms import LOGS, REPORTS, layout
from scenarios.yaml.parse import read
from scenarios.yaml.tables import decoded

_OF_REPORTS = frozenset(ReportMapping.model_fields) - frozenset(Mapping.model_fields)


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
    return layout_from(read(decoded(path.read_bytes(), path), str(path)).values)


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


def layout_from(values: object) -> Mapping | ReportMapping:
    """A checked mapping from plain values: of a report if a key says so, else of a log.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> type(layout_from({"name": "own", "start": "Interval", "offered": "Calls"})).__name__
    'ReportMapping'
    """
    if isinstance(values, dict) and "arrival" not in values and _OF_REPORTS & values.keys():
        return report_mapping_from(values)
    return mapping_from(values)
