"""Statistics of how actions follow each other in recordings: lengths, repeats, returns and entropy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path

import numpy as np

from pipelines.datasets.importers.tables import UnreadableSource, read_table
from pipelines.datasets.manifest import ClipRow
from zoo.labels import NO_ACTION

ADJACENT_S = 0.05  # a clip that begins within this of another's end continues it
EGOEXOLEARN_COLUMNS = ("video_id", "start_sec", "end_sec", "verb")
EGOEXOLEARN_FILES = "ego_*.csv"  # its recordings from the head; the others are filmed from the room


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action without a break; kind is None where it was not annotated."""

    recording: str
    start_s: float
    end_s: float
    kind: str | None


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Numbers of a set of recordings, with No action left out.

    lower_s, median_s, upper_s  quartiles of an action's length
    median_actions              in a recording
    repeated     share of actions of the same kind as the one before
    returned     share of actions of a kind that occurred earlier in the recording, but not just before
    entropy      conditional entropy of an action's kind given the kind before, in bits
    prior_entropy  the same without the action before: what `entropy` is to be compared with
    """

    recordings: int
    actions: int
    kinds: int
    lower_s: float
    median_s: float
    upper_s: float
    median_actions: float
    repeated: float
    returned: float
    entropy: float
    prior_entropy: float


def actions_of(rows: Iterable[ClipRow]) -> tuple[Action, ...]:
    """The actions of a manifest: adjacent clips of one label are one action, No action is none."""
    actions: list[Action] = []
    for row in sorted(rows, key=attrgetter("workflow", "video", "start_s")):
        action = Action(recording=row.workflow, start_s=row.start_s, end_s=row.end_s, kind=row.label)
        if actions and _continues(actions[-1], action):
            action = replace(action, start_s=actions.pop().start_s)
        actions.append(action)
    return tuple(action for action in actions if action.kind != NO_ACTION)


def _continues(last: Action, action: Action) -> bool:
    same = (last.recording, last.kind) == (action.recording, action.kind)
    return same and abs(last.end_s - action.start_s) < ADJACENT_S


def read_egoexolearn(folder: Path) -> tuple[Action, ...]:
    """The actions of real laboratory recordings, as EgoExoLearn annotates them in a folder of CSVs.

    The kind of an action is the first of its verbs; some have none.  Raises UnreadableSource.
    """
    paths = sorted(folder.glob(EGOEXOLEARN_FILES))
    if not paths:
        raise UnreadableSource(
            f"{folder} holds no {EGOEXOLEARN_FILES}; give the folder of EgoExoLearn's tables."
        )
    return tuple(_action(path, cells) for path in paths for cells in read_table(path, EGOEXOLEARN_COLUMNS))


def _action(path: Path, cells: dict[str, str]) -> Action:
    try:
        start_s, end_s = float(cells["start_sec"]), float(cells["end_sec"])
    except ValueError as error:
        raise UnreadableSource(
            f"{path} has the action {cells.get('annotation_id')!r} without a start and an end in seconds; "
            "use the table as it was published."
        ) from error
    verb = cells["verb"].strip("[]").partition(",")[0].strip()
    return Action(recording=cells["video_id"], start_s=start_s, end_s=end_s, kind=verb or None)


def statistics_of(actions: Sequence[Action]) -> Statistics:
    """Count actions, their lengths, and how they follow each other within a recording."""
    by_recording: dict[str, list[Action]] = defaultdict(list)
    for action in sorted(actions, key=attrgetter("recording", "start_s", "end_s")):
        by_recording[action.recording].append(action)
    sequences = [[each.kind for each in sequence if each.kind] for sequence in by_recording.values()]
    pairs = Counter(pair for sequence in sequences for pair in pairwise(sequence))
    of_pairs = 1 / max(1, pairs.total())
    lengths_s = [action.end_s - action.start_s for action in actions]
    lower_s, median_s, upper_s = np.quantile(lengths_s, (0.25, 0.5, 0.75))
    return Statistics(
        recordings=len(by_recording),
        actions=len(actions),
        kinds=len({kind for sequence in sequences for kind in sequence}),
        lower_s=float(lower_s),
        median_s=float(median_s),
        upper_s=float(upper_s),
        median_actions=float(np.median([len(sequence) for sequence in by_recording.values()])),
        repeated=of_pairs * sum(count for (kind, following), count in pairs.items() if kind == following),
        returned=of_pairs * sum(map(_returns, sequences)),
        entropy=_entropy(pairs) - _entropy(_marginal(pairs, 0)),
        prior_entropy=_entropy(_marginal(pairs, 1)),
    )


def mean_lengths_s(actions: Sequence[Action]) -> dict[str, float]:
    """The mean length of the actions of each kind."""
    ordered = sorted((action for action in actions if action.kind), key=attrgetter("kind"))
    groups = groupby(ordered, key=attrgetter("kind"))
    return {kind: float(np.mean([each.end_s - each.start_s for each in group])) for kind, group in groups}


def _returns(sequence: list[str]) -> int:
    """How many actions are of a kind that occurred earlier, but not just before."""
    return sum(
        kind in sequence[: index - 1] and kind != sequence[index - 1]
        for index, kind in enumerate(sequence)
        if index
    )


def _marginal(pairs: Counter[tuple[str, str]], member: int) -> Counter[str]:
    """Counts of the first (0) or the second (1) of each pair."""
    counts: Counter[str] = Counter()
    for pair, count in pairs.items():
        counts[pair[member]] += count
    return counts


def _entropy(counts: Counter) -> float:
    """Shannon entropy in bits."""
    shares = np.array(list(counts.values()), float)
    shares /= max(1.0, shares.sum())
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0
