"""Keyframes of a whole scene: the acts write them, and they are sampled once for each frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipelines.datasets.rendered.drawing.props import Prop, axis

LEAST_MOVE_S = 0.12
SCALARS = ("tilt", "azimuth", "fill", "reading", "spin", "whirl", "mixed", "load")

# A point [3] in cm, or a prop and a share of its height.
GazeTarget = np.ndarray | tuple[str, float]
Motion = Callable[[np.ndarray], np.ndarray]  # seconds since it began [N] -> what is added [N, D]


@dataclass(frozen=True, kw_only=True)
class Pour:
    """Liquid that falls from one prop into another: kind is stream, drops or jet."""

    source: str
    target: str
    start_s: float
    end_s: float
    kind: str


@dataclass(kw_only=True)
class Keyframes:
    """Tracks of keys, holds, pours, added motions and gaze targets; each is appended in the order of time."""

    props: dict[str, Prop]
    keys: dict[str, list[tuple[float, np.ndarray]]] = field(default_factory=dict)
    holds: list[tuple[str, str, float, float]] = field(default_factory=list)  # prop, hand, from, to
    motions: list[tuple[str, float, float, Motion]] = field(default_factory=list)
    pours: list[Pour] = field(default_factory=list)
    gaze_targets: list[tuple[float, GazeTarget]] = field(default_factory=list)
    divided: list[tuple[float, float]] = field(default_factory=list)  # each hand works at something else

    def take(self, prop: str, hand: str, time_s: float) -> None:
        """Let a prop follow a hand from a time on."""
        self.holds.append((prop, hand, time_s, np.inf))

    def release(self, prop: str, time_s: float) -> None:
        """Let a prop stop following its hand."""
        place = max(i for i, hold in enumerate(self.holds) if hold[0] == prop)
        self.holds[place] = (*self.holds[place][:3], time_s)

    def last(self, track: str) -> np.ndarray:
        """The last value of a track."""
        return self.keys[track][-1][1]

    def key(self, track: str, time_s: float, *value: float) -> None:
        """Add a key: a track's value at a time, eased into from the key before."""
        chain = self.keys.setdefault(track, [])
        if chain:
            time_s = max(time_s, chain[-1][0] + 1e-3)
        chain.append((time_s, np.array(value, float).reshape(-1)))

    def move(self, track: str, start_s: float, end_s: float, *value: float) -> float:
        """Keep a track's value until start_s and reach a new one at end_s; returns the actual end."""
        start_s = max(start_s, self.keys[track][-1][0] + 1e-3)
        end_s = max(end_s, start_s + LEAST_MOVE_S)
        self.key(track, start_s, *self.last(track))
        self.key(track, end_s, *value)
        return end_s

    def sway(self, track: str, start_s: float, end_s: float, motion: Motion) -> None:
        """Add a motion to a track; it fades in and out over a quarter of a second."""
        self.motions.append((track, start_s, end_s, motion))

    def sample(self, track: str, times_s: np.ndarray) -> np.ndarray:
        """Values [N, D] of a track, added motions included."""
        chain = self.keys[track]
        knots = np.array([time for time, _ in chain])
        values = np.stack([value for _, value in chain])
        after = np.clip(np.searchsorted(knots, times_s, "right"), 1, max(len(chain) - 1, 1))
        if len(chain) == 1:
            result = np.repeat(values, len(times_s), 0)
        else:
            share = np.clip((times_s - knots[after - 1]) / (knots[after] - knots[after - 1]), 0, 1)
            share = (share * share * (3 - 2 * share))[:, None]
            result = values[after - 1] + (values[after] - values[after - 1]) * share
        for _, start_s, end_s, motion in (each for each in self.motions if each[0] == track):
            now = (times_s >= start_s) & (times_s < end_s)
            if now.any():
                local = times_s[now] - start_s
                swell = np.clip(np.minimum(local, end_s - start_s - local) / 0.25, 0, 1)[:, None]
                result[now] += motion(local).reshape(len(local), -1) * swell
        return result


@dataclass(frozen=True)
class Sampled:
    """Keyframes sampled at given times: values of props and hands, one row a time."""

    times_s: np.ndarray
    tracks: dict[str, np.ndarray]
    positions_cm: dict[str, np.ndarray]

    def aimed(self, prop: Prop, share: float) -> np.ndarray:
        """Points [N, 3] at a share of a prop's height, leaning as it leans."""
        lean = axis(self.tracks[f"{prop.name}.tilt"][:, 0], self.tracks[f"{prop.name}.azimuth"][:, 0])
        return self.positions_cm[prop.name] + lean.T * (prop.height_cm * share)

    def scalar(self, prop: str, name: str, index: int) -> float:
        """A prop's tilt, fill and so on at one time."""
        return float(self.tracks[f"{prop}.{name}"][index, 0])


def sampled(keyframes: Keyframes, times_s: np.ndarray) -> Sampled:
    """Sample every track, and let props in a hand follow it."""
    tracks = {track: keyframes.sample(track, times_s) for track in keyframes.keys}
    positions = {name: tracks[f"{name}.at"].copy() for name in keyframes.props}
    for name, hand, start_s, end_s in keyframes.holds:
        prop, now = keyframes.props[name], (times_s >= start_s) & (times_s < end_s)
        lean = axis(tracks[f"{name}.tilt"][now, 0], tracks[f"{name}.azimuth"][now, 0])
        positions[name][now] = tracks[f"{hand}.at"][now] - lean.T * prop.grip_cm
    return Sampled(times_s, tracks, positions)
