"""The language of the person at the page: its messages, numbers and dates."""
