"""Formulas, staffing, calibration and optimisation: what theory says of a scenario, and what to do.

- `queueing`: one queue in steady state: Erlang and kin, impatience, priorities, chat, redials, bots.
- `day`: a day whose volumes vary; `deferred`: work that waits.
- `centre`: a whole scenario by formula: `approximate`, `requirement`, `staffing`, `net_staffing`.
- `calibration`: from contact records to a scenario; `lint`: the plan linter.
- `optimisation`: the cheapest staffing, checked by simulation; `whatif`: what-if studies.
"""
