"""Rosters as files that people hand out: workbook, CSV and calendars."""
