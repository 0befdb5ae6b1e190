"""Timing of several acts that take turns, so that a busy machine is as hard on each."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Timing:
    """How long one act takes."""

    wall_s: float
    cpu_s: float  # of all threads together: the same when other programs share the processor


def time_in_turns(acts: dict[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Median time of each act over some rounds; in each round every act runs once."""
    timings: dict[str, list[Timing]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            act()
            timings[name].append(Timing(time.perf_counter() - wall_s, time.process_time() - cpu_s))
    return {
        name: Timing(median(each.wall_s for each in runs), median(each.cpu_s for each in runs))
        for name, runs in timings.items()
    }
