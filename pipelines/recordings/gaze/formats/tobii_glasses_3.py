"""Tobii Pro Glasses 3: gazedata, one JSON object a sample, fractions of the frame from the top left.

Source: Tobii Pro Glasses 3 Developer Guide, v1.6, "gaze data" and "recording folder".
"""

import math
from array import array

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.json_lines import JsonLines, as_number, as_point, head_objects
from pipelines.recordings.gaze.formats.samples import Samples, count

NAME = "Tobii Pro Glasses 3"
OTHER_STREAMS = {"imu": "movement of the head", "event": "events", "syncport": "signals of the sync port"}
START_NOTE = "Times count from the start of the recording, which was taken for the first frame of the video."


def matches(head: bytes) -> bool:
    """Whether a file begins with lines of gazedata, imudata or eventdata."""
    return any({"type", "timestamp", "data"} <= item.keys() for item in head_objects(head))


def read(files: GazeFiles, video: Video | None) -> Samples:
    """Read gazedata; samples without gaze2d are lost.  Raises UnreadableGaze."""
    lines = JsonLines(files.gaze, b'"type"')
    times, xs, ys, lost, others = array("d"), array("d"), array("d"), 0, set()
    for item in lines:
        if item.get("type") != "gaze":
            others.add(str(item.get("type")))
            continue
        data = item.get("data")
        x, y = as_point(data.get("gaze2d") if isinstance(data, dict) else None)
        times.append(as_number(item.get("timestamp")))
        xs.append(x)
        ys.append(y)
        lost += math.isnan(x)
    if not times:
        raise _no_gaze(files.gaze.name, others)
    notes = (f"{count(lost, 'sample')} of lost gaze left out.",) if lost else ()
    return Samples(
        source=NAME,
        times_s=np.array(times),
        points=np.column_stack((xs, ys)),
        normalised=True,
        notes=(START_NOTE, *notes, *lines.notes),
    )


def _no_gaze(name: str, others: set[str]) -> UnreadableGaze:
    stream = next((OTHER_STREAMS[each] for each in OTHER_STREAMS if each in others), "another stream")
    return UnreadableGaze(
        f"“{name}” is {stream} of {NAME}, without gaze: choose gazedata.gz from the folder of the recording."
    )
