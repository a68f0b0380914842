"""Events laid over a scenario: what they are, and what they do to volumes and handle times."""
