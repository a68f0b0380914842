"""Shifts and their service: a schedule simulated, proved on fresh days, and improved until its targets hold."""
