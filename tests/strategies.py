"""Random scenarios for Hypothesis: small, valid by construction, with any mix of features.

`scenarios()` is the main strategy. `features` narrows the mix, as in ``scenarios(features=FEATURES - {"patience"})``.
"""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from scenarios.horizon import Horizon
from scenarios.hours import windows
from scenarios.scenario import Scenario, scenario_from

FEATURES = frozenset(
    {
        *("live", "concurrent", "deferred"),  # at least one of these three must stay
        *("patience", "balking", "targets", "priority", "hours", "trunks", "bots", "follow-ups", "overdue"),
        *("backlog", "interruptible", "variation", "shaped-volume", "value", "wrap-up"),
        *("ranks", "speeds", "concurrency_speed", "chat_routing", "keep-free", "staffing-changes", "absence", "cost"),
        *("routes", "overflow", "order", "no-agents", "no-contacts", "warm-up", "stop", "places", "leaving", "drawn"),
        *("callbacks", "dialling", "handle-profile", "shifts", "threads"),
    }
)
CHANNELS = {
    "live": ("phone", "walk-in", "counter"),
    "concurrent": ("chat", "messenger", "in-game"),
    "deferred": ("email", "social", "cases"),
}
HOURS = ("Mon-Sun 08:00-18:00", "Mon-Fri 09:00-17:00", "Sat,Sun 10:00-16:00", "Mon-Sun 20:00-02:00", "always")

factors = st.sampled_from((0.5, 0.8, 1.0, 1.25, 2.0))
chances = st.sampled_from((0.0, 0.1, 0.25, 0.5, 0.9, 1.0)) | st.floats(0, 1).map(lambda x: round(x, 6))


def times(low: float, high: float) -> st.SearchStrategy[float]:
    """Seconds between two bounds: often round, so that events coincide, sometimes not."""
    return st.integers(max(1, int(low)), int(high)).map(float) | st.floats(max(low, 0.001), high)


@st.composite
def distributions(draw: st.DrawFn, low: float = 1.0, high: float = 1200.0) -> dict[str, Any]:
    """A time distribution of any family, as it stands in a file, with its mean about between two bounds."""
    mean, cv = draw(times(low, high)), draw(st.sampled_from((0.2, 0.5, 1.0, 1.5, 2.5)))
    edges = sorted(draw(st.tuples(*[times(low, high)] * 3)))
    return draw(
        st.sampled_from(
            (
                {"mean": mean},
                {"mean": mean, "cv": cv},
                {"family": "gamma", "mean": mean, "cv": cv},
                {"family": "erlang", "mean": mean, "phases": 3},
                {"family": "weibull", "mean": mean, "shape": cv + 0.3},
                {"family": "hyperexponential", "shares": [0.25, 0.75], "means": [2 * mean, 2 * mean / 3]},
                {"family": "uniform", "low": edges[0], "high": edges[2]},
                {"family": "triangular", "low": edges[0], "mode": edges[1], "high": edges[2] + 1},
                {"family": "deterministic", "value": mean},
                {"family": "empirical", "values": edges, "weights": [1, 2, 1]},
                {"family": "with-zero", "zero": 0.3, "of": {"mean": mean}},
            )
        )
    )


@st.composite
def horizons(draw: st.DrawFn, days: int = 7, features: frozenset[str] = FEATURES) -> dict[str, Any]:
    """A horizon of at most so many days, as it stands in a file."""
    start = date(2026, 3, 2).toordinal() + draw(st.integers(0, 6))
    found: dict[str, Any] = {
        "start": date.fromordinal(start).isoformat(),
        "days": draw(st.sampled_from([d for d in (1, 1, 1, 2, 3, 7) if d <= days])),
        "interval": draw(st.sampled_from(("15 min", "30 min", "1 h"))),
    }
    if "warm-up" in features:
        found["warm_up"] = draw(st.sampled_from((0, 0, "2 h", 5000.5)))
    if "stop" in features:
        found["at_end"] = draw(st.sampled_from(("work-off", "stop")))
    return found


@st.composite
def scenarios(
    draw: st.DrawFn, contacts: int = 150, days: int = 7, parts: int = 4, features: frozenset[str] = FEATURES
) -> Scenario:
    """A valid scenario.

    Parameters
    ----------
    draw
        Given by Hypothesis.
    contacts
        About the most fresh contacts in the whole horizon.
    days
        The longest horizon.
    parts
        The most contact types, and the most agent groups.
    features
        Which of `FEATURES` may occur.
    """
    horizon = draw(horizons(days, features))
    names = [f"type {i}" for i in range(draw(st.integers(1, parts)))]
    trunks = {"lines": draw(st.integers(0, 6))} if "trunks" in features and draw(st.booleans()) else {}
    budget = contacts / len(names)
    types = [draw(_contact_types(name, names, Horizon(**horizon), bool(trunks), budget, features)) for name in names]
    if "threads" in features and draw(st.booleans()):
        draw(_threads(types))
    groups = draw(_agent_groups(names, Horizon(**horizon), parts, features))
    for group in groups if "threads" in features and draw(st.booleans()) else ():
        group["max_threads"] = draw(st.integers(1, 4))
    values = {
        "name": "random",
        "horizon": horizon,
        "contact_types": types,
        "agent_groups": groups,
        "routing": draw(_routings(names, groups, features)),
        "trunks": trunks,
    }
    return scenario_from(values)


@st.composite
def _contact_types(
    draw: st.DrawFn, name: str, names: list[str], horizon: Horizon, trunk: bool, budget: float, features: frozenset[str]
) -> dict[str, Any]:
    work = draw(st.sampled_from(sorted({"live", "concurrent", "deferred"} & features)))
    maybe = _Maybe(draw, features)
    contact_type: dict[str, Any] = {"name": name, "work": work, "channel": draw(st.sampled_from(CHANNELS[work]))}
    contact_type["handle_time"] = draw(distributions(1, 900))
    maybe.put(contact_type, "wrap-up", "wrap_up", distributions(0, 120))
    maybe.put(contact_type, "handle-profile", "handle_profile", _handle_profiles(horizon))
    maybe.put(contact_type, "hours", "open", st.sampled_from(HOURS))
    if not horizon.open_share(windows(contact_type.get("open"))).any():
        contact_type["open"] = "always"
    contact_type["volume"] = draw(_volumes(horizon, windows(contact_type.get("open")), budget, features))
    maybe.put(contact_type, "priority", "priority", _priorities())
    maybe.put(contact_type, "value", "value", st.just({"answered": 2, "abandoned": -1.5, "late": -0.5}))
    maybe.put(contact_type, "targets", "zones", st.just({"green": "30s", "yellow": "2 min"}))
    if work == "deferred":
        maybe.put(contact_type, "interruptible", "interruptible", st.just(True))
        maybe.put(contact_type, "backlog", "backlog", st.integers(0, 12))
    else:
        maybe.put(contact_type, "patience", "patience", distributions(1, 600))
        maybe.put(contact_type, "balking", "balking", chances)
        maybe.put(contact_type, "places", "queue_places", st.integers(0, 4))
        if trunk:
            maybe.put(contact_type, "trunks", "trunk", st.just("lines"))
    if "callbacks" in features and work != "deferred" and name != names[-1] and draw(st.booleans()):
        contact_type["callback"] = draw(_callbacks(names[-1]))
    maybe.put(contact_type, "dialling", "dialling", _diallings())
    leaving = "patience" in contact_type or contact_type.get("balking", 0) > 0
    maybe.put(contact_type, "targets", "target", _targets(leaving))
    maybe.put(contact_type, "bots", "bot", _bots(horizon))
    maybe.put(contact_type, "follow-ups", "follow_ups", _follow_ups(names, features))
    return contact_type


class _Maybe:
    """Puts a field in, half of the time, if its feature may occur."""

    def __init__(self, draw: st.DrawFn, features: frozenset[str]) -> None:
        self.draw, self.features = draw, features

    def put(self, values: dict[str, Any], feature: str, field: str, strategy: st.SearchStrategy[Any]) -> None:
        if feature in self.features and self.draw(st.booleans()):
            values[field] = self.draw(strategy)


@st.composite
def _volumes(
    draw: st.DrawFn, horizon: Horizon, opening: tuple[str, ...], budget: float, features: frozenset[str]
) -> dict[str, Any]:
    lowest = 0 if "no-contacts" in features else 1
    total = draw(st.integers(lowest, max(1, int(budget))))
    daily = round(total / horizon.days, 6)
    by_day = horizon.open_share(opening).reshape(horizon.days, -1).sum(axis=1)
    hours_open = horizon.open_share(opening).sum() * horizon.interval / 3600
    forms: list[dict[str, Any]] = [{"daily": daily}, {"per_hour": round(total / hours_open, 6)}]
    if "shaped-volume" in features:
        shape = draw(st.lists(st.sampled_from((0, 0, 1, 2.5, 4)), min_size=24, max_size=24).filter(any))
        per_hour = horizon.intervals_per_day // 24
        spread = [round(daily * w / sum(shape) / per_hour, 9) for w in shape for _ in range(per_hour)]
        forms += [
            {"daily": daily, "shape": shape},
            {"daily": [daily * bool(share) for share in by_day], "weekdays": [1, 1, 1, 1.5, 1, 0.5, 0.25]},
            {"per_interval": spread},
        ]
    volume = draw(st.sampled_from(forms))
    if "variation" in features and draw(st.booleans()):
        shared = draw(st.sampled_from((None, "all")))
        volume["variation"] = {"cv": draw(st.sampled_from((0.0, 0.1, 0.5)))} | ({"shared": shared} if shared else {})
    return volume


@st.composite
def _handle_profiles(draw: st.DrawFn, horizon: Horizon) -> dict[str, Any]:
    lengths = {"shape": 24, "per_interval": horizon.intervals_per_day}
    by_time = {name: draw(st.permutations([0.5, 0.8, 1.0, 1.25] * (size // 4))) for name, size in lengths.items()}
    weekdays = {"weekdays": [1.5, 1, 0.75, 1, 1, 0.5, 2]}
    name = draw(st.sampled_from(sorted(lengths)))
    return draw(st.sampled_from([{name: by_time[name]}, weekdays, {name: by_time[name]} | weekdays]))


@st.composite
def _priorities(draw: st.DrawFn) -> dict[str, float]:
    return {"level": draw(st.sampled_from((0, 1, 1.5, 3))), "ageing": draw(st.sampled_from((0, 0, 2, 60)))}


@st.composite
def _targets(draw: st.DrawFn, leaving: bool) -> dict[str, Any]:
    share = {
        "share": draw(st.sampled_from((0.5, 0.8, 1.0))),
        "within": draw(st.sampled_from((0, "20s", "5 min", "4 h"))),
    }
    share["definition"] = draw(st.sampled_from(("offered", "answered", "less-short-abandons", "answered-or-abandoned")))
    share["clock"] = draw(st.sampled_from(("always", "open-hours")))
    share["response"] = draw(st.sampled_from(("person", "person-or-bot", "any")))
    forms = [share, {"max_asa": "2 min"}, *([{"max_abandonment": 0.05}, share | {"max_abandonment": 0.1}] * leaving)]
    return draw(st.sampled_from(forms))


@st.composite
def _bots(draw: st.DrawFn, horizon: Horizon) -> dict[str, Any]:
    noon = {"since": f"{horizon.start:%a} 12:00", "containment": draw(st.sampled_from((-0.11, 0.2)))}
    shares = draw(
        st.sampled_from(((0, 0, 0), (0.3, 0.1, 0.05), (1, 0, 0), (0, 1, 0), (0.2, 0.5, 0.3), (0.1, 0.2, 0.1)))
    )
    return {
        **dict(zip(("resolved", "falsely_contained", "left"), shares, strict=True)),
        "session": draw(distributions(0, 90)),
        "hand_over": draw(st.sampled_from((0, {"mean": "10s"}, {"family": "deterministic", "value": "5s"}))),
        "hours": draw(st.sampled_from(HOURS)),
        "sessions": draw(st.sampled_from((None, None, 0, 1, 3))),
        "cost_per_session": 0.1,
        "context": draw(chances),
        "handle_factor": draw(factors),
        "retold_factor": draw(factors),
        "patience_factor": draw(factors),
        "residual_difficulty": draw(st.sampled_from((0, 0.5))),
        "drift": draw(st.sampled_from((None, None, noon))),
    }


@st.composite
def _callbacks(draw: st.DrawFn, name: str) -> dict[str, Any]:
    return {
        "accepted": draw(chances),
        "as": name,
        "from_waiting": draw(st.integers(0, 3)),
        "from_wait": draw(st.sampled_from((0, 0, 45, "3 min"))),
        "delay": draw(st.sampled_from((0, 0, {"mean": "5 min"}))),
    }


@st.composite
def _diallings(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "reached": draw(chances),
        "ring": draw(st.sampled_from((0, "20s", 33.3))),
        "again": draw(st.sampled_from((0, {"mean": "20 min"}))),
        "max_tries": draw(st.integers(1, 4)),
    }


@st.composite
def _follow_ups(draw: st.DrawFn, names: list[str], features: frozenset[str]) -> list[dict[str, Any]]:
    events = ["abandoned", "blocked", "closed", "answered", "bot-resolved", "falsely-contained", "bot-left"]
    chosen = draw(st.lists(st.sampled_from([*events, *["overdue"] * ("overdue" in features)]), min_size=1, max_size=4))
    limit = draw(st.sampled_from(("30s", "10 min", "3 h")))
    rules = []
    for event in chosen:
        rule = {
            "after": event,
            "probability": round(draw(chances) / chosen.count(event), 6),
            "as": draw(st.sampled_from(names)),
            "delay": draw(st.just(0) | distributions(1, 3600)),
            "handle_factor": draw(factors),
            "max_tries": draw(st.integers(1, 4)),
            "skip_bot": draw(st.booleans()),
        }
        rules.append(rule | ({"overdue": limit} if event == "overdue" else {}))
    return rules


@st.composite
def _threads(draw: st.DrawFn, types: list[dict[str, Any]]) -> None:
    """Follow-ups that the same agent keeps, or that another one has to read up."""
    work = {contact_type["name"]: contact_type["work"] for contact_type in types}
    for rule in (rule for contact_type in types for rule in contact_type.get("follow_ups", [])):
        rule["retold_factor"] = draw(factors)
        if work[rule["as"]] == "deferred":
            rule |= draw(
                st.sampled_from(({}, {"keeps": "same"}, {"keeps": "prefer"}, {"keeps": "prefer", "keeps_for": 75}))
            )
            rule["skip_bot"] |= "keeps" in rule


@st.composite
def _agent_groups(
    draw: st.DrawFn, names: list[str], horizon: Horizon, parts: int, features: frozenset[str]
) -> list[dict[str, Any]]:
    count = draw(st.integers(1, parts))
    skills = [draw(st.lists(st.sampled_from(names), min_size=1, unique=True)) for _ in range(count)]
    for name in names:
        if not any(name in has for has in skills):
            skills[draw(st.integers(0, count - 1))].append(name)
    return [draw(_agent_group(f"group {i}", has, horizon, features)) for i, has in enumerate(skills)]


@st.composite
def _agent_group(
    draw: st.DrawFn, name: str, skills: list[str], horizon: Horizon, features: frozenset[str]
) -> dict[str, Any]:
    maybe = _Maybe(draw, features)
    group: dict[str, Any] = {"name": name, "skills": {skill: {} for skill in skills}}
    for skill in group["skills"].values():
        maybe.put(skill, "ranks", "rank", st.integers(1, 3))
        maybe.put(skill, "speeds", "speed", factors)
    group["max_concurrent"] = draw(st.integers(1, 4)) if "concurrent" in features else 1
    maybe.put(
        group,
        "concurrency_speed",
        "concurrency_speed",
        st.lists(st.sampled_from((1.0, 0.87, 0.7, 0.5)), min_size=1, max_size=group["max_concurrent"]),
    )
    maybe.put(group, "chat_routing", "chat_routing", st.sampled_from(("least-loaded", "most-loaded", "idle-last")))
    maybe.put(group, "keep-free", "reserved", st.integers(0, 3))
    group["staffing"] = draw(_staffing(horizon, features))
    maybe.put(group, "leaving", "leaving", st.sampled_from(("own-time", "idle-first", "idle-first")))
    if "shifts" in features and draw(st.booleans()):
        group |= {"staffing": draw(_shift_staffing(name, horizon)), "leaving": "own-time"}
    maybe.put(group, "absence", "shrinkage", st.just({"planned": 0.25, "absence": 0.2}))
    maybe.put(group, "cost", "cost_per_hour", st.just(18.0))
    maybe.put(group, "cost", "overtime_factor", st.just(1.5))
    return group


@st.composite
def _shift_staffing(draw: st.DrawFn, group: str, horizon: Horizon) -> dict[str, Any]:
    """Shifts of a group: by day and night, split, with breaks fixed or in windows, and named people."""
    always = {"days": "Mon-Sun", "people": draw(st.integers(1, 3))}
    shifts = []
    for number in range(draw(st.integers(1, 3))):
        length = draw(st.sampled_from((2, 4, 8.5, 12)))
        shift = {
            "name": f"shift {number}",
            "start": draw(st.sampled_from(("00:00", "06:30", "9:00", "20:00", "23:59"))),
        }
        shift |= {"length": f"{length} h", "breaks": draw(_breaks(length))} | always
        if length < 8 and draw(st.booleans()):
            shift["second_part"] = {"length": "3 h", "pause": draw(st.sampled_from((0, "20 min", "5 h")))}
        shifts.append(shift)
    staffing: dict[str, Any] = {"shifts": shifts, "delayed_breaks": draw(st.sampled_from(("moved", "shortened")))}
    if draw(st.booleans()):
        weekday = f"{horizon.start:%a}"
        staffing["people"] = [{"name": f"person of {group}", "shifts": {"shift 0": weekday}}]
    if draw(st.booleans()):
        staffing["late_starts"] = {"share": draw(chances), "delay": draw(distributions(1, 3600))}
    return staffing


@st.composite
def _breaks(draw: st.DrawFn, hours: float) -> list[dict[str, Any]]:
    """Breaks one after the other in the first part of a shift, short and long, some with no work between them."""
    count = draw(st.integers(0, 3))
    room = hours * 60 / (count + 1)
    breaks = []
    for number in range(1, count + 1):
        length = draw(st.sampled_from((1, 15, 28, *[room] * (number < count))))
        rule = {"length": f"{length} min", "earliest": number * room * 60, "paid": draw(st.booleans())}
        if length < room and draw(st.booleans()):
            rule["latest"] = number * room * 60 + draw(st.sampled_from((0, 60, (room - length - 1) * 60)))
        breaks.append(rule)
    return breaks


def _staffing(horizon: Horizon, features: frozenset[str]) -> st.SearchStrategy[Any]:
    staffing = st.integers(0 if "no-agents" in features else 1, 6)
    if "staffing-changes" not in features:
        return staffing
    day = st.lists(staffing, min_size=24, max_size=24).map(
        lambda hours: [head for head in hours for _ in range(horizon.intervals_per_day // 24)]
    )
    weekly = st.dictionaries(st.sampled_from(HOURS), staffing, min_size=1, max_size=3)
    return st.one_of(staffing, day, weekly)


@st.composite
def _routings(
    draw: st.DrawFn, names: list[str], groups: list[dict[str, Any]], features: frozenset[str]
) -> dict[str, Any]:
    routing: dict[str, Any] = {}
    maybe = _Maybe(draw, features)
    maybe.put(routing, "order", "order", st.sampled_from(("longest-wait", "earliest-deadline")))
    maybe.put(routing, "drawn", "groups", st.sampled_from(("in-order", "random")))
    maybe.put(routing, "order", "agent", st.sampled_from(("longest-idle", "shortest-idle", "lowest-number")))
    waits = st.sampled_from((0, 0, 10, "30s", 97.25) if "overflow" in features else (0,))
    if "routes" in features:
        routed = draw(st.lists(st.sampled_from(names), unique=True))
        able = {name: [group["name"] for group in groups if name in group["skills"]] for name in routed}
        routing["types"] = {
            name: [
                {"group": group, "after": draw(waits)}
                for group in draw(st.lists(st.sampled_from(able[name]), min_size=1, unique=True))
            ]
            for name in routed
        }
    return routing
