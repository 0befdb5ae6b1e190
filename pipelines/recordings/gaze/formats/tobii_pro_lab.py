"""Tobii Pro Lab: the data export (TSV), pixels or fractions of the scene camera's picture from the top left.

The coordinate systems in its column names: MCS is the picture of the medium (of glasses: the scene video),
DACS the screen.  Older versions write no units, or "(MCSnorm)" instead of "[MCS norm]".
Source: Tobii Pro Lab User Manual, "Data export".
"""

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.samples import Samples, mark_unseen
from pipelines.recordings.gaze.formats.texts import Text, Words, choose_recording, join
from pipelines.recordings.tables import Table, number, read_columns

NAME = "Tobii Pro Lab"
COLUMNS = ("recording timestamp [ms]", "gaze point x [mcs px]", "gaze point y [mcs px]")
TIMES = {
    "recording timestamp [ms]": 1e-3,
    "recording timestamp [μs]": 1e-6,  # a header in lower case has one micro sign, whichever it was
    "recording timestamp [us]": 1e-6,
    "recording timestamp [s]": 1.0,
    "recording timestamp": None,  # milliseconds or microseconds, by version
}
PIXELS = tuple(f"gaze point {{}}{unit}" for unit in (" [mcs px]", " (mcspx)", " [px]", ""))
FRACTIONS = tuple(f"gaze point {{}}{unit}" for unit in (" [mcs norm]", " (mcsnorm)"))
SCREEN = tuple(f"gaze point x{unit}" for unit in (" [dacs px]", " (dacspx)", " [adcs px]", " (adcspx)"))
OTHER = (
    "fixation point",
    "assisted mapping",
    "manually mapped",
    "mapped ",
    "eye movement",
    "computer timestamp",
)
REFUSAL = (
    "is an export of Tobii Pro Lab without gaze in the scene video (it may have fixations, or gaze mapped "
    "onto snapshots): export it again with the columns Gaze point X and Gaze point Y"
)
MEDIA = ("presented stimulus name", "presented media name", "recording media name", "media name")
MEDIA_SIZE = ("recording media width", "recording media height")
VALIDITY = ("validity left", "validity right")
NAMES = ("recording name", "participant name")
SENSOR, MOVEMENT = "sensor", "eye movement type"
TEXTS = (*MEDIA, *NAMES, SENSOR, MOVEMENT, *VALIDITY)
INVALID = ("invalid", "2", "3", "4")  # numbers are of Tobii Studio: 0 is certain, 4 is lost
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".pdf", ".htm", ".html")
VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".wmv", ".webm", ".ts", ".mts")
MS_STEPS = (0.4, 150.0)  # between samples at 2500 to 7 Hz, in milliseconds; a thousand times that in µs
START_NOTE = "Times count from the start of the recording, which was taken for the first frame of the video."


def matches(columns: frozenset[str]) -> bool:
    """Whether a header is one of the data export, with any kind of gaze in it."""
    return not columns.isdisjoint(TIMES) and any(name.startswith("gaze point x") for name in columns)


def matches_other(columns: frozenset[str]) -> bool:
    """Whether a header is one of the data export without gaze: fixations, or gaze mapped onto snapshots."""
    return not columns.isdisjoint(TIMES) and (
        "sensor" in columns or any(name.startswith(OTHER) for name in columns)
    )


def read(table: Table, files: GazeFiles, video: Video | None) -> Samples:
    """Read the rows of the eye tracker.  Raises UnreadableGaze for gaze on a screen or another medium."""
    present = frozenset(table.columns)
    time = next(name for name in TIMES if name in present)
    pair, normalised = _points(table, present)
    words = {name: Words() for name in TEXTS if name in present}
    sizes = {name: number for name in MEDIA_SIZE if name in present}
    columns = read_columns(table, {time: number, **dict.fromkeys(pair, number), **words, **sizes})
    texts = {name: each.text(columns.pop(name)) for name, each in words.items()}
    rows = _tracker_rows(table, columns[pair[0]], texts)
    unit_s, notes = _unit(table, columns[time][rows], TIMES[time])
    recordings = _recordings(texts)
    if recordings is not None:
        times_s = columns[time][rows] * unit_s
        mine, chosen = choose_recording(table.source.name, recordings.at(rows), times_s, video)
        rows, notes = np.flatnonzero(rows)[mine], notes + chosen
    columns = {name: values[rows] for name, values in columns.items()}
    texts = {name: text.at(rows) for name, text in texts.items()}
    points = np.column_stack([columns[name] for name in pair])
    _check_media(table, texts, np.isfinite(points).all(axis=1))
    notes += mark_unseen(points, _invalid(texts), "that the tracker marked as invalid")
    if pair[0] == "gaze point x" and _are_fractions(points):
        normalised, notes = True, (*notes, "Points were read as fractions of the frame from the top left.")
    return Samples(
        source=NAME,
        times_s=columns[time] * unit_s,
        points=points,
        normalised=normalised,
        frame_size_px=None if normalised else _frame_size(columns),
        notes=(START_NOTE, *notes),
    )


def _points(table: Table, present: frozenset[str]) -> tuple[tuple[str, str], bool]:
    """The columns of a point, and whether they are fractions.  Raises UnreadableGaze for a screen's."""
    screen = not present.isdisjoint(SCREEN)
    for forms, normalised in ((PIXELS, False), (FRACTIONS, True)):
        for form in forms:
            pair = (form.format("x"), form.format("y"))
            if present.issuperset(pair) and not (screen and pair[0] == "gaze point x"):
                return pair, normalised
    if screen:
        raise _other_picture(table, "on a screen (DACS)")
    raise UnreadableGaze(
        f"“{table.source.name}” is an export of {NAME} without points in the scene video: export it again "
        "with the columns Gaze point X and Gaze point Y (MCS px)."
    )


def _tracker_rows(table: Table, x: np.ndarray, texts: dict[str, Text]) -> np.ndarray:
    """[N] bool: which rows are samples of the eye tracker, not events or of other sensors."""
    if SENSOR in texts:
        rows = texts[SENSOR].where("eye tracker".__eq__)
    else:  # a row of an event has no point, and neither has a lost sample: only its validity tells them apart
        given = [texts[name].where(bool) for name in (MOVEMENT, *VALIDITY) if name in texts]
        rows = np.any([np.isfinite(x), *given], axis=0)
    if not rows.any():
        raise UnreadableGaze(
            f"“{table.source.name}” has no row of the sensor Eye Tracker: export it from {NAME} with "
            "gaze data."
        )
    return rows


def _unit(table: Table, stamps: np.ndarray, unit_s: float | None) -> tuple[float, tuple[str, ...]]:
    """Seconds in a unit of time; from the median step where the header does not say, with a note."""
    if unit_s is not None:
        return unit_s, ()
    steps = np.diff(stamps[np.isfinite(stamps)])
    step = float(np.median(steps)) if len(steps) else 0.0
    for factor, unit in ((1.0, "milliseconds"), (1e3, "microseconds")):
        if MS_STEPS[0] * factor <= step <= MS_STEPS[1] * factor:
            return 1e-3 / factor, (f"Recording timestamp was read as {unit}: samples are {step:g} apart.",)
    raise UnreadableGaze(
        f"“{table.source.name}” does not say the unit of Recording timestamp, and its steps of {step:g} are "
        "neither milliseconds nor microseconds: add [ms] or [μs] to the name of the column."
    )


def _recordings(texts: dict[str, Text]) -> Text | None:
    """The recording of each row, with its participant where that tells recordings apart."""
    parts = [texts[name] for name in NAMES if name in texts]
    if len(parts) < 2:
        return parts[0] if parts else None
    joined = join(*parts)
    return joined if len(joined.used) > len(parts[0].used) else parts[0]


def _check_media(table: Table, texts: dict[str, Text], seen: np.ndarray) -> None:
    """Refuse points [N], seen or not, in the picture of a medium that is not the scene camera's.

    Recording media are scene videos, or of the screen; presented media are stimuli on a screen.
    """
    own = [word.lower() for word in texts[NAMES[0]].used] if NAMES[0] in texts else []
    for column in MEDIA:
        for medium in texts[column].at(seen).used if column in texts else ():
            if _is_other(medium.lower(), column, own):
                raise _other_picture(table, f"on “{medium[:40]}”")


def _is_other(medium: str, column: str, own: list[str]) -> bool:
    """Whether a medium is not the scene video of a recording, whose names are own; all in lower case."""
    if medium in ("", "-") or "scene" in medium or "fullstream" in medium:
        return False
    if medium.endswith(PICTURES) or "screen" in medium or "://" in medium:
        return True
    stem = medium.removesuffix(next((each for each in VIDEOS if medium.endswith(each)), ""))
    return column.startswith("presented") and stem not in own


def _other_picture(table: Table, where: str) -> UnreadableGaze:
    return UnreadableGaze(
        f"“{table.source.name}” is gaze {where}, not in a scene camera's video: export Gaze point X and Y "
        f"(MCS px) of the recording made with glasses from {NAME}, or write a table t,x,y in pixels of this "
        "video."
    )


def _invalid(texts: dict[str, Text]) -> np.ndarray | None:
    """[N] bool: samples of which neither eye is valid, or no eye was found; None without such columns."""
    eyes = [texts[name].where(INVALID.__contains__) for name in VALIDITY if name in texts]
    rows = [np.all(eyes, axis=0)] if eyes else []
    rows += [texts[MOVEMENT].where("eyesnotfound".__eq__)] if MOVEMENT in texts else []
    return np.any(rows, axis=0) if rows else None


def _are_fractions(points: np.ndarray) -> bool:
    """Whether the middle of all points lies where only fractions do."""
    known = points[np.isfinite(points).all(axis=1)]
    return len(known) > 0 and bool((np.abs(np.quantile(known, (0.05, 0.95), axis=0) - 0.5) <= 1.0).all())


def _frame_size(columns: dict[str, np.ndarray]) -> tuple[int, int] | None:
    """(width, height) of the scene camera's picture if the export says it."""
    sizes = [np.unique(columns[name][columns[name] > 0]) for name in MEDIA_SIZE if name in columns]
    return (int(sizes[0][0]), int(sizes[1][0])) if [len(each) for each in sizes] == [1, 1] else None
