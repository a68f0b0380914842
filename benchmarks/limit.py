"""The limit: a lean event loop in C, compiled here where gcc is found, fed with a tape or with its own draws."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.ctypeslib import ndpointer

from scenarios.scenario import Scenario
from simulator.duty import duties
from simulator.routing import tables
from simulator.tape import Tape

Array = np.ndarray
Real, Whole, Small = (ndpointer(kind, flags="C") for kind in (np.float64, np.int64, np.int32))


class Limit:
    """The C loop for one centre."""

    def __init__(self, folder: str, scenario: Scenario, tape: Tape) -> None:
        library = Path(folder, "limit.so")
        if not library.exists():
            source = Path(__file__).with_name("limit.c")
            subprocess.run(
                ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True
            )
        loaded = ctypes.CDLL(str(library))
        count = ctypes.c_int64
        self._play, self._draw = loaded.play, loaded.draw
        self._play.argtypes = [*[count] * 5, *[Small] * 4, Real, Whole, *[Real] * 4]
        given, found = [count, count, ctypes.c_double, *[Real] * 3], [count, Real, Whole, Real, Real]
        self._draw.argtypes = [ctypes.c_uint64, *given, *found]
        self._draw.restype = count
        rules, kinds = tables(scenario), scenario.contact_types
        groups = len(rules.slots)
        self.group = duties(scenario, tape).group_of.astype(np.int32)
        self.work, self.slots = rules.work.astype(np.int32), int(rules.slots.max())
        self.routes = np.full((len(kinds), groups), -1, dtype=np.int32)
        self.routes[:, : rules.route_group.shape[1]] = rules.route_group
        self.skills = np.full((groups, len(kinds)), -1, dtype=np.int32)
        for row, ranks in zip(self.skills, rules.rank, strict=True):
            able = [k for k in np.argsort(rules.level) if ranks[k]]
            row[: len(able)] = able
        self.expected, self.interval = np.ascontiguousarray(scenario.expected), scenario.horizon.interval
        self.handle = np.array([kind.handle_time.mean for kind in kinds])
        self.patience = np.array([kind.patience.mean if kind.patience else 0.0 for kind in kinds])

    def play(self, arrival: Array, kind: Array, handle: Array, patience: Array) -> tuple[Array, Array]:
        """When each contact was answered, NaN for never, and when it ended."""
        answer, end = np.empty(len(arrival)), np.empty(len(arrival))
        sizes = len(arrival), len(self.group), len(self.work), len(self.skills), self.slots
        centre = self.work, self.routes, self.skills, self.group
        self._play(*sizes, *centre, arrival, kind, handle, patience, answer, end)
        return answer, end

    def play_tape(self, tape: Tape) -> tuple[Array, Array]:
        """The same from a tape."""
        return self.play(tape.arrival, tape.type, tape.draws.handle, tape.draws.patience)

    def draw_and_play(self, seed: int) -> int:
        """Draw in C, and play; the number of contacts."""
        room = int(self.expected.sum() * 1.2) + 1000
        arrival, handle, patience = np.empty(room), np.empty(room), np.empty(room)
        kind = np.empty(room, dtype=np.int64)
        types, intervals = self.expected.shape
        given = self.expected, self.handle, self.patience
        count = self._draw(seed, types, intervals, self.interval, *given, room, arrival, kind, handle, patience)
        self.play(arrival[:count], kind[:count], handle[:count], patience[:count])
        return int(count)


def has_compiler() -> bool:
    """Whether gcc is there."""
    return shutil.which("gcc") is not None
