"""Routing as data: which groups a contact may go to and when, and who comes first."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.contact_types import Name
from scenarios.units import Duration


class Route(BaseModel):
    """A group that may take a type, once the contact has waited `after`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    group: Name
    after: Duration = 0.0


class Routing(BaseModel):
    """For each type its groups in order; a type that is not named goes to every group that has the skill.

    Examples
    --------
    >>> Routing(types={"chat": ["web", {"group": "all", "after": "30s"}]}).types["chat"][1].after
    30.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    types: dict[Name, tuple[Route, ...]] = Field(default_factory=dict)
    order: Literal["longest-wait", "earliest-deadline"] = "longest-wait"
    """Who comes first where the group's rank and the priority tie."""
    groups: Literal["in-order", "random"] = "in-order"
    """Which of several groups with an available agent: the first of the list, or that of an agent drawn at random."""
    agent: Literal["longest-idle", "shortest-idle", "lowest-number"] = "longest-idle"
    """Which of several equally suitable agents takes a contact."""

    @model_validator(mode="before")
    @classmethod
    def _short_routes(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("types"), dict):
            return data
        return data | {"types": {name: _routes(routes) for name, routes in data["types"].items()}}


def _routes(routes: Any) -> Any:
    if not isinstance(routes, list | tuple):
        return routes
    return [{"group": route} if isinstance(route, str) else route for route in routes]
