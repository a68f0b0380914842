"""The traffic light: contacts of a centre sorted into green, yellow and red zones, and what to improve first."""
