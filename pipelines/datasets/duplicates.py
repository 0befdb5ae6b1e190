"""Duplicates among labelled clips: the same interval of the same video, by name or by content."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.manifest import ClipRow

Interval = tuple[str, float, float]  # video, start_s, end_s


def without_duplicates(rows: Sequence[ClipRow], skipped: Skipped, one_label: bool) -> list[ClipRow]:
    """Each interval of each video once; a copy of a video counts as the video itself.

    With one_label an interval under two labels is left out, because either may be right; narrations may
    differ and both be right, and then the first is kept.  What is left out is counted in skipped.
    """
    original = _originals({row.video for row in rows})
    labels: dict[Interval, set[str]] = defaultdict(set)
    for row in rows:
        labels[original[row.video], row.start_s, row.end_s].add(row.label)
    kept: dict[Interval, ClipRow] = {}
    for row in rows:
        interval = (original[row.video], row.start_s, row.end_s)
        name = f"{Path(row.video).name} at {row.start_s:g} s"
        if one_label and len(labels[interval]) > 1:
            skipped.add("the same stretch of video under different labels", f"{name}: {row.label}")
        elif interval not in kept:
            kept[interval] = row
        elif row.video == kept[interval].video:
            skipped.add("the same stretch of video listed again", name)
        else:
            skipped.add("the same video under another name", f"{name} = {Path(kept[interval].video).name}")
    return [replace(row, video=original[row.video]) for row in kept.values()]


def _originals(videos: set[str]) -> dict[str, str]:
    """For each video the first one of the same content; only files of one size are read."""
    by_size = defaultdict(list)
    for video in sorted(videos):
        by_size[os.path.getsize(video)].append(video)
    original: dict[str, str] = {}
    for same_size in by_size.values():
        by_digest: dict[bytes, str] = {}
        for video in same_size:
            original[video] = by_digest.setdefault(_digest(video), video) if len(same_size) > 1 else video
    return original


def _digest(video: str) -> bytes:
    with open(video, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
