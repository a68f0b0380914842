"""Tables of shifts that were played on fresh days: targets, intervals at risk, who may go home, what was saved."""

from __future__ import annotations

from rich.markup import escape

from interface.cli import output
from interface.cli.output import between
from studies.shifts.loop import ServiceSchedule
from studies.shifts.proof import ShiftProof, service_table, spare_table, target_table

LISTED = 12
"""Intervals at risk and hours with a person to spare that are printed."""


def proof_rows(proof: ShiftProof) -> list[dict[str, object]]:
    """The proof as rows with a section: proof, target, service and spare."""
    summary = {
        "section": "proof",
        "replications": proof.replications,
        "status": proof.status,
        "wages": proof.plan.wages,
        "overruns": float(proof.overruns.value),
        "cost": proof.cost,
    }
    tables = {"target": target_table(proof), "service": service_table(proof), "spare": spare_table(proof)}
    rows = ({"section": name} | row for name, table in tables.items() for row in output.records(table))
    return [summary, *rows]


def loop_row(result: ServiceSchedule) -> dict[str, object]:
    """What a loop found, as a row with the section loop."""
    return {
        "section": "loop",
        "status": result.schedule.status,
        "cost": result.schedule.cost,
        "two_steps_status": result.two_steps.status,
        "two_steps_cost": result.two_steps.cost,
        "saved": result.saved,
        "saved_share": result.saved_share,
        "schedules": result.simulated,
        "checks": result.checks,
        "ended": result.ended,
        "seconds": result.seconds,
    }


def show_loop(result: ServiceSchedule, currency: str) -> None:
    """Print what a loop saved against two steps."""
    two, best, money = result.two_steps, result.schedule, f" {currency}".rstrip()
    lines = [
        f"Requirement first, shifts after: {two.cost:,.2f}{money}, targets {two.status}",
        f"Together: {best.cost:,.2f}{money}, targets {best.status}",
        f"Saved: {result.saved:,.2f}{money} ({result.saved_share:.1%})",
        f"{result.simulated} schedules simulated, {result.checks} checks on fresh days; {result.ended}",
    ]
    for line in lines:
        output.out().print(escape(line), soft_wrap=True)


def show_proof(proof: ShiftProof, currency: str) -> None:
    """Print a proof."""
    console = output.out()
    lines = [
        (
            escape(str(row["of"])),
            escape(str(row["target"])),
            _value(row["wanted"]),
            _value(row["proven"]),
            between(float(row["low"]), float(row["high"]), "share" if float(row["wanted"]) <= 1 else "s"),
            str(row["status"]),
        )
        for row in output.records(target_table(proof))
    ]
    columns = ("Type or group", "Target", "Limit", "On fresh days", "95 % CI", "Verdict")
    console.print(output.table(columns, lines, title=f"Targets on {proof.replications} fresh horizons", left=2))
    overruns = proof.overruns
    money = f" {currency}".rstrip()
    text = f"Cost with overruns: {proof.cost:,.2f}{money}, {float(overruns.value):,.2f} of it for overruns"
    console.print(escape(text), soft_wrap=True)
    risky = [
        f"{row['start']:%a %d %b %H:%M} {row['of']}: {_value(row['proven'])} of {_value(row['wanted'])}"
        for row in output.records(proof.at_risk)
    ]
    _list("Intervals at risk", risky)
    spare = [f"{row['start']:%a %d %b %H:%M} {row['group']}" for row in output.records(spare_table(proof))]
    _list("A person may go home for the hour from", spare)


def _value(value: object) -> str:
    number = float(str(value))
    return f"{100 * number:.1f} %" if number <= 1 else f"{number:.0f} s"


def _list(title: str, texts: list[str]) -> None:
    console = output.out()
    console.print(f"[bold]{title}[/]: {len(texts) or 'none'}")
    for text in texts[:LISTED]:
        console.print(f"  {escape(text)}", soft_wrap=True)
    if len(texts) > LISTED:
        console.print(f"  and {len(texts) - LISTED} more; all are in the workbook (--excel) and in --json")
