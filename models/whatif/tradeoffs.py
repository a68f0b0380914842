"""The what-if questions, each answered with one line, a table and the scenarios compared.

Staffing questions compare the lowest-cost plans of the alternatives; routing questions compare service with the same
staffing. All alternatives are simulated with common random numbers.
"""

from __future__ import annotations

from collections.abc import Callable

from models.whatif.answers import Answer, PlanningTools
from models.whatif.routing_questions import priority, reservation
from models.whatif.staffing_questions import concurrency, curve, pool, training
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

QUESTIONS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "curve": ("What does each point of service level cost?", curve),
    "pool": ("One pool or silos?", pool),
    "training": ("Which cross-skilling pays most?", training),
    "concurrency": ("How many chats at once?", concurrency),
    "reservation": ("How many agents should be reserved for calls?", reservation),
    "priority": ("Does prioritisation help?", priority),
}
"""Every question by name: in a person's words, and what answers it."""


def ask(question: str, scenario: Scenario, tools: PlanningTools) -> Answer:
    """The answer to a question by name.

    Raises
    ------
    InvalidValue
        If there is no such question.

    Examples
    --------
    >>> from models.centre.staffing import staff
    >>> from scenarios.yaml import presets
    >>> ask("weather", presets.load("help-desk"), PlanningTools(staff, list))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    scenarios.errors.InvalidValue: question: 'weather' cannot be used; known are curve, pool, ...
    """
    if question not in QUESTIONS:
        raise InvalidValue("question", question, f"known are {', '.join(QUESTIONS)}")
    return QUESTIONS[question][1](scenario, tools)
