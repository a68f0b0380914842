"""Back-test: simulations and formulas compared with the recorded days of a contact log.

The recorded contacts arrive as they came, the staffing is what the log shows, and everything that is estimated comes
from other days (`studies.replays`): the other half of the log, or another log. The result is one table with every model
next to the observation, and one forecast error for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calibration.calibrate import Calibration
from scenarios.contact_log.records import Records
from scenarios.horizon import Horizon
from scenarios.measures import COLUMNS, MEASURES
from simulator.engines import Engine
from simulator.executors import Executor
from simulator.experiment import Experiment, Progress, simulate
from simulator.measure.results import Results
from studies.backtest_errors import ERROR_COLUMNS, band, error_row
from studies.backtest_sources import ALL, COMPARED, Source, formula_sources, observed, simulated
from studies.replays import ERLANG_C, WHAT, Half, Replay, half, halves, replays

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

PERIODS = ("horizon", "day", "time-of-day", "interval")
"""`time-of-day` puts the same interval of all days together."""
DRAWS = 10
"""Draws of the staffing among which the replications are shared."""
TABLE_COLUMNS = (*COLUMNS, "band_low", "band_high")
"""`low` and `high` are the 95 % interval of the mean; between the bands lie 90 % of the replications."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """Models compared with the observation, over the days of a log."""

    horizon: Horizon
    within: float
    held_out: bool
    sources: tuple[Source, ...]
    """The observation, then the models."""
    pools: tuple[str, ...]
    """`all`, and the pools of agents where there are several."""
    calibrations: tuple[Calibration, ...]
    """What was estimated, for each half of the days."""
    replications: int
    seed: int

    @property
    def observed(self) -> Source:
        """The observation."""
        return self.sources[0]

    @property
    def models(self) -> tuple[Source, ...]:
        """The models, without the observation."""
        return self.sources[1:]

    def model(self, name: str) -> Source | None:
        """A model by its name; None if the log does not allow it."""
        return next((source for source in self.models if source.name == name), None)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every source as tidy rows in `TABLE_COLUMNS`; what never happened, or has no answer, is left out."""
        import pandas as pd

        texts: dict[str, list[object]] = {name: [] for name in _TEXTS}
        values: dict[str, list[NDArray[Any]]] = {name: [] for name in TABLE_COLUMNS if name not in _TEXTS}
        starts = {period: _starts(self.horizon, period) for period in PERIODS}
        for source, measure, of, period in product(self.sources, COMPARED, self.pools, PERIODS):
            for name, text in _what(source, measure, of, period).items():
                texts[name].append(text)
            for name, column in self._values(source, measure, of, period, starts[period]).items():
                values[name].append(column)
        lengths = [len(column) for column in values["value"]]
        repeated = {name: np.repeat(np.array(words, dtype=object), lengths) for name, words in texts.items()}
        table = pd.DataFrame(repeated | {name: np.concatenate(parts) for name, parts in values.items()})
        return table.loc[table["value"].notna(), list(TABLE_COLUMNS)].reset_index(drop=True)

    def _values(
        self, source: Source, measure: str, of: str, period: str, starts: NDArray[np.datetime64]
    ) -> dict[str, NDArray[Any]]:
        """The columns of a source's estimates that hold numbers and times."""
        estimate = source.estimate(measure, of, period, self.horizon)
        by_replication = source.by_replication(measure, of, period, self.horizon)
        low, high = band(by_replication) if len(by_replication) > 1 else np.full((2, by_replication.shape[1]), np.nan)
        return {
            "start": starts,
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "replications": np.full(len(starts), len(by_replication)),
            "band_low": low,
            "band_high": high,
        }

    @cached_property
    def errors(self) -> pd.DataFrame:
        """One forecast error for each model, measure and pool, in `ERROR_COLUMNS`.

        `error` is the mean distance between model and observation over the intervals of all days, weighted by the
        contacts offered. `chance` is the error expected from randomness: that of an observation which is one of the
        model's own replications, so it grows with the spread that the model assumes. `bias` is the model's total less
        the observed one. `inside` is the share of contacts in intervals observed within the model's 90 % band.
        `answered_for` is the share of contacts in intervals for which the model has an answer: an overloaded Erlang C
        has no wait.
        """
        import pandas as pd

        rows = [
            error_row(model, self.observed, measure, of, self.horizon)
            for model in self.models
            for measure in COMPARED
            for of in self.pools
        ]
        return pd.DataFrame(rows, columns=list(ERROR_COLUMNS))

    def error(self, model: str, measure: str, of: str = ALL, column: str = "error") -> float:
        """One number of the table of errors."""
        rows = self.errors
        return float(rows[(rows["model"] == model) & (rows["measure"] == measure) & (rows["of"] == of)][column].iloc[0])

    @property
    def nbytes(self) -> int:
        """The bytes of the sums of all sources."""
        return sum(
            part.nbytes for source in self.sources for sums in source.sums.values() for part in sums if part is not None
        )

    def overloaded(self, of: str = ALL) -> float:
        """The share of contacts in intervals that Erlang C calls overloaded."""
        return 1 - self.error(ERLANG_C, "mean_wait", of, "answered_for")


@dataclass(frozen=True)
class Study:
    """A back-test set up: the days to simulate, and how to evaluate the results."""

    records: Records
    within: float
    held_out: bool
    horizon: Horizon
    halves: tuple[Half, ...] = field(repr=False)
    replays: tuple[Replay, ...] = field(repr=False)
    draws: int = 1

    @classmethod
    def of(
        cls,
        records: Records,
        within: float = 20.0,
        interval: float = 1800.0,
        held_out: bool = True,
        *,
        calibrate_on: Records | None = None,
        actual_aht: bool = True,
        draws: int = DRAWS,
    ) -> Study:
        """The back-test of a log; see `backtest`."""
        if calibrate_on is None:
            parts = halves(records, interval, held_out, actual_aht)
        else:
            parts = (half(records, calibrate_on, interval, actual_aht),)
        plays = tuple(replay for part in parts for replay in replays(part, within, draws))
        return cls(records, within, held_out, records.horizon(interval), parts, plays, draws)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it takes from the results."""
        return COMPARED

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the log and of what is asked of it, equal for studies that find the same."""
        records = self.records
        hashed = sha256(repr((records.start, records.days, records.types, records.channels, self.within)).encode())
        hashed.update(repr((records.mapping, records.agents, self.held_out, self.draws, self.horizon)).encode())
        for values in vars(records).values():
            if isinstance(values, np.ndarray):
                hashed.update(values.tobytes() + b";")
        return hashed.hexdigest()

    def per_draw(self, replications: int) -> int:
        """Replications of each draw, so that all draws together have at least as many as wanted."""
        return -(-replications // self.draws)

    @property
    def pools(self) -> dict[str, tuple[str, ...]]:
        """The contact types by pool, all of them together first."""
        own = self.records.pools
        return {ALL: self.records.types} | (own if len(own) > 1 else {})

    def found(self, results: Sequence[Results]) -> Backtest:
        """The results of the replays, in their order, with the formulas and the observation."""
        by_model: dict[str, list[Results]] = {}
        for replay, result in zip(self.replays, results, strict=True):
            by_model.setdefault(replay.model, []).append(result)
        # A model that only one half of the days allows would cover half of the contacts: left out.
        whole = {
            model: [replayed[at : at + self.draws] for at in range(0, len(replayed), self.draws)]
            for model, replayed in by_model.items()
            if len(replayed) == len(self.halves) * self.draws
        }
        return Backtest(
            horizon=self.horizon,
            within=self.within,
            held_out=self.held_out,
            sources=(
                observed(self.records, self.pools, self.horizon, self.within),
                *(simulated(model, parts, self.pools, self.horizon) for model, parts in whole.items()),
                *formula_sources(self.halves, self.pools, self.within),
            ),
            pools=tuple(self.pools),
            calibrations=tuple(half.calibration for half in self.halves),
            replications=self.draws * results[0].replications,
            seed=results[0].seed,
        )


def backtest(
    records: Records,
    *,
    within: float = 20.0,
    interval: float = 1800.0,
    replications: int = 50,
    seed: int = 1,
    held_out: bool = True,
    calibrate_on: Records | None = None,
    actual_aht: bool = True,
    engine: Engine = "auto",
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Backtest:
    """The days of a log simulated with the recorded contacts, compared with formulas and with the observation.

    Parameters
    ----------
    records
        A cleaned contact log.
    within
        The seconds of the service level.
    interval
        Seconds per interval of the report.
    replications, seed
        How often handle times, patience and staffing are drawn anew, and from which seed. With more than ten the
        number is rounded up to tens: they share ten draws of the staffing.
    held_out
        Whether the spread of handle times, patience and not-ready time come from the other half of the days.
    calibrate_on
        Another log from which they come instead.
    actual_aht
        Whether the average handle time is that of the simulated days, as volumes and staffing are; otherwise it too
        comes from the other days, and the error is that of a forecast of the handle time as well.
    engine, executor, progress, cancelled
        As in `simulator.experiment.simulate`.

    Raises
    ------
    InvalidValue
        For a log of a single day, unless `held_out` is switched off.
    Cancelled
        If `cancelled` says so.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> result = backtest(read_records(SAMPLE_LOG, BANK), replications=2)
    >>> round(result.error("Erlang A", "offered"), 6)
    0.0
    """
    study = Study.of(
        records,
        within,
        interval,
        held_out,
        calibrate_on=calibrate_on,
        actual_aht=actual_aht,
        draws=min(DRAWS, replications),
    )
    per_draw = study.per_draw(replications)
    total = per_draw * len(study.replays)
    # Whether the compiled engine is worth its start is asked of all draws together: each of them alone is short.
    chosen = Experiment(total, seed, engine).engine_for(study.replays[0].scenario)
    results = []
    for at, replay in enumerate(study.replays):
        results.append(
            simulate(
                replay.scenario,
                per_draw,
                seed + replay.draw,
                engine=chosen,
                arrivals=replay.arrivals,
                executor=executor,
                progress=_shifted(progress, at * per_draw, total),
                cancelled=cancelled,
            )
        )
    return study.found(results)


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(before + done, total)


_TEXTS = ("scenario", "source", "measure", "unit", "by", "of", "period", "note")
"""Columns of the table that are the same for all rows of an estimate."""


def _what(source: Source, measure: str, of: str, period: str) -> dict[str, str]:
    """What an estimate is of."""
    return {
        "scenario": "those-days",
        "source": source.name,
        "measure": measure,
        "unit": MEASURES[measure].unit,
        "by": "total" if of == ALL else "pool",
        "of": of,
        "period": period,
        "note": WHAT.get(source.name, MEASURES[measure].definition),
    }


def _starts(horizon: Horizon, period: str) -> NDArray[np.datetime64]:
    times = np.array(horizon.times, dtype="datetime64[s]")
    per_day = horizon.intervals_per_day
    return {"interval": times, "day": times[::per_day], "time-of-day": times[:per_day], "horizon": times[:1]}[period]
