"""The form for an event: its fields by what kind of event it is, and the event that they make."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from interface.app.widgets import grid
from interface.language.messages import _
from scenarios.events.event import FIELDS, Event, EventType
from scenarios.scenario import Scenario
from scenarios.units import written

EVENT_NAMES: dict[EventType, str] = {
    "campaign": "Campaign or newsletter",
    "new-customers": "New customers",
    "storm": "Storm on social media",
    "surge": "Surge or disruption",
    "outage": "Outage of a contact type",
    "prevention": "Prevention of contacts",
}
LABELS = {
    "people": "People",
    "contacts_per_person": "Contacts per person",
    "half_life": "Half-life",
    "within": "All within",
    "peak": "Peak (times the usual)",
    "volume": "Factor on contacts",
    "handle_time": "Factor on handle times",
    "reach": "Reach (%)",
    "success": "Success (%)",
    "move_to": "Turn to",
    "moved": "Who turn there (%)",
    "later": "Who come later (%)",
}
DEFAULTS: dict[str, Any] = {
    "people": 1000.0,
    "contacts_per_person": 0.1,
    "half_life": "8 h",
    "within": "",
    "peak": 10.0,
    "volume": 1.5,
    "handle_time": 1.0,
    "reach": 0.0,
    "success": 0.0,
    "moved": 0.0,
    "later": 0.0,
}
_SHARES = ("reach", "success", "moved", "later")
_TIMES = ("half_life", "within")


def event_form(scenario: Scenario) -> dict[str, Any] | None:
    """Draw the form of a new event; its fields once it is sent, None before."""
    kind: EventType = st.selectbox(_("Event"), list(EVENT_NAMES), format_func=EVENT_NAMES.__getitem__, key="event-kind")
    needed, allowed = FIELDS[kind]
    fields: dict[str, Any] = {"event": kind}
    names = [field for field in (*needed, *allowed) if field not in ("at", "until", "types", "move_to")]
    with st.form(f"event-{kind}", clear_on_submit=True), grid("12rem"):
        fields["name"] = st.text_input(_("Name"), EVENT_NAMES[kind])
        fields["types"] = st.multiselect(
            _("Contact types"), scenario.type_names, list(scenario.type_names[:1]) if "types" in needed else []
        )
        first = scenario.horizon.start
        last = first + timedelta(days=scenario.horizon.days - 1)
        for field, label, day in (("at", "Begins", first), ("until", "Ends", last)):
            if field in (*needed, *allowed):
                date = st.date_input(_("{label} (day)").format(label=label), day, first, last + timedelta(days=1))
                clock = st.time_input(
                    _("{label} (time)").format(label=label), time(9 if field == "at" else 18), step=900
                )
                fields[field] = datetime.combine(date, clock)
        for field in names:
            fields[field] = _field(field)
        if "move_to" in allowed:
            fields["move_to"] = st.selectbox(LABELS["move_to"], [None, *scenario.type_names], format_func=_nobody)
        if not st.form_submit_button(_("Add event"), type="primary"):
            return None
    return _without_nothing(fields, needed)


def _field(field: str) -> Any:
    """The widget of a field; a share is typed in per cent, a time as text."""
    if field in _TIMES:
        return st.text_input(LABELS[field], DEFAULTS[field], placeholder="8 h")
    most = 100.0 if field in _SHARES else None
    value = st.number_input(LABELS[field], 0.0, most, DEFAULTS[field], format="%g")
    return value / 100 if field in _SHARES else value


def _nobody(name: str | None) -> str:
    return _("no other type") if name is None else name


def _without_nothing(fields: dict[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    """The fields that say something: what is optional and empty, or changes nothing, is left out."""
    kept = {name: value for name, value in fields.items() if value not in ("", None, []) or name in needed}
    for name in ("moved", "later", "reach", "success"):
        if name in kept and not kept[name] and name not in needed:
            del kept[name]
    if "move_to" not in kept or "moved" not in kept:
        kept.pop("move_to", None)
        kept.pop("moved", None)
    if fields["event"] == "outage" and "later" not in kept:
        kept.pop("half_life", None)
    if fields["event"] in ("campaign", "new-customers") and not {"reach", "success"} <= set(kept):
        kept.pop("reach", None)
        kept.pop("success", None)
    return kept


def in_words(event: Event) -> str:
    """An event in one line.

    Examples
    --------
    >>> in_words(Event(event="storm", types=["social"], at="2026-03-02 09:00", peak=10, half_life="8 h"))
    'from Mon 2 Mar 09:00; social; peak 10 times the usual; half-life 8 h'
    """
    parts = [f"{word} {moment:%a} {moment.day} {moment:%b %H:%M}" for word, moment in _moments(event)]
    parts.append(", ".join(event.types) or _("all contact types"))
    texts = {
        "people": _("{:,.0f} people"),
        "contacts_per_person": _("{:g} contacts each"),
        "peak": _("peak {:g} times the usual"),
        "volume": _("contacts times {:g}"),
        "handle_time": _("handle times times {:g}"),
    }
    parts += [text.format(getattr(event, name)) for name, text in texts.items() if getattr(event, name) is not None]
    for name, word in (("half_life", "half-life"), ("within", _("all within"))):
        if (value := getattr(event, name)) is not None:
            parts.append(f"{word} {written(value)}")
    shares = {
        "reach": "reaches",
        "success": "success",
        "moved": _("turn to {move_to}").format(move_to=event.move_to),
        "later": _("come later"),
    }
    for name, word in shares.items():
        if (value := getattr(event, name)) is not None:
            parts.append(f"{word} {100 * value:g} %")
    return "; ".join(parts)


def _moments(event: Event) -> list[tuple[str, datetime]]:
    return [(word, at) for word, at in (("from", event.at), ("until", event.until)) if at is not None]
