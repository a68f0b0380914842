"""The integer codes of logs, rules and draws, the same in both engines; texts derive from the names of the members.

Every code has a type of its own, so that an outcome is never read as the trigger of a follow-up or as what a bot did.
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """A number that stands for a word."""

    @property
    def text(self) -> str:
        """The word as files and tables write it.

        Examples
        --------
        >>> Outcome.BOT_RESOLVED.text
        'bot-resolved'
        """
        return self.name.lower().replace("_", "-")


class Outcome(Code):
    """How a contact ended."""

    OPEN = 0
    """Neither answered nor abandoned when the clock stopped."""
    ANSWERED = 1
    ABANDONED = 2
    BLOCKED = 3
    CLOSED = 4
    BOT_RESOLVED = 5
    FALSELY_CONTAINED = 6
    LEFT_BOT = 7
    CALLED_BACK = 8
    """Accepted a callback; that is a contact of its own."""
    UNREACHED = 9
    """A call to a customer that was not answered."""


class BotOutcome(Code):
    """How a bot session ends."""

    NO_BOT = -1
    RESOLVED = 0
    FALSELY_CONTAINED = 1
    LEFT_BOT = 2
    ESCALATED = 3


class FollowUpTrigger(Code):
    """What a rule can follow; the text is that of ``after`` in a scenario, of the last two in `ContactType.rules`."""

    ABANDONED = 0
    BLOCKED = 1
    CLOSED = 2
    ANSWERED = 3
    BOT_RESOLVED = 4
    FALSELY_CONTAINED = 5
    BOT_LEFT = 6
    OVERDUE = 7
    CALLBACK = 8
    """The offer of a callback was accepted."""
    UNREACHED = 9
    """A customer who was called did not answer."""


class WorkMode(Code):
    """How a contact occupies an agent; the text is that of ``work`` in a scenario."""

    LIVE = 0
    CONCURRENT = 1
    DEFERRED = 2


class AgentRule(Code):
    """Which of several equally loaded agents is chosen; the text is that of ``routing.agent`` in a scenario."""

    LONGEST_IDLE = 0
    SHORTEST_IDLE = 1
    LOWEST_NUMBER = 2


class DrawPurpose(Code):
    """Why a contact's key is hashed: the counter of the hash."""

    NEXT_STEP = 1
    """Which follow-up rule applies when the contact ends."""
    OVERDUE_STEP = 2
    """Which follow-up rule applies when the contact is overdue."""
    DRAWS = 3
    """The column of the pool from which a later contact takes its times."""
    DELAY = 4
    SUCCESSOR = 5
    """The key of the contact that follows."""
    OVERDUE_SUCCESSOR = 6
    """The key of the contact that follows because this one is overdue."""
    GROUP = 7
    """Which of several groups with an available agent takes the contact."""
    CALLBACK = 8
    """Whether the customer accepts a callback."""
    REACHED = 9
    """Whether the customer answers a call."""
