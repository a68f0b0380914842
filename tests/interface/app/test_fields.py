"""Every field of the scenario file can be edited on a page, and an edit changes that field and no other."""

import typing
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel

from interface.app.editor import tables
from interface.app.fields.catalogue import BOT_FIELDS, GROUP_FIELDS, TYPE_FIELDS, FieldColumn
from interface.app.fields.places import PLACES, place_on_page
from interface.app.fields.tables import events, group_fields, origins, speeds, trunk_lines, type_fields
from interface.app.grids.entries import take
from interface.app.grids.state import GridState
from interface.app.grids.subject import of_scenario
from interface.app.grids.table import GridTable
from interface.app.session import Workspace
from scenarios.distributions import Exponential
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from tests.folders import ROOT

EXCEPTIONS = {
    "schema": "the version of the layout of the file, which no person changes",
    "agent_groups.staffing.shifts": "tables on the Staffing tab edit them, see test_shift_grid.py",
    "agent_groups.staffing.people": "as the shifts",
    "agent_groups.staffing.delayed_breaks": "as the shifts",
    "agent_groups.staffing.late_starts": "as the shifts",
}
"""Fields that are in no list of fields, and why."""
OF_TYPES = [column for groups in (TYPE_FIELDS, BOT_FIELDS) for columns in groups.values() for column in columns]
OF_GROUPS = [column for columns in GROUP_FIELDS.values() for column in columns]


def fields(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The dotted paths of all fields, without names of parts; a distribution is one field."""
    for name, info in model.model_fields.items():
        path = f"{before}{info.alias or name}"
        inner = [found for found in models(info.annotation) if not hasattr(found, "scv")]
        if not inner or path in EXCEPTIONS:
            yield path
        for found in inner:
            yield from fields(found, f"{path}.")


def models(annotation: Any) -> list[type[BaseModel]]:
    """The models within a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in models(part)]


def test_every_field_is_edited_on_a_page() -> None:
    """Half of a scenario could be edited in YAML only."""
    known = {*PLACES, *(f"contact_types.{column.path}" for column in OF_TYPES)}
    known |= {f"agent_groups.{column.path}" for column in OF_GROUPS}
    schema = set(fields(Scenario))
    assert len(schema) > 90
    excepted = {path for path in schema if any(path == name or path.startswith(f"{name}.") for name in EXCEPTIONS)}
    assert sorted(schema - known - excepted) == []
    assert sorted(name for name in EXCEPTIONS if not any(path.startswith(name) for path in schema)) == []


def test_places_name_what_is_on_the_page() -> None:
    """Advice that names a field which the page calls otherwise leads nowhere."""
    scenario = presets.load("retail-weekday")
    grids = (tables.types_grid, tables.bots_grid, tables.groups_grid, tables.routes_grid, tables.follow_ups_grid)
    labels = {name for make in grids for name in make(scenario).names}
    code = "".join(
        path.read_text("utf-8")
        for folder in ("editor", "pages", "fields")
        for path in (ROOT / "interface" / "app" / folder).glob("*.py")
        if path.name != "places.py"
    )
    for tab, label in PLACES.values():
        assert label in labels or label in code or label.lower() in code, label
        assert f'"{tab}"' in code


def test_advice_is_led_to_its_field() -> None:
    """A dotted path is a word of the file, not of the page."""
    assert place_on_page("contact_types.chat.patience") == "Contacts › chat › Patience"
    assert (
        place_on_page("agent_groups.chat-desk.concurrency_speed")
        == "Agents › chat-desk › Concurrency › Speed by open chats"
    )


def of_types(columns: list[FieldColumn]) -> Any:
    """The table of these fields of the contact types."""
    return partial(type_fields, columns=columns, name="fields")


@pytest.mark.parametrize("name", presets.names())
def test_typing_what_is_shown_changes_nothing(name: str) -> None:
    """A grid that rounds or reads wrongly would change a centre by being looked at."""
    scenario = presets.load(name)
    for table in (type_fields(scenario, OF_TYPES, ""), group_fields(scenario, OF_GROUPS, ""), speeds(scenario)):
        for row, texts in enumerate(table.texts):
            shown = {
                name: text
                for name, text in zip(table.names[1:], texts[1:], strict=True)
                if text and not name.startswith(("Bot", "Session", "Hand-over"))
            }
            read = {name: table.columns[name].read(name, text) for name, text in shown.items()}  # type: ignore[misc]
            bot = scenario.contact_types[row].bot if table.names[0] == "Type" else None
            edits = {
                row: {name: text for name, text in read.items() if bot or "×" not in name or table.names[0] != "Type"}
            }
            assert table.change(scenario, edits) == scenario


SAMPLES = {
    "target.definition": ("of answered", "answered"),
    "target.every": ("every hour", "hour"),
    "target.on_days": ("90", 0.9),
    "target.floor": ("70", 0.7),
    "target.max_abandonment": ("5 %", 0.05),
    "target.max_asa": ("0:30", 30),
    "target.clock": ("in opening hours", "open-hours"),
    "target.response": ("any acknowledgement", "any"),
    "volume.variation.cv": ("0,1", 0.1),
    "volume.weekdays": ("1; 1; 1; 1; 1; 0,8; 0.8", (1, 1, 1, 1, 1, 0.8, 0.8)),
    "backlog": ("12", 12),
    "handle_profile.weekdays": ("1 1 1 1 1.1 1 1", (1, 1, 1, 1, 1.1, 1, 1)),
    "balking": ("3", 0.03),
    "queue_places": ("40", 40),
    "priority.ageing": ("2", 2),
    "patience": ("mean: 2 min, cv: 2", None),
    "value.answered": ("3,5", 3.5),
    "value.abandoned": ("-4", -4),
    "bot.hours": ("Mon-Fri 08:00-12:00", ("Mon-Fri 08:00-12:00",)),
    "bot.sessions": ("7", 7),
    "bot.retold_factor": ("1,25", 1.25),
    "interruptible": ("yes", True),
}
"""What is written into a field, and what the scenario has then."""


@pytest.mark.parametrize("path", SAMPLES)
def test_an_edit_changes_its_field(path: str) -> None:
    """A column that writes into another field, or into none."""
    column = next(column for column in OF_TYPES if column.path == path)
    deferred = path in ("backlog", "interruptible")
    scenario = presets.load("bot-first" if path.startswith("bot") else "retail-weekday")
    row = next(
        at
        for at, contact_type in enumerate(scenario.contact_types)
        if (contact_type.work == "deferred") == deferred and (contact_type.bot or not path.startswith("bot"))
    )
    work = Workspace(scenario, "")
    table_of = of_types([column])
    entry = {"number": 1, "shape": table_of(scenario).shape, "cells": [[row, 1, SAMPLES[path][0]]]}
    state = GridState()
    take(of_scenario(work), "fields", state, table_of, [entry])
    assert not state.pending, state.pending
    part: Any = work.scenario.contact_types[row]
    for name in path.split("."):
        part = getattr(part, name)
    if SAMPLES[path][1] is None:
        assert (part.mean, part.scv) == pytest.approx((120, 4))
    else:
        assert part == pytest.approx(SAMPLES[path][1]) if isinstance(part, float) else part == SAMPLES[path][1]


def test_a_callback_is_entered_cell_by_cell_and_taken_away() -> None:
    """A part that needs two fields could not be entered, for it was refused with each."""
    scenario = presets.load("retail-weekday")
    work, state = Workspace(scenario, ""), GridState()
    table_of = of_types(list(TYPE_FIELDS["Callback"]))
    shape, phone = table_of(scenario).shape, scenario.type_names.index("phone")
    entries = [{"number": 1, "shape": shape, "cells": [[phone, 1, "40 %"]]}]
    take(of_scenario(work), "fields", state, table_of, entries)
    assert work.scenario == scenario
    entries.append({"number": 2, "shape": shape, "cells": [[phone, 2, "email"]]})
    take(of_scenario(work), "fields", state, table_of, entries)
    callback = work.scenario.contact_type("phone").callback
    assert callback is not None
    assert (callback.accepted, callback.as_type) == (0.4, "email")
    entries.append({"number": 3, "shape": shape, "cells": [[phone, 1, ""], [phone, 2, ""]]})
    take(of_scenario(work), "fields", state, table_of, entries)
    assert work.scenario == scenario


def test_fields_of_groups_trunks_and_origins() -> None:
    """Limits of a search, speeds, lines and origins were in the file only."""
    scenario = presets.load("retail-weekday")
    table = group_fields(scenario, OF_GROUPS, "")
    cells = {"Minimum agents": "2", "Maximum agents": "60", "Occupancy at most (%)": "85", "Overtime pay ×": "1.5"}
    cells |= {"When staffing falls": "idle agents leave first", "Chat routing": "most loaded"}
    cells |= {"Open threads per agent": "8"}
    group = table.change(scenario, {0: cells}).agent_groups[0]
    assert (group.min_agents, group.max_agents, group.max_occupancy, group.overtime_factor) == (2, 60, 0.85, 1.5)
    assert (group.leaving, group.chat_routing, group.max_threads) == ("idle-first", "most-loaded", 8)
    skill = next(iter(scenario.agent_groups[0].skills))
    assert speeds(scenario).change(scenario, {0: {skill: "1.1"}}).agent_groups[0].skills[skill].speed == 1.1
    table = trunk_lines(scenario)
    row = len(scenario.trunks)
    lines = table.change(scenario, {row: {"Trunk group": "overflow", "Lines": "60"}})
    assert lines.trunks["overflow"] == 60
    assert trunk_lines(lines).change(lines, {row: {"Trunk group": None}}) == scenario
    added = origins(scenario).change(
        scenario, {len(scenario.origins): {"Field": "title", "Origin": "assumption: ours"}}
    )
    assert added.origins["title"] == "assumption: ours"


def test_a_special_day_is_entered_cell_by_cell() -> None:
    """A closed holiday, a campaign, a storm were in the file only."""
    scenario = presets.load("help-desk")
    work, state = Workspace(scenario, ""), GridState()
    names = events(scenario).names
    cells = {"Event": "surge or special day", "Begins": "2026-03-02 00:00", "Ends": "2026-03-03", "Contacts ×": "0,5"}
    for number, (label, text) in enumerate(cells.items(), start=1):
        entry = {"number": number, "shape": events(scenario).shape, "cells": [[0, names.index(label), text]]}
        assert work.scenario == scenario
        take(of_scenario(work), "events", state, events, [entry])
    (event,) = work.scenario.events
    assert (event.event, event.volume, f"{event.at:%d %H}") == ("surge", 0.5, "02 00")
    shown = dict(zip(names, events(work.scenario).texts[0], strict=True))
    assert (shown["Begins"], shown["Ends"], shown["Contacts ×"]) == ("2026-03-02 00:00", "2026-03-03 00:00", "0.5")
    removed = events(work.scenario).change(work.scenario, {0: {"Event": None}})
    assert removed == scenario
    assert events(work.scenario).change(work.scenario, {0: {"Contacts ×": "0.5"}}) == work.scenario


@pytest.mark.parametrize(
    "label, text, words",
    [
        ("Handle time distribution", None, "fill in"),
        ("Handle time distribution", "{{", "write a time such as"),
        ("Weekday factors", "1; many", "write a number"),
        ("Balking (%)", "130", "from 0 to 100"),
        ("Callback type", "nobody", "choose one of"),
    ],
)
def test_bad_field_names_place_and_remedy(label: str, text: str | None, words: str) -> None:
    """A refusal that does not say which cell and what to do leaves a person guessing."""
    scenario = presets.load("retail-weekday")
    table: GridTable = type_fields(scenario, OF_TYPES, "")
    with pytest.raises((InvalidValue, InvalidScenario), match=words):
        table.change(scenario, {0: {label: text}})


def test_a_mean_makes_an_exponential_time() -> None:
    """What is shown short is what is meant by it."""
    scenario = presets.load("retail-weekday")
    changed = type_fields(scenario, OF_TYPES, "").change(scenario, {0: {"Patience distribution": "3 min"}})
    assert changed.contact_types[0].patience == Exponential(mean=180)
