"""Known truth goes in as synthetic records, and estimates must find it within their standard errors."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.special import digamma

from models.calibration.calibrate import CAVEAT, Calibration, calibrate
from models.calibration.fitting import fits, quantiles
from models.calibration.from_records import OBSERVED, arrivals, observed, to_scenario
from models.calibration.presence import NO_AGENTS, presence, staffing, stretches
from models.calibration.redials import is_redial, redials
from models.calibration.survival import completed, exponential_patience, kaplan_meier
from models.calibration.variation import day_variation
from scenarios.contact_log.mapping import BANK, GENERIC, Mapping
from scenarios.contact_log.records import Records, Report, read_records
from scenarios.distributions import Distribution, Exponential, Gamma, Hyperexponential, Lognormal, Weibull
from scenarios.errors import InvalidValue
from scenarios.horizon import Horizon
from scenarios.measures import COLUMNS
from scenarios.sample import SAMPLE_LOG, make
from scenarios.units import DAY
from scenarios.yaml.files import loads
from scenarios.yaml.write import dump

TRUE_PATIENCE = Weibull(mean=300, shape=0.7)


def some_records(queue, wait, answered, handle=100.0, mapping: Mapping = GENERIC, **columns) -> Records:
    """Records of one phone type, or of more if `type` and `types` are given, sorted by queue entry."""
    queue = np.asarray(queue, dtype=float)
    size = len(queue)
    answered = np.broadcast_to(answered, size)
    full = {
        "type": np.zeros(size, dtype=int),
        "arrival": queue,
        "queue": queue,
        "wait": np.broadcast_to(np.asarray(wait, dtype=float), size),
        "answered": answered,
        "handle": np.where(answered, handle, np.nan),
        "wrap_up": np.full(size, np.nan),
        "agent": np.where(answered, 0, -1),
        "customer": np.full(size, -1),
    } | {name: np.asarray(value) for name, value in columns.items() if name not in {"types", "days"}}
    full["end"] = np.where(full["answered"], queue + full["wait"] + np.nan_to_num(full["handle"]), np.nan)
    order = np.argsort(queue, kind="stable")
    types = columns.get("types", ("calls",))
    return Records(
        start=date(2026, 3, 2),
        days=columns.get("days", int(queue.max() // DAY) + 1),
        types=types,
        channels=("phone",) * len(types),
        agents=("A01", "A02"),
        mapping=mapping,
        report=Report(size, size),
        **{name: value[order] for name, value in full.items()},
    )


@pytest.fixture(scope="module")
def censored() -> tuple[np.ndarray, np.ndarray]:
    """Waits and abandonment of 40,000 contacts with a known patience and waits offered by an independent queue."""
    random = np.random.default_rng(7)
    patience = TRUE_PATIENCE.draw(random, 40_000)
    offered = np.where(random.random(40_000) < 0.7, random.exponential(250, 40_000), 0.0)
    return np.minimum(patience, offered), patience < offered


def test_kaplan_meier_by_hand():
    """Kaplan and Meier's own example (1958, section 2: eight items, four losses) would come out differently."""
    times = [0.8, 1.0, 2.7, 3.1, 5.4, 7.0, 9.2, 12.1]
    deaths = [True, False, False, True, True, False, True, False]
    survival = kaplan_meier(times, deaths)
    np.testing.assert_allclose(survival.time, [0.8, 3.1, 5.4, 9.2])
    np.testing.assert_allclose(survival.share, [7 / 8, 7 / 10, 21 / 40, 21 / 80])


def test_kaplan_meier_finds_the_patience_where_the_naive_mean_does_not(censored):
    """Censoring would be ignored: time to abandon is not patience."""
    waits, left = censored
    survival = kaplan_meier(waits, left)
    at = np.array([10.0, 60.0, 180.0, 300.0, 600.0])
    error = survival.error[np.searchsorted(survival.time, at) - 1]
    distance = np.abs(survival.after(at) - (1 - TRUE_PATIENCE.cdf(at)))
    assert np.all(distance < 4 * error)
    assert np.all(error < 0.01)
    naive = waits[left]
    assert naive.mean() + 100 * naive.std() / math.sqrt(len(naive)) < TRUE_PATIENCE.mean
    assert np.mean(naive > 180.0) + 0.2 < 1 - TRUE_PATIENCE.cdf(180.0)


def test_the_completed_patience_agrees_where_it_is_observed(censored):
    """The scenario would be given another patience than the one that was estimated, or lose the patient ones."""
    waits, left = censored
    survival = kaplan_meier(waits, left)
    whole = completed(survival, waits)
    at = np.array([10.0, 60.0, 180.0, 300.0, 600.0])
    # 200 classes of equal mass: a step of the distribution function is at most that wide.
    np.testing.assert_allclose(1 - whole.distribution.cdf(at), survival.after(at), atol=1 / 200)
    assert sum(whole.distribution.weights or ()) == pytest.approx(1)
    assert whole.beyond == pytest.approx(1 - whole.distribution.cdf(whole.last), abs=1e-9)


def test_exponential_patience_with_its_tail():
    """A tail at the last hazard would not carry on an exponential, whose hazard never changes."""
    random = np.random.default_rng(3)
    patience, offered = random.exponential(400.0, 40_000), random.exponential(200.0, 40_000)
    waits, left = np.minimum(patience, offered), patience < offered
    mean, error = exponential_patience(waits, left)
    assert error < 5
    assert abs(mean - 400) < 4 * error
    whole = completed(kaplan_meier(waits, left), waits)
    events = left.sum() / 5
    assert abs(whole.hazard - 1 / 400) < 4 / 400 / math.sqrt(events)
    # The mean rests on the tail: beyond x (1/h) of it, with the error of h on top of that of the rest.
    assert abs(whole.distribution.mean - 400) < 4 * (error + whole.beyond * 400 / math.sqrt(events))


def test_nobody_left_says_so():
    """Patience would be made up where the log holds none."""
    for estimate in (kaplan_meier, exponential_patience):
        with pytest.raises(InvalidValue, match="nobody"):
            estimate([1.0, 2.0], [False, False])


@pytest.mark.parametrize(
    "truth",
    [
        Exponential(mean=180),
        Lognormal(mean=180, cv=1.2),
        Gamma(mean=180, cv=0.6),
        Weibull(mean=180, shape=1.6),
        Hyperexponential(shares=(0.8, 0.2), means=(90, 540)),
    ],
    ids=lambda truth: truth.family,
)
def test_the_family_and_its_parameters_are_found(truth: Distribution):
    """A likelihood would be wrong: another family would win, or with other parameters."""
    times = truth.draw(np.random.default_rng(11), 20_000)
    found = fits(times)
    best = found[0]
    # An exponential is a special case of three others, which may win by a hair.
    assert truth.family in [fit.family for fit in found if fit.aic < best.aic + 6]
    own = next(fit for fit in found if fit.family == truth.family)
    sd = math.sqrt(truth.scv) * truth.mean
    assert abs(own.distribution.mean - truth.mean) < 5 * sd / math.sqrt(len(times))
    # Kolmogorov (1933): P(distance > 1.95 / sqrt(n)) is 0.001 for given parameters, less for fitted ones.
    assert own.distance < 1.95 / math.sqrt(len(times))
    shares = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(own.distribution.cdf(truth.quantile(shares)), shares, atol=4 * 0.5 / math.sqrt(20_000))


def test_fits_are_where_the_likelihood_is_largest():
    """A fit would stop short of the top: the equations of the maximum would not hold at its parameters."""
    times = np.random.default_rng(5).gamma(2.5, 80.0, 4000)
    logs, fitted = np.log(times), {fit.family: fit.distribution for fit in fits(times)}
    assert fitted["exponential"].mean == pytest.approx(times.mean(), rel=1e-12)
    assert fitted["lognormal"].scv == pytest.approx(math.expm1(logs.var()), rel=1e-9)
    # Minka (2002, eq. 4): log k - digamma(k) is the log of the mean less the mean of the logs.
    shape = 1 / fitted["gamma"].scv
    assert fitted["gamma"].mean == pytest.approx(times.mean(), rel=1e-9)
    assert math.log(shape) - digamma(shape) == pytest.approx(math.log(times.mean()) - logs.mean(), rel=1e-6)
    # Cohen (1965, eq. 2.4): sum x^k log x / sum x^k - 1/k is the mean of the logs.
    power = times ** fitted["weibull"].shape
    score = float((power * logs).sum() / power.sum()) - 1 / fitted["weibull"].shape
    assert score == pytest.approx(logs.mean(), abs=1e-4)


def test_fits_refuse_what_has_no_family():
    """A family would be fitted to nothing."""
    with pytest.raises(InvalidValue, match="10"):
        fits([1.0] * 9)
    with pytest.raises(InvalidValue, match="over 0"):
        fits([0.0] * 20)
    with pytest.raises(InvalidValue, match="deterministic"):
        fits([5.0] * 20)


def test_quantiles_keep_mean_and_nearly_the_spread():
    """The load would change when times become a table."""
    times = np.random.default_rng(5).lognormal(5, 1, 9973)
    table = quantiles(times)
    assert table.mean == pytest.approx(times.mean())
    assert table.scv < times.var() / times.mean() ** 2
    assert len(table.values) == 200


def test_day_variation_is_found_beyond_poisson():
    """Chance would be read as variation of days, or variation as chance."""
    random = np.random.default_rng(2)
    weekdays = np.tile(np.arange(7), 200)
    means = 500 + 100 * weekdays
    for cv in (0.0, 0.15):
        factor = random.gamma(1 / cv**2, cv**2, len(weekdays)) if cv else np.ones(len(weekdays))
        found = day_variation(random.poisson(means * factor), weekdays)
        assert found.freedom == 7 * 199
        if cv:
            assert found.error < 0.01
            assert abs(found.cv - cv) < 4 * found.error
        else:
            # Var of cv^2 is about 2 / (freedom x mean^2): under 1e-4 it is nothing.
            assert found.cv**2 < 4 * math.sqrt(2 / found.freedom) / means.mean()
    assert math.isnan(day_variation([1, 2], [0, 1]).cv)


def test_duty_by_hand():
    """Gaps under 15 minutes would end a duty, or longer ones not; or two agents would be taken for one."""
    minute = 60.0
    records = some_records(np.array([0, 5, 25, 2]) * minute, 0.0, True, 2 * minute, agent=[0, 0, 0, 1], days=1)
    duty, agent, stretch = stretches(records)
    np.testing.assert_array_equal(duty, np.array([[0, 7], [25, 27], [2, 4]]) * minute)
    np.testing.assert_array_equal(agent, [0, 0, 1])
    np.testing.assert_array_equal(stretch, [0, 2, 0, 1])
    horizon = Horizon(start=records.start, interval=900)
    np.testing.assert_allclose(presence(records, horizon)["agents"][:3], [9 / 15, 2 / 15, 0])
    np.testing.assert_array_equal(staffing(records, horizon)["agents"][:3], [1, 1, 0])


def test_without_agents_the_services_at_once_stand_in():
    """A log that names no agents would make a centre with nobody in it."""
    records = replace(some_records([0, 60, 120, 1000], 0.0, True, [100, 100, 880, 10], days=1), agents=())
    horizon = Horizon(start=records.start, interval=900)
    np.testing.assert_array_equal(staffing(records, horizon)["agents"][:3], [2, 1, 0])
    overlapping = replace(some_records([0, 890], 0.0, True, [1000, 200], days=1), agents=())
    np.testing.assert_array_equal(presence(overlapping, horizon)["agents"][:3], [2, 2, 0])
    assert NO_AGENTS in calibrate(records, 900).caveats


def test_duty_is_split_between_pools_by_service_time():
    """An agent of two pools would be counted in both."""
    two = GENERIC.model_copy(update={"pools": {"one": ("a",), "two": ("b",)}})
    handle = np.array([299.0, 99.0])
    records = some_records(
        [0, 300], 0.0, True, handle, type=[0, 1], types=("a", "b"), agent=[0, 0], mapping=two, days=1
    )
    mean = presence(records, Horizon(start=records.start, interval=3600))
    assert mean["one"][0] * 3600 == pytest.approx(399 * 300 / 400)
    assert mean["two"][0] * 3600 == pytest.approx(399 * 100 / 400)


def test_redials_are_found_with_their_delay():
    """Redials would be missed, counted after answers, or their delay be wrong."""
    random = np.random.default_rng(9)
    n, probability, delay = 4000, 0.6, 600.0
    first = np.sort(random.uniform(0, 10 * DAY, n))
    left = random.random(n) < 0.5
    again = left & (random.random(n) < probability)
    gaps = np.minimum(random.exponential(delay, n), 7000.0)
    later = (first + 60 + gaps)[again]
    queue = np.concatenate((first, later))
    answered = np.concatenate((~left, np.ones(len(later), dtype=bool)))
    customer = np.concatenate((np.arange(n), np.flatnonzero(again)))
    records = some_records(queue, 60.0, answered, customer=customer, days=11)
    found = redials(records)
    assert found is not None
    assert found.error < 0.02
    assert abs(found.probability - probability) < 4 * found.error
    assert found.after_answered == 0
    assert found.delay is not None
    assert abs(found.delay.mean - delay) < 4 * delay / math.sqrt(again.sum())
    assert is_redial(records).sum() == again.sum()
    assert redials(some_records(first, 60.0, ~left)) is None


def test_redials_become_a_rule_and_leave_the_volume():
    """Redials would be counted twice: in the volume and by the rule."""
    customer = np.concatenate((np.arange(100), np.arange(50)))
    queue = np.concatenate((np.linspace(0, 40_000, 100), np.linspace(0, 40_000, 100)[:50] + 90))
    left = np.concatenate((np.ones(100, dtype=bool), np.zeros(50, dtype=bool)))
    records = some_records(queue, 30.0, ~left, np.linspace(50, 150, 150), customer=customer)
    calibration = calibrate(records)
    plain, ruled = (to_scenario(calibration, "r", redials=redials) for redials in (False, True))
    assert (plain.expected.sum(), ruled.expected.sum()) == (150, 100)
    assert plain.contact_types[0].follow_ups == ()
    (rule,) = ruled.contact_types[0].follow_ups
    assert (rule.after, rule.probability, rule.delay.mean) == ("abandoned", 0.5, 60.0)


def test_balking_is_told_apart_from_patience():
    """Customers who never wait would count as impatient ones, and twice."""
    random = np.random.default_rng(4)
    n = 6000
    at_once = random.random(n) < 0.25
    balks = ~at_once & (random.random(n) < 0.2)
    patience, offered = random.exponential(300, n) + 1, random.exponential(100, n) + 2
    waits = np.where(at_once | balks, 0.0, np.minimum(patience, offered))
    answered = np.where(at_once, True, ~balks & (patience >= offered))
    queue = np.linspace(0, 80_000, n)
    contact_type = calibrate(some_records(queue, waits, answered, random.exponential(100, n) + 1)).type("calls")
    assert contact_type.balking is not None
    assert abs(contact_type.balking - 0.2) < 4 * math.sqrt(0.2 * 0.8 / (0.75 * n))
    assert contact_type.patience is not None
    assert abs(contact_type.patience.mean_if_exponential - 301) < 4 * contact_type.patience.error
    hidden = some_records(queue, waits, answered, mapping=BANK, types=("PS",))
    assert calibrate(hidden).type("PS").balking is None


def test_few_data_are_borrowed_from_the_pool_and_say_so():
    """A rare type would be given a family or a patience made of a handful of contacts."""
    random = np.random.default_rng(8)
    n = 1000
    contact_types = np.where(np.arange(n) < 5, 1, 0)
    left = random.random(n) < 0.3
    records = some_records(
        np.linspace(0, 80_000, n),
        random.exponential(60, n) + 2,
        ~left,
        random.exponential(100, n),
        type=contact_types,
        types=("common", "rare"),
    )
    calibration = calibrate(records)
    rare, common = calibration.type("rare"), calibration.type("common")
    assert (rare.handle_time.of, common.handle_time.of) == ("agents", "common")
    assert rare.patience is not None
    assert rare.patience.of == "agents"
    assert rare.offered == 5
    with pytest.raises(InvalidValue, match="known are common, rare"):
        calibration.type("odd")


def test_nothing_to_calibrate_says_so():
    """A scenario would be made of a log without a single service."""
    with pytest.raises(InvalidValue, match="no believable service"):
        calibrate(some_records([10.0, 20.0], 5.0, np.array([False, False])))


@pytest.fixture(scope="module")
def sample() -> Calibration:
    """The calibration of the shipped sample log."""
    return calibrate(read_records(SAMPLE_LOG, BANK))


def test_the_truth_of_the_sample_is_found(sample: Calibration):
    """The whole way from file to estimates would bend what was put into the sample log."""
    offered = sum(make.HOURLY) * sum(make.DAY_FACTORS) * (1 - make.IVR_SHARE)
    assert abs(sample.volumes.sum() - offered) < 4 * math.sqrt(offered)
    contact_type = sample.type("PS")
    mean, cv = make.HANDLE["PS"]
    assert abs(contact_type.handle_time.mean - mean) < 4 * mean * cv / math.sqrt(contact_type.handle_time.count)
    assert contact_type.handle_time.fits[0].family == "lognormal"
    patience = sample.type("IN").patience
    assert patience is not None
    assert abs(patience.mean_if_exponential - make.PATIENCE) < 4 * patience.error
    planned = sum((last - first) * count for first, last, count in make.SHIFTS["regular"])
    seen = sample.present["regular"].sum() / 2 / len(make.DAY_FACTORS)
    # Duty is seen from the first service to the last, so somewhat less than planned.
    assert 0.9 * planned < seen <= planned
    assert CAVEAT in sample.caveats


def test_weekday_means(sample: Calibration):
    """Tuesday would be given Monday's contacts, or a weekday that was never seen a mean."""
    by_day = sample.volumes.reshape(len(sample.types), 3, -1)
    np.testing.assert_array_equal(sample.weekday_means[:, 1], by_day[:, 1])
    assert np.isnan(sample.weekday_means[:, 3:]).all()


def test_the_scenario_plays_those_very_days(sample: Calibration):
    """Volumes, staffing or handle times of the scenario would not be those of the records."""
    scenario = to_scenario(sample, "sample")
    np.testing.assert_array_equal(scenario.expected, sample.volumes)
    np.testing.assert_array_equal(scenario.staffing[0], sample.staffing["regular"])
    assert scenario.group("internet").skills.keys() == {"IN"}
    assert {route.group for route in scenario.routes("PS")} == {"regular"}
    for contact_type in sample.types:
        played = scenario.contact_type(contact_type.name)
        assert played.handle_time.mean == pytest.approx(contact_type.handle_time.mean, abs=0.05)
        assert played.patience is not None
        fitted = to_scenario(sample, "sample", handle="fitted", patience="exponential").contact_type(contact_type.name)
        assert fitted.handle_time.mean == pytest.approx(contact_type.handle_time.mean)
        assert fitted.patience is not None
        assert fitted.patience.family == "exponential"
    assert "guessed" in scenario.origins["agent_groups.regular.staffing"]
    assert loads(dump(scenario)) == scenario


def test_deferred_work_has_no_patience():
    """An e-mail type would be refused, or be given customers who hang up."""
    records = read_records(
        b"type,channel,arrival,answer,end\n"
        + b"\n".join(
            b"mail,email,2026-03-02 08:%02d,2026-03-02 09:%02d,2026-03-02 10:%02d" % (m, m, m) for m in range(30)
        )
    )
    (contact_type,) = to_scenario(calibrate(records), "mail").contact_types
    assert (contact_type.work, contact_type.patience, contact_type.target) == ("deferred", None, None)


def test_observed_by_hand():
    """A measure would be computed from the wrong sums, or filed under the wrong interval, type or day."""
    records = some_records(
        [10, 20, 1800, DAY + 5],
        [0, 30, 40, 20],
        np.array([True, True, False, True]),
        np.array([100, np.nan, 0, 200]),
        type=[0, 1, 0, 0],
        types=("a", "b"),
        wrap_up=[20, np.nan, np.nan, np.nan],
    )
    table = observed(records, records.horizon(), {"a": 20.0, "b": 30.0}, scenario="x")
    assert tuple(table.columns) == COLUMNS
    assert set(table["source"]) == {"records"}

    def value(measure: str, by: str = "total", of: str = "all", period: str = "horizon", at: int = 0) -> float:
        rows = table[(table["measure"] == measure) & (table["by"] == by) & (table["of"] == of)]
        return rows[rows["period"] == period].set_index("start")["value"].loc[_time(at)].item()

    expected = {
        "offered": 4,
        "answered": 3,
        "abandoned": 1,
        "service_level": 3 / 4,
        "abandonment": 1 / 4,
        "asa": 50 / 3,
        "mean_wait": 90 / 4,
        "aht": 160,
    }
    assert {name: value(name) for name in OBSERVED} == pytest.approx(expected)
    assert value("service_level", "type", "a") == pytest.approx(2 / 3)
    assert value("abandonment", period="interval", at=1800) == 1
    assert value("offered", period="day", at=int(DAY)) == 1
    asa = table.query("measure == 'asa' and of == 'all' and period == 'interval'")
    assert len(asa) == 2, "where nobody was answered there is no ASA"
    with pytest.raises(InvalidValue, match="days of the records"):
        observed(records, Horizon(start=records.start, days=1))


def _time(seconds: int) -> np.datetime64:
    return np.datetime64("2026-03-02T00:00:00") + np.timedelta64(seconds, "s")


def test_arrivals_in_the_order_of_the_scenario(sample: Calibration):
    """The tape would hand one type's arrivals to another."""
    records = read_records(SAMPLE_LOG, BANK)
    names = to_scenario(sample, "sample").type_names
    tape = arrivals(records, tuple(reversed(names)))
    counts = [len(times) for times in tape]
    assert counts == [contact_type.offered for contact_type in reversed(sample.types)]
    assert all(np.all(np.diff(times) >= 0) for times in tape)
    assert arrivals(records, ("unknown",))[0].size == 0


def test_the_real_log_as_the_literature_describes_it(project: Path):
    """Estimates from the bank's log would leave what is known of it from elsewhere."""
    path = project.parent / "shared" / "data" / "bank_1999-08-01_15_calls.csv.gz"
    if not path.exists():
        pytest.skip("the bank's records are not here")
    records = read_records(path, BANK)
    calibration = calibrate(records)
    contact_type = calibration.type("PS")
    assert contact_type.patience is not None
    naive = records.wait[records.of_types(("PS",)) & ~records.answered].mean()
    assert contact_type.patience.mean_if_exponential > 4 * naive
    assert calibration.volumes.sum() == 19_937 + 1_658
    # Agent-minutes on duty, both pools, against an independent estimate by the same rule: 63,298.
    minutes = sum(mean.sum() * 30 for mean in calibration.present.values())
    assert minutes == pytest.approx(63_298, rel=0.02)
