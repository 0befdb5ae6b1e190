"""Acts are timed in turns, and memory is measured on every platform."""

import sys

from pipelines.benchmarks.decoding import peak_memory_mb
from pipelines.benchmarks.timing import time_in_turns


def test_acts_take_turns():
    order = []
    timings = time_in_turns({name: lambda name=name: order.append(name) for name in "ab"}, 3)
    assert order == list("ababab")
    assert timings.keys() == {"a", "b"}
    assert all(each.wall_s >= 0 and each.cpu_s >= 0 for each in timings.values())


def test_peak_memory_is_measured_where_there_is_no_resource_module(monkeypatch):
    here = peak_memory_mb()
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert 10 < peak_memory_mb() <= 1.1 * here
