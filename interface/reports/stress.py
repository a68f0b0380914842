"""The STRESS checklist of discrete-event simulation studies, filled in for a study.

Monks, T., Currie, C., Onggo, B., Robinson, S., Kunc, M., Taylor, S. (2019), *Strengthening the reporting of empirical
simulation studies: introducing the STRESS guidelines*, Journal of Simulation 13(1), 55-67, table STRESS-DES.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

from interface.formatting import engines_in_words, listed
from scenarios.scenario import Scenario
from simulator.measure.results import Results


@dataclass(frozen=True)
class SimulationStudy:
    """What was studied, and how it was simulated."""

    scenario: Scenario
    question: str
    replications: int
    seed: int
    engine: str
    aim: str = "To estimate whether this plan meets every target, and what it costs"
    alternatives: str = "One plan; its staffing, skills and routing are in the scenario file below"


def study_of(results: Results, question: str) -> SimulationStudy:
    """The study of a run."""
    return SimulationStudy(results.scenario, question, results.replications, results.seed, results.engine)


def stress_rows(study: SimulationStudy, version: str) -> list[tuple[str, str, str]]:
    """Number, item and answer of the checklist.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> rows = stress_rows(SimulationStudy(presets.load("help-desk"), "How many?", 2, 1, "kernel"), "0.1")
    >>> len(rows), rows[0]
    (20, ('1.1', 'Purpose of the model', 'How many?'))
    """
    scenario = study.scenario
    horizon = scenario.horizon
    days = f"{horizon.days} day{'s' if horizon.days > 1 else ''} from {horizon.start:%Y-%m-%d}"
    return [
        ("1.1", "Purpose of the model", study.question),
        ("1.2", "Model outputs", "Service level, waits, abandonment, occupancy and cost; defined in the tables above"),
        ("1.3", "Aims of experimentation", study.aim),
        ("2.1", "Base model, overview", f"{_listed(scenario.type_names)} answered by {_listed(scenario.group_names)}"),
        ("2.2", "Base model, logic", _logic(scenario)),
        ("2.3", "Scenario logic", study.alternatives),
        ("2.4", "Algorithms", "Arrivals by a Poisson process within each interval; routing by rank and overflow times"),
        ("2.5", "Components", _components(scenario)),
        ("3.1", "Data sources", _origins(scenario)),
        (
            "3.2",
            "Pre-processing",
            "Units converted to seconds; daily volumes spread over intervals by their shape",
        ),
        ("3.3", "Input parameters", "In the table of assumptions and in the scenario file below"),
        ("3.4", "Assumptions", "In the table of assumptions above, each with its origin"),
        ("4.1", "Initialisation", _initialisation(scenario)),
        ("4.2", "Run length", f"{days}, intervals of {horizon.interval / 60:g} min"),
        (
            "4.3",
            "Estimation",
            f"{study.replications:,} independent replications, ratio of sums, 95 % confidence intervals",
        ),
        ("5.1", "Software", f"Contact-centre planner {version}, Python {platform.python_version()}"),
        (
            "5.2",
            "Random sampling",
            f"Each number is a function of seed {study.seed}, replication and customer",
        ),
        (
            "5.3",
            "Model execution",
            f"Engine: {engines_in_words(study.engine)}; events ordered by time, type and number",
        ),
        ("5.4", "System", f"{platform.system()} {platform.machine()}; results do not depend on it"),
        ("6.1", "Access to the model", "The scenario file and the command at the end of this report repeat the run"),
    ]


def _logic(scenario: Scenario) -> str:
    parts = ["contacts arrive, wait in the queue of their type and are answered by the first agent with the skill"]
    if any(contact_type.bot for contact_type in scenario.contact_types):
        parts.append("bots answer first")
    if any(contact_type.patience for contact_type in scenario.contact_types):
        parts.append("waiting customers abandon when their patience ends")
    if any(contact_type.follow_ups for contact_type in scenario.contact_types):
        parts.append("some customers contact again")
    return _listed(parts).capitalize()


def _components(scenario: Scenario) -> str:
    agents = sum(int(staffing.max()) for staffing in scenario.staffing)
    return (
        f"Entities: contacts of {len(scenario.contact_types)} types. Activities: handling, wrap-up. Resources: up to "
        f"{agents} agents in {len(scenario.agent_groups)} groups. Queues: one for each type"
    )


def _origins(scenario: Scenario) -> str:
    words = sorted({origin.split(":")[0].strip() for origin in scenario.origins.values()})
    return f"Marked in the table of assumptions: {_listed(words)}" if words else "Not stated in the scenario file"


def _initialisation(scenario: Scenario) -> str:
    backlog = sum(contact_type.backlog for contact_type in scenario.contact_types)
    begins = f"{backlog} deferred contacts wait at the start" if backlog else "The centre starts empty"
    warm_up = scenario.horizon.warm_up
    return f"{begins}; warm-up of {warm_up / 3600:g} h left out" if warm_up else f"{begins}; no warm-up"


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return listed(words) if words else "none"
