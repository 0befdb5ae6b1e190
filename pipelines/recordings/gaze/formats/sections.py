"""Sections of Pupil Cloud: an enrichment's gaze.csv holds the gaze of several recordings."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from pipelines.recordings.gaze.clock import read_object
from pipelines.recordings.gaze.files import MAX_NAMES, WORLD_NAME, GazeFiles, UnreadableGaze
from pipelines.recordings.tables import NO_TIME, nanoseconds, open_table, read_columns

RECORDING, SECTION, TIME = "recording id", "section id", "timestamp [ns]"
MIN_INSIDE, MAX_INSIDE = 0.5, 0.1  # share of samples within the video's time, of its recording and of others
SHOWN_LETTERS = 8  # of a recording's id, which has 36, in a message


@dataclass(frozen=True, eq=False)
class Chosen:
    """Which rows [K] of a gaze table belong to one recording, in the order of its sections, and notes."""

    rows: np.ndarray
    notes: tuple[str, ...] = ()


class Names:
    """Converts a column of names, chunk by chunk, to their numbers in a list: a table repeats few names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, series: pd.Series) -> np.ndarray:
        """[N] the number of each cell's name."""
        codes, cells = pd.factorize(series)
        names = [str(cell).strip() for cell in cells]
        if (codes < 0).any():
            names.append("")  # an empty cell has the code -1
        self.names += [name for name in dict.fromkeys(names) if name not in self.names]
        return np.array([self.names.index(name) for name in names], np.int32)[codes]


def choose_recording(
    columns: dict[str, np.ndarray], recordings: list[str], stamps: np.ndarray, files: GazeFiles
) -> Chosen:
    """The rows of the recording of which the files beside gaze are: by its id, or else by its times.

    columns has the numbers [N] of the sections' and recordings' names, if the table has them; recordings the
    names of the latter; stamps [N] int64 nanoseconds.
    Raises UnreadableGaze if it cannot be known, and names the recordings.
    """
    rows = np.arange(len(stamps))
    notes: tuple[str, ...] = ()
    if len(recordings) > 1:
        name, why = _wanted(recordings, columns[RECORDING], stamps, files)
        rows = np.flatnonzero(columns[RECORDING] == recordings.index(name))
        notes = (f"“{files.gaze.name}” holds {len(recordings)} recordings: {name} was chosen, {why}.",)
    return _in_order(rows, columns.get(SECTION), stamps, notes)


def _wanted(names: list[str], ids: np.ndarray, stamps: np.ndarray, files: GazeFiles) -> tuple[str, str]:
    """The id of the recording that belongs to the files beside gaze, and why."""
    known, span = (_of_world if files.world else _of_info)(files)
    if known in names:
        return known, f"which {(files.world or files.info).name} names"
    if span is not None:
        inside = (stamps >= span[0]) & (stamps <= span[1])
        shares = {name: float(inside[ids == number].mean()) for number, name in enumerate(names)}
        best = max(shares, key=shares.get)
        if shares[best] >= MIN_INSIDE and all(shares[name] <= MAX_INSIDE for name in names if name != best):
            return best, f"whose times are those of {(files.world or files.info).name}"
    raise UnreadableGaze(_refusal(names, files))


def _refusal(names: list[str], files: GazeFiles) -> str:
    shown = ", ".join(name[:SHOWN_LETTERS] or "without a name" for name in names[:MAX_NAMES])
    shown += ", …" if len(names) > MAX_NAMES else ""
    if files.world:
        return (
            f"“{files.gaze.name}” holds the gaze of {len(names)} recordings ({shown}), and "
            f"“{files.world.name}” does not tell which is of this video: keep only its rows (recording id)."
        )
    return (
        f"“{files.gaze.name}” holds the gaze of {len(names)} recordings ({shown}): choose it together with "
        f"the {WORLD_NAME} of this video's recording, or keep only its rows (recording id)."
    )


def _of_world(files: GazeFiles) -> tuple[str | None, tuple[int, int] | None]:
    """The id of the recording of world_timestamps.csv, if it has just one, its first and its last stamp."""
    columns, recordings = open_table(files.world).columns, Names()
    if TIME not in columns:
        return None, None
    wanted = {TIME: nanoseconds} | ({RECORDING: recordings} if RECORDING in columns else {})
    stamps = read_columns(open_table(files.world), wanted)[TIME]
    stamps = stamps[stamps != NO_TIME]
    span = (int(stamps.min()), int(stamps.max())) if len(stamps) else None
    return (recordings.names[0] if len(recordings.names) == 1 else None), span


def _of_info(files: GazeFiles) -> tuple[str | None, tuple[int, int] | None]:
    """The id, the first and the last nanosecond of the recording that info.json describes."""
    info = read_object(files.info)
    name, start_ns, duration_ns = (info.get(key) for key in ("recording_id", "start_time", "duration"))
    span = (start_ns, start_ns + duration_ns) if type(start_ns) is type(duration_ns) is int else None
    return name if isinstance(name, str) else None, span


def _in_order(
    rows: np.ndarray, sections: np.ndarray | None, stamps: np.ndarray, notes: tuple[str, ...]
) -> Chosen:
    """Rows with their sections one after the other in time, and a sample that two sections share once."""
    if sections is None or len(names := pd.unique(sections[rows])) < 2:
        return Chosen(rows, notes)
    parts = [rows[sections[rows] == name] for name in names]
    parts.sort(key=lambda part: int(np.min(stamps[part], where=stamps[part] != NO_TIME, initial=2**62)))
    joined = np.concatenate(parts)
    joined = joined[np.argsort(stamps[joined], kind="stable")] if _overlap(parts, stamps) else joined
    twice = np.append(False, stamps[joined][1:] == stamps[joined][:-1]) & (stamps[joined] != NO_TIME)
    notes += (f"{len(names)} sections of the recording were joined in the order of their times.",)
    return Chosen(joined[~twice], notes)


def _overlap(parts: list[np.ndarray], stamps: np.ndarray) -> bool:
    spans = [(stamps[part].min(), stamps[part].max()) for part in parts]
    return any(last >= first for (_, last), (first, _) in pairwise(spans))
