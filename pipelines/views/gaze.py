"""The gaze of a recording: a note, and the places of a ring on the video."""

from typing import TypedDict

import numpy as np

from pipelines.recordings.gaze.gaze import Gaze, join_gaze
from pipelines.recordings.health import health_of
from pipelines.recordings.recording import Recording
from pipelines.views import STATIC
from pipelines.views.templates import render

NO_GAZE = "There is no gaze file, so the models are shown clips without the gaze dot."
RING_HZ = 10  # places of the gaze a second, on the video
GAZE_JS = (STATIC / "gaze.js").read_text(encoding="utf-8").replace("RING_HZ", str(RING_HZ))


class GazeValue(TypedDict):
    """The value of the gaze component: a note in HTML, and a place every 1 / RING_HZ seconds.

    A place is x and y as shares of the frame, 0 to 1 from the top left; None where there is no gaze.
    """

    note: str
    points: list[list[float] | None]


def gaze_of(recording: Recording | None) -> GazeValue:
    """What the gaze component shows of a recording."""
    if recording is None:
        return GazeValue(note="", points=[])
    points = [] if recording.gaze is None else _points(recording.gaze, recording)
    return GazeValue(note=notes_html(recording), points=points)


def notes_html(recording: Recording) -> str:
    """What was assumed of the video, the verdict on its gaze, and how that was read."""
    about_video = render("video_notes.html", notes=recording.notes)
    if recording.gaze is None:
        return about_video + render("gaze.html", sentence=NO_GAZE, warning=False, notes=())
    health = health_of(recording)
    return about_video + render(
        "gaze.html", sentence=health.verdict, warning=health.is_too_little, notes=health.notes
    )


def _points(gaze: Gaze, recording: Recording) -> list[list[float] | None]:
    places_px = join_gaze(gaze, np.arange(0, recording.duration_s, 1 / RING_HZ))  # [N, 2]
    shares = (places_px / (recording.width, recording.height)).round(3)
    return [share if np.isfinite(share).all() else None for share in shares.tolist()]
