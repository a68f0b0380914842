"""Scenario files: read with every problem named by line and column, written as people write, rewritten with care."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from scenarios.errors import InvalidFile, InvalidScenario, InvalidValue, PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from scenarios.yaml.parse import Document, read
from scenarios.yaml.problems import problems
from scenarios.yaml.rewrite import changed
from scenarios.yaml.schema import json_schema
from scenarios.yaml.tables import LARGEST_FILE, decoded, filled_in, read_text
from scenarios.yaml.upgrade import as_written, upgraded
from scenarios.yaml.write import brief, dump

__all__ = ["check", "check_file", "decoded", "dump", "json_schema", "load", "load_file", "loads", "rewrite"]

_WHAT = "a scenario file"


def load(source: str | Path) -> Scenario:
    """The scenario in a file, or the preset of this name.

    Raises
    ------
    InvalidFile
        For the first problem, with line and column; if there is neither such a file nor such a preset.

    Examples
    --------
    >>> load("help-desk").title
    'A help desk with one queue'
    """
    path = Path(source)
    if not path.exists():
        if str(source) in presets.names():
            return load_file(presets.path(str(source)))
        known = ", ".join(presets.names())
        raise InvalidFile(path, "", "there is no such file, and no such preset", f"presets are {known}")
    return load_file(path)


def load_file(path: Path) -> Scenario:
    """The scenario in a file on disk, with its tables.

    Raises
    ------
    InvalidFile
        For the first problem, with line and column.
    """
    return _checked(read_text(path, _WHAT), str(path), path.parent)


def loads(text: str, name: str = "<text>", folder: Path | None = None) -> Scenario:
    """The scenario in a text, such as an upload.

    Parameters
    ----------
    text
        YAML.
    name
        What errors call it.
    folder
        Where the tables lie that the text names; without it, it may name none.

    Raises
    ------
    InvalidFile
        For the first problem, with line and column.
    """
    return _checked(text, name, folder)


def check(text: str, name: str = "<text>", folder: Path | None = None) -> list[InvalidFile]:
    r"""Every problem of a text, each with field, line and column; an empty list if it is a scenario.

    Examples
    --------
    >>> [problem.where for problem in check("name: x\nagents: 3")]
    ['1:1', '1:1', '2:1']
    """
    try:
        _read(text, name, folder)
    except _Refused as refused:
        return refused.found
    except InvalidFile as refused:
        return [refused]
    return []


def check_file(path: Path) -> list[InvalidFile]:
    """Every problem of a file on disk, its tables included; an empty list if it is a scenario."""
    try:
        text = read_text(path, _WHAT)
    except InvalidFile as refused:
        return [refused]
    return check(text, str(path), path.parent)


def rewrite(text: str, scenario: Scenario, folder: Path | None = None) -> str:
    r"""The text changed so that it says `scenario`; comments, order and spelling of what is unchanged stay.

    Raises
    ------
    InvalidFile
        If the text was not a scenario before.

    Examples
    --------
    >>> text = dump(load("one-pool")) + "# the end\n"
    >>> "# the end" in rewrite(text, loads(text).replace_group("pool", staffing=17))
    True
    """
    before = brief(_checked(text, "<text>", folder))
    upgraded_text = changed(text, as_written(before, read(text, "<text>").values), before)
    result = changed(upgraded_text, before, brief(scenario))
    try:
        faithful = _checked(result, "<text>", folder) == scenario
    except InvalidFile:
        faithful = False
    return result if faithful else dump(scenario)  # an unusual spelling: better without comments than wrong


class _Refused(PlannerError):
    """All problems of one text."""

    def __init__(self, found: list[InvalidFile]) -> None:
        self.found = found
        super().__init__(*found)


def _checked(text: str, name: str, folder: Path | None) -> Scenario:
    try:
        return _read(text, name, folder)
    except _Refused as refused:
        raise refused.found[0] from None


def _read(text: str, name: str, folder: Path | None) -> Scenario:
    if len(text) > LARGEST_FILE:
        size = f"{len(text) / 1e6:,.0f} MB is more than the {LARGEST_FILE / 1e6:g} MB of {_WHAT}"
        raise InvalidFile(name, "", size, "check that this is the file you meant")
    document = upgraded(read(text, name))
    if not isinstance(document.values, dict):
        raise InvalidFile(name, "1:1", "it holds no scenario", "begin with 'name:', 'contact_types:', 'agent_groups:'")
    try:
        values = filled_in(document.values, folder)
        return Scenario.model_validate(values)
    except ValidationError as failure:
        raise _Refused([_placed(problem, document, name) for problem in problems(failure, values)]) from None
    except InvalidScenario as problem:
        raise _Refused([_placed(problem, document, name)]) from None


def _placed(problem: PlannerError, document: Document, name: str) -> InvalidFile:
    """A problem with the line and column of its field."""
    if not isinstance(problem, InvalidValue | InvalidScenario):
        return InvalidFile(name, "", str(problem), "")
    return InvalidFile(name, document.where(problem.field), problem.problem, problem.remedy, problem.field)
