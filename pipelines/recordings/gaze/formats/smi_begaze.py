"""SMI BeGaze: the raw data export, pixels of the scene camera's picture from the top left.

Version 3 writes RecordingTime [ms] and Point of Regard; the versions before it, and the IDF Converter,
lines of ## before the header, Time in microseconds of an arbitrary clock, and rows of messages (Type MSG).
Source: BeGaze 3.7 Manual, "Export raw data".
"""

import re

import numpy as np
import pandas as pd

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.samples import START_TOGETHER, Samples, mark_unseen
from pipelines.recordings.gaze.formats.texts import Text, Words, choose_recording
from pipelines.recordings.tables import Table, number, read_columns

NAME = "SMI BeGaze"
TIME, OLD_TIME = "recordingtime [ms]", "time"
COLUMNS = (TIME, "point of regard binocular x [px]", "point of regard binocular y [px]")
VIDEO_TIME = "video time [h:m:s:ms]"
EYES = {"binocular": "b", "right": "r", "left": "l"}
FORMS = {eye: (f"point of regard {eye} {{}} [px]", f"{short} por {{}} [px]") for eye, short in EYES.items()}
EVENTS = {
    "binocular": ("category binocular", "b event info"),
    "right": ("category right", "r event info"),
    "left": ("category left", "l event info"),
}
TYPE, STIMULUS, PERSON = "type", "stimulus", "participant"
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".pdf")
CALIBRATION_AREA = re.compile(r"##\s*Calibration Area:\D*(\d+)\D+(\d+)", re.IGNORECASE)
MAX_DRIFT_S = 0.1  # two clocks that differ by less run alike
EARLY = 0.05  # a video time is that of the frame before a sample: of the differences this quantile is exact


def matches(columns: frozenset[str]) -> bool:
    """Whether a header is one of the raw data export."""
    return not columns.isdisjoint((TIME, OLD_TIME, VIDEO_TIME)) and bool(_pairs(columns))


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read both eyes' point of regard, or else those of each eye.  Raises UnreadableGaze."""
    present = frozenset(table.columns)
    pairs = _pairs(present)
    events = {eye: next((name for name in EVENTS[eye] if name in present), None) for eye in pairs}
    words = {name: Words() for name in {TYPE, STIMULUS, PERSON, *events.values()} if name in present}
    numbers = {name: number for pair in pairs.values() for name in pair}
    clocks = {TIME: number, OLD_TIME: number, VIDEO_TIME: clock_time}
    clocks = {name: convert for name, convert in clocks.items() if name in present}
    columns = read_columns(table, {**numbers, **clocks, **words})
    texts = {name: each.text(columns.pop(name)) for name, each in words.items()}
    rows = _samples(texts, len(columns[next(iter(clocks))]))
    columns = {name: values[rows] for name, values in columns.items()}
    texts = {name: text.at(rows) for name, text in texts.items()}
    times_s, clock, notes = _times(columns, video)
    recordings = _recordings(texts)
    points, lost = _points(columns, pairs, {eye: texts.get(name) for eye, name in events.items()})
    _check_stimuli(table, texts, np.isfinite(points).all(axis=1))
    if recordings is not None:
        mine, chosen = choose_recording(table.source.name, recordings, times_s, video)
        times_s, points, notes = times_s[mine], points[mine], notes + chosen
    eyes = () if "binocular" in pairs else (f"Points are of the {' and '.join(pairs)} eye.",)
    return Samples(
        source=f"{NAME}, {clock}",
        times_s=times_s,
        points=points,
        normalised=False,
        frame_size_px=_frame_size(table),
        notes=(*notes, *eyes, *lost),
    )


def clock_time(series: pd.Series) -> np.ndarray:
    """Convert h:m:s:ms to seconds; NaN for anything else."""
    return np.fromiter((_clock_time(str(cell)) for cell in series), np.float64, len(series))


def _clock_time(text: str) -> float:
    parts = text.replace(".", ":").replace(",", ":").split(":")
    if len(parts) != 4 or not all(part.strip().isdecimal() and len(part) <= 4 for part in parts):
        return np.nan
    hours, minutes, seconds, milliseconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _pairs(columns: frozenset[str]) -> dict[str, tuple[str, str]]:
    """The columns of a point by eye: of both eyes together, or else of each eye that is there."""
    pairs = {}
    for eye, forms in FORMS.items():
        for form in forms:
            pair = (form.format("x"), form.format("y"))
            if columns.issuperset(pair):
                pairs[eye] = pair
    return {"binocular": pairs["binocular"]} if "binocular" in pairs else pairs


def _samples(texts: dict[str, Text], rows: int) -> np.ndarray:
    """[N] bool: which rows are samples, not messages, separators, or between one stimulus and another."""
    kept = texts[TYPE].where(("smp", "sample").__contains__) if TYPE in texts else np.ones(rows, bool)
    for name, text in texts.items():
        if name.startswith("category"):
            kept &= ~text.where(("separator", "user event").__contains__)
        if name in (PERSON, STIMULUS) and len(set(text.used) - {"", "-"}) > 1:
            kept &= ~text.where(("", "-").__contains__)
    return kept


def _times(columns: dict[str, np.ndarray], video: Video | None) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Seconds of video at each sample [N], what gave the clock, and notes on what was assumed."""
    stamps_s = columns[TIME] * 1e-3 if TIME in columns else columns.get(OLD_TIME, np.empty(0)) * 1e-6
    at_s = columns.get(VIDEO_TIME)
    if at_s is not None and np.isfinite(at_s).any():
        return (at_s if len(stamps_s) == 0 else _on_video_time(stamps_s, at_s)), "with Video Time", ()
    if len(stamps_s) == 0 or not np.isfinite(stamps_s).any():
        return np.full(len(at_s if at_s is not None else stamps_s), np.nan), "without Video Time", ()
    first_s, last_s = np.nanmin(stamps_s), np.nanmax(stamps_s)
    end_s = float(video.times_s[-1]) if video else -np.inf
    if TIME in columns and (first_s <= 1.0 or last_s <= end_s + 1.0):
        note = "RecordingTime was taken to count from the first frame of the video."
        return stamps_s, "without Video Time", (note,)
    note = f"Without Video Time {START_TOGETHER}."
    return stamps_s - first_s, "without Video Time", (note,)


def _on_video_time(stamps_s: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    """Seconds of video at stamps [N], given the times at_s [N] of the frames before some of them."""
    known = np.flatnonzero(np.isfinite(stamps_s) & np.isfinite(at_s))
    if len(known) == 0:
        return at_s
    differences_s = stamps_s[known] - at_s[known]
    if np.ptp(np.quantile(differences_s, (0.01, 0.99))) <= MAX_DRIFT_S:
        return stamps_s - np.quantile(differences_s, EARLY)
    order = known[np.argsort(stamps_s[known], kind="stable")]
    between_s = np.interp(stamps_s, stamps_s[order], at_s[order])
    return np.where(np.isfinite(at_s), at_s, np.where(np.isfinite(stamps_s), between_s, np.nan))


def _recordings(texts: dict[str, Text]) -> Text | None:
    """The recording of each sample: of a person, if there are several, and else by its scene video."""
    present = [texts[name] for name in (PERSON, STIMULUS) if name in texts]
    several = [text for text in present if len(set(text.used) - {"", "-"}) > 1]
    return several[0] if several else None


def _points(
    columns: dict[str, np.ndarray], pairs: dict[str, tuple[str, str]], events: dict[str, Text | None]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Points [N, 2], the mean of the eyes that are seen, and notes; blinks and 0, 0 are not seen."""
    eyes, notes = [], ()
    for eye, pair in pairs.items():
        points = np.column_stack([columns[name] for name in pair])
        notes += mark_unseen(points, (points == 0).all(axis=1), "of lost gaze (0, 0)")
        blinks = events[eye].where("blink".__eq__) if events[eye] is not None else None
        notes += mark_unseen(points, blinks, "in blinks")
        eyes.append(points)
    if len(eyes) == 1:
        return eyes[0], notes
    first, second = eyes
    both = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    one = np.where(np.isfinite(first).all(axis=1)[:, None], first, second)
    return np.where(both[:, None], (first + second) / 2, one), tuple(dict.fromkeys(notes))


def _check_stimuli(table: Table, texts: dict[str, Text], seen: np.ndarray) -> None:
    """Refuse points [N], seen or not, on a picture: they do not lie in the scene video."""
    for stimulus in texts[STIMULUS].at(seen).used if STIMULUS in texts else ():
        if stimulus.lower().endswith(PICTURES):
            raise UnreadableGaze(
                f"“{table.source.name}” is gaze on the picture “{stimulus[:40]}”, not in a scene camera's "
                f"video: export the raw data of the scene video from {NAME}."
            )


def _frame_size(table: Table) -> tuple[int, int] | None:
    """(width, height) of the scene camera's picture by the lines of ## before the header."""
    found = next(filter(None, map(CALIBRATION_AREA.match, table.preamble)), None)
    size = tuple(map(int, found.groups())) if found else (0, 0)
    return size if min(size) > 0 else None
