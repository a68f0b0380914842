"""A scenario from nothing: its channels, contacts per day and opening hours, usual times and targets to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from interface.app.editor.cells import amount, length
from interface.app.editor.grids import calculate_staffing, problem
from interface.app.editor.new_parts import split, usual
from interface.app.session import Workspace
from interface.language.messages import _
from scenarios.contact_types import CHANNELS
from scenarios.errors import InvalidValue, PlannerError
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import files

_FORM = "new-scenario"
HOURS = "Mon-Fri 08:00-18:00"


def new_scenario(title: str, channels: Sequence[str], daily: object, hours: str) -> Scenario:
    """A scenario of one day with a contact type and an agent group for each channel, one agent in each group.

    Raises
    ------
    InvalidValue, InvalidScenario
        If no channel is chosen, or contacts or hours cannot be read.

    Examples
    --------
    >>> centre = new_scenario("Ours", ["phone", "chat"], "1200", "Mon-Fri 08:00-18:00")
    >>> centre.type_names, centre.expected.sum().item(), centre.type_names == tuple(centre.group("chat agents").skills)
    (('phone', 'chat'), 2400.0, False)
    """
    if not channels:
        raise InvalidValue("Channels", "", "choose at least one")
    contacts, windows = amount("Contacts per day", daily), split(hours)
    return scenario_from(
        {
            "name": "new-centre",
            "title": title.strip(),
            "horizon": {"interval": "30 min"},
            "contact_types": [_contact_type(channel, contacts, windows) for channel in channels],
            "agent_groups": [
                {
                    "name": f"{channel} agents",
                    "skills": [channel],
                    "staffing": 1 if windows == ["always"] else dict.fromkeys(windows, 1),
                }
                for channel in channels
            ],
            "origins": {
                f"contact_types.{channel}": "assumption: usual times and target of the channel" for channel in channels
            },
        }
    )


def _contact_type(channel: str, contacts: float, windows: list[str]) -> dict[str, Any]:
    times = usual(channel, CHANNELS[channel])
    fields: dict[str, Any] = {
        "name": channel,
        "channel": channel,
        "volume": {"daily": contacts},
        "handle_time": {"mean": length("AHT", times.handle_time)},
        "open": windows,
        "target": {"share": times.share / 100, "within": length("Answer within", times.within)},
    }
    if times.patience:
        fields["patience"] = {"mean": length("Patience", times.patience)}
    return fields


def start_new(work: Workspace) -> None:
    """Draw the form that begins a scenario from nothing."""
    key = f"{_FORM}-{work.edition}"
    with st.popover(_("New"), key=f"popover-{key}"), st.container(width=340):
        st.text_input(_("Name of the centre"), key=f"{key}-title", placeholder=_("Our service desk"))
        st.multiselect(_("Channels"), list(CHANNELS), ["phone"], key=f"{key}-channels")
        st.text_input(_("Contacts per day, each channel"), "1000", key=f"{key}-daily")
        st.text_input(_("Open"), HOURS, key=f"{key}-hours", help=_("Windows, separated by semicolons; or: always"))
        st.button(_("Create"), type="primary", key=f"{key}-create", on_click=partial(_create, work, key))
        st.caption(
            _(
                "Handle times, patience and targets start at usual values: change them in the tables. Staffing is "
                "calculated by formula."
            )
        )
        problem(work, _FORM)


def _create(work: Workspace, key: str) -> None:
    entry = {name: st.session_state[f"{key}-{name}"] for name in ("title", "channels", "daily", "hours")}
    work.problems.pop(_FORM, None)
    try:
        scenario = new_scenario(**entry)
    except PlannerError as wrong:
        work.problems[_FORM] = str(wrong)
        return
    work.open(scenario, files.dump(scenario))
    calculate_staffing(work)
