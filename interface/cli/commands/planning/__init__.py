"""Commands that plan people: agents by interval, shifts with breaks, and rosters."""
