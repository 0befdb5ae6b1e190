"""Splits that share nothing: whatever one person wore, or one experiment shows, stays together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pipelines.datasets.manifest import SPLITS, ClipRow

TRAINING, *HELD_OUT = SPLITS


def apart(rows: Iterable[ClipRow], share: float) -> tuple[tuple[ClipRow, ...], int, list[str]]:
    """Give every group of rows that share a wearer, a workflow or a video one split.

    A group keeps the split that most of its clips were given.  Groups without one ("" as the split) are
    dealt out, by a hash of their name so that the same rows come out the same: validation and testing
    get a share of the clips each.  Returns the rows, how many changed from one split to another, and
    notes.
    """
    rows = list(rows)
    group = _groups(rows)
    given = {name: Counter() for name in group.values()}
    clips: Counter[str] = Counter()
    for row in rows:
        clips[group[row.video]] += 1
        given[group[row.video]].update([row.split] if row.split else [])
    split = {name: _most(counts) for name, counts in given.items() if counts}
    without = {name: clips[name] for name in given if name not in split}
    split |= _dealt(without, share)
    mended = [replace(row, split=split[group[row.video]]) for row in rows]
    moved = sum(bool(old.split) and old.split != new.split for old, new in zip(rows, mended, strict=True))
    return tuple(mended), moved, _notes(without, moved, given)


def _groups(rows: list[ClipRow]) -> dict[str, str]:
    """The name of the group of each video: the first name of all that hang together."""
    parent: dict[str, str] = {}

    def top(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for row in rows:
        for other in (f"wearer {row.wearer}", f"workflow {row.workflow}"):
            one, two = sorted((top(f"video {row.video}"), top(other)))
            parent[two] = one
    return {row.video: top(f"video {row.video}") for row in rows}


def _most(counts: Counter[str]) -> str:
    """The split of most clips; of equals the one that holds more back from training."""
    return max(counts, key=lambda name: (counts[name], SPLITS.index(name)))


def _dealt(clips: dict[str, int], share: float) -> dict[str, str]:
    """A split for each group, given how many clips it has; from three groups on none is empty."""
    order = sorted(clips, key=lambda name: hashlib.sha256(name.encode()).digest())
    split, total = dict.fromkeys(order, TRAINING), sum(clips.values())
    waiting = order if len(order) > len(HELD_OUT) else []
    for place, held_out in enumerate(HELD_OUT):
        taken = 0
        while len(waiting) > len(HELD_OUT) - place and (taken == 0 or taken < share * total):
            name, *waiting = waiting
            split[name] = held_out
            taken += clips[name]
    return split


def _notes(dealt: dict[str, int], moved: int, given: dict[str, Counter[str]]) -> list[str]:
    torn = sum(len(counts) > 1 for counts in given.values())
    notes = []
    if torn:
        notes.append(
            f"{torn} groups that share a wearer, a workflow or a video were given more than one split: "
            f"each stays whole in the one most of its clips had, and {moved} clips moved."
        )
    if dealt and len(dealt) <= len(HELD_OUT):
        notes.append(f"Only {len(dealt)} groups had no split of their own: all of them train.")
    return notes
