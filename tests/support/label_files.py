"""Files of labels for tests, and what is read from them."""

from pathlib import Path

import numpy as np

from pipelines.recordings.annotations.labelled_video import LabelledVideo
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.recordings.annotations.segment import TrueLabels
from zoo.labels import LAB_ACTIONS, LabelSet

ADD_THEN_STIR = [("Add", 0.0, 8.0), ("Stir", 8.0, 20.0)]  # what most files of these tests say


def video_of(name: str = "base.mp4", duration_s: float = 20.0, rate_hz: float = 10.0) -> LabelledVideo:
    """A video of a steady rate."""
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return LabelledVideo(name=name, duration_s=duration_s, frame_times_s=times_s)


def read_file(
    path: Path,
    video: LabelledVideo | None = None,
    mapping: dict[str, str] | None = None,
    labels: LabelSet = LAB_ACTIONS,
) -> TrueLabels:
    """The true labels of a file."""
    return read_labels(path, video or video_of(), labels, mapping)


def spans(truth: TrueLabels) -> list[tuple[str, float, float]]:
    """Labels and times to the millisecond."""
    return [(each.label, round(each.start_s, 3), round(each.end_s, 3)) for each in truth]
