"""What the validation page asks of the workers, and how it says what was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from interface.app.jobs.jobs import RunRequest
from interface.formatting import difference, label, shown
from scenarios.contact_log.records import Suspicion
from scenarios.measures import MEASURES
from studies.backtest import Backtest, Study
from studies.backtest_sources import ALL, COMPARED, Source
from studies.replays import ERLANG_C, READY, SHARED, WHAT

NOT_READY = """
Staffing guessed from services counts agents as available who are in wrap-up, on a break or doing other work. *Not-ready
time* is how long an agent takes after a contact until the next, measured only while two or more customers wait: in calm
hours agents take breaks, and a gap says nothing of a busy one.

On a bank's calls it came to 34 s in an overloaded fortnight and 33 s in a calm week. Each period was played with what
the other one says, first with the average handle time of the days played, then with that of the other period:

| answered within 20 s, mean wait, abandoned | overloaded fortnight | calm week |
|---|---|---|
| observed | 23.6 %, 109 s, 26.5 % | 62.2 %, 37 s, 10.3 % |
| with not-ready time | 28.3 %, 113 s, 25.4 % | 63.7 %, 54 s, 11.6 % |
| without | 42.2 %, 76 s, 18.2 % | 74.8 %, 36 s, 7.7 % |
| other period's AHT, with not-ready time | 36.8 %, 88 s, 20.7 % | 55.8 %, 69 s, 14.6 % |
| other period's AHT, without | 53.2 %, 55 s, 13.6 % | 67.3 %, 48 s, 10.3 % |

With actual handle times the correction carried over in service level and abandonment; the wait of the calm week became
too long. It does not repair a wrong forecast of handle times: these were 14 % longer in the fortnight, and with them
the correction made the calm week worse. Use it with current handle times only, and log-in records where there are any.
"""
"""What the page says of the correction, from the study in `docs/explanation/validation.md`."""


@dataclass(frozen=True)
class Prepared:
    """A study of a log, with what was found on the way."""

    study: Study
    report: tuple[str, ...]
    caveats: tuple[str, ...]
    suspicions: tuple[Suspicion, ...] = ()
    """What is odd about the contacts as a whole."""


def prepared(content: bytes, name: str, mapping_name: str, within: float) -> Prepared:
    """The study of the content of a contact log; heavy, so made by a worker."""
    from scenarios.contact_log.mapping import mapping
    from scenarios.contact_log.records import read_records

    records = read_records(content, mapping(mapping_name), name)
    study = Study.of(records, within, held_out=len(np.unique(records.day)) > 1)
    report = records.report
    return Prepared(study, tuple(report.lines()), study.halves[0].calibration.caveats, report.suspicions)


def suspicious(suspicions: tuple[Suspicion, ...]) -> pd.DataFrame:
    """What is odd about the contacts of a log, as people read it."""
    return pd.DataFrame(
        [{"Suspicious": odd.issue, "Seen": odd.evidence, "What to do": odd.remedy} for odd in suspicions]
    )


def plan_of(study: Study, replications: int) -> RunRequest:
    """The plan that plays a study's replays."""
    return RunRequest(
        tuple(replay.scenario for replay in study.replays),
        study.per_draw(replications),
        about=study,
        arrivals=tuple(replay.arrivals for replay in study.replays),
        seeds=tuple(1 + replay.draw for replay in study.replays),
    )


def not_ready(study: Study) -> pd.DataFrame:
    """The not-ready time that each half of the days was played with, as people read it."""
    rows = [
        {"Pool": pool, "Not-ready time": f"{estimate.mean:.0f} s", "Gaps": f"{estimate.count:,}"}
        for part in study.halves
        for pool, estimate in part.readiness.items()
    ]
    return pd.DataFrame(rows, columns=["Pool", "Not-ready time", "Gaps"])


def headline(found: Backtest, of: str = ALL) -> str:
    """What happened and what the simulations say, in one sentence."""

    def level(source: Source) -> str:
        return shown(float(source.estimate("service_level", of, "horizon", found.horizon).value[0]), "share")

    observed = f"{level(found.observed)} were answered within {found.within:g} s"
    ready, shared = found.model(READY), found.model(SHARED)
    if ready is None or shared is None:
        return f"{observed}; the simulation says {level(found.models[0])}"
    return f"{observed}; the simulation says {level(ready)} with not-ready time, {level(shared)} without"


def totals(found: Backtest, of: str = ALL) -> pd.DataFrame:
    """Every source in total, as people read it."""
    table = found.table
    mine = table[(table["of"] == of) & (table["period"] == "horizon")]
    rows = {
        (str(row["source"]), str(row["measure"])): shown(float(row["value"]), str(row["unit"]))
        for row in mine.to_dict("records")
    }
    return pd.DataFrame(
        [
            {"Source": source.name}
            | {label(measure): _said(rows, source.name, measure) for measure in COMPARED}
            | {"What it assumes": WHAT.get(source.name, "what happened")}
            for source in found.sources
        ]
    )


def _said(rows: dict[tuple[str, str], str], source: str, measure: str) -> str:
    if (source, measure) == (ERLANG_C, "abandonment"):
        return "assumes none"
    return rows.get((source, measure), "overloaded")


def errors(found: Backtest, of: str = ALL) -> pd.DataFrame:
    """The error of every model, as people read it."""
    rows = found.errors
    mine = rows[(rows["of"] == of) & (rows["measure"] != "offered")]
    return pd.DataFrame([_error(row) for row in mine.to_dict("records")])


def _error(row: dict[object, object]) -> dict[str, str]:
    unit = MEASURES[str(row["measure"])].unit
    error, chance, bias, inside, answered = (
        float(str(row[name])) for name in ("error", "chance", "bias", "inside", "answered_for")
    )
    partly = f" (for {100 * answered:.0f} % of contacts)" if answered < 1 else ""
    return {
        "Model": str(row["model"]),
        "Measure": label(str(row["measure"])),
        "Error": difference(error, unit).lstrip("+") + partly,
        "Chance alone": difference(chance, unit).lstrip("+"),
        "Bias in total": difference(bias, unit),
        "Inside the band": shown(inside, "share"),
    }
