"""The centres that the benchmarks play: W1 to W4, from one queue to a week of a retailer with everything on."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import presets


def one_queue(times: int = 1, agents: int = 104) -> Scenario:
    """W1: 20 calls a minute for ten hours, 5 minutes each, patience of 3; W2 is ten times as large."""
    per_interval = np.where(np.arange(144) < 60, 200.0 * times, 0.0)
    calls = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_interval": tuple(per_interval)},
        "handle_time": {"mean": "5 min"},
        "patience": {"mean": "3 min"},
    }
    group = {"name": "desk", "skills": ["calls"], "staffing": agents}
    return scenario_from(
        {
            "name": f"W{1 if times == 1 else 2}",
            "horizon": {"interval": 600},
            "contact_types": [calls],
            "agent_groups": [group],
        }
    )


def several_skills() -> Scenario:
    """W3: phone, chat, social messages and e-mail, three groups; 20,000 contacts in a day with a busy afternoon."""
    shape = tuple(1 - 0.8 * np.cos(2 * np.pi * (np.arange(96) + 0.5 - 16) / 96))

    def contact_type(name: str, daily: int, handle: int, patience: int | None, level: int) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "name": name,
            "channel": name,
            "volume": {"daily": daily, "shape": shape},
            "handle_time": {"mean": f"{handle} min"},
            "priority": {"level": level},
            "target": {"share": 0.8, "within": "20s"},
        }
        return fields | ({"patience": {"mean": f"{patience} min"}} if patience else {})

    chats: dict[str, Any] = {"max_concurrent": 3, "chat_routing": "idle-last"}
    return scenario_from(
        {
            "name": "W3",
            "contact_types": [
                contact_type("phone", 8000, 5, 3, 1),
                contact_type("chat", 6000, 8, 4, 2),
                contact_type("social", 2500, 4, None, 3),
                contact_type("email", 3500, 6, None, 4),
            ],
            "agent_groups": [
                {"name": "A", "skills": ["phone", "chat"], "staffing": 46} | chats,
                {"name": "B", "skills": ["social", "email"], "staffing": 24},
                {"name": "C", "skills": ["phone", "chat", "social", "email"], "staffing": 26} | chats,
            ],
        }
    )


def retailer_week() -> Scenario:
    """W4: the retailer preset for a week: bots, follow-ups, concurrent chats, preemption, overflow, absence."""
    return presets.load("retail-weekday").replace(
        name="W4", horizon={"start": "2026-03-03", "days": 7, "interval": "30 min"}
    )


def all_centres() -> tuple[Scenario, ...]:
    """W1 to W4."""
    return one_queue(), one_queue(10, 1010), several_skills(), retailer_week()
