"""Shift plans as texts that saved work keeps: what was found, and what became of it by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from interface.app.history import packed, unpacked
from models.scheduling.covering import PlannedShift
from models.scheduling.edits import option_at
from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import ShiftPlan, covering_problem
from scenarios.errors import InvalidValue, PlannerError
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class KeptPlan:
    """A shift plan, and the plan of the search that it came from."""

    plan: ShiftPlan
    found: ShiftPlan

    @property
    def edited(self) -> bool:
        """Whether the plan was changed by hand."""
        return Counter(self.plan.shifts) != Counter(self.found.shifts)


def packed_plan(kept: KeptPlan) -> tuple[str, str]:
    """The plan as JSON, and the scenario that it is for, packed.

    Examples
    --------
    >>> from models.scheduling.patterns import rules_from
    >>> from models.scheduling.shift_plan import plan_shifts
    >>> from scenarios.yaml import presets
    >>> rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"], "start_step": "8 h"}]})
    >>> plan = plan_shifts(presets.load("help-desk"), rules)
    >>> unpacked_plan(*packed_plan(KeptPlan(plan, plan))).plan.shifts == plan.shifts
    True
    """
    plan = kept.plan
    finer = round(plan.scenario.horizon.interval / plan.rules.interval)
    content = {
        "rules": json.loads(plan.rules.model_dump_json(by_alias=True)),
        "required": {name: values[::finer].tolist() for name, values in plan.problem.requirement.items()},
        "shifts": _rows(plan.shifts),
        "found": _rows(kept.found.shifts),
        "bound": plan.bound,
        "seconds": plan.seconds,
    }
    return json.dumps(content), packed(plan.scenario)


@lru_cache(maxsize=16)
def unpacked_plan(content: str, scenario: str) -> KeptPlan:
    """The plan in its JSON, for the packed scenario that it is for.

    Raises
    ------
    InvalidValue
        If it is no plan, or one of a newer version.
    """
    try:
        values = json.loads(content)
        plan = _empty(unpacked(scenario), values)
        kept = replace(plan, shifts=_shifts(plan, values["shifts"]))
        return KeptPlan(kept, replace(plan, shifts=_shifts(plan, values["found"])))
    except (PlannerError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidValue("shift plan", content[:40], f"it cannot be read ({problem}); plan the shifts anew") from None


def _empty(scenario: Scenario, values: dict[str, Any]) -> ShiftPlan:
    """The plan without shifts."""
    rules = rules_from(values["rules"])
    nobody = np.zeros(scenario.horizon.intervals, dtype=np.int64)
    required = {name: np.array(values["required"].get(name, nobody), dtype=np.int64) for name in scenario.group_names}
    problem = covering_problem(scenario, rules, required)
    return ShiftPlan(scenario, rules, problem, (), values["bound"], values["seconds"])


def _rows(shifts: Sequence[PlannedShift]) -> list[list[Any]]:
    """A row for each different shift: group, pattern, day, start, parts, starts of breaks, people."""
    return [
        [
            *(shift.option.group, shift.option.name, shift.option.days[0], shift.option.start),
            *(shift.option.parts, shift.break_starts, people),
        ]
        for shift, people in Counter(shifts).items()
    ]


def _shifts(plan: ShiftPlan, rows: Sequence[Sequence[Any]]) -> tuple[PlannedShift, ...]:
    shifts: list[PlannedShift] = []
    for group, pattern, day, start, parts, breaks, people in rows:
        option = option_at(plan, group, pattern, day, start, tuple(tuple(part) for part in parts))
        shifts += [PlannedShift(option, tuple(breaks))] * people
    return tuple(shifts)
