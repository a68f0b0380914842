"""Methods that forecast days from a history: naive ones, regressions, and singular values."""
