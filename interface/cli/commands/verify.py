"""Recalculate tables of known values, by formula and by simulation.

Reads the layouts described in tests/truth/README.md, whatever numbers they hold. Reports for each table what passed,
what failed (with both values) and what cannot be calculated yet (with the reason). Formulas must be within the
tolerance of the table; simulations within four standard errors. The exit code is 1 if anything failed.

With --engines the arguments are scenarios: both engines simulate each of them, and their logs and sums must be equal in
every value.

[bold]Examples[/]

  ccplan verify tests/truth --quick

  ccplan verify erlang_c.csv ctmc_chat.csv --json

  ccplan verify --engines mine.yaml --replications 20 --grid 15s
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import engine_comparison, options, output
from interface.cli.run import engine_named
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.units import seconds
from simulator.clock import GRID
from simulator.executors import Executor, Processes, Serial
from studies.verify.cases import Case, read_cases
from studies.verify.runner import BEYOND, FAILED, PASSED, Verdict, allowed, verify
from studies.verify.steady import RunLength

QUICK = (10_000, 40)
"""Contacts and replications of a simulated case with ``--quick``."""
_SHOWN_REASONS = 12


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Tables of known values, or folders of them; with --engines: scenarios.", show_default=False
        ),
    ],
    quick: Annotated[
        bool, typer.Option("--quick", help="Simulate 10,000 contacts per case instead of a million.")
    ] = False,
    seed: options.Seed = 1,
    engine: options.Engine = None,
    workers: Annotated[
        int | None, typer.Option(help="Number of cases calculated in parallel; by default one per core.")
    ] = None,
    engines: Annotated[bool, typer.Option("--engines", help="Check that both engines produce identical logs.")] = False,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, help="With --engines: number of replications.")
    ] = 10,
    grid: Annotated[
        str | None,
        typer.Option(help="With --engines: coarse time grid, such as 15s, so that many events coincide."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan verify``."""
    if engines:
        if quick or engine:
            raise InvalidValue("--engines", "with --quick or --engine", "leave those out and give --replications")
        trial = engine_comparison.Trial(replications, seed, seconds(grid) if grid else GRID, workers)
        raise typer.Exit(engine_comparison.compare([str(path) for path in paths], trial, json))
    contacts, horizons = QUICK if quick else (RunLength.contacts, RunLength.replications)
    run_length = RunLength(contacts, horizons, seed, engine_named(engine) if engine else RunLength.engine)
    cases = [case for path in _tables(paths) for case in read_cases(path)]
    executor: Executor = Processes() if workers is None else Processes(workers) if workers > 1 else Serial()
    verdicts: list[Verdict] = []
    with output.progress("cases") as advance:
        for done, case_verdicts in enumerate(verify(cases, run_length, executor), start=1):
            verdicts += case_verdicts
            advance(done, len(cases))
    if json:
        output.write_json(map(_row, verdicts))
    else:
        _show(cases, verdicts)
    raise typer.Exit(1 if any(verdict.status == FAILED for verdict in verdicts) else 0)


def _tables(paths: Sequence[Path]) -> Iterable[Path]:
    """The tables: files, and the contents of folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in (".csv", ".json"))
        if not inside:
            raise InvalidFile(path, "", "there is no CSV or JSON table in this folder", "name the folder of the tables")
        yield from inside


def _row(verdict: Verdict) -> dict[str, object]:
    return {
        "file": verdict.case.file,
        "line": verdict.value.line,
        "case": verdict.case.name,
        "metric": verdict.value.metric,
        "index": verdict.value.index,
        "against": verdict.value.against,
        "method": verdict.way,
        "status": verdict.status,
        "expected": verdict.value.expected,
        "agrees": verdict.value.agrees,
        "result": verdict.found,
        "standard_error": verdict.error,
        "allowed": allowed(verdict.value, verdict.error if verdict.error == verdict.error else 0.0),
        "reason": verdict.reason,
    }


def _show(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> None:
    """Print a line for each file, then what failed and what is not supported, with the reasons."""
    console = output.out()
    files = list(dict.fromkeys(case.file for case in cases))
    by_file: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_file[verdict.case.file].append(verdict)
    columns = ("Table", "Cases", "Passed", "By formula", "By simulation", "Failed", "Not supported yet")
    console.print(output.table(columns, ([*_counts(name, cases, by_file[name])] for name in files)))
    for name in files:
        for verdict in by_file[name]:
            if verdict.status == FAILED:
                console.print(f"[red]failed[/] {escape(_failure(verdict))}", soft_wrap=True)
        for line in _reasons(name, by_file[name]):
            console.print(f"[yellow]not supported yet[/] {escape(line)}", soft_wrap=True)
    console.print(_verdict(verdicts))


def _counts(name: str, cases: Sequence[Case], verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Cases, values that passed in every way tried, the ways, values that failed, values that nothing can find."""
    status = value_status(verdicts)
    yield escape(name)
    yield str(sum(case.file == name for case in cases))
    yield str(sum(value == PASSED for value in status.values()))
    for way in ("formula", "simulation"):
        yield str(sum(verdict.way == way and verdict.status == PASSED for verdict in verdicts))
    for outcome in (FAILED, BEYOND):
        count = sum(value == outcome for value in status.values())
        colour = "red" if outcome == FAILED else "yellow"
        yield f"[{colour}]{count}[/]" if count else "0"


def value_status(verdicts: Iterable[Verdict]) -> dict[tuple[str, int, str, str, str], str]:
    """The status of each value: failed if any method failed, passed if any passed."""
    statuses: dict[tuple[str, int, str, str, str], str] = {}
    rank = {BEYOND: 0, PASSED: 1, FAILED: 2}
    for verdict in verdicts:
        key = (verdict.case.file, verdict.value.line, verdict.value.metric, verdict.value.index, verdict.value.against)
        statuses[key] = max(statuses.get(key, BEYOND), verdict.status, key=rank.__getitem__)
    return statuses


def _failure(verdict: Verdict) -> str:
    """A failure with both values."""
    value = verdict.value
    name = " ".join(part for part in (value.metric, value.index) if part)
    origin = f" ({value.against})" if value.against else ""
    place = f"{verdict.case.file}:{value.line} {verdict.case.name} {name}"
    if verdict.reason:
        return f"{place}: table {value.expected:.10g}{origin}, {verdict.way}: {verdict.reason}"
    error = f" ± {verdict.error:.2g} (standard error)" if verdict.error == verdict.error else ""
    expectation = "" if value.agrees else "; the published value is known to be wrong, so they must differ"
    result = f"{verdict.way} {verdict.found:.10g}{error}, allowed {verdict.allowed:.2g}"
    return f"{place}: table {value.expected:.10g}{origin}, {result}{expectation}"


def _reasons(name: str, verdicts: Sequence[Verdict]) -> Iterable[str]:
    """One line for each reason of a file, with the cases that are not calculated for it."""
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.status == BEYOND:
            by_reason[verdict.way, verdict.reason].append(verdict.case.name)
    for (way, reason), names in by_reason.items():
        different = list(dict.fromkeys(names))
        shown = ", ".join(different[:_SHOWN_REASONS]) + (" …" if len(different) > _SHOWN_REASONS else "")
        yield f"{name} {shown}{f' by {way}' if way else ''} ({len(names)} values): {reason}"


def _verdict(verdicts: Sequence[Verdict]) -> str:
    status = list(value_status(verdicts).values())
    passed, failed, beyond = (status.count(outcome) for outcome in (PASSED, FAILED, BEYOND))
    colour = "red" if failed else "green"
    text = f"{passed:,} values passed, {failed:,} failed, {beyond:,} not supported yet"
    return f"[bold {colour}]{text}[/]. Tolerance: formulas as in the table, simulations 4 standard errors."
