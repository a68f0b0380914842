"""``ccplan verify``: tables of known values, worked out again by formula and by simulation."""
