"""Path of the wearer's head: it follows the gaze with a lag, leans toward the work, and sways."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import Keyframes, Sampled, sampled
from pipelines.datasets.rendered.benches.wearer import Wearer

HEAD_RATE_HZ = 25.0  # the head's path is computed at this rate, whatever the video's
LAG_S = 0.7  # how lazily the head follows
AIM_SHARE = 0.85  # of the way from straight ahead to what the eyes look at
STAND_BACK = 2.0  # of its lean a head gives up to see what both hands do: it leans back
AHEAD_CM = np.array([0.0, 30.0, 6.0])  # what a wearer faces who looks at nothing
AIM_ABOVE_RAD = 0.03  # what is looked at stands a little below the middle of the picture
BEND_CM = np.array([0.0, 4.0, -6.0])  # to read a meniscus
SWAY_CM, SWAY_RAD = np.array([0.9, 0.6, 0.5]), np.array([0.02, 0.014, 0.018])  # yaw, pitch, roll


def head_path(
    keyframes: Keyframes, person: Wearer, duration_s: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times [N], where the head is [N, 3] in cm, and how it is turned [N, 3]: yaw, pitch, roll in rad.

    While both hands work, each at something else, the head faces the middle between them: then the
    eyes alone tell which of the two matters.
    """
    head_s = np.arange(0, duration_s + 2 / HEAD_RATE_HZ, 1 / HEAD_RATE_HZ)
    state = sampled(keyframes, head_s)
    goals, divided = _goals(keyframes, state)
    followed = _lagged(goals)
    eye, lean = np.array(person.eye_cm), person.lean * (1 - STAND_BACK * _lagged(divided))
    aim = AHEAD_CM + AIM_SHARE * (followed - AHEAD_CM)
    head_cm = eye + lean * (followed - eye) + state.tracks["lean"] * BEND_CM
    ahead = aim - head_cm
    pitch = np.arctan2(-ahead[:, 2], ahead[:, 1]) + person.pitch_rad - AIM_ABOVE_RAD
    turned = np.column_stack([np.arctan2(ahead[:, 0], ahead[:, 1]), pitch, 0 * head_s])
    sway_cm = _sway(head_s, SWAY_CM * person.sway, rng)
    return head_s, head_cm + sway_cm, turned + _sway(head_s, SWAY_RAD * person.sway, rng)


def _goals(keyframes: Keyframes, state: Sampled) -> tuple[np.ndarray, np.ndarray]:
    """The point [N, 3] that the head would face if it were quick; and where it stands back [N, 1], 0 or 1."""
    targets = sorted(keyframes.gaze_targets, key=lambda timed: timed[0])
    goal = np.repeat(AHEAD_CM[None], len(state.times_s), 0)
    for (time_s, target), (until_s, _) in zip(targets, [*targets[1:], (np.inf, None)], strict=True):
        now = (state.times_s >= time_s) & (state.times_s < until_s)
        if now.any():
            aimed = isinstance(target, tuple)
            goal[now] = state.aimed(keyframes.props[target[0]], target[1])[now] if aimed else target
    divided = np.zeros((len(goal), 1))
    between = (state.tracks["left.at"] + state.tracks["right.at"]) / 2
    for start_s, end_s in keyframes.divided:
        now = (state.times_s >= start_s) & (state.times_s < end_s)
        goal[now], divided[now] = between[now], 1.0
    return goal, divided


def _lagged(goal: np.ndarray) -> np.ndarray:
    """Filter with a first-order lag that starts in its steady state."""
    followed, step = np.empty_like(goal), 1 / HEAD_RATE_HZ / LAG_S
    followed[0] = goal[0]
    for row in range(1, len(goal)):
        followed[row] = followed[row - 1] + step * (goal[row] - followed[row - 1])
    return followed


def _sway(times_s: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slow smooth wandering [N, 3] of a given size."""
    rates, phases = rng.uniform(0.06, 0.55, (5, 3)), rng.uniform(0, 6.28, (5, 3))
    waves = np.sin(2 * np.pi * rates[:, None] * times_s[None, :, None] + phases[:, None])
    return size * (waves / (0.5 + 2 * rates[:, None])).sum(0) / 1.6
