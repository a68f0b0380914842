"""What happens, contact by contact: a tape of chance, an engine that plays it, and what the logs say."""
