"""The JSON Schema of scenario files, for editors that complete and check while a person types."""

from __future__ import annotations

from typing import Any

from scenarios.scenario import Scenario

_PLAIN_FAMILIES = ("Exponential", "Lognormal")


def json_schema() -> dict[str, Any]:
    """The schema of a scenario file, JSON Schema 2020-12, with the short forms that people write.

    Examples
    --------
    >>> json_schema()["title"]
    'Scenario'
    """
    schema = Scenario.model_json_schema(by_alias=True)
    parts = schema["$defs"]
    for name, part in parts.items():
        if "family" in part.get("properties", {}) and name not in _PLAIN_FAMILIES:
            part["required"] = ["family", *part.get("required", [])]
    _allow(parts["AgentGroup"], "skills", {"type": "array", "items": {"type": "string"}, "minItems": 1})
    for part in parts.values():
        for field in ("open", "hours"):
            _allow(part, field, {"type": "string"})
    _table_of_volumes(parts["Volume"])
    _short_routes(parts["Routing"])
    parts["Lognormal"]["properties"]["cv"] = {"type": "number", "minimum": 0}
    parts["Skill"]["type"] = ["object", "null"]
    _tidy(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _allow(part: dict[str, Any], field: str, form: dict[str, Any]) -> None:
    """Let a field be written in another form as well."""
    if field in part.get("properties", {}):
        given = part["properties"][field]
        described = {key: given.pop(key) for key in ("title", "description", "default") if key in given}
        part["properties"][field] = {"anyOf": [given, form], **described}


def _table_of_volumes(volume: dict[str, Any]) -> None:
    volume["properties"]["table"] = {"type": "string", "description": "A CSV file beside this one."}
    volume["properties"]["column"] = {"type": "string", "description": "Its column; else the one named as the type."}


def _short_routes(routing: dict[str, Any]) -> None:
    for routes in routing["properties"]["types"]["patternProperties"].values():
        routes["items"] = {"anyOf": [routes["items"], {"type": "string"}]}


def _tidy(node: Any) -> None:
    """Let a bare zero be a distribution of times, and keep examples in Python out of descriptions."""
    if isinstance(node, dict):
        if node.pop("discriminator", None):
            node["oneOf"] = [*node["oneOf"], {"enum": [0, "0", "0s", "0 s"]}]
        if isinstance(node.get("description"), str):
            node["description"] = node["description"].partition("\n\nExamples")[0]
        for inner in node.values():
            _tidy(inner)
    elif isinstance(node, list):
        for inner in node:
            _tidy(inner)
