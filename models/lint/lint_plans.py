"""Mistakes in the staffing: sums of skills, agents counted twice, shrinkage the wrong way round, hours, rounding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import bounds
from models.centre.requirement import WHOLE, Need, shrinkage, usual_speed
from models.centre.stationary import asked_share, goal_of, queue_of
from models.deferred.requirement import ceiling
from models.lint.advice import Advice, Look, advice, counted, duration, percent
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.units import HOUR

SHORTEST_STINT = 2 * HOUR
FEW = 0.1  # share of short stints that is nobody's mistake
FELT = 0.01
NOBODY = 0.001  # share of contacts below which a time is called impossible


def summed_skills(look: Look) -> Iterator[Advice]:
    """Pools with as many agents as their types would need each on its own."""
    for need in look.needs:
        if len(need.members) < 2:
            continue
        i = int(np.argmax(need.load))
        alone = sum(_alone(look, k, i) for k in need.members)
        agents = float(look.agents(need.members[0])[i])
        pool = int(need.present[i])
        if pool < alone <= agents + WHOLE:
            yield advice(
                "summed-skills",
                f"agent_groups.{look.sharing.main_group(need.members[0]).name}.staffing",
                f"{need.name}: {alone} agents at {look.when(i)} is the sum of what each type needs alone; for agents "
                f"who share the work {pool} are enough, {alone - pool} fewer.",
                "Staff the pool as one queue (Calculate staffing).",
            )


def _alone(look: Look, k: int, i: int) -> int:
    """The agents that one type would need if it had its own."""
    contact_type, group = look.scenario.contact_types[k], look.sharing.main_group(k)
    goal = goal_of(contact_type)
    rate = look.sharing.flow.offered[k, [i]] / look.scenario.horizon.interval
    aht = look.sharing.flow.aht[k, [i]] / usual_speed(look.sharing, k)
    queue = queue_of(contact_type, group.max_concurrent, group.concurrency_speed)
    return int(np.ceil(rate[0] * aht[0] - WHOLE)) if goal is None else int(queue.min_agents(rate, aht, goal)[0])


def counted_twice(look: Look) -> Iterator[Advice]:
    """Plans that have enough agents for each type, but not for some types together."""
    connected = [k for k, contact_type in look.contact_types if contact_type.connected]
    for i in sorted({look.busiest(k) for k in connected}):
        missing = _missing(look, connected, i) if len(connected) > 1 else None
        if missing is not None:
            names, needed, agents = missing
            group = look.scenario.group_names[int(np.argmax(look.sharing.can[:, connected].sum(axis=1)))]
            yield advice(
                "counted-twice",
                f"agent_groups.{group}.staffing",
                f"At {look.when(i)} there are enough agents for each of {', '.join(names)} alone, but the "
                f"{agents:.4g} who "
                f"can take any of them are fewer than the {needed:.0f} needed together.",
                "Staff all skills together (Calculate staffing), and check the plan by simulation.",
            )
            return


def _missing(look: Look, types: list[int], i: int) -> tuple[list[str], float, float] | None:
    """The smallest set of types without enough agents together, though each has enough; its need and its agents."""
    can = look.sharing.can[:, types]
    load = np.array([_load(look, k, i) for k in types])
    single = np.array([float(_alone(look, k, i)) if busy > 0 else 0.0 for k, busy in zip(types, load, strict=True)])
    present = look.sharing.present[:, i]
    if any(present[can[:, j]].sum() < single[j] - WHOLE for j in range(len(types))):
        return None
    for mask, bound in bounds(load, single, can):
        names = [look.scenario.type_names[k] for k, member in zip(types, mask, strict=True) if member]
        needed = next((float(need.present[i]) for need in look.needs if need.name == " + ".join(names)), bound)
        agents, most = float(present[np.any(can & mask, axis=1)].sum()), float(single[mask].max())
        # nearer to what one of them needs than to what all need: that is how counting twice looks
        if mask.sum() > 1 and agents < max((needed + most) / 2, float(load[mask].sum())):
            return names, needed, agents
    return None


def _load(look: Look, k: int, i: int) -> float:
    group, contact_type = look.sharing.main_group(k), look.scenario.contact_types[k]
    busy = look.sharing.flow.work[k, i] / look.scenario.horizon.interval / usual_speed(look.sharing, k)
    return float(busy / queue_of(contact_type, group.max_concurrent, group.concurrency_speed).per_agent)


def shrinkage_multiplied(look: Look) -> Iterator[Advice]:
    """Staffing that is the requirement times one plus shrinkage."""
    for need in look.needs:
        groups = np.flatnonzero(look.sharing.can[:, list(need.members)].any(axis=1))
        other_types = np.ones(look.sharing.can.shape[1], dtype=bool)
        other_types[list(need.members)] = False
        if groups.size != 1 or look.sharing.can[groups][:, other_types].any():
            continue
        staffing, wanted = look.scenario.staffing[groups[0]], need.present
        planned, absent = shrinkage(look.sharing, need.members)
        for share in sorted({planned, absent, planned + absent, 1 - (1 - planned) * (1 - absent)} - {0.0}):
            if _is_multiplied(staffing, wanted, share):
                i = int(np.argmax(wanted))
                right = int(np.ceil(wanted[i] / (1 - share) - WHOLE))
                yield advice(
                    "shrinkage-multiplied",
                    f"agent_groups.{look.scenario.group_names[groups[0]]}.staffing",
                    f"{wanted[i]} x (1 + {share:g}) = {staffing[i]} agents leave {staffing[i] * (1 - share):.1f} at "
                    f"work; {wanted[i]} / (1 - {share:g}) = {right}.",
                    "Divide by one minus the shrinkage. Staffing is net of planned shrinkage, which is paid on top.",
                )
                break


def _is_multiplied(staffing: NDArray[np.int64], wanted: NDArray[np.int64], share: float) -> bool:
    """Whether staffing is wanted x (1 + share), rounded in any way, and too little for it, in all busy intervals."""
    busy = wanted > 0
    product = wanted[busy] * (1 + share)
    alike = (staffing[busy] == np.ceil(product - WHOLE)) | (staffing[busy] == np.round(product))
    short = staffing[busy] < np.ceil(wanted[busy] / (1 - share) - WHOLE)
    more = staffing[busy] > wanted[busy]
    return bool(busy.any() and alike.all() and short.any() and more.any())


def half_hour_agents(look: Look) -> Iterator[Advice]:
    """Staffing that no shifts could cover; where it is given as shifts, they do."""
    for g, group in enumerate(look.scenario.agent_groups):
        if group.shifts is not None:
            continue
        lengths, counts = _stints(look.scenario.staffing[g])
        hours = lengths * look.scenario.horizon.interval
        short = hours < SHORTEST_STINT
        if counts.sum() and counts[short].sum() > FEW * counts.sum():
            yield advice(
                "half-hour-agents",
                f"agent_groups.{group.name}.staffing",
                f"{counts[short].sum()} of {counts.sum()} shifts in this staffing are shorter than 2 h, the shortest "
                f"{hours.min() / 60:.0f} min.",
                "Build shifts that cover the requirement, and enter the staffing that they give.",
            )


def _stints(staffing: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lengths in intervals of the stretches that numbered agents work, and how many agents have each."""
    levels = np.unique(staffing[staffing > 0])
    lengths, counts = [], []
    for below, level in zip(np.append(0, levels)[:-1], levels, strict=True):
        staffed = np.concatenate(([0], (staffing >= level).astype(np.int8), [0]))
        change = np.diff(staffed)
        stints = np.flatnonzero(change == -1) - np.flatnonzero(change == 1)
        lengths.append(stints)
        counts.append(np.full(stints.size, level - below))
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *lengths]), np.concatenate([none, *counts])


def rounded_then_added(look: Look) -> Iterator[Advice]:
    """Deferred types with the same agents, whose fractions were rounded up one by one."""
    for needs in _same_agents(look):
        parts = np.array([float(need.need.max()) for need in needs])
        apart, together = int(np.ceil(parts - WHOLE).sum()), int(np.ceil(parts.sum() - WHOLE))
        staffing = int(np.ceil(look.agents(needs[0].members[0]).max() - WHOLE))
        if together < apart == staffing:
            yield advice(
                "rounded-then-added",
                f"agent_groups.{look.sharing.main_group(needs[0].members[0]).name}.staffing",
                f"{' + '.join(f'{part:.1f}' for part in parts)} = {parts.sum():.1f}, so {counted(together, 'agent')}; "
                f"rounded separately they are {apart}.",
                "Add the fractions first and round once, at the end.",
            )


def _same_agents(look: Look) -> Iterator[list[Need]]:
    """Deferred needs with exactly the same groups, which do nothing else."""
    can = look.sharing.can
    deferred = [need for need in look.needs if not look.sharing.connected[need.members[0]] and need.volume.sum() > 0]
    seen: dict[bytes, list[Need]] = {}
    for need in deferred:
        able = can[:, need.members[0]]
        if not (can[able] & look.sharing.connected).any():
            seen.setdefault(able.tobytes(), []).append(need)
    yield from (needs for needs in seen.values() if len(needs) > 1)


def hours_not_heads(look: Look) -> Iterator[Advice]:
    """Targets that the hours of work do not allow."""
    for k, contact_type in look.contact_types:
        wanted = asked_share(contact_type)
        if wanted is None:
            continue
        best = _best(look, k, contact_type)
        if best < wanted - 1e-9:
            yield advice(
                "hours-not-heads",
                f"contact_types.{contact_type.name}.target.share",
                f"With agents in these hours only, at most {percent(best)} can be answered in time, whatever the "
                f"headcount; the target is {percent(wanted)}.",
                "Staff longer hours, allow more time, count the target time in open hours, or lower the target.",
            )


def begun_not_finished(look: Look) -> Iterator[Advice]:
    """Deadlines shorter than the work itself."""
    for _, contact_type in look.contact_types:
        within = contact_type.answer_within
        if contact_type.connected or within is None or contact_type.handle_time.mean <= within:
            continue
        done = float(contact_type.handle_time.cdf(within))
        share = f"{percent(done)} would be" if done >= NOBODY else "none can be"
        yield advice(
            "begun-not-finished",
            f"contact_types.{contact_type.name}.target.within",
            f"Handling takes {duration(contact_type.handle_time.mean)} on average and the target time is "
            f"{duration(within)}. It runs until work starts; {share} finished in time, even if started at once.",
            "Promise the start of work, or allow more time than the work takes.",
        )


def _best(look: Look, k: int, contact_type: ContactType) -> float:
    """The share in time of those who reach the queue with endlessly many agents in the staffed hours."""
    volume: Floats = look.sharing.flow.offered[k]
    staffed = look.agents(k) > 0
    if not contact_type.connected:
        return ceiling(look.scenario, contact_type, volume, staffed)
    return float(volume[staffed].sum() / volume.sum())
