"""The command line: ``ccplan`` and its commands, each with examples in its help.

Every command is a module of `interface.cli.commands`: its docstring is the help, its function `command` has the options
and does the work. A module is imported when its command is used, so that ``ccplan --help`` answers at once.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

from interface.unseen import printable
from scenarios.errors import Cancelled, PlannerError

TARGET_MISSED, BAD_INPUT, STOPPED = 1, 2, 130
"""Exit codes: a target is missed (or a verified case failed); input that cannot be used; stopped by Ctrl-C."""
COMMANDS = {
    "quick": "answers.quick",
    "validate": "validate",
    "simulate": "simulate",
    "report": "answers.report",
    "quality": "answers.quality",
    "value": "answers.value",
    "waterfall": "answers.waterfall",
    "approximate": "approximate",
    "staff": "planning.staff",
    "staffing": "planning.staffing",
    "optimise": "planning.optimise",
    "shifts": "planning.shifts",
    "repair": "planning.repair",
    "headcount": "planning.headcount",
    "import": "import_log",
    "forecast": "forecast",
    "roster": "planning.roster",
    "compare": "compare",
    "presets": "presets",
    "verify": "verify",
    "backtest": "backtest",
    "frontier": "frontier",
    "ask": "ask",
    "tornado": "tornado",
    "drift": "drift",
    "app": "app",
    "health": "health",
}
"""The module of each command, in the order of the help."""


def _report(message: object) -> None:
    typer.echo(f"ccplan: {printable(str(message))}", err=True)


def summary(module: str) -> str:
    """The first line of a command's docstring, read without an import."""
    path = Path(__file__).with_name("commands") / f"{module.replace('.', '/')}.py"
    with path.open(encoding="utf-8") as lines:
        return lines.readline().strip().strip('"')


def load(name: str) -> Any:
    """The command with its options, from its module."""
    module: ModuleType = import_module(f"interface.cli.commands.{COMMANDS[name]}")
    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    settings = getattr(module, "CONTEXT_SETTINGS", None)
    single.command(name, help=module.__doc__, context_settings=settings)(module.command)
    return typer.main.get_command(single)


class _Commands(TyperGroup):
    """The commands, imported on use; our own errors become one message instead of a traceback."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, arguments = super().resolve_command(ctx, args)
        return name, load(str(name)), arguments

    def invoke(self, ctx: Any) -> Any:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: _report(message)
            try:
                return super().invoke(ctx)
            except PlannerError as problem:
                _report(problem)
                raise typer.Exit(TARGET_MISSED if isinstance(problem, Cancelled) else BAD_INPUT) from None
            except MemoryError as problem:
                _report(
                    f"not enough memory ({problem}); choose a shorter horizon, fewer contacts or fewer replications"
                )
                raise typer.Exit(BAD_INPUT) from None
            except KeyboardInterrupt:
                _report("cancelled; no process is left running")
                raise typer.Exit(STOPPED) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    help="Simulate a contact centre contact by contact, compare with Erlang formulas, and staff it to its targets.",
    epilog="Start with:  ccplan presets  ·  ccplan simulate help-desk  ·  ccplan presets help-desk > mine.yaml",
)


def _listed() -> None:
    """Stand for a command in the list of commands."""


for _name, _module in COMMANDS.items():
    app.command(_name, help=summary(_module))(_listed)


def main() -> None:
    """Run the console command."""
    app(prog_name="ccplan")


if __name__ == "__main__":
    main()
