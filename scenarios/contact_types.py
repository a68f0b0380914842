"""A contact type: one row of the planner's list, with its target, its bot and what its customers do next."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from scenarios.demand import Factor, HandleProfile, Volume
from scenarios.distributions import ZERO, Distribution, Probability
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from scenarios.hours import ALWAYS, OpeningHours, periods, weekly
from scenarios.limits import LONGEST_WORK, MOST_BACKLOG, MOST_MONEY, MOST_PLACES, MOST_RULES, MOST_TRIES, refuse_extreme
from scenarios.units import DAY, Duration, written

Work = Literal["live", "concurrent", "deferred"]
Every = Literal["horizon", "day", "hour", "interval"]
Definition = Literal["offered", "answered", "less-short-abandons", "answered-or-abandoned"]
"""The four ways to count a service level; which one is meant is always said beside the number."""
After = Literal[
    "abandoned", "blocked", "closed", "answered", "bot-resolved", "falsely-contained", "bot-left", "overdue"
]

Keeps = Literal["any", "same", "prefer"]

CHANNELS: dict[str, Work] = {
    "phone": "live",
    "walk-in": "live",
    "chat": "concurrent",
    "messenger": "concurrent",
    "email": "deferred",
    "social": "deferred",
    "sms": "deferred",
    "web-form": "deferred",
    "post": "deferred",
    "back-office": "deferred",
}
"""The kind of work that a channel means unless the contact type says otherwise; any other name may be used."""

_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""Control characters, line breaks, and what turns the direction of writing."""
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=rf"^[^\s/\\{_UNSEEN}][^/\\{_UNSEEN}]*$")]
Money = Annotated[float, Field(ge=-MOST_MONEY, le=MOST_MONEY, allow_inf_nan=False)]

RESERVED = frozenset({"all", "all groups", "from", "group", "time"})
"""Words of tables beside names, in any mixture of capital and small letters: for the total, or over a column."""


def is_reserved(name: str) -> bool:
    """Whether tables use a word for the total or over a column, so that nothing else may be called so.

    Examples
    --------
    >>> is_reserved("All "), is_reserved("all calls")
    (True, False)
    """
    return " ".join(name.split()).casefold() in RESERVED


def _not_reserved(name: str) -> str:
    if is_reserved(name):
        remedy = f"tables use this word for the total or over a column; choose another, such as '{name} (own)'"
        raise InvalidValue("name", name, remedy)
    return name


PartName = Annotated[Name, AfterValidator(_not_reserved)]
"""The name of a contact type, a channel or an agent group."""


def _rest_of_day(moment: str) -> str:
    """The window from a weekday and time to the end of that day."""
    return f"{moment}-24:00"


def _moment(moment: str) -> str:
    if len(list(weekly(_rest_of_day(moment)))) != 1:
        raise InvalidValue("since", moment, "give one weekday and a time, as in Mon 09:00")
    return moment


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Zones(_Part):
    """Limits of the green and the yellow zone for the wait; beyond them, or abandoned, is red."""

    green: Duration
    yellow: Duration

    @model_validator(mode="after")
    def _ordered(self) -> Zones:
        if self.green > self.yellow:
            raise InvalidValue("zones.green", self.green, f"it must not exceed yellow ({self.yellow:g} s)")
        return self


class Target(_Part):
    """What the plan must achieve for a type: `share` answered `within` a time, and optional limits.

    Examples
    --------
    >>> Target(share=0.8, within="20s").definition
    'offered'
    """

    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    within: Duration | None = None
    definition: Definition = "offered"
    """What the share is a share of; see the measures of the same names."""
    clock: Literal["always", "open-hours"] = "always"
    """Whether `within` runs around the clock or only while the type is open."""
    response: Literal["person", "person-or-bot", "any"] = "person"
    """What counts as a response: a person, also a bot that resolved, or any acknowledgement."""
    max_abandonment: Probability | None = None
    max_asa: Duration | None = None
    every: Every = "horizon"
    """The stretch of time in each of which the target must be met: the whole horizon, every day, hour or interval."""
    on_days: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = None
    """Meet it on this share of days (0.9 is nine days in ten), rather than on average over days."""
    floor: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = None
    """The least share within the time in every open hour, beside the `share` over days or the horizon."""

    @model_validator(mode="after")
    def _complete(self) -> Target:
        if (self.share is None) != (self.within is None):
            raise InvalidValue("target", self.share or self.within, "give share and within together, as in 0.8 and 20s")
        if self.share is None and self.max_abandonment is None and self.max_asa is None:
            raise InvalidValue("target", None, "name at least one of share with within, max_abandonment, max_asa")
        if self.on_days is not None and self.every != "horizon":
            raise InvalidValue(
                "target.every", self.every, "a target on a share of days applies to whole days; remove it"
            )
        if self.floor is not None:
            self._refuse_floor(self.floor)
        return self

    def _refuse_floor(self, floor: float) -> None:
        if self.share is None or floor >= self.share:
            remedy = "it stands beside a share over the day and is lower; give a lower one, or remove it"
            raise InvalidValue("target.floor", floor, remedy)
        if self.every in ("hour", "interval"):
            remedy = f"the target already holds in every {self.every}; remove the floor"
            raise InvalidValue("target.floor", floor, remedy)


class Priority(_Part):
    """Who comes first when ranks tie: the lower level; waiting lowers it by `ageing` levels an hour."""

    level: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 1.0
    ageing: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = 0.0


class Drift(_Part):
    """A bot that contains less, or more, from a time on: a release, a new product, questions that it has not learnt.

    Examples
    --------
    >>> from scenarios.horizon import Horizon
    >>> Drift(since="Mon 09:00", containment=-0.11).begins(Horizon(days=7)) / 3600
    9.0
    """

    since: Annotated[str, AfterValidator(_moment)]
    """A weekday and time; the first of them in the horizon."""
    containment: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
    """By how much the claimed containment changes, true and false in proportion: -0.11 is eleven points less."""

    def begins(self, horizon: Horizon) -> float:
        """Seconds from the start of the horizon; infinite where it has no such time."""
        found = periods((_rest_of_day(self.since),), horizon.midnight, horizon.length)
        return float(found[0, 0]) if len(found) else math.inf


class Bot(_Part):
    """A stage in front of the queue: IVR, chatbot, voice bot, automatic reply.

    A session ends as resolved, falsely contained (the naive count calls it contained, but the customer is not
    helped), left (the customer gave up inside the bot), or else escalated to the queue.
    """

    resolved: Probability = 0.0
    falsely_contained: Probability = 0.0
    left: Probability = 0.0
    session: Distribution = Field(default=ZERO, validate_default=True)
    hours: OpeningHours = ALWAYS
    sessions: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """The most sessions at once; a contact that finds the bot full, or closed, goes straight to the queue."""
    cost_per_session: Annotated[float, Field(ge=0, le=MOST_MONEY, allow_inf_nan=False)] = 0.0
    hand_over: Distribution = Field(default=ZERO, validate_default=True)
    context: Probability = 1.0
    """The chance that the conversation is passed on, so that nothing has to be told again."""
    handle_factor: Factor = 1.0
    """Handle time of an escalated contact whose context was passed on, relative to one without a bot."""
    retold_factor: Factor = 1.0
    """The same where the context was lost."""
    patience_factor: Factor = 1.0
    residual_difficulty: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    """Bots take the easy contacts: what is left is handled (1 + this x claimed containment) times as long."""
    drift: Drift | None = None
    """A change of containment from a time on."""

    @model_validator(mode="after")
    def _shares(self) -> Bot:
        if (total := self.resolved + self.falsely_contained + self.left) > 1 + 1e-9:
            raise InvalidValue(
                "bot", f"{total:g}", "resolved, falsely_contained and left must not add up to more than 1"
            )
        return self

    @property
    def claimed_containment(self) -> float:
        """The share that the naive count calls contained."""
        return self.resolved + self.falsely_contained

    @property
    def kept(self) -> float:
        """The share of its sessions that do not reach the queue."""
        return self.resolved + self.falsely_contained + self.left

    def contained_by(self, change: float) -> dict[str, float]:
        """What it resolves and contains falsely if its containment changes by so much, in the same proportion.

        Examples
        --------
        >>> Bot(resolved=0.3, falsely_contained=0.1).contained_by(-0.2)
        {'resolved': 0.15, 'falsely_contained': 0.05}
        """
        claimed = self.claimed_containment
        ratio = min(max(claimed + change, 0.0), 1 - self.left) / claimed if claimed else 0.0
        shares = {"resolved": self.resolved, "falsely_contained": self.falsely_contained}
        return {name: round(share * ratio, 12) for name, share in shares.items()}

    @property
    def drifted(self) -> Bot:
        """The bot after its drift; itself without one."""
        if self.drift is None:
            return self
        return self.model_copy(update=self.contained_by(self.drift.containment) | {"drift": None})

    def difficulty(self, passed_on: bool) -> float:
        """The factor on the handle time of an escalated contact."""
        story = self.handle_factor if passed_on else self.retold_factor
        return story * (1 + self.residual_difficulty * self.claimed_containment)


class FollowUp(_Part):
    """A rule: after an event, with a probability, after a delay, the same customer makes another contact."""

    after: After
    probability: Probability
    as_type: Name = Field(alias="as")
    delay: Distribution = Field(default=ZERO, validate_default=True)
    overdue: Duration | None = None
    """With ``after: overdue``: how long after its arrival an unanswered contact gives rise to another."""
    handle_factor: Factor = 1.0
    max_tries: Annotated[int, Field(ge=1, le=MOST_TRIES)] = 10
    """The rule is silent for contacts that are already this many steps into their case."""
    skip_bot: bool = False
    keeps: Keeps = "any"
    """Who takes it: any agent; the same one who had the contact before; or preferably the same one."""
    keeps_for: Duration = 0.0
    """With ``keeps: prefer``: how long it waits for the same agent before any other may take it."""
    retold_factor: Factor = 1.0
    """Handle time where another agent takes it, who has to read up or ask again, relative to the same agent's."""

    @model_validator(mode="after")
    def _overdue_time(self) -> FollowUp:
        if (self.after == "overdue") != (self.overdue is not None):
            raise InvalidValue("overdue", self.overdue, "give it with 'after: overdue', and only there")
        return self

    @model_validator(mode="after")
    def _wait_for_same(self) -> FollowUp:
        if self.keeps_for and self.keeps != "prefer":
            raise InvalidValue("keeps_for", self.keeps_for, "give it with 'keeps: prefer', and only there")
        return self

    @property
    def waits_for_same(self) -> float:
        """Seconds for which it waits for the same agent: infinite with `same`, -1 where any agent takes it.

        Examples
        --------
        >>> rule = FollowUp(after="answered", probability=0.5, **{"as": "notes"}, keeps="prefer", keeps_for="5 min")
        >>> rule.waits_for_same
        300.0
        """
        return {"any": -1.0, "same": math.inf, "prefer": self.keeps_for}[self.keeps]


class Callback(_Part):
    """The offer, to a customer who would have to wait, to be called back in turn: the place in the queue is kept.

    Examples
    --------
    >>> Callback(accepted=0.4, **{"as": "callbacks"}, from_wait="3 min").from_wait
    180.0
    """

    accepted: Probability
    """The chance that a customer takes the offer and hangs up."""
    as_type: Name = Field(alias="as")
    """The contact type whose queue the callback joins."""
    from_waiting: Annotated[int, Field(ge=0, le=MOST_PLACES)] = 0
    """The offer is made when so many of the type wait already."""
    from_wait: Duration = 0.0
    """The offer is made when the first in the queue has waited so long, which is what the next can expect."""
    delay: Distribution = Field(default=ZERO, validate_default=True)
    """From the offer until the callback joins its queue."""

    @property
    def rule(self) -> FollowUp:
        """The callback as a contact that follows the acceptance."""
        return _own_rule("callback", self.accepted, self.as_type, self.delay, MOST_TRIES)


class Dialling(_Part):
    """Calls to customers, who may not be reached: the agent rings for a while, and perhaps tries again later."""

    reached: Probability
    ring: Duration = 30.0
    """The agent's time on a call that is not answered."""
    again: Distribution = Field(default=ZERO, validate_default=True)
    """From a call that was not answered to the next."""
    max_tries: Annotated[int, Field(ge=1, le=MOST_TRIES)] = 3
    """Nobody dials again after so many contacts of the case that follow the first."""

    def rule(self, name: str) -> FollowUp:
        """The next call as a contact that follows one that was not answered."""
        return _own_rule("unreached", 1 - self.reached, name, self.again, self.max_tries)


def _own_rule(after: str, share: float, as_type: str, delay: Distribution, max_tries: int) -> FollowUp:
    """A rule that always applies after an event which users have no rules for; `share` of contacts meet it at most."""
    fields: dict[str, Any] = {"after": after, "probability": share, "as_type": as_type, "delay": delay}
    return FollowUp.model_construct(**fields, max_tries=max_tries, skip_bot=True)


class ContactValue(_Part):
    """Money gained (or, negative, lost) with each contact of an outcome, besides wages."""

    answered: Money = 0.0
    abandoned: Money = 0.0
    late: Money = 0.0


class ContactType(_Part):
    """One row of the planner's list: a channel, a topic, a customer segment.

    Examples
    --------
    >>> ContactType(name="calls", channel="phone", volume={"per_hour": 120}, handle_time={"mean": "6 min"}).work
    'live'
    """

    name: PartName
    channel: PartName
    work: Work = "live"
    volume: Volume
    handle_time: Distribution
    wrap_up: Distribution = Field(default=ZERO, validate_default=True)
    handle_profile: HandleProfile | None = None
    """How handle time and wrap-up differ by the time of arrival; without it they are alike all the time."""
    patience: Distribution | None = None
    """How long a connected customer waits before leaving; without it nobody ever leaves."""
    balking: Probability = 0.0
    """The chance of leaving at once when not answered at once."""
    queue_places: Annotated[int, Field(ge=0, le=MOST_PLACES)] | None = None
    """The most connected contacts that may wait; one more is turned away as blocked."""
    open: OpeningHours = ALWAYS
    target: Target | None = None
    zones: Zones | None = None
    priority: Priority = Priority()
    interruptible: bool = False
    """Deferred work that is put down when connected work waits; what remains of it is kept."""
    backlog: Annotated[int, Field(ge=0, le=MOST_BACKLOG)] = 0
    """Deferred contacts that already wait when the horizon begins."""
    trunk: Name | None = None
    """The trunk group whose lines its connected contacts occupy from arrival to the end."""
    bot: Bot | None = None
    callback: Callback | None = None
    dialling: Dialling | None = None
    follow_ups: Annotated[tuple[FollowUp, ...], Field(max_length=MOST_RULES)] = ()
    value: ContactValue = ContactValue()

    @model_validator(mode="before")
    @classmethod
    def _work_of_channel(cls, data: object) -> object:
        if not isinstance(data, dict) or data.get("work") is not None or not isinstance(data.get("channel"), str):
            return data
        if data["channel"] in CHANNELS:
            return data | {"work": CHANNELS[data["channel"]]}
        raise InvalidValue(
            "work", data["channel"], "a channel of your own needs its work: live, concurrent or deferred"
        )

    @model_validator(mode="after")
    def _sensible(self) -> ContactType:
        if self.work == "deferred":
            self._refuse_connected_fields()
        elif self.interruptible or self.backlog:
            raise InvalidScenario(self.name, "only deferred work can be interruptible or have a backlog", "remove it")
        if self.target and self.target.max_abandonment is not None and self.patience is None and not self.balking:
            raise InvalidScenario(
                f"{self.name}.target.max_abandonment",
                "no patience is given, so nobody ever abandons",
                "enter a patience",
            )
        self._check_times()
        self._check_rules()
        return self

    def _check_times(self) -> None:
        longest = LONGEST_WORK[self.work]
        if self.handle_time.mean == 0:
            raise InvalidValue(f"{self.name}.handle_time", "0 s", "give a mean above 0")
        refuse_extreme(f"{self.name}.handle_time", self.handle_time, longest)
        refuse_extreme(f"{self.name}.wrap_up", self.wrap_up, longest)
        if self.handle_profile is not None and self.mean_handle * (most := self.handle_profile.largest) > longest:
            remedy = f"with a mean of {written(self.mean_handle)} contacts would take over {written(longest)}; lower it"
            raise InvalidValue(f"{self.name}.handle_profile", most, remedy)
        if self.patience is not None:
            refuse_extreme(f"{self.name}.patience", self.patience)
        if self.bot is not None:
            refuse_extreme(f"{self.name}.bot.session", self.bot.session, DAY)
            refuse_extreme(f"{self.name}.bot.hand_over", self.bot.hand_over)
        if self.callback is not None:
            refuse_extreme(f"{self.name}.callback.delay", self.callback.delay)
        if self.dialling is not None:
            refuse_extreme(f"{self.name}.dialling.again", self.dialling.again)
        for number, rule in enumerate(self.follow_ups):
            refuse_extreme(f"{self.name}.follow_ups.{number}.delay", rule.delay)

    def _refuse_connected_fields(self) -> None:
        for field in ("patience", "balking", "queue_places", "trunk", "callback"):
            given = getattr(self, field)
            if given or (field == "queue_places" and given is not None):
                raise InvalidScenario(
                    f"{self.name}.{field}",
                    "deferred contacts have no customer on the line",
                    "remove it, or use an overdue rule",
                )

    def _check_rules(self) -> None:
        events: dict[str, float] = {}
        for rule in self.follow_ups:
            key = rule.after if rule.overdue is None else f"overdue {rule.overdue:g}"
            events[key] = events.get(key, 0.0) + rule.probability
        for event, total in events.items():
            if total > 1 + 1e-9:
                raise InvalidValue(f"{self.name}.follow_ups", total, f"probabilities after '{event}' add up to over 1")
        if len({rule.overdue for rule in self.follow_ups if rule.overdue is not None}) > 1:
            raise InvalidScenario(f"{self.name}.follow_ups", "two different overdue times", "use one time per type")

    @property
    def mean_handle(self) -> float:
        """Mean seconds of an agent for a contact, wrap-up included, where the factor of the profile is 1."""
        return self.handle_time.mean + self.wrap_up.mean

    @property
    def may_be_diverted(self) -> bool:
        """Whether limits or callbacks can keep contacts from the queue, or calls from being answered in full."""
        return any(part is not None for part in (self.trunk, self.queue_places, self.callback, self.dialling))

    @property
    def rules(self) -> tuple[FollowUp, ...]:
        """All rules by which another contact follows: the follow-ups, the callback, and the next call."""
        callback = () if self.callback is None else (self.callback.rule,)
        return (*self.follow_ups, *callback, *(() if self.dialling is None else (self.dialling.rule(self.name),)))

    @property
    def connected(self) -> bool:
        """Whether the customer is there while waiting."""
        return self.work != "deferred"

    @property
    def target_share(self) -> float | None:
        """The share of contacts that the target asks for in time; None where it asks for none."""
        return None if self.target is None else self.target.share

    @property
    def answer_within(self) -> float | None:
        """Seconds within which the target asks for an answer; None where it names no time."""
        return None if self.target is None else self.target.within

    @property
    def target_definition(self) -> Definition:
        """What the service level of this type is a share of."""
        return "offered" if self.target is None else self.target.definition

    @property
    def counts_open_hours(self) -> bool:
        """Whether the target's time runs only while the type is open."""
        return self.target is not None and self.target.clock == "open-hours"

    @property
    def target_on_days(self) -> float | None:
        """The share of days on which the target must be met; None where it is an average over days."""
        return None if self.target is None else self.target.on_days
