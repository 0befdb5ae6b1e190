"""How the camera of a recording moves: the shift of the whole picture from frame to frame."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from pipelines.recordings.recording import ON_TIME_S, Recording
from pipelines.recordings.video_file import decoded_frames

MOTION_HZ = 15.0  # frames compared a second: a head turns for some 0.3 s, and frames must still overlap
MOTION_SIDE = 120  # shorter side of the frames compared, px: enough for shifts of 0.1 px of them
MOTION_LONG_SIDE = 320  # longer side at most, px: bounds the time a panorama takes
MAX_MOTION_S = 120.0  # of the video are decoded: bounds the time, and more hardly adds to the estimate
MIN_RESPONSE = 0.05  # of the peak of the phase correlation; 1 is one shift of everything, 0 is none


@dataclass(frozen=True, eq=False)
class CameraMotion:
    """Velocity of the picture's content: starts_s, ends_s [M] seconds; velocity_px_s [M, 2] (right, down).

    Pixels are those of the displayed frame.  NaN where two frames have no shift in common, as at a cut.
    """

    starts_s: np.ndarray
    ends_s: np.ndarray
    velocity_px_s: np.ndarray


def camera_motion(recording: Recording) -> CameraMotion:
    """Measure the motion of the first 2 min by phase correlation (Kuglin and Hines 1975) at 15 Hz.

    Raises UnreadableRecording if the video is damaged.
    """
    times_s, shifts_px = [], []
    before = window = None
    for time_s, picture in _small_frames(recording):
        if before is not None:
            window = cv2.createHanningWindow(picture.shape[::-1], cv2.CV_32F) if window is None else window
            shift_px, response = cv2.phaseCorrelate(before, picture, window)
            shifts_px.append(shift_px if response >= MIN_RESPONSE else (np.nan, np.nan))
            scale = np.divide((recording.width, recording.height), picture.shape[::-1])
        before = picture
        times_s.append(time_s)
    if not shifts_px:
        return CameraMotion(np.empty(0), np.empty(0), np.empty((0, 2)))
    times = np.array(times_s)
    velocity_px_s = np.array(shifts_px) * scale / np.diff(times)[:, None]
    return CameraMotion(times[:-1], times[1:], velocity_px_s)


def _small_frames(recording: Recording) -> Iterator[tuple[float, np.ndarray]]:
    """(time_s, [h, w] float32 grey, upright) of frames at about MOTION_HZ, until MAX_MOTION_S."""
    width, height = recording.width, recording.height
    scale = min(1.0, MOTION_SIDE / min(width, height), MOTION_LONG_SIDE / max(width, height))
    width, height = max(2, round(width * scale)), max(2, round(height * scale))
    if recording.rotation_deg % 180:
        width, height = height, width
    scaler, due_s = VideoReformatter(), 0.0
    with closing(decoded_frames(recording.path, recording.track)) as decoded:
        for time_s, frame in decoded:
            if time_s > MAX_MOTION_S:
                return
            if time_s + ON_TIME_S < due_s:
                continue
            due_s = max(due_s, time_s - 0.5 / MOTION_HZ) + 1 / MOTION_HZ
            scaled = scaler.reformat(frame, width, height, "gray", interpolation=Interpolation.AREA)
            picture = np.rot90(scaled.to_ndarray(), recording.rotation_deg // 90)
            yield time_s, np.ascontiguousarray(picture, np.float32)
