"""The numbers that a plan rests on, with where they come from."""

from __future__ import annotations

import pandas as pd

from scenarios.scenario import Scenario
from scenarios.units import written


def assumptions(scenario: Scenario) -> pd.DataFrame:
    """The numbers that the plan rests on, each with its origin; an origin of a part holds for its fields.

    Returns
    -------
    ``Type or group``, ``Assumption``, ``Value`` with its unit, and ``Origin``: "not stated" where there is none.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> assumptions(presets.load("help-desk")).iloc[0].tolist()
    ['calls', 'Contacts of the horizon', '2,880', 'assumption: two calls a minute']
    """
    rows = []
    for contact_type in scenario.contact_types:
        path = f"contact_types.{contact_type.name}"
        target = contact_type.target
        volume = float(scenario.expected[scenario.type_names.index(contact_type.name)].sum())
        rows += [
            (contact_type.name, "Contacts of the horizon", f"{volume:,.0f}", f"{path}.volume"),
            (contact_type.name, "AHT", written(round(contact_type.handle_time.mean, 1)), f"{path}.handle_time"),
            (contact_type.name, "Wrap-up", written(round(contact_type.wrap_up.mean, 1)), f"{path}.wrap_up"),
        ]
        if contact_type.handle_profile is not None:
            times = scenario.handle_times[scenario.type_names.index(contact_type.name)]
            reach = f"{written(round(times.min(), 1))} to {written(round(times.max(), 1))}"
            rows.append((contact_type.name, "AHT by interval", reach, f"{path}.handle_profile"))
        if contact_type.patience is not None:
            mean = written(round(contact_type.patience.mean, 1))
            rows.append((contact_type.name, "Patience", mean, f"{path}.patience"))
        if target is not None and target.share is not None and target.within is not None:
            words = f"{100 * target.share:g} % within {written(target.within)}"
            rows.append((contact_type.name, "Target", words, f"{path}.target"))
    for group in scenario.agent_groups:
        path = f"agent_groups.{group.name}"
        rows += [
            (group.name, "Shrinkage", f"{100 * group.shrinkage.planned:g} %", f"{path}.shrinkage"),
            (group.name, "Absence", f"{100 * group.shrinkage.absence:g} %", f"{path}.shrinkage"),
            (
                group.name,
                "Cost per hour",
                f"{group.cost_per_hour:g} {scenario.currency}".rstrip(),
                f"{path}.cost_per_hour",
            ),
        ]
    listed = [
        {"Type or group": name, "Assumption": label, "Value": value, "Origin": _origin(scenario.origins, path)}
        for name, label, value, path in rows
    ]
    paths = {path for *_, path in rows}
    extra = [
        {"Type or group": path, "Assumption": "", "Value": "", "Origin": origin}
        for path, origin in scenario.origins.items()
        if not any(known == path or known.startswith(f"{path}.") for known in paths)
    ]
    return pd.DataFrame([*listed, *extra])


def _origin(origins: dict[str, str], path: str) -> str:
    """The origin of a field, or of the part that it belongs to."""
    while path:
        if path in origins:
            return origins[path]
        path = path.rpartition(".")[0]
    return "not stated"
