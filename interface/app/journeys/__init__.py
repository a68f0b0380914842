"""What the Journeys page is made of: the form of an event."""
