"""What is wrong with a gaze file and how well it fits its video, before anything is recognised."""

from pathlib import Path

import numpy as np

from pipelines.recordings.gaze.gaze import Gaze, read_gaze_alone
from pipelines.recordings.recording import Recording, open_recording


def check_gaze(
    gaze_path: str | Path,
    video_path: str | Path | None = None,
    world_timestamps_path: str | Path | None = None,
) -> dict:
    """Describe a gaze file, as JSON; with a video, also what share of its frames has gaze.

    Without a video times count from the first world time stamp or, without that, the first sample.
    Raises UnreadableGaze, UnreadableRecording.
    """
    if video_path is None:
        gaze = read_gaze_alone(gaze_path, world_timestamps_path)
        gaps = gaze.gaps(float(gaze.times_s[-1]), float(gaze.times_s[0]))
        return _as_json(gaze, None, gaps)
    recording = open_recording(video_path, gaze_path, world_timestamps_path)
    gaze = recording.gaze
    return _as_json(gaze, gaze.coverage(recording.frame_times_s), gaze.gaps(recording.duration_s))


def gaze_sentence(recording: Recording) -> str:
    """How much gaze a recording has, for a person: "Pupil Cloud, 97 % covered, 1 gap of 0.4 s"."""
    gaze = recording.gaze
    if gaze is None:
        return "no gaze"
    tracker = gaze.source.partition(",")[0]
    covered = gaze.coverage(recording.frame_times_s)
    lengths_s = [end_s - start_s for start_s, end_s in gaze.gaps(recording.duration_s)]
    return f"{tracker}, {covered:.0%} covered, {_gaps_in_words(lengths_s)}".replace("%", "\u00a0%")


def _gaps_in_words(lengths_s: list[float]) -> str:
    if not lengths_s:
        return "no gaps"
    if len(lengths_s) == 1:
        return f"1 gap of {lengths_s[0]:.1f}\u00a0s"
    return f"{len(lengths_s)} gaps, the longest {max(lengths_s):.1f}\u00a0s"


def _as_json(gaze: Gaze, coverage: float | None, gaps: tuple[tuple[float, float], ...]) -> dict:
    return {
        "source": gaze.source,
        "samples": len(gaze.times_s),
        "seen": float(np.mean(gaze.seen)),
        "start_s": float(gaze.times_s[0]),
        "end_s": float(gaze.times_s[-1]),
        "coverage": coverage,
        "gaps": [list(gap) for gap in gaps],
        "notes": list(gaze.notes),
    }
