"""Changes of a scenario's parts: add, rename, copy and remove contact types and agent groups."""
