"""A bench: its props, the activities done on it, and how often and how long each is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.datasets.rendered.acts.stage import Stage
from pipelines.datasets.rendered.benches.placement import Placement
from pipelines.datasets.rendered.benches.wearer import Wearer

NO_ACTION = "No action"
# Writes the keyframes of one segment; returns its narration where the activity's name is not enough.
Act = Callable[[Stage, float, float], str | None]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A bench and its activities.

    mean_s: mean length of each activity; machine: what runs by itself; beside: what the other hand may do
    meanwhile; undivided: activities that need both hands; dress: changes a wearer's looks, the same in all
    their workflows.
    """

    place_props: Callable[[Placement], None]
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
    """The benches of one key, one of which is drawn for each workflow.

    stream: seeds the random numbers of its workflows; published: whether its clips also go into the layout
    of the published data, as those of a label set do.
    """

    stream: int
    benches: tuple[Bench, ...]
    published: bool = True
