"""How a scenario is taken apart for the formulas: flows, who shares agents with whom, queues by interval."""
