"""Commands that answer a question at once, or on paper: the calculator and the report."""
