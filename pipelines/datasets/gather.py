"""Bring labelled video from elsewhere into a manifest, and say what was left out and why."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from encodings.errors import UserError
from pipelines.datasets.importers import ego4d, published
from pipelines.datasets.importers import folder as lab
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.manifest import SPLITS, ClipRow, write_manifest
from pipelines.datasets.splits import apart
from zoo.labels import LabelSet

HELD_OUT_SHARE = 0.15  # of the clips go to validation, and to testing, where no split was given
EGO4D_SHARE = 0.01  # the paper keeps 3324 and 3325 of 337 k
CHUNK = 1 << 20
EGO4D = "ego4d"

Reader = Callable[[Path, Path | None, LabelSet | None, Skipped], list[ClipRow]]
KINDS: dict[str, tuple[Reader, float]] = {
    "published": (published.read, HELD_OUT_SHARE),
    EGO4D: (ego4d.read, EGO4D_SHARE),
    "folder": (lab.read, HELD_OUT_SHARE),
}


class NothingGathered(UserError):
    """A source without a single clip that can be used."""


def gather(
    source: Path, kind: str, out: Path, *, videos: Path | None = None, labels: LabelSet | None = None
) -> dict:
    """Write a manifest of what a source holds; returns what is in it and what was skipped.

    videos is the folder of the videos, if it is not the source's own.  Labels are read as those of a
    label set, or stay as they are without one.  Raises UnreadableSource, NothingGathered.
    """
    if kind not in KINDS:
        raise NothingGathered(f"There is no kind of source {kind!r}; choose {', '.join(KINDS)}.")
    reader, share = KINDS[kind]
    skipped = Skipped()
    rows = _once(reader(Path(source), videos, labels, skipped), skipped, one_truth=kind != EGO4D)
    if not rows:
        reasons = "; ".join(f"{each['count']} × {reason}" for reason, each in skipped.reasons.items())
        raise NothingGathered(f"{source} holds no clip that can be used: {reasons or 'it has no rows'}.")
    rows, moved, notes = apart(rows, share)
    if all(row.wearer == row.workflow for row in rows):
        notes.append("No wearers are known: each workflow counts as its own wearer's.")
    folder = out.resolve().parent
    placed = (replace(row, video=_from(folder, row.video), gaze=_from(folder, row.gaze)) for row in rows)
    try:
        write_manifest(placed, out)
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}); choose another place.") from error
    return {"manifest": str(out), **summary(rows), "moved": moved, "skipped": skipped.reasons, "notes": notes}


def summary(rows: Iterable[ClipRow]) -> dict:
    """How much a manifest holds, over all and by split."""
    rows = tuple(rows)
    return {
        "clips": len(rows),
        "videos": len({row.video for row in rows}),
        "workflows": len({row.workflow for row in rows}),
        "wearers": len({row.wearer for row in rows}),
        "with_gaze": sum(bool(row.gaze) for row in rows),
        "splits": {name: sum(row.split == name for row in rows) for name in SPLITS},
        "labels": dict(Counter(row.label for row in rows).most_common(20)),
    }


def _from(folder: Path, path: str) -> str:
    """A path as the manifest's folder sees it, with folders that are links followed."""
    return os.path.relpath(Path(path).parent.resolve() / Path(path).name, folder) if path else ""


def _once(rows: list[ClipRow], skipped: Skipped, one_truth: bool) -> list[ClipRow]:
    """Each stretch of each video once: a file under a second name is the file under its first.

    With one_truth a stretch under two labels is left out altogether: nobody knows which is right.  A
    stretch may well be narrated in two ways, and then keeps the first.
    """
    first = _same_files({row.video for row in rows})
    labels: dict[tuple[str, float, float], set[str]] = defaultdict(set)
    for row in rows:
        labels[first[row.video], row.start_s, row.end_s].add(row.label)
    kept: dict[tuple[str, float, float], ClipRow] = {}
    for row in rows:
        stretch = (first[row.video], row.start_s, row.end_s)
        name = f"{Path(row.video).name} at {row.start_s:g} s"
        if one_truth and len(labels[stretch]) > 1:
            skipped.add("the same stretch of video under different labels", f"{name}: {row.label}")
        elif stretch not in kept:
            kept[stretch] = row
        elif row.video == kept[stretch].video:
            skipped.add("the same stretch of video listed again", name)
        else:
            skipped.add("the same video under another name", f"{name} = {Path(kept[stretch].video).name}")
    merged = [replace(row, video=first[row.video]) for row in kept.values()]
    return sorted(merged, key=lambda row: (row.workflow, *published.natural(row.video), row.start_s))


def _same_files(videos: set[str]) -> dict[str, str]:
    """For each video the first one of the same content; only files of one size are read."""
    by_size = defaultdict(list)
    for video in sorted(videos):
        by_size[os.path.getsize(video)].append(video)
    first: dict[str, str] = {}
    for alike in by_size.values():
        seen: dict[bytes, str] = {}
        for video in alike:
            first[video] = seen.setdefault(_digest(video), video) if len(alike) > 1 else video
    return first


def _digest(video: str) -> bytes:
    content = hashlib.sha256()
    with open(video, "rb") as file:
        while chunk := file.read(CHUNK):
            content.update(chunk)
    return content.digest()
