"""The one way clips are listed inside the project: a CSV of video stretches, labels and splits."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from encodings.errors import UserError
from zoo.atomic_write import atomic_write

SPLITS = ("training", "validation", "testing")


class BrokenManifest(UserError):
    """A manifest that cannot be used, said in one sentence."""


@dataclass(frozen=True)
class ClipRow:
    """One labelled stretch of a video; paths are relative to the manifest's folder, gaze may be ""."""

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
    """Write rows so that the file appears whole or not at all."""
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


def _row(cells: dict[str, str], line: int, path: Path) -> ClipRow:
    def broken(found: str, expected: str) -> BrokenManifest:
        return BrokenManifest(f"{path}, line {line}: {found}; {expected}.")

    absent = next((name for name in COLUMNS if cells[name] is None), None)
    if absent or None in cells:
        raise broken(
            f"{'no value for ' + absent if absent else 'more values than columns'}",
            f"each line needs {len(COLUMNS)} values",
        )
    start_s, end_s = (_seconds(cells[name], name, broken) for name in ("start_s", "end_s"))
    if start_s < 0 or end_s <= start_s:
        raise broken(
            f"the clip runs from {start_s} s to {end_s} s",
            "it must begin at 0 or later and end after its start",
        )
    if cells["split"] not in SPLITS:
        raise broken(f"split is {cells['split']!r}", f"expected one of {', '.join(SPLITS)}")
    for name in ("video", "label", "wearer", "workflow"):
        if not cells[name]:
            raise broken(f"{name} is empty", "only gaze may be")
    for name in ("video", "gaze"):
        if cells[name] and not (path.parent / cells[name]).is_file():
            raise broken(
                f"{name} file {cells[name]!r} does not exist", f"paths are relative to {path.parent}"
            )
    return ClipRow(**{name: cells[name] for name in COLUMNS} | {"start_s": start_s, "end_s": end_s})


def _seconds(text: str, name: str, broken) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise broken(f"{name} is {text!r}", "expected a number of seconds")
    return value


def _check_splits(rows: tuple[ClipRow, ...], path: Path) -> None:
    for name in ("wearer", "workflow"):
        seen: dict[str, str] = {}
        for line, row in enumerate(rows, 2):
            split = seen.setdefault(getattr(row, name), row.split)
            if split != row.split:
                raise BrokenManifest(
                    f"{path}, line {line}: {name} {getattr(row, name)!r} is in {split} and in "
                    f"{row.split}; each {name} must stay in one split."
                )
