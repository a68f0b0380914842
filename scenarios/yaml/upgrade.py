"""Scenario files of an earlier layout read as the present one: the keys that have other names since.

Layout 2 gave the settings of an agent group the names that planners use. A file without ``schema`` may be of either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scenarios.scenario import SCHEMA
from scenarios.yaml.parse import Document, Keys

RENAMED = {
    "slots": "max_concurrent",
    "pace": "concurrency_speed",
    "fill": "chat_routing",
    "keep_free": "reserved",
    "least": "min_agents",
    "most": "max_agents",
}
"""Keys of an agent group in layout 1, and what they are called since layout 2."""


def upgraded(document: Document) -> Document:
    r"""The document in the present layout; every value keeps the line and column at which it stands.

    Examples
    --------
    >>> from scenarios.yaml.parse import read
    >>> upgraded(read("schema: 1\nagent_groups: [{name: desk, slots: 3}]")).values
    {'schema': 2, 'agent_groups': [{'name': 'desk', 'max_concurrent': 3}]}
    """
    values = document.values
    if not is_early(values):
        return document
    groups = values.get("agent_groups")
    changed = dict(values)
    if isinstance(groups, list):
        changed["agent_groups"] = [_renamed(group) for group in groups]
    if "schema" in values:
        changed["schema"] = SCHEMA
    return replace(document, values=changed, places={_moved(keys): at for keys, at in document.places.items()})


def is_early(values: Any) -> bool:
    """Whether plain values may be of layout 1: they say so, or do not say."""
    return isinstance(values, dict) and values.get("schema", 1) == 1


def as_written(brief: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """A scenario's shortest form under the keys of the file whose values these are.

    Parameters
    ----------
    brief
        The shortest form of the scenario in the present layout.
    values
        The plain values of the file.
    """
    if not is_early(values):
        return brief
    early = {new: old for old, new in RENAMED.items()}
    groups = [
        {early[key] if early.get(key) in written else key: value for key, value in group.items()}
        for group, written in zip(brief["agent_groups"], values["agent_groups"], strict=True)
    ]
    return brief | {"agent_groups": groups, "schema": values.get("schema", brief["schema"])}


def _renamed(group: Any) -> Any:
    """An agent group with the present keys; one that is there under both names stays as it is and is refused later."""
    if not isinstance(group, dict):
        return group
    return {
        RENAMED.get(key, key) if key in RENAMED and RENAMED[key] not in group else key: value
        for key, value in group.items()
    }


def _moved(keys: Keys) -> Keys:
    if len(keys) < 3 or keys[0] != "agent_groups":
        return keys
    return (*keys[:2], RENAMED.get(str(keys[2]), keys[2]), *keys[3:])
