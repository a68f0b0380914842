"""Shifts for a requirement: patterns, covering by an integer program, breaks."""
