"""The command line ``ccplan``."""
