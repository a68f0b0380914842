"""Grids and forms in which a scenario is edited."""
