"""Rosters: which person works which shift on which day, under contracts, skills, wishes and the heads needed."""
