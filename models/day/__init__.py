"""What the exact day is made of: states, steps from interval to interval, the busyness of the day."""
