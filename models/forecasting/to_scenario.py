"""A forecast as a scenario: its days become the horizon, its volumes the contacts, its errors the variation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from models.forecasting.bands import shared_errors
from models.forecasting.forecast import DemandForecast, TypeForecast
from models.forecasting.series import Floats
from scenarios.contact_types import ContactType
from scenarios.demand import HandleProfile
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario, scenario_from

MOST_VARIATION = 3.0
_OUTSIDE = 0.005


def to_scenario(forecast: DemandForecast, scenario: Scenario) -> tuple[Scenario, list[str]]:
    """The scenario over the days of the forecast, and notes on what a person should check.

    Each forecast type gets its contacts by interval, its handle time scaled to the AHT (where that is known), with a
    profile where that differs by interval or weekday beyond chance, and a `variation` of its past errors beyond
    chance; types whose days were wrong together share theirs. Other types and
    the staffing follow the weekdays of the scenario as it was.

    Parameters
    ----------
    forecast
        Volumes by interval.
    scenario
        Everything else: routing, groups, targets, and the contact types by name.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a type of the forecast is none of the scenario, or the parts do not fit.
    """
    for name in forecast.types:
        if name not in scenario.type_names:
            known = ", ".join(scenario.type_names)
            renamed = f"`rename: {{{name}: {scenario.type_names[0]}}}` in a mapping of the history"
            raise InvalidValue("contact type", name, f"the scenario has {known}; name it alike there, or say {renamed}")
    before = scenario.horizon
    horizon = Horizon(
        start=forecast.first,
        days=forecast.days,
        interval=before.interval,
        warm_up=min(before.warm_up, forecast.days * 86400 - before.interval),
        at_end=before.at_end,
    )
    shared = _shared(forecast)
    origins = scenario.origins | {"horizon": f"data: {forecast.days} days from {forecast.first}, as forecast"}
    notes: list[str] = []
    types = []
    for contact_type in scenario.contact_types:
        part = forecast.types.get(contact_type.name)
        if part is None:
            own = {
                "volume": _refitted_volume(contact_type, before, horizon),
                "handle_profile": _refitted_profile(contact_type, before, horizon),
            }
            types.append(_fields(contact_type) | own)
            notes.append(f"{contact_type.name}: no forecast; its volume is that of the scenario, weekday by weekday")
            continue
        fields = _forecast_fields(contact_type, part, forecast, horizon, shared)
        kept = {"handle_profile": _refitted_profile(contact_type, before, horizon)}
        types.append(_fields(contact_type) | kept | fields)
        origins = {path: origin for path, origin in origins.items() if path not in _replaced(part)} | _origins(part)
        notes += _outside_opening(contact_type, part, forecast, horizon)
    groups = [
        {name: getattr(group, name) for name in type(group).model_fields}
        | {"staffing": _refitted(group.staffing, before, horizon)}
        for group in scenario.agent_groups
    ]
    parts = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    changes = {"horizon": horizon, "contact_types": types, "agent_groups": groups, "origins": origins}
    return scenario_from(parts | changes), notes


def volume_of(part: TypeForecast, forecast: DemandForecast, horizon: Horizon) -> Floats:
    """Expected contacts by interval of the horizon, 0 on closed days, shape (intervals,).

    Raises
    ------
    InvalidValue
        If the intervals of forecast and scenario do not divide each other.
    """
    per_day = part.volume.shape[1]
    result = np.zeros((horizon.days, horizon.intervals_per_day))
    for day, row in zip(part.days, part.volume, strict=True):
        result[(day - forecast.first).days] = _resampled(row, per_day, horizon.intervals_per_day)
    return np.asarray(result.ravel())


def _resampled(row: Floats, parts: int, wanted: int) -> Floats:
    if wanted % parts == 0:
        return np.repeat(row, wanted // parts) * parts / wanted
    if parts % wanted == 0:
        return np.asarray(row.reshape(wanted, -1).sum(axis=1))
    remedy = f"{parts} intervals a day of the forecast do not fit; choose intervals that divide each other"
    raise InvalidValue("horizon.interval", f"{wanted} intervals a day", remedy)


def _fields(contact_type: ContactType) -> dict[str, Any]:
    return {name: getattr(contact_type, name) for name in type(contact_type).model_fields}


def _forecast_fields(
    contact_type: ContactType,
    part: TypeForecast,
    forecast: DemandForecast,
    horizon: Horizon,
    shared: dict[str, str],
) -> dict[str, Any]:
    volume: dict[str, Any] = {"per_interval": volume_of(part, forecast, horizon).round(2).tolist()}
    if part.day_cv > 0:
        variation: dict[str, Any] = {"cv": round(min(part.day_cv, MOST_VARIATION), 4)}
        volume["variation"] = variation | ({"shared": shared[part.contact_type]} if part.contact_type in shared else {})
    fields: dict[str, Any] = {"volume": volume}
    mean = contact_type.mean_handle
    if np.isfinite(part.mean_aht) and mean > 0:
        profile = _profile(part)
        aht = part.mean_aht if profile is None or part.handle_factors is None else part.handle_factors.mean
        factor = round(aht, 1) / mean
        fields["handle_profile"] = profile
        fields |= {name: getattr(contact_type, name).scaled(factor) for name in ("handle_time", "wrap_up")}
    return fields


def _profile(part: TypeForecast) -> HandleProfile | None:
    return None if part.handle_factors is None else part.handle_factors.profile


def _replaced(part: TypeForecast) -> set[str]:
    """The paths of which the forecast tells anew where numbers come from, or that it does away with."""
    path = f"contact_types.{part.contact_type}"
    return {f"{path}.handle_profile"} if np.isfinite(part.mean_aht) else set()


def _shared(forecast: DemandForecast) -> dict[str, str]:
    """A word for each type whose days were wrong together with those of another."""
    errors = {}
    for name, part in forecast.types.items():
        expected, actual = part.errors.pairs(part.method, [1])
        errors[name] = actual.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-9) - 1
    groups = shared_errors(errors)
    numbers = list(groups.values())
    return {name: f"forecast-{number + 1}" for name, number in groups.items() if numbers.count(number) > 1}


def _origins(part: TypeForecast) -> dict[str, str]:
    path = f"contact_types.{part.contact_type}"
    series = part.errors.series
    by_interval, by_day = part.errors.error(part.method)
    span = f"{len(series)} open days from {series.days[0]} to {series.days[-1]}"
    origins = {
        f"{path}.volume": f"data: forecast by {part.method} from {span}",
        f"{path}.volume.variation": (
            f"data: past errors of this forecast, {by_day:.1%} of days and {by_interval:.1%} of intervals"
        ),
    }
    if np.isfinite(part.mean_aht):
        origins[f"{path}.handle_time"] = f"data: AHT of the last weeks of the history, {part.mean_aht:.0f} s"
    if part.handle_factors is not None and part.handle_factors.profile is not None:
        origins[f"{path}.handle_profile"] = f"data: {part.handle_factors.origin}, in the last weeks of the history"
    return origins


def _outside_opening(
    contact_type: ContactType, part: TypeForecast, forecast: DemandForecast, horizon: Horizon
) -> list[str]:
    volume = volume_of(part, forecast, horizon)
    outside = float((volume * (1 - horizon.open_share(contact_type.open))).sum() / max(volume.sum(), 1e-9))
    if outside < _OUTSIDE:
        return []
    return [f"{contact_type.name}: {outside:.1%} of the forecast is outside its opening hours; check 'open'"]


def _refitted_volume(contact_type: ContactType, before: Horizon, horizon: Horizon) -> dict[str, Any]:
    volume = contact_type.volume
    fields = {name: getattr(volume, name) for name in type(volume).model_fields}
    fields["per_interval"] = _refitted(volume.per_interval, before, horizon)
    if isinstance(volume.daily, tuple) and len(volume.daily) == before.days:
        fields["daily"] = tuple(volume.daily[day] for day in _same_weekdays(before, horizon))
    return fields


def _refitted_profile(contact_type: ContactType, before: Horizon, horizon: Horizon) -> HandleProfile | None:
    profile = contact_type.handle_profile
    if profile is None or profile.per_interval is None:
        return profile
    return profile.model_copy(update={"per_interval": _refitted(profile.per_interval, before, horizon)})


def _refitted(values: Any, before: Horizon, horizon: Horizon) -> Any:
    """Values for each interval of the old horizon as those of the same weekdays of the new one; others unchanged."""
    if not isinstance(values, tuple) or len(values) != before.intervals or before.days == 1:
        return values
    per_day = before.intervals_per_day
    return tuple(
        value for day in _same_weekdays(before, horizon) for value in values[day * per_day : (day + 1) * per_day]
    )


def _same_weekdays(before: Horizon, horizon: Horizon) -> list[int]:
    """For each day of the new horizon a day of the old one, of the same weekday where it has one."""
    old = [(before.start + timedelta(days=day)).weekday() for day in range(before.days)]
    new = [(horizon.start + timedelta(days=day)).weekday() for day in range(horizon.days)]
    return [old.index(weekday) if weekday in old else index % before.days for index, weekday in enumerate(new)]
