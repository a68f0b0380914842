"""What theory says and what to do: formulas, staffing, calibration.

The modules here are the doors; what they are made of is in the rooms behind them.

- A queue: `erlang`, `inverse`, `general`, `general_service`, `priorities`, `engset`, `asymptotics`; parts: `queueing`.
- A day: `intervals`, `transient`, `iterative`, `uncertain`; parts in `day`.
- Other work: `chat`, `deferred`, `deferred_types`, `automation`, `redials`, `redial_chain`.
- A scenario: `approximate`, `requirement`, `staffing`, `linter`; parts in `centre` and `lint`.
- Records: `calibrate`, `from_records`, `estimates`; parts in `records`.
- Decisions: `search`, `frontier`, `tradeoffs`, `sensitivity`; parts in `proof` and `questions`.
"""
