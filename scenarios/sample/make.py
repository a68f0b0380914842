"""Write the sample log: three invented weekdays, first come first served, with the truth in the constants below.

Run ``python -m scenarios.sample.make`` to write it again; the seed makes it the same.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from scenarios.contact_log.mapping import BANK
from scenarios.sample import SAMPLE_LOG

SEED = 20260302
FIRST_DAY = date(2026, 3, 2)
OPENS = 7 * 3600
HOURLY = (45, 80, 125, 150, 145, 130, 120, 125, 130, 125, 105, 80, 55, 40)
"""Expected contacts per hour from opening to closing."""
TYPES = {"PS": 0.72, "NE": 0.14, "NW": 0.06, "IN": 0.08}
HANDLE = {"PS": (175.0, 1.0), "NE": (230.0, 1.1), "NW": (130.0, 0.9), "IN": (320.0, 1.0)}
"""Mean (s) and cv of the lognormal handle time by type."""
PATIENCE = 420.0
"""Mean (s) of the exponential patience."""
IVR_SHARE = 0.07
"""The share of customers who hang up in the IVR."""
DAY_FACTORS = (1.1, 1.0, 0.9)
SHIFTS = {"regular": ((7, 15, 4), (9, 17, 4), (12, 21, 4)), "internet": ((8, 15, 1), (12, 20, 1))}
"""Shifts by pool: first hour, last hour, agents."""

HEADER = (
    *("date", "type", "priority", "vru_entry", "vru_time", "q_start", "q_exit", "q_time"),
    *("outcome", "ser_start", "ser_exit", "ser_time", "server"),
)


@dataclass
class _Agent:
    name: str
    begin: int
    end: int
    free: int

    def start(self, queued: int) -> float:
        """When this agent could take a contact that queued at this second; infinity after the shift."""
        at = max(self.free, self.begin, queued)
        return at if at < self.end else np.inf


def sample_csv() -> bytes:
    """The text of the sample log, as it stands in the packed file."""
    random = np.random.default_rng(SEED)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for day, factor in enumerate(DAY_FACTORS):
        rows = sorted(_day(random, FIRST_DAY + timedelta(days=day), factor), key=_entered)
        writer.writerows(rows)
    return out.getvalue().encode()


def _entered(row: tuple[str, ...]) -> str:
    return row[HEADER.index("vru_entry")]


@dataclass(frozen=True)
class _Call:
    contact_type: str
    entry: int
    ivr: int
    patience: int
    service: int
    in_ivr: bool
    """Whether the customer hangs up there."""

    @property
    def queued(self) -> int:
        return self.entry + self.ivr

    @property
    def pool(self) -> str:
        return "internet" if self.contact_type in BANK.pools["internet"] else "regular"


def _day(random: np.random.Generator, day: date, factor: float) -> Iterator[tuple[str, ...]]:
    pools = {pool: list(_agents(pool)) for pool in SHIFTS}
    calls = sorted((_call(random, entry) for entry in _arrivals(random, factor)), key=lambda call: call.queued)
    for call in calls:
        head = (day.isoformat(), call.contact_type, "0", _clock(call.entry), str(call.ivr))
        yield (*head, *((*_none(), "HANG", *_none(), "") if call.in_ivr else _played(pools[call.pool], call)))


def _call(random: np.random.Generator, entry: int) -> _Call:
    contact_type = str(random.choice(list(TYPES), p=list(TYPES.values())))
    return _Call(
        contact_type=contact_type,
        entry=entry,
        ivr=int(random.gamma(2, 5)) + 1,
        patience=int(random.exponential(PATIENCE)) + 1,
        service=max(1, round(_lognormal(random, *HANDLE[contact_type]))),
        in_ivr=bool(random.random() < IVR_SHARE),
    )


def _agents(pool: str) -> Iterator[_Agent]:
    number = 1 if pool == "regular" else 31
    for first, last, count in SHIFTS[pool]:
        for _ in range(count):
            yield _Agent(f"A{number:02d}", first * 3600, last * 3600, 0)
            number += 1


def _arrivals(random: np.random.Generator, factor: float) -> list[int]:
    counts: list[int] = random.poisson(np.asarray(HOURLY) * factor).tolist()
    return [
        OPENS + 3600 * hour + int(second)
        for hour in range(len(HOURLY))
        for second in random.integers(0, 3600, counts[hour])
    ]


def _lognormal(random: np.random.Generator, mean: float, cv: float) -> float:
    sigma = np.sqrt(np.log1p(cv**2))
    return float(random.lognormal(np.log(mean) - sigma**2 / 2, sigma))


def _played(agents: list[_Agent], call: _Call) -> tuple[str, ...]:
    """The rest of the row: first come first served by whoever can start first, the longest idle where several can."""
    queued = call.queued
    agent = min(agents, key=lambda candidate: (candidate.start(queued), candidate.free))
    start = agent.start(queued)
    if start - queued >= call.patience:
        left = queued + call.patience
        return (_clock(queued), _clock(left), str(call.patience), "HANG", *_none(), "")
    begin = int(start)
    agent.free = begin + call.service
    queue = (_clock(queued), _clock(begin), str(begin - queued)) if begin > queued else _none()
    return (*queue, "AGENT", _clock(begin), _clock(agent.free), str(call.service), agent.name)


def _none() -> tuple[str, str, str]:
    return _clock(0), _clock(0), "0"


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def main() -> None:
    """Write the packed sample log beside this file, the same bytes each time."""
    with SAMPLE_LOG.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(sample_csv())


if __name__ == "__main__":
    main()
