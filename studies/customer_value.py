"""What the simulation of a scenario tells the value model: bad contacts, and the cost to serve a customer."""

from __future__ import annotations

from models.value.loyalty import ContactExperience
from models.value.outlook import ServiceLevelOption
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from studies.service_quality import ServiceQuality


def service_option(scenario: Scenario, quality: ServiceQuality, contacts_per_year: float) -> ServiceLevelOption:
    """A simulated scenario as an option: zones over all contacts, and the cost per case times the cases of a year.

    Raises
    ------
    InvalidValue
        If nobody contacts the centre, or the quality is that of a log, which tells no cost.
    """
    if quality.measures is None:
        raise InvalidValue("quality", quality.source, "the value of service needs costs; simulate a scenario")
    total = quality.measures[quality.measures["by"] == "total"].set_index("measure")["value"]
    cases, cost = float(total["cases"]), float(total["cost"])
    if not cases > 0:
        raise InvalidValue("volume", cases, "the value of service needs contacts")
    counts = {process: quality.contacts_of(process) for process in quality.processes}
    yellow, red = (
        sum(count * quality.shares(process)[zone] for process, count in counts.items()) / sum(counts.values())
        for zone in (1, 2)
    )
    experience = ContactExperience(contacts_per_year, red, yellow)
    return ServiceLevelOption(scenario.title or scenario.name, contacts_per_year * cost / cases, experience)
