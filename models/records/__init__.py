"""What is estimated from records: handle times, patience, duty, readiness, redials, variation."""
