"""Import labelled video from elsewhere into a manifest, and report what was left out and why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from encodings.errors import UserError
from pipelines.datasets.duplicates import without_duplicates
from pipelines.datasets.importers.published import clip_order
from pipelines.datasets.importers.registry import KINDS
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.manifest import ClipRow, summary, write_manifest
from pipelines.datasets.splits import split_by_group
from pipelines.recordings.annotations.names import LabelNames
from zoo.labels import LabelSet


class NothingGathered(UserError):
    """A source without a single clip that can be used."""


def gather(
    source: Path,
    kind: str,
    out: Path,
    *,
    videos: Path | None = None,
    labels: LabelSet | None = None,
    mapping: Mapping[str, str] | None = None,
) -> dict:
    """Write a manifest of what a source holds; returns, as JSON, what is in it and what was skipped.

    videos is the folder of the videos, if it is not the source's own.  Labels are read as those of a
    label set, or stay as they are without one, after a mapping of other names.  Raises UnreadableSource,
    NothingGathered.
    """
    if kind not in KINDS:
        raise NothingGathered(f"There is no kind of source {kind!r}; choose {', '.join(KINDS)}.")
    if mapping and not KINDS[kind].one_label:
        raise NothingGathered(f"A mapping names labels, and {kind} has narrations; leave --map out.")
    importer, skipped = KINDS[kind], Skipped()
    rows = importer.read(Path(source), videos, LabelNames(labels, mapping or {}), skipped)
    rows = without_duplicates(rows, skipped, importer.one_label)
    if not rows:
        reasons = "; ".join(f"{each['count']} × {reason}" for reason, each in skipped.reasons.items())
        raise NothingGathered(f"{source} holds no clip that can be used: {reasons or 'it has no rows'}.")
    rows.sort(key=lambda row: (row.workflow, *clip_order(row.video), row.start_s))
    rows, moved, notes = split_by_group(rows, importer.held_out_share)
    notes = [*skipped.notes, *notes]
    if all(row.wearer == row.workflow for row in rows):
        notes.append("No wearers are known: each workflow counts as its own wearer's.")
    try:
        write_manifest(_relative_to(out.resolve().parent, rows), out)
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}); choose another place.") from error
    return {"manifest": str(out), **summary(rows), "moved": moved, "skipped": skipped.reasons, "notes": notes}


def _relative_to(folder: Path, rows: Iterable[ClipRow]) -> Iterable[ClipRow]:
    return (
        replace(row, video=_relative(folder, row.video), gaze=_relative(folder, row.gaze)) for row in rows
    )


def _relative(folder: Path, path: str) -> str:
    """A path as the manifest's folder sees it, with folders that are links followed."""
    return os.path.relpath(Path(path).parent.resolve() / Path(path).name, folder) if path else ""
