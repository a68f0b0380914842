"""People over months: new hires who learn, people who leave, and how many to hire."""
