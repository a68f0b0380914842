"""Interval reports: what platforms export by half-hour or day, read into a tidy history."""
