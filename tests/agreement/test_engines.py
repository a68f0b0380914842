"""The compiled engine against the SimPy engine: every log of every replication must be the same to the bit."""

from dataclasses import fields

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.scenario import Scenario
from simulator import centre, kernel
from simulator.clock import GRID
from simulator.logs import Logs
from simulator.tape import draw_tape
from tests.strategies import FEATURES, scenarios

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
COARSE = (1.0, 15.0)
GRIDS = st.sampled_from((GRID, *COARSE))
CROWDED = FEATURES - {"hours", "no-contacts", "shaped-volume"}


def suite(examples: int) -> settings:
    """Settings for so many random examples."""
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)


def differences(one: Logs, other: Logs) -> list[str]:
    """The columns in which two logs differ."""
    found = []
    for name in ("contacts", "put_down", "staffing"):
        ours, theirs = getattr(one, name), getattr(other, name)
        for field in fields(ours):
            a, b = getattr(ours, field.name), getattr(theirs, field.name)
            if a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                found.append(f"{name}.{field.name}")
    return found


def assert_equal(scenario: Scenario, grid: float, seed: int = 1) -> None:
    """Both engines play one tape to the same logs."""
    tape = draw_tape(scenario, seed, 0, grid=grid)
    assert differences(kernel.play(scenario, tape), centre.play(scenario, tape)) == []


@suite(120)
@given(scenarios(contacts=300), GRIDS, st.integers(0, 3))
def test_any_mix_of_features(scenario: Scenario, grid: float, seed: int) -> None:
    """A mechanic that one engine has and the other lacks, or orders otherwise, would show in some column."""
    assert_equal(scenario, grid, seed)
