"""Gaze shifted by hand, where its clock or its calibration is off by a constant."""

from dataclasses import replace

import numpy as np

from pipelines.recordings.gaze.gaze import Gaze


def nudge(
    gaze: Gaze,
    offset_s: float = 0.0,
    offset_px: tuple[float, float] = (0, 0),
    size: tuple[int, int] | None = None,
) -> Gaze:
    """The same gaze offset_s seconds later and offset_px pixels (right, down) further; a note says so.

    With the size (width, height) of the frame, points that are shifted off it are not seen any more.
    Without a shift it is the same object.
    """
    shifts = []
    if offset_s:
        shifts.append(f"by {offset_s * 1000:.6g} ms")
    if any(offset_px):
        shifts.append(f"by {offset_px[0]:g}, {offset_px[1]:g} px")
    if not shifts:
        return gaze
    points_px = gaze.points_px + offset_px
    if size is not None:
        points_px[((points_px < 0) | (points_px > size)).any(axis=1)] = np.nan
    return replace(
        gaze,
        times_s=gaze.times_s + offset_s,
        points_px=points_px,
        notes=(*gaze.notes, f"Gaze was shifted {' and '.join(shifts)} by hand."),
    )
