"""The compiled engine against the SimPy engine: every log of every replication must be the same to the bit."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.clock import GRID
from simulator.kernel import compile as kernel_compile
from simulator.kernel import engine as kernel
from simulator.logs import Logs
from simulator.measure import tallies
from simulator.reference import centre
from simulator.tape import Draws, draw_tape
from tests.centres import contact_type, group, minutes, of, tape_of
from tests.strategies import FEATURES, scenarios

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # no shrinking: a failing example is small already
GRIDS = st.sampled_from((GRID, 1.0, 15.0))
SEEDS = st.integers(0, 9)
CONTESTS = {
    "priorities": {"live", "concurrent", "deferred", "priority", "order", "targets", "patience"},
    "max_concurrent": {"concurrent", "concurrency_speed", "chat_routing", "follow-ups", "wrap-up"},
    "preemptions": {"live", "deferred", "interruptible", "routes", "overflow", "wrap-up", "order"},
    "who goes": {"live", "concurrent", "leaving", "staffing-changes", "absence", "wrap-up", "concurrency_speed"},
    "callbacks": {"live", "concurrent", "deferred", "callbacks", "dialling", "patience", "keep-free", "places"},
    "threads": {"deferred", "live", "follow-ups", "threads", "keep-free", "interruptible", "staffing-changes", "hours"},
    "shifts": {"live", "concurrent", "deferred", "shifts", "absence", "wrap-up", "interruptible", "stop", "patience"},
    "full queues": {"live", "concurrent", "places", "patience", "trunks", "follow-ups", "drawn", "ranks"},
}
"""Few features at once, so that contacts compete for the same agents in every example."""

BUSY = FEATURES - {"no-contacts", "hours", "warm-up"}


def suite(examples: int) -> settings:
    """Settings for so many random examples."""
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)


def differences(first: Logs, second: Logs) -> list[str]:
    """The columns in which two logs differ."""
    columns = []
    for name in ("contacts", "preemptions", "staffing"):
        left, right = getattr(first, name), getattr(second, name)
        for field in fields(left):
            a, b = getattr(left, field.name), getattr(right, field.name)
            if a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                columns.append(f"{name}.{field.name}")
    return columns


def play_both(scenario: Scenario, grid: float = GRID, seed: int = 1) -> Logs:
    """The logs of one tape, which both engines must write; each puts its customers in order for itself."""
    tape, twin = draw_tape(scenario, seed, 0, grid=grid), kernel.draw_tape(scenario, seed, 0, grid=grid)
    for name in ("arrival", "type", "ordinal"):
        np.testing.assert_array_equal(getattr(twin, name), getattr(tape, name))
    for name in Draws.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(twin.draws, name), getattr(tape.draws, name))
    logs = centre.play(scenario, tape)
    assert differences(kernel.play(scenario, tape), logs) == []
    return logs


def same_sums(scenario: Scenario, seed: int) -> None:
    """The compiled engine's own sums are those of the readable tallies, made of the SimPy engine's log."""
    tape = draw_tape(scenario, seed, 0)
    compiled, readable = kernel.play_and_tally(scenario, tape), tallies.tally(scenario, centre.play(scenario, tape))
    np.testing.assert_array_equal(compiled.waits, readable.waits)
    np.testing.assert_array_equal(compiled.longest, readable.longest)
    np.testing.assert_allclose(compiled.contacts, readable.contacts, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(compiled.groups, readable.groups, rtol=1e-12, atol=1e-9)


@suite(60)
@given(scenarios(contacts=200), GRIDS, SEEDS)
def test_any_mix_of_features(scenario: Scenario, grid: float, seed: int) -> None:
    """A mechanic that one engine has and the other lacks, or orders otherwise, would show in some column."""
    play_both(scenario, grid, seed)


@suite(15)
@given(scenarios(contacts=1500, days=1, features=BUSY), GRIDS, SEEDS)
def test_overloaded_days(scenario: Scenario, grid: float, seed: int) -> None:
    """Long queues, of which parts are never worked off, would show a queue that loses its order."""
    play_both(scenario, grid, seed)


@pytest.mark.parametrize("contest", CONTESTS)
def test_who_comes_first(contest: str) -> None:
    """Ageing, ties between sessions of one agent, preempted items: rare in a mix of everything, frequent here."""

    @suite(40)
    @given(scenarios(contacts=1500, days=1, features=frozenset(CONTESTS[contest])), GRIDS, SEEDS)
    def plays_alike(scenario: Scenario, grid: float, seed: int) -> None:
        play_both(scenario, grid, seed)

    plays_alike()


@pytest.mark.parametrize("grid", [GRID, 1.0, 15.0])
@pytest.mark.parametrize("name", presets.names())
def test_presets(name: str, grid: float) -> None:
    """Every worked centre, as users first see it; of a month its first two days."""
    scenario = presets.load(name)
    if scenario.horizon.days > 7:
        scenario = scenario.replace(horizon=scenario.horizon.model_dump() | {"days": 2, "warm_up": 0.0})
    play_both(scenario, grid)


@pytest.mark.slow
def test_a_week_of_the_retailer() -> None:
    """Nights, weekends, absences by day and carried-over e-mail, with everything on."""
    week = {"start": "2026-03-03", "days": 7, "interval": "30 min"}
    logs = play_both(presets.load("retail-weekday").replace(horizon=week))
    assert len(logs.contacts.type) > 20_000
    assert len(logs.preemptions.contact) > 100


@pytest.mark.parametrize("staffing", [0, 1, 40])
@pytest.mark.parametrize("per_hour", [0, 30])
def test_one_interval(staffing: int, per_hour: int) -> None:
    """A day that is one interval, with no agent, too few, too many; no contacts, or many."""
    calls = contact_type("calls", volume={"per_hour": per_hour}, patience={"mean": "5 min"})
    mail = contact_type("mail", "email", volume={"per_hour": per_hour}, interruptible=True)
    log = play_both(of([calls, mail], [group("a", ["calls", "mail"], staffing)], horizon={"interval": "24 h"}))
    assert (len(log.contacts.type) > 0) == (per_hour > 0)


def test_ageing_overtakes_a_level() -> None:
    """A (level 2, 30 levels an hour) waits since 1, B (level 1) since 2: at 10, A's level is 2 - 4.5, so A is first."""
    types = [contact_type("A", priority={"level": 2, "ageing": 30}), contact_type("B", priority={"level": 1})]
    scenario = of(types, [group("a", ["A", "B"])])
    tape = tape_of(scenario, [(0, "A", 10), (1, "A", 5), (2, "B", 5)])
    for engine in (centre, kernel):
        assert minutes(engine.play(scenario, tape).contacts.answer) == [0, 10, 15]


def test_sessions_done_at_the_same_instant() -> None:
    """Two chats of 5 min, begun together by one agent: the lower number is done first, so its follow-up is row 2."""
    again = {"after": "answered", "probability": 1, "as": "chat", "delay": {"mean": "1 min"}, "max_tries": 1}
    two = of([contact_type("chat", "chat", follow_ups=[again])], [group("a", ["chat"], max_concurrent=2)])
    tape = tape_of(two, [(0, "chat", 5), (0, "chat", 5)])
    for engine in (centre, kernel):
        log = engine.play(two, tape).contacts
        assert log.parent.tolist() == [-1, -1, 0, 1]
        assert log.end[:2].tolist() == [300, 300]


def test_arrays_that_prove_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """More follow-ups, preemptions and pending events than the arrays hold: simulated again, with the same logs."""
    monkeypatch.setattr(kernel, "_SMALLEST", 1)
    monkeypatch.setattr(kernel, "_later", lambda _: 0)
    again = {"after": "answered", "probability": 0.9, "as": "mail", "delay": {"mean": "1 h"}}
    mail = contact_type("mail", "email", volume={"per_hour": 20}, interruptible=True, follow_ups=[again])
    calls = contact_type("calls", volume={"per_hour": 20}, patience={"mean": "5 min"})
    scenario = of([mail, calls], [group("a", ["mail", "calls"], 8)])
    log = play_both(scenario)
    assert (log.contacts.parent >= 0).sum() > 500
    assert len(log.preemptions.contact) > 10
    same_sums(scenario, seed=1)


@suite(25)
@given(scenarios(contacts=300), SEEDS)
def test_sums_of_the_compiled_loop(scenario: Scenario, seed: int) -> None:
    """A tally that the compiled loop finds otherwise than the readable one."""
    same_sums(scenario, seed)


@pytest.mark.parametrize("within", [0, 3600])
def test_a_deadline_in_open_hours(within: int) -> None:
    """Letters of the night that are due at once are due when the day begins: by both engines and both tallies."""
    target = {"share": 0.8, "within": within, "clock": "open-hours"}
    hours = {"open": "Mon-Sun 09:00-17:00", "volume": {"per_hour": 4}, "target": target}
    scenario = of([contact_type("mail", "email", **hours)], [group("a", ["mail"], 30)])
    play_both(scenario)
    same_sums(scenario, seed=1)


def test_no_folder_for_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba finds no folder to write to it refuses to cache: we say so and go on without."""

    def refuse(**options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(kernel_compile, "_compile", refuse)
    with pytest.warns(RuntimeWarning, match="NUMBA_CACHE_DIR"):
        assert kernel_compile.compiled(abs)(-3) == 3
