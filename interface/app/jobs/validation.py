"""What the Validation page asks of the workers, and its tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from interface.app.jobs.runs import RunRequest
from interface.formatting import difference, label, shown
from scenarios.contact_log.records import Suspicion
from scenarios.measures import MEASURES
from studies.backtest import Backtest, Study
from studies.backtest_sources import ALL, COMPARED, Source
from studies.replays import ERLANG_C, READY, SHARED, WHAT

NOT_READY = """
Staffing inferred from handled contacts counts agents as available who are in wrap-up, on a break or doing other work.
*Not-ready time* is the gap between an agent's contacts, measured only while two or more customers wait: in quiet hours
agents take breaks, so that a gap says nothing about a busy hour.

In a bank's calls it was 34 s in an overloaded fortnight and 33 s in a quiet week. Each period was simulated with the
estimates of the other, first with the actual AHT of the simulated days, then with that of the other period:

| answered within 20 s, mean wait, abandoned | overloaded fortnight | quiet week |
|---|---|---|
| observed | 23.6 %, 109 s, 26.5 % | 62.2 %, 37 s, 10.3 % |
| with not-ready time | 28.3 %, 113 s, 25.4 % | 63.7 %, 54 s, 11.6 % |
| without | 42.2 %, 76 s, 18.2 % | 74.8 %, 36 s, 7.7 % |
| other period's AHT, with not-ready time | 36.8 %, 88 s, 20.7 % | 55.8 %, 69 s, 14.6 % |
| other period's AHT, without | 53.2 %, 55 s, 13.6 % | 67.3 %, 48 s, 10.3 % |

With actual AHT the correction improved service level and abandonment in both periods; the wait of the quiet week became
too long. It does not repair a wrong AHT forecast: AHT was 14 % longer in the fortnight, and with it the correction made
the quiet week worse. Use it with current AHT only, and prefer log-in records where you have them.
"""
"""What the page says of the correction, from the study in `docs/explanation/validation.md`."""


@dataclass(frozen=True)
class Prepared:
    """A study of a log, with the notes made while it was read."""

    study: Study
    report: tuple[str, ...]
    caveats: tuple[str, ...]
    suspicions: tuple[Suspicion, ...] = ()
    """What looks wrong with the contacts as a whole."""


def mapping_text(mapping_name: str) -> str:
    """A ready mapping as YAML, to be changed on the page.

    Examples
    --------
    >>> mapping_text("generic").splitlines()[:3]
    ['name: generic', 'arrival: arrival', 'type: type']
    """
    from scenarios.contact_log.mapping import mapping
    from scenarios.yaml.write import brief, styled, text_of

    return text_of(styled(brief(mapping(mapping_name))))


def prepared(content: bytes, name: str, columns: str, within: float) -> Prepared:
    """The study of the content of a contact log, its columns mapped by a YAML text; heavy, so made by a worker.

    Raises
    ------
    InvalidFile, InvalidValue, InvalidScenario
        If the mapping or the log cannot be used.
    """
    from scenarios.contact_log.mapping import mapping_from
    from scenarios.contact_log.records import read_records
    from scenarios.yaml.parse import read

    records = read_records(content, mapping_from(read(columns, "mapping").values), name)
    study = Study.of(records, within, held_out=len(np.unique(records.day)) > 1)
    report = records.report
    return Prepared(study, tuple(report.lines()), study.halves[0].calibration.caveats, report.suspicions)


def suspicious(suspicions: tuple[Suspicion, ...]) -> pd.DataFrame:
    """What looks wrong with the contacts of a log, as a table."""
    return pd.DataFrame(
        [{"Check": item.issue, "Found": item.evidence, "What to do": item.remedy} for item in suspicions]
    )


def plan_of(study: Study, replications: int) -> RunRequest:
    """The request that simulates the days of a study."""
    return RunRequest(
        tuple(replay.scenario for replay in study.replays),
        study.per_draw(replications),
        study=study,
        arrivals=tuple(replay.arrivals for replay in study.replays),
        seeds=tuple(1 + replay.draw for replay in study.replays),
    )


def not_ready(study: Study) -> pd.DataFrame:
    """The not-ready time that each half of the days was simulated with, as a table."""
    rows = [
        {"Pool": pool, "Not-ready time": f"{estimate.mean:.0f} s", "Gaps": f"{estimate.count:,}"}
        for part in study.halves
        for pool, estimate in part.readiness.items()
    ]
    return pd.DataFrame(rows, columns=["Pool", "Not-ready time", "Gaps"])


def headline(backtest: Backtest, of: str = ALL) -> str:
    """Observed and simulated service level in one sentence."""

    def level(source: Source) -> str:
        return shown(float(source.estimate("service_level", of, "horizon", backtest.horizon).value[0]), "share")

    observed = f"Service level within {backtest.within:g} s: observed {level(backtest.observed)}"
    ready, shared = backtest.model(READY), backtest.model(SHARED)
    if ready is None or shared is None:
        return f"{observed}, simulated {level(backtest.models[0])}"
    return f"{observed}, simulated {level(ready)} with not-ready time and {level(shared)} without"


def totals(backtest: Backtest, of: str = ALL) -> pd.DataFrame:
    """Every source in total, as a table."""
    table = backtest.table
    in_total = table[(table["of"] == of) & (table["period"] == "horizon")]
    rows = {
        (str(row["source"]), str(row["measure"])): shown(float(row["value"]), str(row["unit"]))
        for row in in_total.to_dict("records")
    }
    return pd.DataFrame(
        [
            {"Source": source.name}
            | {label(measure): _total(rows, source.name, measure) for measure in COMPARED}
            | {"Assumptions": WHAT.get(source.name, "from the log")}
            for source in backtest.sources
        ]
    )


def _total(rows: dict[tuple[str, str], str], source: str, measure: str) -> str:
    if (source, measure) == (ERLANG_C, "abandonment"):
        return "none assumed"
    return rows.get((source, measure), "overloaded")


def errors(backtest: Backtest, of: str = ALL) -> pd.DataFrame:
    """The error of every model, as a table."""
    rows = backtest.errors
    rows = rows[(rows["of"] == of) & (rows["measure"] != "offered")]
    return pd.DataFrame([_error(row) for row in rows.to_dict("records")])


def _error(row: dict[object, object]) -> dict[str, str]:
    unit = MEASURES[str(row["measure"])].unit
    error, chance, bias, inside, answered = (
        float(str(row[name])) for name in ("error", "chance", "bias", "inside", "answered_for")
    )
    partly = f" (for {100 * answered:.0f} % of contacts)" if answered < 1 else ""
    return {
        "Model": str(row["model"]),
        "Measure": label(str(row["measure"])),
        "Forecast error": difference(error, unit).lstrip("+") + partly,
        "Expected from randomness": difference(chance, unit).lstrip("+"),
        "Total bias": difference(bias, unit),
        "Inside the 90 % band": shown(inside, "share"),
    }
