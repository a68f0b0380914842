"""Tables and lines of the pages Service quality and Value."""

from __future__ import annotations

import math

import pandas as pd

from interface.formatting import duration, percent, shown
from interface.language.messages import _
from interface.language.numbers import number
from models.service_quality.criteria import Criterion
from models.service_quality.survey import SurveyAssumptions, survey
from scenarios.measures import MEASURES
from studies.service_quality import ServiceQuality

LINKED = (
    "asa",
    "response_by_person",
    "response_by_person_or_bot",
    "response_any",
    "repeat_rate",
    "contacts_per_case",
    "resolution_time",
    "same_agent",
)
"""Measures that are read together: speed alone says nothing of repeat contacts."""
RESPONDING = SurveyAssumptions().answering[0]
"""The share of customers that answers a survey."""


def limits_table(found: ServiceQuality) -> pd.DataFrame:
    """What is measured of each contact type, and where its zones end."""
    return pd.DataFrame(
        [
            {
                "Contact type": process,
                "Criterion": part.label,
                "Green up to": limit(part, part.green),
                "Yellow up to": limit(part, part.yellow),
                "Origin": part.origin,
            }
            for process in found.processes
            for part in found.criteria[process]
        ]
    )


def limit(criterion: Criterion, value: float) -> str:
    """The end of a zone with its unit.

    Examples
    --------
    >>> limit(Criterion("wait", "Wait", "s", 20, 120), 120), limit(Criterion("number", "Number", "contacts", 1, 2), 2)
    ('2 min', '2')
    """
    return duration(value) if criterion.unit == "s" else f"{value:g}"


def zones_table(found: ServiceQuality) -> pd.DataFrame:
    """Contacts and shares by zone, a row for each contact type and criterion."""
    rows = []
    for (process, criterion), part in found.light.table.groupby(["process", "criterion"], sort=False):
        row: dict[str, object] = {"Contact type": process, "Criterion": str(criterion).capitalize()}
        row |= {"Contacts": f"{int(part['count'].sum()):,}"}
        for zone, share in zip(part["zone"], part["share"], strict=True):
            row[str(zone).capitalize()] = f"{100 * share:.1f} %"
        low, high = part["low"].iloc[-1], part["high"].iloc[-1]
        row["Red, 95 %"] = (
            ""
            if math.isnan(low)
            else _("{low} to {high} %").format(low=number(100 * low, ".1f"), high=number(100 * high, ".1f"))
        )
        rows.append(row)
    return pd.DataFrame(rows)


def plan_table(found: ServiceQuality) -> pd.DataFrame:
    """What to improve first."""
    plan = found.light.plan()
    return pd.DataFrame(
        {
            "Rank": plan["rank"],
            "Contact type": plan["process"],
            "Criterion": plan["criterion"].str.capitalize(),
            "Red contacts": [f"{count:,}" for count in plan["red"]],
            "Share": [f"{100 * share:.1f} %" for share in plan["share"]],
            "What would help": plan["action"],
        }
    )


def linked_table(found: ServiceQuality) -> pd.DataFrame:
    """Speed, repeat contacts and cost side by side, a row for each contact type."""
    measures = found.measures
    if measures is None:
        return pd.DataFrame()
    of_types = measures[measures["by"] == "type"]
    values = dict(zip(zip(of_types["of"], of_types["measure"], strict=True), of_types["value"], strict=True))
    rows = []
    for process in found.processes:
        row: dict[str, object] = {"Contact type": process}
        for name in LINKED:
            row[MEASURES[name].label] = shown(values.get((process, name), math.nan), MEASURES[name].unit)
        rows.append(row)
    return pd.DataFrame(rows)


def survey_table(found: ServiceQuality, answering: tuple[float, float, float]) -> pd.DataFrame:
    """What a survey would find in each contact type, its sampling error, and its bias."""
    assumptions = SurveyAssumptions(answering=answering)
    rows = []
    for process in found.processes:
        outcome = survey(found.shares(process), found.contacts_of(process), assumptions)
        rows.append(
            {
                "Contact type": process,
                "Answers": f"{outcome.answers:,.0f}",
                "CSAT in the survey": _("{csat_found} ± {csat_error} points").format(
                    csat_found=percent(outcome.csat_found), csat_error=number(100 * outcome.csat_error, ".1f")
                ),
                "CSAT of all": percent(outcome.csat),
                "NPS in the survey": f"{100 * outcome.nps_found:+.0f} ± {100 * outcome.nps_error:.0f}",
                "NPS of all": f"{100 * outcome.nps:+.0f}",
            }
        )
    return pd.DataFrame(rows)


def headline(found: ServiceQuality) -> str:
    """The finding in one line."""
    red = {process: found.light.red_share(process) for process in found.processes}
    worst = max(red, key=lambda process: red[process])
    if not red[worst] > 0:
        return _("No contact is red.")
    return _("{worst}: {red} % of contacts are red, the most of all contact types").format(
        worst=worst, red=number(100 * red[worst], ".1f")
    )
