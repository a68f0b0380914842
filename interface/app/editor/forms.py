"""The small forms that add, rename, copy and remove contact types and agent groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from interface.app.editor.new_parts import (
    CONCURRENT_CHATS,
    NewGroup,
    NewType,
    loss_of_group,
    loss_of_type,
    opening,
    usual,
    with_group,
    with_type,
    work_of,
)
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.widgets import grid
from interface.language.messages import _, marked
from scenarios.contact_log.numerals import written
from scenarios.contact_types import CHANNELS, Work
from scenarios.edit import agent_groups, contact_types
from scenarios.scenario import Scenario

_WIDE, _MIDDLE, _NARROW = 680, 520, 340
"""Pixels of a form, where there is room for it."""
_WORK_MODES: dict[Work, str] = marked(
    {
        "live": "Live, one at a time",
        "concurrent": "Live, several at once",
        "deferred": "Answered later",
    }
)


def change_types(work: Workspace) -> None:
    """Add a contact type, or rename, copy or remove one."""
    with st.popover(_("Add a type"), key=_key(work, "add-type")), st.container(width=_WIDE):
        _new_type(work)
    _change_named(work, _TYPES)


def change_groups(work: Workspace) -> None:
    """Add an agent group, or rename, copy or remove one."""
    with st.popover(_("Add a group"), key=_key(work, "add-group")), st.container(width=_MIDDLE):
        _new_group(work)
    _change_named(work, _GROUPS)


def actions() -> DeltaGenerator:
    """A row for the buttons below a grid."""
    return st.container(horizontal=True, gap="small")


def _key(work: Workspace, name: str) -> str:
    """The key of a widget that is reset when names in the scenario change."""
    scenario = work.scenario
    names = "/".join((scenario.name, *scenario.type_names, "", *scenario.group_names))
    return f"{name}-{crc32(names.encode()):x}"


def _refused(work: Workspace, place: str) -> None:
    if place in work.problems:
        st.error(f"{literal(work.problems[place])}.")


# -- add -----------------------------------------------------------------------------------------------------


def _new_type(work: Workspace) -> None:
    """Draw the form of a new type; times and target start with typical values of its channel."""
    key = _key(work, "new-type")
    scenario = work.scenario
    channel = st.selectbox(_("Channel"), list(CHANNELS), key=f"{key}-channel", accept_new_options=True) or "phone"
    work_mode = work_of(channel) or _choose_work_mode(key)
    begin = usual(channel, work_mode)
    by_channel = f"{key}-{channel}-{work_mode}"
    with st.form(key, border=False):
        with grid("8rem"):
            st.text_input(_("Name"), key=f"{key}-name", placeholder=_("web chat"))
            st.text_input(_("Contacts per day"), "100", key=f"{key}-daily")
            st.text_input(_("Handle time"), begin.handle_time, key=f"{by_channel}-handle")
            st.text_input(
                _("Patience"),
                begin.patience,
                key=f"{by_channel}-patience",
                disabled=work_mode == "deferred",
                placeholder=_("No abandonment"),
            )
            st.text_input(_("Target (%)"), f"{begin.share:g}", key=f"{by_channel}-share")
            st.text_input(_("Answer within"), begin.within, key=f"{by_channel}-within")
            st.text_input(_("Opening hours"), opening(scenario), key=f"{key}-open")
            st.multiselect(_("Served by"), scenario.group_names, key=f"{key}-groups", placeholder=_("Choose groups"))
        with grid("14rem"):
            st.text_input(_("New agent group"), key=f"{key}-group", placeholder=_("Optional name"))
            st.number_input(_("Agents"), 0, value=3, key=f"{key}-agents")
        _refused(work, "new-type")
        st.form_submit_button(
            _("Add"), type="primary", on_click=_add_type, args=(work, key, by_channel, channel, work_mode)
        )


def _choose_work_mode(key: str) -> Work:
    """How contacts of a user-defined channel are worked."""
    chosen = st.selectbox(
        _("Work mode"), list(_WORK_MODES), format_func=lambda mode: _(_WORK_MODES[mode]), key=f"{key}-work"
    )
    return chosen or "live"


def _add_type(work: Workspace, key: str, by_channel: str, channel: str, work_mode: Work) -> None:
    filled = st.session_state
    name, group = str(filled[f"{key}-name"]).strip(), str(filled[f"{key}-group"]).strip()
    hours = filled[f"{key}-open"]
    new_group = NewGroup(
        group, (name,), filled[f"{key}-agents"], hours, CONCURRENT_CHATS[work_mode], _usual_cost(work.scenario)
    )
    new = NewType(
        name=name,
        channel=channel,
        work=work_mode,
        daily=filled[f"{key}-daily"],
        handle_time=filled[f"{by_channel}-handle"],
        patience=filled[f"{by_channel}-patience"],
        share=filled[f"{by_channel}-share"],
        within=filled[f"{by_channel}-within"],
        open=hours,
        groups=tuple(filled[f"{key}-groups"]),
        new_group=new_group if group else None,
    )
    work.change("new-type", lambda scenario: with_type(scenario, new), typed=False)


def _usual_cost(scenario: Scenario) -> float:
    """The most frequent cost per hour of the groups."""
    costs = [group.cost_per_hour for group in scenario.agent_groups]
    return max(costs, key=costs.count)


def _new_group(work: Workspace) -> None:
    key, scenario = _key(work, "new-group"), work.scenario
    with st.form(key, border=False):
        with grid("9rem"):
            st.text_input(_("Name"), key=f"{key}-name", placeholder=_("evening desk"))
            st.multiselect(_("Skills"), scenario.type_names, key=f"{key}-skills", placeholder=_("Choose types"))
            st.text_input(_("Shift hours"), opening(scenario), key=f"{key}-shift")
            st.number_input(_("Agents"), 0, value=3, key=f"{key}-agents")
            st.text_input(_("Cost per hour"), written(_usual_cost(scenario)), key=f"{key}-cost")
            st.number_input(
                _("Concurrent chats"),
                1,
                20,
                key=f"{key}-concurrent",
                help=_("Chats that one agent may handle at the same time"),
            )
        _refused(work, "new-group")
        st.form_submit_button(_("Add"), type="primary", on_click=_add_group, args=(work, key))


def _add_group(work: Workspace, key: str) -> None:
    filled = st.session_state
    new = NewGroup(
        name=filled[f"{key}-name"],
        skills=tuple(filled[f"{key}-skills"]),
        staffing=filled[f"{key}-agents"],
        shift_hours=filled[f"{key}-shift"],
        max_concurrent=filled[f"{key}-concurrent"],
        cost=filled[f"{key}-cost"],
    )
    work.change("new-group", lambda scenario: with_group(scenario, new), typed=False)


# -- rename, copy, remove ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """What contact types and agent groups have in common for their forms."""

    noun: str
    names: Callable[[Scenario], tuple[str, ...]]
    rename: Callable[[Scenario, str, str], Scenario]
    copy: Callable[[Scenario, str, str], Scenario]
    remove: Callable[[Scenario, str], Scenario]
    loss: Callable[[Scenario, str], str]
    stays: Callable[[Scenario, str], bool]
    """Whether it cannot be removed."""


_TYPES = _Parts(
    "type",
    lambda scenario: scenario.type_names,
    contact_types.rename_type,
    contact_types.copy_type,
    contact_types.remove_type,
    loss_of_type,
    lambda scenario, _: len(scenario.type_names) == 1,
)
_GROUPS = _Parts(
    "group",
    lambda scenario: scenario.group_names,
    agent_groups.rename_group,
    agent_groups.copy_group,
    agent_groups.remove_group,
    loss_of_group,
    lambda scenario, name: bool(agent_groups.only_served_by(scenario, name)),
)


def _change_named(work: Workspace, of: _Parts) -> None:
    for verb, label, change in (("Rename", _("New name"), of.rename), ("Duplicate", _("Name of the copy"), of.copy)):
        place = f"{verb.lower()}-{of.noun}"
        with st.popover(_(verb), key=_key(work, place)), st.container(width=_NARROW):
            _ask_name(work, of, place, (verb, label), change)
    with st.popover(_("Remove"), key=_key(work, f"remove-{of.noun}")), st.container(width=_NARROW):
        _ask_which(work, of)


def _ask_name(
    work: Workspace,
    of: _Parts,
    place: str,
    words: tuple[str, str],
    change: Callable[[Scenario, str, str], Scenario],
) -> None:
    verb, label = words
    key = _key(work, f"{place}-form")

    def commit() -> None:
        which, to = st.session_state[f"{key}-which"], str(st.session_state[f"{key}-to"]).strip()
        work.change(place, lambda scenario: change(scenario, which, to), typed=False)

    with st.form(key, border=False):
        st.selectbox(_(of.noun.capitalize()), of.names(work.scenario), key=f"{key}-which")
        st.text_input(label, key=f"{key}-to")
        _refused(work, place)
        st.form_submit_button(_(verb), type="primary", on_click=commit)


def _ask_which(work: Workspace, of: _Parts) -> None:
    place, scenario = f"remove-{of.noun}", work.scenario
    names = of.names(scenario)
    which = st.selectbox(_(of.noun.capitalize()), names, key=_key(work, f"{place}-which")) or names[0]
    stays = of.stays(scenario, which)

    def remove() -> None:
        work.change(place, lambda scenario: of.remove(scenario, which), typed=False)

    if of is _TYPES and stays:
        st.caption(_("This is the only contact type. Add another one first."))
    else:
        st.caption(literal(of.loss(scenario, which)))
    st.button(
        _("Remove {which}").format(which=literal(which)),
        type="primary",
        disabled=stays,
        key=_key(work, f"{place}-do"),
        on_click=remove,
    )
    _refused(work, place)
