"""The further fields of a part of the scenario: groups to choose from, and the grid of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from interface.app.fields.catalogue import FieldColumn
from interface.app.grids.editable import editable
from interface.app.grids.entries import TableOf
from interface.app.grids.table import GridTable
from interface.app.session import Workspace
from interface.language.messages import _
from scenarios.scenario import Scenario


def more_fields(
    work: Workspace,
    place: str,
    groups: Mapping[str, Sequence[FieldColumn]],
    table_of: Callable[[Scenario, Sequence[FieldColumn], str], GridTable],
    others: Mapping[str, TableOf] | None = None,
) -> None:
    """Choose a group of fields and edit it; `others` are tables of another make."""
    tables: dict[str, TableOf] = {
        name: partial(_of_group, table_of=table_of, columns=columns, name=name.lower())
        for name, columns in groups.items()
    } | dict(others or {})
    chosen = st.segmented_control(_("More fields"), list(tables), format_func=_, key=f"more-{place}")
    if chosen in tables:
        editable(work, f"fields-{chosen}", tables[chosen])


def _of_group(
    scenario: Scenario,
    table_of: Callable[[Scenario, Sequence[FieldColumn], str], GridTable],
    columns: Sequence[FieldColumn],
    name: str,
) -> GridTable:
    return table_of(scenario, columns, name)
