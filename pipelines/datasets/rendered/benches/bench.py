"""What is special to one bench: which props stand on it, what is done there, how often and how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.datasets.rendered.acts.stage import Stage
from pipelines.datasets.rendered.benches.placement import Setting
from pipelines.datasets.rendered.benches.wearer import Wearer

NO_ACTION = "No action"
# Writes one segment; what it returns, if anything, is told of the segment instead of the activity's name.
Act = Callable[[Stage, float, float], str | None]


@dataclass(frozen=True)
class Bench:
    """One bench.  mean_s: of each activity; machine: what runs by itself; beside: what the other hand may do.

    undivided: activities that leave no hand free.  dress changes a wearer, the same in all their workflows.
    """

    cast: Callable[[Setting], None]
    acts: Mapping[str, Act]
    procedures: tuple[tuple[str, ...], ...]
    mean_s: Mapping[str, float]
    workflow_s: float
    machine: Callable[[Stage, float, float, str], None]
    beside: tuple[str, ...] = ()
    undivided: frozenset[str] = frozenset()
    dress: Callable[[Wearer, int], Wearer] = lambda wearer, seed: wearer


@dataclass(frozen=True)
class BenchSet:
    """The benches a key stands for, one of which is drawn for a workflow; stream: its own chance.

    published: whether its clips go into the layout of the published data, as those of a label set do.
    """

    stream: int
    benches: tuple[Bench, ...]
    published: bool = True
