"""What happens, contact by contact: tapes, the reference engine, logs, measures, estimates."""
