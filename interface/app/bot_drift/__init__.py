"""What the Automation page is made of: a bot that begins to contain less."""
