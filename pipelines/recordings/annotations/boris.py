"""BORIS: aggregated events, a row a bout; and tabular events, a row a START, STOP or POINT after a preamble.

Columns as BORIS 6 to 9 export them.
"""

from dataclasses import replace

from pipelines.recordings.annotations.entries import Annotations, Entry, left_out
from pipelines.recordings.annotations.table import LabelTable, Row
from pipelines.recordings.annotations.times import parse_time

BEHAVIOUR = "behavior"
START, STOP = "start (s)", "stop (s)"
STATUS = ("status", "behavior type")
MEDIA = ("media file name", "media file path", "media file", "media file(s)", "source")
LENGTH = ("total length", "media duration (s)", "total length (s)")
OFFSET = ("time offset (s)",)
MODIFIERS = ("modifiers", "modifier")
POINT, POINTS = "POINT", "without a length"


def is_aggregated(columns: frozenset[str]) -> bool:
    """Whether a header is that of aggregated events."""
    return columns >= {BEHAVIOUR, START, STOP}


def is_tabular(columns: frozenset[str]) -> bool:
    """Whether a header is that of tabular events."""
    return columns >= {BEHAVIOUR, "time"} and bool(columns & {*STATUS})


def read_aggregated(table: LabelTable) -> Annotations:
    """Every bout; point events have no length and are left out."""
    bouts, points = [], 0
    for row in table.rows:
        entry = table.entry(row, START, STOP, **_fields(table, row))
        if table.cell(row, "behavior type").upper() == POINT or 0 <= entry.start == entry.end:
            points += 1
        else:
            bouts.append(entry)
    return _annotations(table, "aggregated events of BORIS", bouts, left_out(points, "point event", POINTS))


def read_tabular(table: LabelTable) -> Annotations:
    """Every START with the next STOP of the same behaviour and subject; point events are left out."""
    status = next(name for name in STATUS if name in table.columns)
    bouts: list[Entry] = []
    going_on: dict[tuple[str, ...], Entry] = {}
    points = unpaired = 0
    for row in table.rows:
        kind, entry = table.cell(row, status).upper(), table.entry(row, "time", "time", **_fields(table, row))
        about = tuple(table.cell(row, name) for name in ("observation id", "subject", BEHAVIOUR, *MODIFIERS))
        if kind.startswith(POINT):
            points += 1
        elif kind == "START":
            unpaired += about in going_on
            going_on[about] = entry
        elif kind == "STOP" and about in going_on:
            first = going_on.pop(about)
            bouts.append(
                replace(first, end=entry.start, written=f"{first.written[:24]}, STOP in line {row.line}")
            )
        elif kind == "STOP":
            unpaired += 1
        else:
            raise table.error(
                row, f"{status} is “{kind[:20]}”; expected START, STOP or POINT, as BORIS exports it."
            )
    unpaired += len(going_on)
    notes = left_out(points, "point event", POINTS)
    notes += left_out(unpaired, "START or STOP", "without its other half")
    return _annotations(table, "tabular events of BORIS", bouts, notes)


def _fields(table: LabelTable, row: Row) -> dict:
    fields = {"label": table.cell(row, BEHAVIOUR), "video": _media(table, row)}
    return fields | {"tier": table.cell(row, "subject")}


def _media(table: LabelTable, row: Row) -> str:
    """The video of a row, without the player that BORIS may write before it ("#1:/videos/a.mp4")."""
    written = table.text(row, *MEDIA)
    return ";".join(_without_player(each) for each in written.replace("|", ";").split(";"))


def _without_player(name: str) -> str:
    name = name.strip()
    return name.partition(":")[2].strip() if name[:1] == "#" else name


def _annotations(table: LabelTable, source: str, bouts: list[Entry], notes: tuple[str, ...]) -> Annotations:
    lengths = {table.text(row, *LENGTH) for row in table.rows} - {""}
    offset = next((table.text(row, *OFFSET) for row in table.rows if table.text(row, *OFFSET)), "")
    offset = offset or _before(table, OFFSET[0])
    if offset.strip("0.,:"):
        notes += (
            f"BORIS's time offset of {offset} s stands in this export: times are read as they are written.",
        )
    return Annotations(
        file=table.name,
        source=source,
        entries=tuple(bouts),
        notes=notes,
        length_s=_length(lengths),
    )


def _length(lengths: set[str]) -> float | None:
    seconds = parse_time(next(iter(lengths))) if len(lengths) == 1 else 0.0
    return seconds if seconds > 0 else None


def _before(table: LabelTable, name: str) -> str:
    """What stands beside a name before the header."""
    return next(
        (
            row.cells[1]
            for row in table.before
            if len(row.cells) > 1 and row.cells[0].strip().casefold() == name
        ),
        "",
    )
