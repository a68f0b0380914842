"""From the need of customers to contacts at agents: what events add or prevent, what bots solve, what comes again."""

from __future__ import annotations

import pandas as pd

from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator.measure.results import Results


def waterfall(results: Results) -> pd.DataFrame:
    """The steps from usual volume to contacts offered to agents, per simulated horizon; nothing is counted twice.

    Rows of step, change and total: the usual volume, a row for each event, the difference between drawn and expected
    first contacts (days that vary), repeat contacts, and those that never reached an agent's queue because a bot solved
    them, they were claimed to be solved, were given up in the bot, met closed doors or busy lines, or accepted a
    callback. The last row is what is offered to agents and what is still there, unjudged, at the end.
    """
    scenario = results.scenario
    table = results.table("horizon")
    total = table[table["by"] == "total"].set_index("measure")["value"]
    judged = slice(scenario.horizon.warm_up_intervals, None)
    steps = [("Usual volume", float(scenario.usual_volumes[:, judged].sum()))]
    steps += [(step.event.title, float(step.change[:, judged].sum())) for step in scenario.with_events.steps]
    expected = sum(change for _, change in steps)
    steps.append(("Chance and day-to-day variation", float(total["cases"]) - expected))
    steps.append(("Repeat contacts", float(total["contacts"]) - float(total["cases"])))
    solved = _tally(results, "resolved_by_bot")
    steps += [
        ("Resolved by bot", -solved),
        ("Claimed by bot, not resolved", -float(total["falsely_contained"])),
        ("Abandoned in bot", -float(total["left_bot"])),
        ("Turned away (closed)", -float(total["closed"])),
        ("Blocked", -float(total["blocked"])),
        ("Callbacks accepted", -float(total["called_back"])),
        ("Not reached", -float(total["unreached"])),
    ]
    kept = [(step, change) for step, change in steps if abs(change) > 1e-9 or step == "Usual volume"]
    offered = float(total["offered"])
    waiting = sum(change for _, change in kept) - offered
    if abs(waiting) > 1e-6:
        kept.append(("Still waiting in time at the end", -waiting))
    changes = pd.Series([change for _, change in kept])
    rows = pd.DataFrame({"step": [step for step, _ in kept], "change": changes, "total": changes.cumsum()})
    last = pd.DataFrame({"step": ["Offered to agents"], "change": [0.0], "total": [offered]})
    return pd.concat([rows, last], ignore_index=True)


def _tally(results: Results, name: str) -> float:
    """A tally of contacts, per replication."""
    index = list(CONTACT_TALLIES).index(name)
    return float(results.contacts[:, index].sum() / results.replications)


def event_table(scenario: Scenario) -> pd.DataFrame:
    """What each event does to the contacts of each type: rows of event, type, change."""
    rows = [
        {"event": step.event.title, "type": name, "change": float(change.sum())}
        for step in scenario.with_events.steps
        for name, change in zip(scenario.type_names, step.change, strict=True)
        if abs(change.sum()) > 1e-9
    ]
    return pd.DataFrame(rows, columns=["event", "type", "change"])
