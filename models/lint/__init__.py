"""The classic mistakes of planning, group by group."""
