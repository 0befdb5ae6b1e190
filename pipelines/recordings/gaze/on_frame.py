"""Points on the frame of the video: scaled from the picture they are given in, refused if all lie off."""

from dataclasses import replace

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import UnreadableGaze
from pipelines.recordings.gaze.formats.samples import Samples, same_shape


def scale_to_video(name: str, samples: Samples, video: Video) -> Samples:
    """Samples in pixels of the video, if their file gives them in those of a picture of another size.

    Raises UnreadableGaze if that picture has another shape.
    """
    size, video_size = samples.frame_size_px, (video.width, video.height)
    if size is None or size == video_size or samples.normalised:
        return samples
    given, shown = (f"{width}×{height}" for width, height in (size, video_size))
    if not same_shape(size, video_size):
        raise UnreadableGaze(
            f"“{name}” gives points in a picture of {given} pixels and the video has {shown}, which is "
            "another shape: choose the gaze of this video, or the video as it was recorded."
        )
    note = f"Points are in pixels of a picture of {given} and were scaled to the video's {shown}."
    points = samples.points * np.divide(video_size, size)
    return replace(samples, points=points, frame_size_px=video_size, notes=(*samples.notes, note))


def check_on_frame(name: str, points_px: np.ndarray, off: np.ndarray, size: tuple[int, int]) -> None:
    """Refuse points [N, 2] if all that were seen lie off [N] bool the frame (width, height)."""
    seen = np.isfinite(points_px).all(axis=1)
    if not seen.any() or not off[seen].all():
        return
    low, high = np.percentile(points_px[seen], (5, 95), axis=0)
    raise UnreadableGaze(
        f"All {seen.sum()} points of “{name}” lie off the video of {size[0]}×{size[1]} pixels (most from "
        f"{low[0]:.0f}, {low[1]:.0f} to {high[0]:.0f}, {high[1]:.0f}): choose the gaze of this video, in its "
        "pixels."
    )
