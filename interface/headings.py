"""Headings of exported tables, as planners read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interface.language.messages import marked

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = marked(
    {
        "abandonment": "Abandonment",
        "agent_hours": "Agent-hours",
        "aht": "AHT (s)",
        "alternative": "Scenario",
        "asa": "ASA (s)",
        "at_risk": "At risk",
        "bound": "Lower bound",
        "break_times": "Breaks",
        "by": "Level",
        "by_formula": "By formula",
        "change": "Change",
        "constraint": "Target",
        "contacts": "Contacts",
        "cost": "Cost",
        "cost_per_hour": "Cost per hour",
        "day": "Day",
        "difference": "Difference",
        "doing": "Phase",
        "error": "Error (±)",
        "for_load": "Agents for load",
        "for_occupancy": "Agents for maximum occupancy",
        "fte": "FTE",
        "fte_error": "FTE, uncertainty",
        "group": "Agent group",
        "high": "95 % CI, high",
        "hours": "Agent-hours",
        "interval": "Interval",
        "load": "Load (erlangs)",
        "low": "95 % CI, low",
        "margin": "Margin (standard errors)",
        "measure": "Measure",
        "met": "Met",
        "model": "Formula",
        "net": "Net staffing",
        "note": "Note",
        "number": "No.",
        "occupancy": "Occupancy",
        "of": "Type or group",
        "on_duty": "Agents",
        "paid_hours": "Paid hours",
        "people": "People",
        "per_agent": "Concurrent contacts per agent",
        "period": "Period",
        "planned": "Planned agents",
        "planned_hours": "Planned hours",
        "planned_shrinkage": "Planned shrinkage",
        "pool": "Pool",
        "proven": "On fresh days",
        "reason": "Reason",
        "relaxed": "Relaxed target",
        "replications": "Replications",
        "required": "Required agents",
        "rounding": "Rounding",
        "safety": "Safety staffing",
        "scenario": "Scenario",
        "scheduled": "Scheduled agents",
        "seconds": "Time (s)",
        "shift": "Shift",
        "shift_end": "Shift end",
        "shift_start": "Shift start",
        "source": "Source",
        "staffing": "Change in agents",
        "start": "From",
        "status": "Verdict",
        "target": "Target",
        "type": "Contact type",
        "unit": "Unit",
        "value": "Value",
        "volume": "Contacts",
        "wages": "Wages",
        "wanted": "Limit",
        "why": "Reason",
        "absence": "Agents for absence",
        "breaks": "Agents for shrinkage",
        "good_days": "Days met",
        "bad_day": "Bad day (1 in 10)",
    }
)


def with_headings(table: pd.DataFrame) -> pd.DataFrame:
    """A table with headings instead of column names; names of agent groups and contact types stay.

    Examples
    --------
    >>> import pandas as pd
    >>> list(with_headings(pd.DataFrame(columns=["of", "low", "desk"])))
    ['Type or group', '95 % CI, low', 'desk']
    """
    return table.rename(columns=HEADINGS)
