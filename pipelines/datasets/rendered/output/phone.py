"""A phone as the camera: upright, frames at a variable rate, gaze with gaps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from pipelines.datasets.rendered.scenes.gaze import GazeTrack

TICK = Fraction(1, 90_000)  # the time base of phones' videos
TURN_DEG = 270  # counterclockwise, from the sensor's long side across to a picture that stands
SLOW_EVERY_S, SLOW_S, SLOW = 9.0, (1.5, 5.0), 2.0  # in poor light it exposes for longer
STALL_SHARE, STALL_S = 0.012, (0.15, 0.5)  # now and then no frame is taken
JITTER = 0.06  # of the time between two frames
GAP_EVERY_S, GAP_S = 12.0, (0.5, 4.0)


def frame_times(duration_s: float, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the times [F] of frames in whole ticks: strictly increasing from 0, at most rate_hz a second."""
    slow = _intervals(duration_s, SLOW_EVERY_S, SLOW_S, rng)
    times_s, now_s = [], 0.0
    while now_s < duration_s - 0.5 / rate_hz:
        times_s.append(now_s)
        step_s = (SLOW if _within(np.array([now_s]), slow)[0] else 1.0) / rate_hz
        step_s *= 1 + JITTER * float(rng.random())
        now_s += step_s + (float(rng.uniform(*STALL_S)) if rng.random() < STALL_SHARE else 0.0)
    return np.rint(np.array(times_s) / float(TICK)) * float(TICK)


def with_gaps(gaze: GazeTrack, rng: np.random.Generator) -> GazeTrack:
    """A copy of the gaze with gaps of some seconds."""
    gaps = _intervals(float(gaze.times_s[-1]), GAP_EVERY_S, GAP_S, rng)
    return replace(gaze, worn=np.where(_within(gaze.times_s, gaps), 0.0, gaze.worn))


def _intervals(
    end_s: float, every_s: float, length_s: tuple[float, float], rng: np.random.Generator
) -> list[tuple[float, float]]:
    intervals, now_s = [], float(rng.uniform(0, every_s))
    while now_s < end_s:
        intervals.append((now_s, now_s + float(rng.uniform(*length_s))))
        now_s = intervals[-1][1] + float(rng.exponential(every_s))
    return intervals


def _within(times_s: np.ndarray, intervals: list[tuple[float, float]]) -> np.ndarray:
    within = np.zeros(len(times_s), bool)
    for start_s, end_s in intervals:
        within |= (times_s >= start_s) & (times_s < end_s)
    return within
