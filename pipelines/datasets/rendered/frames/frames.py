"""Frames of a scene in memory, with the truth about each: depth, object masks and gaze."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipelines.datasets.rendered.acts.keyframes import SCALARS, Sampled, sampled
from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import Canvas
from pipelines.datasets.rendered.drawing.hands import PosedHand
from pipelines.datasets.rendered.drawing.props import Posed
from pipelines.datasets.rendered.frames.backdrop import Backdrop
from pipelines.datasets.rendered.frames.painter import Moment, paint
from pipelines.datasets.rendered.frames.shutter import Shutter
from pipelines.datasets.rendered.scenes.gaze import GazeTrack, gaze_track
from pipelines.datasets.rendered.scenes.scene import Scene

NOISE_SHEETS = 5
DRIFT = 0.05  # exposure wanders by this share


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame and its truth.

    rgb [H, W, 3] uint8, depth [H, W] float32 0..1 (1 = near), masks [H, W] uint8
    (0 = background), gaze_px (x, y).
    """

    time_s: float
    rgb: np.ndarray
    depth: np.ndarray | None
    masks: np.ndarray | None
    gaze_px: tuple[float, float]


def frames(
    scene: Scene,
    rate_hz: float = 12.0,
    width: int = 320,
    height: int = 240,
    *,
    truth: bool = True,
    gaze: GazeTrack | None = None,
) -> Iterator[Frame]:
    """Draw a whole scene frame by frame; see `frames_at`."""
    times_s = np.arange(round(scene.duration_s * rate_hz)) / rate_hz
    return frames_at(scene, times_s, width, height, truth=truth, gaze=gaze)


def frames_at(
    scene: Scene,
    times_s: np.ndarray,
    width: int,
    height: int,
    *,
    truth: bool = True,
    gaze: GazeTrack | None = None,
) -> Iterator[Frame]:
    """Draw a scene at given times; truth=False leaves depth and masks None and saves a third of the time."""
    state, views = sampled(scene.keyframes, times_s), scene.view(times_s, width, height)
    gaze_px = (gaze or gaze_track(scene, width, height)).at(times_s)
    backdrop, sensor = Backdrop(scene), Sensor(scene, width, height)
    shutter = Shutter(scene, times_s, width, height)
    for index, time_s in enumerate(times_s):
        canvas = _painted(scene, state, index, views[index], backdrop, truth)
        rgb = sensor.develop(shutter.expose(canvas.picture(), index), float(time_s))
        yield Frame(
            time_s=float(time_s),
            rgb=rgb,
            depth=canvas.depth,
            masks=canvas.masks,
            gaze_px=(float(gaze_px[index, 0]), float(gaze_px[index, 1])),
        )


def _painted(scene: Scene, state: Sampled, index: int, view: View, backdrop: Backdrop, truth: bool) -> Canvas:
    time_s = float(state.times_s[index])
    moment = Moment(
        time_s=time_s,
        props=_posed(scene, state, index),
        hands={side: _hand(scene, state, side, index) for side in ("left", "right")},
        held_by={
            name: hand for name, hand, start_s, end_s in scene.keyframes.holds if start_s <= time_s < end_s
        },
        pours=[pour for pour in scene.keyframes.pours if pour.start_s <= time_s < pour.end_s],
    )
    image = backdrop.shadowed(
        backdrop.picture(view),
        view,
        list(moment.props.values()),
        [hand.grip_cm for hand in moment.hands.values()],
    )
    canvas = Canvas(image, backdrop.depth(view) if truth else None)
    paint(canvas, view, moment)
    return canvas


def _posed(scene: Scene, state: Sampled, index: int) -> dict[str, Posed]:
    return {
        name: Posed(
            prop=prop,
            position_cm=state.positions_cm[name][index],
            **{track: state.scalar(name, track, index) for track in SCALARS},
        )
        for name, prop in scene.props.items()
    }


def _hand(scene: Scene, state: Sampled, side: str, index: int) -> PosedHand:
    person = scene.wearer
    return PosedHand(
        side=side,
        grip_cm=state.tracks[f"{side}.at"][index],
        weights=state.tracks[f"{side}.pose"][index],
        glove=person.glove,
        sleeve=person.sleeve,
        size=person.size,
    )


class Sensor:
    """The glasses' camera: exposure that drifts, a tint, noise, a little vignetting."""

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        person, rng = scene.wearer, scene.rng(7006)
        self.sheets = rng.normal(0, person.noise, (NOISE_SHEETS, height + 16, width + 16, 3)).astype(np.int16)
        self.rng, self.width, self.height = rng, width, height
        self.phase, self.exposure = rng.uniform(0, 6.28, 2), person.exposure
        tint = np.array([1 + person.warmth, 1.0, 1 - person.warmth])
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        self.gain = ((1 - 0.13 * (x * x + y * y))[..., None] * tint).astype(np.float32)

    def develop(self, image: np.ndarray, time_s: float) -> np.ndarray:
        """Apply exposure, tint, vignetting and noise to a picture; returns [H, W, 3] uint8."""
        drift = 1 + DRIFT * (
            np.sin(0.21 * time_s + self.phase[0]) + 0.6 * np.sin(0.57 * time_s + self.phase[1])
        )
        lit = cv2.multiply(image, self.gain, scale=float(self.exposure * drift), dtype=cv2.CV_16S)
        x, y, sheet = self.rng.integers(16), self.rng.integers(16), self.rng.integers(NOISE_SHEETS)
        noise = self.sheets[sheet, y : y + self.height, x : x + self.width]
        return cv2.add(lit, noise, dtype=cv2.CV_8U)
