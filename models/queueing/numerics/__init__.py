"""The numerical parts of the queueing formulas: sums, searches for the fewest agents, waits."""
