"""The sections of the Demand page: the file, doubtful days, the forecast in the scenario, and the day under way."""
