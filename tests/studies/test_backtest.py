"""Days played again: sums and errors by hand, a log made with a known truth, the command, and the bank's calls."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from interface.app.charts.backtest import all_over_the_day, day_by_day, error_bars, over_the_day
from interface.app.charts.theme import LIGHT, drawn
from interface.cli.main import app
from models.calibration.calibrate import calibrate
from models.calibration.from_records import observed
from models.calibration.readiness import readiness
from scenarios.contact_log.mapping import BANK, GENERIC
from scenarios.contact_log.records import Records, Report, read_records
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.sample import SAMPLE_LOG
from scenarios.scenario import scenario_from
from simulator.codes import Outcome
from simulator.experiment import play
from studies.backtest import Backtest, Study, backtest
from studies.backtest_errors import band
from studies.backtest_sources import ALL, COMPARED, OBSERVED, Source
from studies.replays import ERLANG_A, ERLANG_C, IMPORTED, READY, SHARED, halves, replays
from studies.staffing_draws import varied_staffing
from tests.folders import SHARED as SHARED_FOLDER

WRAP_UP = 60.0
"""Mean seconds of wrap-up that the made log does not show."""


@pytest.fixture(scope="module")
def sample() -> Backtest:
    """The sample log, whose makers' assumptions are those of the simulation."""
    return backtest(read_records(SAMPLE_LOG, BANK), replications=30)


@pytest.fixture(scope="module")
def made() -> Records:
    """Four days of a busy desk whose agents wrap up for a minute after each contact, which its log does not tell."""
    busy = scenario_from(
        {
            "name": "busy",
            "horizon": {"days": 4, "interval": "30 min"},
            "contact_types": [
                {
                    "name": "calls",
                    "channel": "phone",
                    "volume": {"per_interval": [0] * 16 + [50] * 20 + [0] * 12},
                    "handle_time": {"mean": "3 min"},
                    "wrap_up": {"mean": WRAP_UP},
                    "patience": {"mean": "5 min"},
                }
            ],
            "agent_groups": [{"name": "desk", "skills": ["calls"], "staffing": {"Mon-Sun 08:00-18:00": 6}}],
        }
    )
    log = play(busy, seed=11).contacts
    answered = log.outcome == Outcome.ANSWERED
    size = len(answered)
    assert (answered | (log.outcome == Outcome.ABANDONED)).all()
    left = np.where(answered, log.answer, log.end)
    return Records(
        start=date(2026, 3, 2),
        days=4,
        types=("calls",),
        channels=("phone",),
        agents=tuple(f"A{k}" for k in range(6)),
        mapping=GENERIC,
        report=Report(size, size),
        type=log.type,
        arrival=log.arrival,
        queue=log.arrival,
        wait=left - log.arrival,
        answered=answered,
        handle=np.where(answered, log.end - log.answer, np.nan),
        wrap_up=np.full(size, np.nan),
        end=np.where(answered, log.end, np.nan),
        agent=np.where(answered, log.agent, -1),
        customer=np.full(size, -1),
    )


def source(name: str, *replications: list[float]) -> Source:
    """A source of two intervals with 10 and 30 contacts, and its service level in them, in each replication."""
    offered = np.array([[10.0, 30.0]] * len(replications))
    sums = {("offered", ALL): (offered, None)}
    for measure in COMPARED[1:]:
        sums[measure, ALL] = (offered * np.array(replications), offered)
    return Source(name, sums)


def by_hand(*sources: Source) -> Backtest:
    """A backtest of one day in two intervals."""
    horizon = Horizon(start=date(2026, 3, 2), interval=43200.0)
    return Backtest(horizon, 20.0, True, sources, (ALL,), (), 2, 1)


def test_error_by_hand():
    """Distances of 0.2 over 10 contacts and 0.1 over 30 are (0.2 * 10 + 0.1 * 30) / 40 = 0.125, with signs -0.025."""
    found = by_hand(source(OBSERVED, [0.5, 0.9]), source(ERLANG_A, [0.7, 0.8]))
    assert found.error(ERLANG_A, "service_level") == pytest.approx(0.125)
    assert found.error(ERLANG_A, "service_level", column="bias") == pytest.approx(-0.025)
    assert found.error(ERLANG_A, "offered") == 0.0


def test_no_answer_is_no_error():
    """An overloaded interval has no wait: it must not count as right, nor make up a total."""
    found = by_hand(source(OBSERVED, [0.5, 0.9]), source(ERLANG_C, [0.7, np.nan]))
    assert found.error(ERLANG_C, "mean_wait") == pytest.approx(0.2)
    assert found.error(ERLANG_C, "mean_wait", column="answered_for") == pytest.approx(0.25)
    assert found.overloaded() == pytest.approx(0.75)
    totals = found.table.query("period == 'horizon' and measure == 'mean_wait'")
    assert totals["source"].tolist() == [OBSERVED]


def test_inside_the_band_by_hand():
    """Bands of 0.4 to 0.6 and 0.1 to 0.2 hold 0.5 but not 0.9: 10 of 40 contacts are inside."""
    found = by_hand(source(OBSERVED, [0.5, 0.9]), source(IMPORTED, [0.4, 0.1], [0.6, 0.2]))
    assert found.error(IMPORTED, "service_level", column="inside") == pytest.approx(0.25)


def test_chance_is_the_error_of_a_replication_judged_by_the_others():
    """Were chance computed against a mean that holds the replication itself, few replications would flatter it."""
    random = np.random.default_rng(5)
    every = random.normal(0.5, 0.1, (400, 2))
    true = by_hand(source(OBSERVED, [0.5, 0.5]), source(IMPORTED, *every.tolist()))
    few = [
        by_hand(source(OBSERVED, [0.5, 0.5]), source(IMPORTED, *every[at : at + 4].tolist())).error(
            IMPORTED, "service_level", column="chance"
        )
        for at in range(0, 400, 4)
    ]
    # A new draw lies sqrt(2 / pi) sd sqrt(1 + 1/n) from the mean of n (Gaussian).
    for found, n in ((np.mean(few), 4), (true.error(IMPORTED, "service_level", column="chance"), 400)):
        assert found == pytest.approx(np.sqrt(2 / np.pi) * 0.1 * np.sqrt(1 + 1 / n), rel=0.1)


def test_the_observation_is_that_of_the_records(sample: Backtest):
    """Counted twice by different code, the observed totals would differ if either were wrong."""
    records = read_records(SAMPLE_LOG, BANK)
    table = observed(records, records.horizon())
    table, mine = table[table["by"] == "total"], sample.table[sample.table["source"] == OBSERVED]
    mine = mine[mine["of"] == ALL]
    for measure in COMPARED:
        for period in ("horizon", "interval"):
            one, other = (
                some[(some["measure"] == measure) & (some["period"] == period) & (some["value"] != 0)]["value"]
                for some in (mine, table)
            )
            assert len(other)
            np.testing.assert_allclose(one, other)


def test_every_contact_is_played_again(sample: Backtest):
    """A contact lost or doubled on the way would shift every measure."""
    offered = sample.errors.query("measure == 'offered'")
    assert (offered["error"] < 1e-6).all()
    assert (offered["bias"].abs() < 1e-6).all()


@pytest.mark.parametrize("measure", COMPARED[1:])
def test_the_sample_lies_in_the_band_as_often_as_it_should(sample: Backtest, measure: str):
    """The log is made as the simulation believes, so nine in ten contacts are in the band but for chance (4 errors)."""
    opened = sample.observed.estimate("offered", ALL, "interval", sample.horizon).value > 0
    error = np.sqrt(0.9 * 0.1 / opened.sum())
    assert sample.error(IMPORTED, measure, column="inside") > 0.9 - 4 * error


def test_unseen_wrap_up_is_found(made: Records):
    """Not-ready time must give back the minute of wrap-up that the log does not tell, within four standard errors."""
    found = readiness(made)["agents"]
    assert found.mean == pytest.approx(WRAP_UP, abs=4 * WRAP_UP / np.sqrt(found.known * found.count))


def test_unseen_wrap_up_explains_the_error(made: Records):
    """Played as imported, unseen wrap-up passes for availability; with not-ready time the days are in the band."""
    found = backtest(made, replications=30)
    assert found.error(IMPORTED, "abandonment", column="bias") < -0.05
    intervals = int((found.observed.estimate("offered", ALL, "interval", found.horizon).value > 0).sum())
    for measure in ("service_level", "abandonment"):
        inside = found.error(READY, measure, column="inside")
        assert inside > 0.9 - 4 * np.sqrt(0.9 * 0.1 / intervals)
        assert found.error(IMPORTED, measure, column="inside") < inside


def test_nothing_is_estimated_on_the_days_that_are_judged():
    """Without actual AHT, even days with ten times the handle times change what is said of odd days, and only that."""
    records = read_records(SAMPLE_LOG, BANK)
    longer = replace(records, handle=np.where(records.day % 2 == 0, records.handle * 10, records.handle))
    before, after = (
        [half.calibration.type("PS").handle_time.mean for half in halves(some, 1800.0, True, actual_aht=False)]
        for some in (records, longer)
    )
    assert after[0] == before[0]
    assert after[1] == pytest.approx(10 * before[1])
    odd = records.select(records.day % 2 == 1)
    assert before[0] == calibrate(odd).type("PS").handle_time.mean


def test_average_handle_time_is_that_of_the_days_played():
    """The load must be that of the day: the mean over the contacts of a pool as observed, whatever other days say."""
    records = read_records(SAMPLE_LOG, BANK)
    longer = replace(records, handle=np.where(records.day % 2 == 0, records.handle * 10, records.handle))
    for some in halves(longer, 1800.0, True):
        own = some.records
        for types in own.pools.values():
            theirs = own.of_types(types) & np.isfinite(own.handle)
            means = np.array([some.calibration.type(name).handle_time.mean for name in own.types])
            assert means[own.type[theirs]].mean() == pytest.approx(own.handle[theirs].mean())


def test_another_log_may_be_the_one_that_is_estimated_on():
    """What is estimated must come from the other log, and what is given from the log that is judged."""
    records = read_records(SAMPLE_LOG, BANK)
    first, second = records.between(0, 2), records.between(2, records.days)
    (part,) = Study.of(second, calibrate_on=first, actual_aht=False).halves
    assert part.calibration.type("PS").handle_time == calibrate(first).type("PS").handle_time
    np.testing.assert_array_equal(part.calibration.volumes, calibrate(second).volumes)
    assert part.calibration.horizon == second.horizon(1800.0)


def test_another_log_without_a_contact_type_is_refused():
    """A type that the other log does not know has no handle time there; a guess would be silent."""
    records = read_records(SAMPLE_LOG, BANK)
    fewer = replace(records.select(records.of_types(records.types[1:])), types=records.types[1:])
    fewer = replace(fewer, type=fewer.type - 1, channels=records.channels[1:])
    with pytest.raises(InvalidValue, match="calibrate_on: 'IN' cannot be used"):
        backtest(records, calibrate_on=fewer)


def test_staffing_is_drawn_around_the_guess():
    """A draw must keep the mean, differ from the next, and put nobody where nobody was."""
    scenario = replays(halves(read_records(SAMPLE_LOG, BANK), 1800.0, True)[0], 20.0)[0].scenario
    drawn_heads = np.array([varied_staffing(scenario, draw).staffing for draw in range(200)])
    assert (drawn_heads[:, scenario.staffing == 0] == 0).all()
    spread = drawn_heads.sum(axis=(1, 2))
    assert spread.mean() == pytest.approx(scenario.staffing.sum(), abs=4 * spread.std() / np.sqrt(len(spread)))
    assert len(np.unique(spread)) > 10


def test_bands_hold_nine_in_ten_of_what_comes_next():
    """With 20 replications the default quantiles would hold 81 % of further ones (Gaussian draws, 4 errors)."""
    values = np.random.default_rng(2).normal(size=(21, 4000))
    low, high = band(values[:20])
    inside = np.mean((low <= values[20]) & (values[20] <= high))
    assert inside == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 4000))


def test_an_interval_of_the_mean_rests_on_draws():
    """Replications of one draw share its staffing: counted as independent they would promise too much."""
    offered = np.ones((6, 1))
    waits = np.array([[10.2], [10.2], [10.2], [10.8], [10.8], [10.8]])  # far from 0, which ends the interval of a wait
    sums = {("mean_wait", ALL): (waits, offered)}
    horizon = Horizon(start=date(2026, 3, 2), interval=86400.0)
    estimate = Source("two draws", sums, draws=2).estimate("mean_wait", ALL, "interval", horizon)
    # Two draws with means 10.2 and 10.8: standard error 0.3, and Student's t with one degree of freedom, 12.706.
    assert estimate.half_width.item() == pytest.approx(12.706 * 0.3, rel=1e-3)


def test_a_single_day_cannot_be_held_out():
    """Held out from itself, a day would be judged by nothing."""
    one = read_records(SAMPLE_LOG, BANK).between(0, 1)
    with pytest.raises(InvalidValue, match="held_out: True cannot be used; a log of a single day"):
        backtest(one)
    assert backtest(one, held_out=False, replications=2).horizon.days == 1


def test_a_log_without_agents_is_played_as_imported():
    """Who serves what, and how soon they are ready, cannot be told without agents."""
    records = read_records(SAMPLE_LOG, BANK)
    nameless = replace(records, agents=(), agent=np.full(len(records), -1))
    assert [replay.model for replay in replays(halves(nameless, 1800.0, True)[0], 20.0)] == [IMPORTED]


def test_models_are_told_apart(sample: Backtest):
    """A log with agents gets all three simulations and all formulas, the observation first."""
    assert [source.name for source in sample.sources][:4] == [OBSERVED, IMPORTED, SHARED, READY]
    assert sample.pools == (ALL, "regular", "internet")


def test_pictures_show_what_was_found(sample: Backtest):
    """A chart that cannot be drawn, or without the observation, would show nothing."""
    pictures = [over_the_day(sample, measure, LIGHT) for measure in COMPARED[1:]]
    for picture in (*pictures, all_over_the_day(sample, LIGHT, "regular"), day_by_day(sample, "abandonment", LIGHT)):
        svg = drawn(picture.specification(), "svg")
        assert OBSERVED in svg.decode()
        assert "Observed from" in picture.alt
    assert "no answer: overloaded" in error_bars(sample, LIGHT, "internet").alt or sample.overloaded("internet") < 0.5


# -- the command -----------------------------------------------------------------------------------------------------


def ccplan(*words: str | Path) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, ["backtest", *(str(word) for word in words)])


def test_command_writes_rows_and_a_chart(tmp_path: Path):
    """JSON must stand alone on standard output, and the chart in the file."""
    chart = tmp_path / "validation.svg"
    result = ccplan(SAMPLE_LOG, "--mapping", "bank", "-n", "2", "--chart", chart, "--json")
    rows = json.loads(result.stdout)
    assert {row["source"] for row in rows} >= {OBSERVED, READY, ERLANG_A}
    assert {row["period"] for row in rows} == {"horizon"}
    assert chart.read_text("utf-8").startswith("<svg")


def test_command_tells_people_errors_and_caveats():
    """A person must see the error of each model and what the log cannot tell."""
    result = ccplan(SAMPLE_LOG, "--mapping", "bank", "-n", "2", "--pool", "regular")
    assert result.exit_code == 0
    for part in ("Model, regular", "Bias in total", "guessed from services", "other half of the days"):
        assert part in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "words, said",
    [
        (("--chart", "out.pdf"), "end the name with .svg or .png"),
        (("--pool", "night"), "choose one of all, regular, internet"),
        (("--period", "week"), "choose one of horizon"),
        (("--picture", "map"), "choose one of time-of-day"),
        (("--workers", "0"), "give at least 1"),
        (("--calibrate-on", str(SAMPLE_LOG), "--in-sample"), "give only one of them"),
    ],
)
def test_command_refuses_what_it_cannot_do(words: tuple[str, ...], said: str):
    """A bad wish must be refused before anything long begins, with its remedy."""
    result = ccplan(SAMPLE_LOG, "--mapping", "bank", *words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


# -- the bank's calls --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def periods() -> tuple[Records, Records]:
    """The bank's busy fortnight and calm week."""
    data = SHARED_FOLDER / "data"
    paths = [data / f"bank_1999-08-{days}_calls.csv.gz" for days in ("01_15", "16_23")]
    if not all(path.exists() for path in paths):
        pytest.skip("the bank's calls are not here")
    busy, calm = (read_records(path, BANK) for path in paths)
    return busy, calm


@pytest.mark.parametrize("judged", [0, 1])
def test_not_ready_time_carries_over_between_periods(periods: tuple[Records, Records], judged: int):
    """Staffing from records overstates availability; measured in the other period, the correction takes half of it.

    And half-hour bands called 90 % must hold 85 to 95 % of the contacts there.
    """
    result = backtest(periods[judged], calibrate_on=periods[1 - judged], replications=20)
    for model in (IMPORTED, SHARED, ERLANG_A):
        assert result.error(model, "service_level", "regular", "bias") > 0.05
        assert result.error(model, "abandonment", "regular", "bias") < -0.01
    corrected, plain = (abs(result.error(model, "service_level", "regular", "bias")) for model in (READY, SHARED))
    assert corrected < plain / 2
    assert result.error(READY, "service_level", "regular") < result.error(SHARED, "service_level", "regular")
    for measure in COMPARED[1:]:
        assert 0.85 <= result.error(READY, measure, "regular", "inside") <= 0.95
