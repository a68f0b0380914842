"""From records to a scenario: distributions, patience, redials, staffing, variation."""
