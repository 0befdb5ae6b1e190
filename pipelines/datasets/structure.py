"""How actions follow each other in recordings: lengths, repeats, returns, and how open the next one is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path

import numpy as np

from pipelines.datasets.importers.tables import UnreadableSource, read_table
from pipelines.datasets.manifest import ClipRow
from zoo.labels import NO_ACTION

SAME_S = 0.05  # a clip that begins within this of another's end goes on with it
EGOEXOLEARN = ("video_id", "start_sec", "end_sec", "verb")
EGO_FILES = "ego_*.csv"  # its recordings from the head; the others are filmed from the room


@dataclass(frozen=True)
class Act:
    """One action without a break; kind is None where nobody said what it was."""

    recording: str
    start_s: float
    end_s: float
    kind: str | None


def acts_of(rows: Iterable[ClipRow]) -> tuple[Act, ...]:
    """The actions of a manifest: neighbouring clips of one label are one, No action is none."""
    acts: list[Act] = []
    for row in sorted(rows, key=attrgetter("workflow", "video", "start_s")):
        last = acts[-1] if acts else None
        goes_on = last and (last.recording, last.kind) == (row.workflow, row.label)
        if goes_on and abs(last.end_s - row.start_s) < SAME_S:
            acts[-1] = Act(row.workflow, last.start_s, row.end_s, row.label)
        else:
            acts.append(Act(row.workflow, row.start_s, row.end_s, row.label))
    return tuple(act for act in acts if act.kind != NO_ACTION)


def real_acts(folder: Path) -> tuple[Act, ...]:
    """The timed actions of real laboratory recordings, as EgoExoLearn annotates them in a folder of CSVs.

    What kind of action it is says the first of its verbs; some have none.  Raises UnreadableSource.
    """
    paths = sorted(folder.glob(EGO_FILES))
    if not paths:
        raise UnreadableSource(f"{folder} holds no {EGO_FILES}; give the folder of EgoExoLearn's tables.")
    return tuple(_act(path, cells) for path in paths for cells in read_table(path, EGOEXOLEARN))


def _act(path: Path, cells: dict[str, str]) -> Act:
    try:
        start_s, end_s = float(cells["start_sec"]), float(cells["end_sec"])
    except ValueError as error:
        raise UnreadableSource(
            f"{path} has the action {cells.get('annotation_id')!r} without a start and an end in seconds."
        ) from error
    return Act(cells["video_id"], start_s, end_s, cells["verb"].strip("[]").partition(",")[0].strip() or None)


def described(acts: Sequence[Act]) -> dict[str, float]:
    """Numbers of a set of recordings.

    length_s     quartiles of an action's length
    repeated     share of actions of the kind of the one just before
    returned     share of actions of a kind that was seen earlier in the recording, but not just before
    entropy      bits that the kind of an action leaves unknown of the next one's kind, in all pairs
    unknown      the same without knowing the action before: what `entropy` is to be compared with
    """
    by_recording: dict[str, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=attrgetter("recording", "start_s", "end_s")):
        by_recording[act.recording].append(act)
    chains = [[act.kind for act in chain if act.kind] for chain in by_recording.values()]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    returned = sum(
        kind in chain[: place - 1] and kind != chain[place - 1]
        for chain in chains
        for place, kind in enumerate(chain)
        if place
    )
    lengths_s = [act.end_s - act.start_s for act in acts]
    return {
        "recordings": len(by_recording),
        "actions": len(acts),
        "kinds": len({kind for chain in chains for kind in chain}),
        "lower_s": float(np.quantile(lengths_s, 0.25)),
        "median_s": float(np.median(lengths_s)),
        "upper_s": float(np.quantile(lengths_s, 0.75)),
        "median_actions": float(np.median([len(chain) for chain in by_recording.values()])),
        "repeated": sum(one == two for one, two in pairs) / max(1, len(pairs)),
        "returned": returned / max(1, len(pairs)),
        "entropy": _entropy(Counter(pairs)) - _entropy(Counter(one for one, _ in pairs)),
        "unknown": _entropy(Counter(two for _, two in pairs)),
    }


def _entropy(counts: Counter) -> float:
    """In bits."""
    shares = np.array(list(counts.values()), float)
    shares /= max(1.0, shares.sum())
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0


def mean_lengths_s(acts: Sequence[Act]) -> dict[str, float]:
    """The mean length of the actions of each kind."""
    ordered = sorted((act for act in acts if act.kind), key=attrgetter("kind"))
    groups = groupby(ordered, key=attrgetter("kind"))
    return {kind: float(np.mean([act.end_s - act.start_s for act in each])) for kind, each in groups}
