"""The steps from contacts to scheduled agents, each with what it is."""

STEPS = {
    "volume": "contacts that reach the agents: first contacts less those that bots contain, plus follow-ups",
    "aht": "seconds of an agent per contact, wrap-up included, at the speed of the agents",
    "load": "erlangs: contacts x AHT / length of the interval",
    "per_agent": "contacts that one agent is worth: concurrent chats x speed with that many open",
    "for_load": "agents that are busy all the time: load / concurrent contacts per agent",
    "safety": "agents on top so that the target is met, by the formula",
    "for_occupancy": "agents on top so that occupancy stays below the cap",
    "absence": "agents on top for absence: agents so far / (1 - absence) - agents so far",
    "rounding": "up to whole agents; the only rounding",
    "on_duty": "agents on shift, without those on a break",
    "breaks": "agents / (1 - planned shrinkage) - agents",
    "scheduled": "agents to pay: agents / (1 - planned shrinkage), a fraction",
}
"""What each column of the requirement is, in the order in which they follow from one another."""
