"""Cuts and lower bounds of the staffing search."""
