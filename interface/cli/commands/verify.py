"""``ccplan verify``: does the product find what is known?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.markup import escape

from interface.cli import output
from interface.cli.commands.simulate import engine_named
from scenarios.errors import InvalidFile
from simulator.executors import Executor, Processes, Serial
from studies.verify.cases import Case, read_cases
from studies.verify.runner import BEYOND, FAILED, PASSED, Verdict, allowed, verify
from studies.verify.steady import RunLength

QUICK = (10_000, 40)
"""Contacts and replications of a simulated case with ``--quick``."""
_SHOWN_REASONS = 12


def command(
    paths: Sequence[Path], quick: bool, seed: int, engine: str | None, workers: int | None, as_json: bool
) -> int:
    """Work the tables out again and show what passed; the exit code."""
    contacts, replications = QUICK if quick else (RunLength.contacts, RunLength.replications)
    chosen = engine_named(engine) if engine else RunLength.engine
    effort = RunLength(contacts, replications, seed, chosen)
    cases = [case for path in _tables(paths) for case in read_cases(path)]
    executor: Executor = Processes() if workers is None else Processes(workers) if workers > 1 else Serial()
    verdicts: list[Verdict] = []
    with output.progress("cases") as advance:
        for done, found in enumerate(verify(cases, effort, executor), start=1):
            verdicts += found
            advance(done, len(cases))
    if as_json:
        output.write_json(map(_row, verdicts))
    else:
        _show(cases, verdicts)
    return 1 if any(one.status == FAILED for one in verdicts) else 0


def _tables(paths: Sequence[Path]) -> Iterable[Path]:
    """The tables that are meant: files, and what lies in folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix in (".csv", ".json"))
        if not inside:
            raise InvalidFile(path, "", "there is no CSV or JSON table in this folder", "name the folder of the tables")
        yield from inside


def _row(one: Verdict) -> dict[str, object]:
    return {
        "file": one.case.file,
        "line": one.value.line,
        "case": one.case.name,
        "metric": one.value.metric,
        "index": one.value.index,
        "against": one.value.against,
        "way": one.way,
        "status": one.status,
        "expected": one.value.expected,
        "agrees": one.value.agrees,
        "found": one.found,
        "standard_error": one.error,
        "allowed": allowed(one.value, one.error if one.error == one.error else 0.0),
        "reason": one.reason,
    }


def _show(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> None:
    """A line for each file, then what failed and what cannot be expressed, with the reasons."""
    console = output.out()
    files = list(dict.fromkeys(case.file for case in cases))
    by_file: dict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        by_file[one.case.file].append(one)
    columns = ("Table", "cases", "passed", "by formula", "by simulation", "failed", "not yet expressible")
    console.print(output.table(columns, ([*_counts(name, cases, by_file[name])] for name in files)))
    for name in files:
        for one in by_file[name]:
            if one.status == FAILED:
                console.print(f"[red]failed[/] {escape(_told(one))}", soft_wrap=True)
        for line in _reasons(name, by_file[name]):
            console.print(f"[yellow]not yet expressible[/] {escape(line)}", soft_wrap=True)
    console.print(_verdict(verdicts))


def _counts(name: str, cases: Sequence[Case], verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Cases, values that passed in every way tried, the ways, values that failed, values that nothing can find."""
    status = value_status(verdicts)
    yield escape(name)
    yield str(sum(case.file == name for case in cases))
    yield str(sum(one == PASSED for one in status.values()))
    for way in ("formula", "simulation"):
        yield str(sum(one.way == way and one.status == PASSED for one in verdicts))
    for what in (FAILED, BEYOND):
        count = sum(one == what for one in status.values())
        colour = "red" if what == FAILED else "yellow"
        yield f"[{colour}]{count}[/]" if count else "0"


def value_status(verdicts: Iterable[Verdict]) -> dict[tuple[str, int, str, str, str], str]:
    """What became of each value: failed if any way failed, passed if any passed."""
    found: dict[tuple[str, int, str, str, str], str] = {}
    rank = {BEYOND: 0, PASSED: 1, FAILED: 2}
    for one in verdicts:
        key = (one.case.file, one.value.line, one.value.metric, one.value.index, one.value.against)
        found[key] = max(found.get(key, BEYOND), one.status, key=rank.__getitem__)
    return found


def _told(one: Verdict) -> str:
    """A failure with both values."""
    value = one.value
    what = " ".join(part for part in (value.metric, value.index) if part)
    whose = f" ({value.against})" if value.against else ""
    place = f"{one.case.file}:{value.line} {one.case.name} {what}"
    if one.reason:
        return f"{place}: table {value.expected:.10g}{whose}, {one.way}: {one.reason}"
    error = f" ± {one.error:.2g} (standard error)" if one.error == one.error else ""
    should = "" if value.agrees else "; the publisher is known to be wrong, so they must differ"
    ours = f"{one.way} {one.found:.10g}{error}, allowed {one.allowed:.2g}"
    return f"{place}: table {value.expected:.10g}{whose}, {ours}{should}"


def _reasons(name: str, verdicts: Sequence[Verdict]) -> Iterable[str]:
    """One line for each reason of a file, with the cases that it keeps out."""
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in verdicts:
        if one.status == BEYOND:
            by_reason[one.way, one.reason].append(one.case.name)
    for (way, reason), names in by_reason.items():
        different = list(dict.fromkeys(names))
        shown = ", ".join(different[:_SHOWN_REASONS]) + (" …" if len(different) > _SHOWN_REASONS else "")
        yield f"{name} {shown}{f' by {way}' if way else ''} ({len(names)} values): {reason}"


def _verdict(verdicts: Sequence[Verdict]) -> str:
    status = list(value_status(verdicts).values())
    passed, failed, beyond = (status.count(what) for what in (PASSED, FAILED, BEYOND))
    colour = "red" if failed else "green"
    text = f"{passed:,} values passed, {failed:,} failed, {beyond:,} not yet expressible"
    return f"[bold {colour}]{text}[/]. Formulas keep the tolerance of the table, simulations 4 standard errors."
