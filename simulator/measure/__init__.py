"""From logs to measures: tallies, results with intervals, targets met or missed."""
