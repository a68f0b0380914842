"""Work that waits (e-mail, forms, claims): backlog, response within a deadline, agents required."""
