"""What the formulas of a queue are made of: sums, waits, searches for the least agents."""
