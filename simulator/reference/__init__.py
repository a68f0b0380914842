"""The reference engine: a contact centre as SimPy processes, written to be read."""
