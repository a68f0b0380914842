"""Where on the page each field of a scenario is edited: so that advice names it, and no field is left out."""

from __future__ import annotations

from interface.app.fields.catalogue import BOT_FIELDS, EVENT_FIELDS, GROUP_FIELDS, TYPE_FIELDS

PLACES = {
    "name": ("Calendar", "Name of the file"),
    "title": ("Calendar", "Title"),
    "description": ("Calendar", "Description"),
    "currency": ("Calendar", "Currency"),
    "horizon.start": ("Calendar", "First day"),
    "horizon.days": ("Calendar", "Number of days"),
    "horizon.interval": ("Calendar", "Interval length"),
    "horizon.warm_up": ("Calendar", "Warm-up"),
    "horizon.at_end": ("Calendar", "After the last day"),
    "origins": ("Calendar", "Origins of numbers"),
    "trunks": ("Contacts", "Trunk lines"),
    "contact_types.name": ("Contacts", "Rename"),
    "contact_types.volume.per_interval": ("Contacts", "Contacts by interval"),
    "contact_types.volume.per_hour": ("Contacts", "Contacts per day"),
    "contact_types.volume.daily": ("Contacts", "Contacts per day"),
    "contact_types.volume": ("Contacts", "Contacts by interval"),
    "contact_types.handle_time": ("Contacts", "Handle time"),
    "contact_types.handle_time.cv": ("Contacts", "AHT variability (CV)"),
    "contact_types.handle_profile.per_interval": ("Contacts", "Handle times by interval"),
    "contact_types.wrap_up": ("Contacts", "Wrap-up"),
    "contact_types.patience": ("Contacts", "Patience"),
    "contact_types.target.share": ("Contacts", "Target (%)"),
    "contact_types.target.within": ("Contacts", "Answer within"),
    "contact_types.target": ("Contacts", "Target (%)"),
    "contact_types.open": ("Contacts", "Opening hours"),
    "contact_types.priority.level": ("Contacts", "Priority"),
    "contact_types.bot.resolved": ("Bots", "Resolved by bot (%)"),
    "contact_types.bot.falsely_contained": ("Bots", "False containment (%)"),
    "contact_types.bot.left": ("Bots", "Abandons in bot (%)"),
    "contact_types.bot.context": ("Bots", "Context kept (%)"),
    "contact_types.bot.cost_per_session": ("Bots", "Cost per session"),
    "contact_types.bot.residual_difficulty": ("Bots", "AHT uplift on remaining contacts"),
    "contact_types.follow_ups.after": ("Follow-ups", "After"),
    "contact_types.follow_ups.probability": ("Follow-ups", "Probability (%)"),
    "contact_types.follow_ups.as": ("Follow-ups", "Returns as"),
    "contact_types.follow_ups.delay": ("Follow-ups", "Delay"),
    "contact_types.follow_ups.overdue": ("Follow-ups", "Overdue at"),
    "contact_types.follow_ups.handle_factor": ("Follow-ups", "Handle time ×"),
    "contact_types.follow_ups.max_tries": ("Follow-ups", "Max attempts"),
    "contact_types.follow_ups.skip_bot": ("Follow-ups", "Skips the bot"),
    "contact_types.follow_ups.keeps": ("Follow-ups", "Handled by"),
    "contact_types.follow_ups.keeps_for": ("Follow-ups", "Waits for same agent"),
    "contact_types.follow_ups.retold_factor": ("Follow-ups", "Handle time × if retold"),
    "contact_types.follow_ups": ("Follow-ups", "Type"),
    "agent_groups.name": ("Agents", "Rename"),
    "agent_groups.skills.rank": ("Agents", "Skills"),
    "agent_groups.skills.speed": ("Agents", "Speed by skill"),
    "agent_groups.max_concurrent": ("Agents", "Concurrent chats"),
    "agent_groups.reserved": ("Agents", "Reserved for live contacts"),
    "agent_groups.staffing": ("Staffing", "Agents by interval"),
    "agent_groups.cost_per_hour": ("Agents", "Cost per hour"),
    "agent_groups.shrinkage.planned": ("Agents", "Planned shrinkage (%)"),
    "agent_groups.shrinkage.absence": ("Agents", "No-show / unplanned absence (%)"),
    "routing.types.group": ("Agents", "Order"),
    "routing.types.after": ("Agents", "Overflow after"),
    "routing.order": ("Agents", "Queue order"),
    "routing.groups": ("Agents", "Group selection"),
    "routing.agent": ("Agents", "Agent selection"),
} | {f"events.{column.path}": ("Calendar", column.label) for column in EVENT_FIELDS}
"""Tab and label of the fields that are always in sight, by their path without names of parts."""


def place_on_page(path: str) -> str:
    """Where a field is edited, by its dotted path in the scenario; empty where it is no field of the page.

    Examples
    --------
    >>> place_on_page("contact_types.chat.target.response")
    'Contacts › chat › Targets › Response within T'
    >>> place_on_page("agent_groups.desk.staffing"), place_on_page("volumes")
    ('Staffing › desk › Agents by interval', '')
    """
    plain, name = path, ""
    for part in ("contact_types", "agent_groups"):
        if path.startswith(f"{part}."):
            name, *rest = path.removeprefix(f"{part}.").split(".")
            plain = ".".join((part, *rest))
    for top, tab, groups in (
        ("contact_types", "Contacts", TYPE_FIELDS),
        ("contact_types", "Bots", BOT_FIELDS),
        ("agent_groups", "Agents", GROUP_FIELDS),
    ):
        for group, columns in groups.items():
            for column in columns:
                if plain == f"{top}.{column.path}" and plain not in PLACES:
                    return " › ".join((tab, name, group, column.label))
    if plain not in PLACES:
        return ""
    tab, label = PLACES[plain]
    return " › ".join(part for part in (tab, name, label) if part)
