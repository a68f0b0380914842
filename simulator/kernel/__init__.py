"""The compiled engine: the twin of the reference engine, equal to it bit for bit."""
