"""Shift plans and rosters as the app keeps, edits and shows them."""
