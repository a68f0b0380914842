"""Staffing optimised by simulation: search, local search, cuts and bounds."""
