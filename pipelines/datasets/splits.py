"""Splits by group: all clips that share a wearer, a workflow or a video go into one split."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pipelines.datasets.manifest import SPLITS, ClipRow

TRAINING, *HELD_OUT = SPLITS


def split_by_group(rows: Iterable[ClipRow], share: float) -> tuple[tuple[ClipRow, ...], int, list[str]]:
    """Give every group of rows that share a wearer, a workflow or a video one split.

    A group keeps the split that most of its clips were given.  Groups without one ("" as the split) are
    assigned one by a hash of their name, so that the same rows come out the same: validation and testing
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
    split = {name: _most_common(counts) for name, counts in given.items() if counts}
    unassigned = {name: clips[name] for name in given if name not in split}
    split |= _assign(unassigned, share)
    result = [replace(row, split=split[group[row.video]]) for row in rows]
    moved = sum(bool(old.split) and old.split != new.split for old, new in zip(rows, result, strict=True))
    return tuple(result), moved, _notes(len(unassigned), moved, given)


def _groups(rows: list[ClipRow]) -> dict[str, str]:
    """The group of each video, named by its first member: the connected components, by union-find."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for row in rows:
        for member in (f"wearer {row.wearer}", f"workflow {row.workflow}"):
            first, second = sorted((root(f"video {row.video}"), root(member)))
            parent[second] = first
    return {row.video: root(f"video {row.video}") for row in rows}


def _most_common(counts: Counter[str]) -> str:
    """The split of most clips; of equals the later one, which holds more back from training."""
    return max(counts, key=lambda name: (counts[name], SPLITS.index(name)))


def _assign(clips: dict[str, int], share: float) -> dict[str, str]:
    """A split for each group, given how many clips it has; from three groups on none is empty."""
    order = sorted(clips, key=lambda name: hashlib.sha256(name.encode()).digest())
    split, total = dict.fromkeys(order, TRAINING), sum(clips.values())
    remaining = order if len(order) > len(HELD_OUT) else []
    for index, held_out in enumerate(HELD_OUT):
        assigned = 0
        while len(remaining) > len(HELD_OUT) - index and (assigned == 0 or assigned < share * total):
            name, *remaining = remaining
            split[name] = held_out
            assigned += clips[name]
    return split


def _notes(unassigned: int, moved: int, given: dict[str, Counter[str]]) -> list[str]:
    mixed = sum(len(counts) > 1 for counts in given.values())
    notes = []
    if mixed:
        notes.append(
            f"{mixed} groups that share a wearer, a workflow or a video were given more than one split: "
            f"each stays whole in the one most of its clips had, and {moved} clips moved."
        )
    if 0 < unassigned <= len(HELD_OUT):
        notes.append(f"Only {unassigned} groups had no split of their own: all of them train.")
    return notes
