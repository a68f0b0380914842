"""Contact logs: what centres export, read, cleaned and turned into records."""
