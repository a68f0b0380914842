"""Shifts of an agent group: what a scenario says about them, and the stretches of duty that follow from it."""
