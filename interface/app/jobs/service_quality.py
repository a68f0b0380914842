"""What the pages Service quality and Value ask of the workers."""

from __future__ import annotations

from interface.app.jobs.jobs import Progress
from scenarios.scenario import Scenario
from studies.service_quality import ServiceQuality, recorded_quality, simulated_quality


def quality_of(progress: Progress, scenario: Scenario, days: int) -> ServiceQuality:
    """The traffic light of simulated days."""
    return simulated_quality(scenario, days, step=progress.step)


def qualities_of(progress: Progress, scenarios: tuple[Scenario, ...], days: int) -> tuple[ServiceQuality, ...]:
    """The traffic lights of some scenarios, each on equally many simulated days."""
    found = []
    for index, scenario in enumerate(scenarios):
        progress.step(index, len(scenarios))
        found.append(simulated_quality(scenario, days))
    return tuple(found)


def quality_of_log(content: bytes, name: str, columns: str) -> ServiceQuality:
    """The traffic light of a contact log, its columns mapped by a YAML text.

    Raises
    ------
    InvalidFile, InvalidValue, InvalidScenario
        If the mapping or the log cannot be used.
    """
    from scenarios.contact_log.mapping import mapping_from
    from scenarios.contact_log.records import read_records
    from scenarios.yaml.parse import read

    return recorded_quality(read_records(content, mapping_from(read(columns, "mapping").values), name))
