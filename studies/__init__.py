"""Studies that need simulation and theory together; no user interface."""
