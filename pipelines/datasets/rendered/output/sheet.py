"""The contact sheet: a picture of every activity of a bench, as clips of a few frames each."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipelines.datasets.rendered.frames.frames import frames_at
from pipelines.datasets.rendered.scenes.plan import CLIP_S
from pipelines.datasets.rendered.scenes.scene import Scene, build_scene

CLIPS, FRAMES = 3, 4  # of each activity, of each clip
WIDTH, HEIGHT, CAPTION_PX, GAP_PX = 160, 120, 18, 6
INK, PAPER = (40, 40, 40), 255
WORKFLOWS = 24  # that are searched for the activities
MOST_ROWS = 24
QUALITY = 82


def contact_sheet(labels: str, seed: int, out: Path, captions: bool = True) -> tuple[str, ...]:
    """Write a JPEG with a row for each activity; returns the activities in order.

    Every clip of a row is another wearer's: frames one second apart, from the start of a clip on.
    """
    places = _places(labels, seed)
    rows = []
    for label, clips in places.items():
        strips = [_strip(scene, start_s) for scene, start_s in clips]
        strips += [np.full_like(strips[0], PAPER)] * (CLIPS - len(strips))
        row = np.concatenate([each for strip in strips for each in (strip, _blank(HEIGHT, GAP_PX))], 1)
        rows += [_caption(label, row.shape[1])] if captions else []
        rows += [row, _blank(GAP_PX, row.shape[1])]
    sheet = cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR)
    out.write_bytes(cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
    return tuple(places)


def _places(labels: str, seed: int) -> dict[str, list[tuple[Scene, float]]]:
    """Scene and start of some clips of each activity: the middle clip of one segment of it a workflow."""
    places: dict[str, list[tuple[Scene, float]]] = {}
    for number in range(WORKFLOWS):
        scene = build_scene(labels, seed, number, wearer=number)
        for segment in {each.label: each for each in scene.segments}.values():
            clips = places.setdefault(segment.label, [])
            if len(clips) < CLIPS:
                middle = (segment.end_s - segment.start_s) // CLIP_S // 2 * CLIP_S
                clips.append((scene, segment.start_s + middle))
    return dict(sorted(places.items())[:MOST_ROWS])


def _strip(scene: Scene, start_s: float) -> np.ndarray:
    times_s = start_s + (np.arange(FRAMES) + 0.5) * CLIP_S / FRAMES
    drawn = frames_at(scene, times_s, 2 * WIDTH, 2 * HEIGHT, truth=False)
    return np.concatenate(
        [cv2.resize(frame.rgb, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for frame in drawn], 1
    )


def _blank(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), PAPER, np.uint8)


def _caption(words: str, width: int) -> np.ndarray:
    line = _blank(CAPTION_PX, width)
    cv2.putText(line, words, (4, CAPTION_PX - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return line
