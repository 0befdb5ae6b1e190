"""The manifest: the one CSV in which the project lists clips with labels and splits."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from encodings.errors import UserError
from zoo.atomic_write import atomic_write

SPLITS = ("training", "validation", "testing")
MAX_LABELS = 20  # a summary counts the most common ones


class BrokenManifest(UserError):
    """A manifest that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class ClipRow:
    """One labelled interval of a video; paths are relative to the manifest's folder, gaze may be ""."""

    video: str
    start_s: float
    end_s: float
    label: str
    split: str
    wearer: str
    workflow: str
    gaze: str = ""


COLUMNS = tuple(field.name for field in fields(ClipRow))


def write_manifest(rows: Iterable[ClipRow], path: Path) -> Path:
    """Write rows so that the file appears whole or not at all; returns path."""
    with atomic_write(path) as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    return path


def read_manifest(path: Path) -> tuple[ClipRow, ...]:
    """Read and check a manifest.  Raises BrokenManifest: file, line, what was found, what is expected."""
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise BrokenManifest(
                    f"{path}, line 1: column {missing[0]!r} is missing; "
                    f"a manifest has the columns {', '.join(COLUMNS)}."
                )
            rows = tuple(_row(cells, reader.line_num, path) for cells in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BrokenManifest(
            f"{path} cannot be read as a manifest ({error}); "
            f"give a CSV file with the columns {', '.join(COLUMNS)}."
        ) from error
    _check_splits(rows, path)
    return rows


def summary(rows: Iterable[ClipRow]) -> dict:
    """How much a manifest holds, as JSON: over all and by split."""
    rows = tuple(rows)
    return {
        "clips": len(rows),
        "videos": len({row.video for row in rows}),
        "workflows": len({row.workflow for row in rows}),
        "wearers": len({row.wearer for row in rows}),
        "with_gaze": sum(bool(row.gaze) for row in rows),
        "splits": {name: sum(row.split == name for row in rows) for name in SPLITS},
        "labels": dict(Counter(row.label for row in rows).most_common(MAX_LABELS)),
    }


def _row(cells: dict[str, str], line: int, path: Path) -> ClipRow:
    problem = _shape_problem(cells) or _time_problem(cells) or _name_problem(cells, path.parent)
    if problem:
        raise BrokenManifest(f"{path}, line {line}: {problem}.")
    times_s = {name: float(cells[name]) for name in ("start_s", "end_s")}
    return ClipRow(**{name: cells[name] for name in COLUMNS} | times_s)


def _shape_problem(cells: dict[str, str]) -> str:
    expected = f"each line needs {len(COLUMNS)} values"
    absent = next((name for name in COLUMNS if cells[name] is None), None)
    if absent:
        return f"no value for {absent}; {expected}"
    return f"more values than columns; {expected}" if None in cells else ""


def _time_problem(cells: dict[str, str]) -> str:
    for name in ("start_s", "end_s"):
        if not _is_finite(cells[name]):
            return f"{name} is {cells[name]!r}; expected a number of seconds"
    start_s, end_s = float(cells["start_s"]), float(cells["end_s"])
    if start_s < 0 or end_s <= start_s:
        return (
            f"the clip runs from {start_s} s to {end_s} s; "
            "it must begin at 0 or later and end after its start"
        )
    return ""


def _is_finite(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _name_problem(cells: dict[str, str], folder: Path) -> str:
    if cells["split"] not in SPLITS:
        return f"split is {cells['split']!r}; expected one of {', '.join(SPLITS)}"
    for name in ("video", "label", "wearer", "workflow"):
        if not cells[name]:
            return f"{name} is empty; only gaze may be"
    for name in ("video", "gaze"):
        path = folder / cells[name]
        if cells[name] and not (path.is_file() or (name == "gaze" and path.is_dir())):
            return f"{name} file {cells[name]!r} does not exist; paths are relative to {folder}"
    return ""


def _check_splits(rows: tuple[ClipRow, ...], path: Path) -> None:
    for name in ("wearer", "workflow"):
        splits: dict[str, str] = {}
        for line, row in enumerate(rows, 2):
            split = splits.setdefault(getattr(row, name), row.split)
            if split != row.split:
                raise BrokenManifest(
                    f"{path}, line {line}: {name} {getattr(row, name)!r} is in {split} and in "
                    f"{row.split}; each {name} must stay in one split."
                )
