"""Saved work: scenarios, undo history, variants, runs and notes in a database; the only place that knows SQLAlchemy."""
