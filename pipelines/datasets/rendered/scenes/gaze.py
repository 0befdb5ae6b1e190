"""True gaze: fixations and saccades on the gaze targets of the acts, wandering, blinks and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import sampled
from pipelines.datasets.rendered.scenes.scene import Scene

GAZE_RATE_HZ = 200.0
FIXATION_S = (0.22, 0.75)
SACCADE_S = 0.04
SCATTER_CM, JITTER_PX = 0.9, 0.7  # about the target; px at 240 rows
WANDER_SHARE = 0.1  # of the fixations land on clutter
NEARER_OF = 3  # things drawn, the nearest is what the eyes wander to
ABOVE_CM = np.array([0.0, 0.0, 3.0])  # of a thing's foot
BLINK_EVERY_S, BLINK_S = 4.5, (0.10, 0.24)
GAP_SHARE, GAP_S = 0.3, (0.8, 2.5)  # of the recordings have a stretch with the glasses off


@dataclass(frozen=True, kw_only=True)
class GazeTrack:
    """True gaze at 200 Hz: times_s [N], px [N, 2], worn [N] 0/1, fixation_id and blink_id [N] (0 = none)."""

    times_s: np.ndarray
    px: np.ndarray
    worn: np.ndarray
    fixation_id: np.ndarray
    blink_id: np.ndarray

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """Gaze in pixels [M, 2] at given times."""
        return np.stack([np.interp(times_s, self.times_s, self.px[:, axis]) for axis in (0, 1)], 1)


def gaze_track(scene: Scene, width: int, height: int) -> GazeTrack:
    """Draw the gaze of a whole scene, in pixels of the video."""
    rng = scene.rng(7004)
    times_s = np.arange(0, scene.duration_s, 1 / GAZE_RATE_HZ)
    starts_s = _fixation_starts(scene, rng)
    points_cm = _fixation_points(scene, starts_s, rng)
    number = np.searchsorted(starts_s, times_s, "right") - 1
    before = points_cm[np.maximum(number - 1, 0)]
    share = np.clip((times_s - starts_s[number]) / SACCADE_S, 0, 1)[:, None]
    share[number == 0] = 1
    world = before + (points_cm[number] - before) * share * share * (3 - 2 * share)
    px, _ = scene.view(times_s, width, height).project(world)
    px = px + rng.normal(0, JITTER_PX * height / 240, px.shape)
    fixation_id = np.where(share[:, 0] < 1, 0, number + 1)
    return GazeTrack(
        times_s=times_s,
        px=px,
        worn=_worn(times_s, rng),
        fixation_id=fixation_id,
        blink_id=_blinks(times_s, rng),
    )


def _fixation_starts(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Onsets [K] of the fixations: each gaze target begins one, long ones are cut into several."""
    targets = sorted(
        max(time_s, 0.0) for time_s, _ in scene.keyframes.gaze_targets if time_s < scene.duration_s
    )
    starts, now_s = [], 0.0
    for until_s in [*targets, scene.duration_s]:
        while now_s < until_s - 0.12:
            starts.append(now_s)
            now_s += float(rng.uniform(*FIXATION_S))
        now_s = until_s
    return np.array(starts)


def _fixation_points(scene: Scene, starts_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The point in the world [K, 3] of each fixation; moving targets are met where they will be."""
    targets = sorted(scene.keyframes.gaze_targets, key=lambda timed: timed[0])
    onsets = np.array([time_s for time_s, _ in targets])
    state = sampled(scene.keyframes, starts_s + scene.wearer.lead_s)
    names = list(scene.props)
    points = np.empty((len(starts_s), 3))
    for row, start_s in enumerate(starts_s):
        target = targets[max(int(np.searchsorted(onsets, start_s + 1e-6, "right")) - 1, 0)][1]
        points[row] = (
            state.aimed(scene.props[target[0]], target[1])[row] if isinstance(target, tuple) else target
        )
        if rng.random() < WANDER_SHARE:
            drawn = [
                state.positions_cm[names[each]][row] for each in rng.integers(len(names), size=NEARER_OF)
            ]
            points[row] = min(drawn, key=lambda place: float(((place - points[row]) ** 2).sum())) + ABOVE_CM
    return points + rng.normal(0, SCATTER_CM, points.shape)


def _worn(times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    worn = np.ones(len(times_s))
    if rng.random() < GAP_SHARE:
        start_s = rng.uniform(0, times_s[-1])
        worn[(times_s >= start_s) & (times_s < start_s + rng.uniform(*GAP_S))] = 0
    return worn


def _blinks(times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    blinks, now_s, number = np.zeros(len(times_s), int), float(rng.exponential(BLINK_EVERY_S)), 1
    while now_s < times_s[-1]:
        length_s = rng.uniform(*BLINK_S)
        blinks[(times_s >= now_s) & (times_s < now_s + length_s)] = number
        now_s, number = now_s + length_s + 0.5 + float(rng.exponential(BLINK_EVERY_S)), number + 1
    return blinks
