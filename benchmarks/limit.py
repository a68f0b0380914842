"""The limit: a lean event loop in C, compiled here where gcc is found, fed with a tape or with its own draws."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.ctypeslib import ndpointer

from scenarios.scenario import Scenario
from simulator.routing import tables
from simulator.shifts import planned_shifts
from simulator.tape import Tape

Array = np.ndarray
Real, Whole, Small = (ndpointer(contact_type, flags="C") for contact_type in (np.float64, np.int64, np.int32))


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
        inputs, outputs = [count, count, ctypes.c_double, *[Real] * 3], [count, Real, Whole, Real, Real]
        self._draw.argtypes = [ctypes.c_uint64, *inputs, *outputs]
        self._draw.restype = count
        rules, contact_types = tables(scenario), scenario.contact_types
        groups = len(rules.max_concurrent)
        self.group = planned_shifts(scenario, tape).group_of.astype(np.int32)
        self.work, self.max_concurrent = rules.work.astype(np.int32), int(rules.max_concurrent.max())
        self.routes = np.full((len(contact_types), groups), -1, dtype=np.int32)
        self.routes[:, : rules.route_group.shape[1]] = rules.route_group
        self.skills = np.full((groups, len(contact_types)), -1, dtype=np.int32)
        for row, ranks in zip(self.skills, rules.rank, strict=True):
            able = [k for k in np.argsort(rules.level) if ranks[k]]
            row[: len(able)] = able
        self.expected, self.interval = np.ascontiguousarray(scenario.expected), scenario.horizon.interval
        self.handle = np.array([contact_type.handle_time.mean for contact_type in contact_types])
        self.patience = np.array(
            [contact_type.patience.mean if contact_type.patience else 0.0 for contact_type in contact_types]
        )

    def play(self, arrival: Array, contact_type: Array, handle: Array, patience: Array) -> tuple[Array, Array]:
        """When each contact was answered, NaN for never, and when it ended."""
        answer, end = np.empty(len(arrival)), np.empty(len(arrival))
        sizes = len(arrival), len(self.group), len(self.work), len(self.skills), self.max_concurrent
        centre = self.work, self.routes, self.skills, self.group
        self._play(*sizes, *centre, arrival, contact_type, handle, patience, answer, end)
        return answer, end

    def play_tape(self, tape: Tape) -> tuple[Array, Array]:
        """The same from a tape."""
        return self.play(tape.arrival, tape.type, tape.draws.handle, tape.draws.patience)

    def draw_and_play(self, seed: int) -> int:
        """Draw in C, and play; the number of contacts."""
        room = int(self.expected.sum() * 1.2) + 1000
        arrival, handle, patience = np.empty(room), np.empty(room), np.empty(room)
        contact_type = np.empty(room, dtype=np.int64)
        types, intervals = self.expected.shape
        given = self.expected, self.handle, self.patience
        count = self._draw(seed, types, intervals, self.interval, *given, room, arrival, contact_type, handle, patience)
        self.play(arrival[:count], contact_type[:count], handle[:count], patience[:count])
        return int(count)


def has_compiler() -> bool:
    """Whether gcc is there."""
    return shutil.which("gcc") is not None
