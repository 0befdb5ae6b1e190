"""Tobii Pro Glasses 2: livedata.json, one JSON object a measurement, fractions from the top left.

ts is a clock in microseconds.  Lines with vts give the time in the scene video at a ts, in microseconds;
those with pts the presentation time in the live stream, in ticks of 90 kHz.  s other than 0 means that a
measurement failed.  Source: Tobii Pro Glasses 2 API Developer's Guide, "live data".
"""

import math
from array import array

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.json_lines import JsonLines, as_number, as_point, head_objects
from pipelines.recordings.gaze.formats.samples import START_TOGETHER, Samples, count

NAME = "Tobii Pro Glasses 2"
MICROSECOND_S = 1e-6
LOST = (math.nan, math.nan)
PTS_S = 1 / 90_000
PTS_WRAP = 2**33  # after 26.5 hours the count of a stream starts anew


def matches(head: bytes) -> bool:
    """Whether a file begins with lines of livedata.json."""
    return any({"ts", "s"} <= item.keys() for item in head_objects(head))


def read(files: GazeFiles, video: Video | None) -> Samples:
    """Read livedata.json; samples with an error, and those at 0, 0, are lost.  Raises UnreadableGaze."""
    lines = JsonLines(files.gaze, b'"(gp|vts|pts)"')
    stamps, xs, ys, lost = array("d"), array("d"), array("d"), 0
    clocks: dict[str, list[tuple[float, float]]] = {"vts": [], "pts": []}
    for item in lines:
        stamp, whole = as_number(item.get("ts")), item.get("s", 0) == 0
        if "gp" in item:
            x, y = as_point(item["gp"]) if whole else LOST
            stamps.append(stamp)
            xs.append(x)
            ys.append(y)
            lost += x != x
        elif whole and stamp == stamp:
            for name, pairs in clocks.items():
                at = as_number(item.get(name))
                if at == at:  # not NaN
                    pairs.append((stamp, at))
    if not stamps:
        raise UnreadableGaze(
            f"“{files.gaze.name}” is data of {NAME} without gaze (gp): choose livedata.json.gz from the "
            "folder segments/1 of the recording."
        )
    times_s, clock, assumed = _times(np.array(stamps), clocks)
    notes = (f"{count(lost, 'sample')} of lost gaze left out.",) if lost else ()
    return Samples(
        source=f"{NAME}, {clock}",
        times_s=times_s,
        points=np.column_stack((xs, ys)),
        normalised=True,
        notes=(*assumed, *notes, *lines.notes),
    )


def _times(
    stamps: np.ndarray, clocks: dict[str, list[tuple[float, float]]]
) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Seconds of video at each stamp [N], what gave the clock, and notes on what was assumed."""
    if clocks["vts"]:
        stamp, at = _last_run(clocks["vts"])
        return _interpolate(stamps, stamp, at * MICROSECOND_S), "with vts", ()
    if clocks["pts"]:
        ticks = np.unwrap([at for _, at in clocks["pts"]], period=PTS_WRAP)
        stamp, at = _last_run([(stamp, tick) for (stamp, _), tick in zip(clocks["pts"], ticks, strict=True)])
        note = "Without a line of vts the first line of pts was taken for the first frame of the video."
        return _interpolate(stamps, stamp, (at - at[0]) * PTS_S), "with pts", (note,)
    note = f"Without a line of vts or pts {START_TOGETHER}."
    first = np.nanmin(stamps, initial=np.inf)
    return (stamps - first) * MICROSECOND_S, "without vts", (note,)


def _last_run(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Stamps and times [K] of the last run in which both increase: a video that starts anew starts at 0."""
    stamp, at = np.array(sorted(pairs)).T
    falls = np.flatnonzero((np.diff(at) <= 0) | (np.diff(stamp) <= 0))
    first = falls[-1] + 1 if len(falls) else 0
    return stamp[first:], at[first:]


def _interpolate(stamps: np.ndarray, stamp: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    """Seconds at stamps [N] given those at stamp [K]; before and after them both clocks run alike."""
    before_s = np.minimum(stamps - stamp[0], 0) * MICROSECOND_S
    after_s = np.maximum(stamps - stamp[-1], 0) * MICROSECOND_S
    return np.interp(stamps, stamp, at_s) + before_s + after_s
