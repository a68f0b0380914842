"""From the need of customers to contacts at agents: what events add or prevent, what bots solve, what comes again.

[bold]Examples[/]

  ccplan waterfall public-storm

  ccplan waterfall first-month -n 20 --json
"""

from __future__ import annotations

from rich.markup import escape

from interface.cli import options, output
from interface.cli.run import Run
from scenarios.yaml import files
from studies.waterfall import waterfall


def command(
    scenario: options.Source,
    replications: options.Replications = 20,
    seed: options.Seed = 1,
    engine: options.Engine = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan waterfall``."""
    centre = files.load(scenario)
    steps = waterfall(Run(replications, seed, None, engine, None).results(centre))
    if json:
        output.write_json(output.records(steps))
        return
    rows = [
        (row["step"], f"{row['change']:+,.1f}" if row["change"] else "", f"{row['total']:,.1f}")
        for row in output.records(steps)
    ]
    title = f"Contacts of the horizon, mean of {replications} simulations: {escape(centre.title or centre.name)}"
    output.out().print(output.table(["Step", "Change", "Contacts"], rows, title))
