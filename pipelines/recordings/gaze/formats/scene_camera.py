"""The scene cameras of Pupil Labs' glasses, in whose pixels their gaze is given, whatever size the video has.

Source: docs.pupil-labs.com/neon/data-collection/data-streams and /invisible, "scene camera".
"""

import numpy as np

from pipelines.recordings.gaze.clock import Video, read_object
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats.samples import same_shape

NEON, INVISIBLE = (1600, 1200), (1088, 1080)
CAMERAS = {NEON: "Neon", INVISIBLE: "Invisible"}
CALIBRATION_NAME = "scene_camera.json"
SEEN_SHARE = 99  # percentile of the points that shows how large the picture is at least: some lie off it


def camera_size(points: np.ndarray, files: GazeFiles, video: Video | None) -> tuple[int, int] | None:
    """(width, height) of the scene camera's picture in which points [N, 2] are given; None if unknown.

    By info.json or scene_camera.json beside the gaze, or else by the points' range and the video's shape.
    Raises UnreadableGaze if the video has the shape of none of the cameras.
    """
    size = _written_size(files)
    if size is not None or video is None:
        return size
    seen = points[np.isfinite(points).all(axis=1)]
    reach = np.percentile(seen, SEEN_SHARE, axis=0) if len(seen) else np.zeros(2)
    possible = [camera for camera in CAMERAS if (reach <= camera).all()]
    video_size = (video.width, video.height)
    alike = [camera for camera in possible if same_shape(camera, video_size)]
    if alike:
        return alike[0]
    if len(possible) == 1:
        return possible[0]  # which is refused, since the video has another shape
    if not possible:
        return None
    names = " or ".join(f"{width}×{height} ({CAMERAS[width, height]})" for width, height in possible)
    raise UnreadableGaze(
        f"“{files.gaze.name}” is in pixels of the scene camera, {names}, and the video has "
        f"{video.width}×{video.height}, of another shape: choose the scene video as it was recorded, or made "
        "smaller as a whole."
    )


def _written_size(files: GazeFiles) -> tuple[int, int] | None:
    """The size that the files beside the gaze give, if they do."""
    resolution = read_object(files.info).get("scene_camera_resolution")
    if (
        isinstance(resolution, list)
        and len(resolution) == 2
        and all(type(each) is int for each in resolution)
    ):
        return (resolution[0], resolution[1]) if min(resolution) > 0 else None
    matrix = read_object(files.beside.get(CALIBRATION_NAME)).get("camera_matrix")
    try:
        centre = np.array([matrix[0][2], matrix[1][2]], float)
    except (TypeError, IndexError, KeyError, ValueError):
        return None
    # The optical centre lies near the middle of the picture.
    near = [camera for camera in CAMERAS if (np.abs(centre * 2 / camera - 1) < 0.15).all()]
    return near[0] if len(near) == 1 else None
