"""What an act has in hand: the keyframes it writes, one hand, and the moves that all acts share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import Keyframes, Pour
from pipelines.datasets.rendered.drawing.hands import POSES, SIDE
from pipelines.datasets.rendered.drawing.props import TOOLS, Prop, axis

REACH_S, PLACE_S = 0.7, 0.7  # at pace 1
REST_CM = {
    "rest": (15.0, 9.0, 2.2),
    "near": (9.0, 14.0, 2.4),
    "away": (24.0, -16.0, 4.0),
}  # for the right hand


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One hand's part in a segment.

    hand: left or right; pace: a factor of all durations; lead_s: how far the eyes are ahead of the hand;
    attends: whether the eyes follow this act; free: whether the other hand may be used too.
    """

    keyframes: Keyframes
    rng: np.random.Generator
    hand: str
    pace: float
    lead_s: float
    attends: bool = True
    free: bool = True

    @property
    def props(self) -> dict[str, Prop]:
        """The props by name."""
        return self.keyframes.props

    @property
    def other(self) -> str:
        """The other hand's name."""
        return "left" if self.hand == "right" else "right"

    def mirrored(self, attends: bool) -> Stage:
        """The same stage for the other hand."""
        return replace(self, hand=self.other, attends=attends, free=False)

    def spread(self, low: float, high: float) -> float:
        """Draw a number between two, uniformly."""
        return float(self.rng.uniform(low, high))

    def at(self, prop: str) -> np.ndarray:
        """Where a prop stands."""
        return self.keyframes.last(f"{prop}.at")

    def top(self, prop: str, above_cm: float = 0.0) -> np.ndarray:
        """A point over a prop's mouth."""
        return self.at(prop) + np.array([0, 0, self.props[prop].height_cm + above_cm])

    def look(self, time_s: float, target: np.ndarray | str, height: float = 0.6) -> None:
        """Send the eyes to a point, or to a share of a prop's height, a lead ahead of time_s."""
        if self.attends:
            self.keyframes.gaze_targets.append(
                (
                    time_s - self.lead_s,
                    (target, height) if isinstance(target, str) else np.asarray(target, float),
                )
            )

    def glance(self, start_s: float, end_s: float, targets: tuple[tuple[str, float], ...]) -> None:
        """Let the eyes go to and fro between shares of props' heights."""
        now = start_s
        while now < end_s - 0.5:
            prop, height = targets[self.rng.integers(len(targets))]
            self.look(now, prop, height)
            now += self.spread(0.9, 2.4)

    def pose(self, start_s: float, end_s: float, name: str, hand: str = "") -> None:
        """Let a hand change its grasp."""
        self.keyframes.move(
            f"{hand or self.hand}.pose", start_s, end_s, *[float(name == pose) for pose in POSES]
        )

    def reach(self, time_s: float, point: np.ndarray, seconds: float = REACH_S, hand: str = "") -> float:
        """Move a hand to a point; returns when it is there."""
        return self.keyframes.move(f"{hand or self.hand}.at", time_s, time_s + seconds * self.pace, *point)

    def rest(self, time_s: float, place: str = "rest", hand: str = "") -> float:
        """Let a hand lie on the bench, hang near, or go out of view."""
        hand = hand or self.hand
        point = np.array(REST_CM[place]) * [SIDE[hand], 1, 1] + self.rng.normal(0, 1.2, 3) * [1, 1, 0]
        self.pose(time_s, time_s + 0.5, "flat", hand)
        return self.reach(time_s, point, hand=hand)

    def fetch(self, time_s: float, prop: str) -> float:
        """Take a prop up; it follows the hand from the returned time on."""
        thing = self.props[prop]
        tilt, azimuth = (
            float(self.keyframes.last(f"{prop}.tilt")[0]),
            float(self.keyframes.last(f"{prop}.azimuth")[0]),
        )
        self.look(time_s, prop)
        self.pose(
            time_s,
            time_s + 0.5 * self.pace,
            "pinch" if thing.kind in (*TOOLS, "chip", "boat", "cloth", "phone") else "grip",
        )
        taken = self.reach(time_s, self.at(prop) + axis(tilt, azimuth) * thing.grip_cm)
        self.keyframes.take(prop, self.hand, taken)
        return taken

    def carry(
        self, time_s: float, prop: str, tip: np.ndarray, tilt: float, azimuth: float, seconds: float
    ) -> float:
        """Bring the tip of a prop in the hand to a point at an angle; returns when it is there."""
        self._turn(time_s, prop, tilt, azimuth, seconds)
        lever = self.props[prop].grip_cm
        return self.reach(time_s, np.asarray(tip) + axis(tilt, azimuth) * lever, seconds)

    def carry_mouth(
        self, time_s: float, prop: str, mouth: np.ndarray, tilt: float, azimuth: float, seconds: float
    ) -> float:
        """Bring the mouth of a vessel in the hand to a point at an angle; returns when it is there."""
        self._turn(time_s, prop, tilt, azimuth, seconds)
        lever = self.props[prop].grip_cm - self.props[prop].height_cm
        return self.reach(time_s, np.asarray(mouth) + axis(tilt, azimuth) * lever, seconds)

    def _turn(self, time_s: float, prop: str, tilt: float, azimuth: float, seconds: float) -> None:
        end_s = time_s + seconds * self.pace
        self.keyframes.move(f"{prop}.tilt", time_s, end_s, tilt)
        self.keyframes.move(f"{prop}.azimuth", time_s, end_s, azimuth)

    def put_back(self, time_s: float, prop: str, point: np.ndarray | None = None) -> float:
        """Set down the prop in the hand: at its home, or at a point."""
        thing = self.props[prop]
        goal = np.array(thing.home_cm) if point is None else point
        down = self.carry(time_s, prop, goal, thing.home_tilt, thing.azimuth, PLACE_S)
        self.keyframes.release(prop, down)
        self.keyframes.key(f"{prop}.at", down, *goal)
        return down

    def leave(self, time_s: float, prop: str) -> None:
        """Let go of the prop in the hand where it is."""
        grip_cm, lean = (
            self.keyframes.last(f"{self.hand}.at"),
            [self.keyframes.last(f"{prop}.{name}")[0] for name in ("tilt", "azimuth")],
        )
        self.keyframes.release(prop, time_s)
        self.keyframes.key(f"{prop}.at", time_s, *(grip_cm - axis(*lean) * self.props[prop].grip_cm))
        self.pose(time_s, time_s + 0.5, "flat")

    def pour(self, source: str, target: str, start_s: float, end_s: float, kind: str, gain: float) -> None:
        """Let liquid fall from one prop into another, and its level rise."""
        self.keyframes.pours.append(
            Pour(source=source, target=target, start_s=start_s, end_s=end_s, kind=kind)
        )
        self.fill(target, start_s, end_s, gain)

    def fill(self, prop: str, start_s: float, end_s: float, gain: float) -> None:
        """Change a level, inside 0..1."""
        level = float(np.clip(self.keyframes.last(f"{prop}.fill")[0] + gain, 0.03, 0.95))
        self.keyframes.move(f"{prop}.fill", start_s, end_s, level)

    def refill(self, prop: str, time_s: float, level: float) -> None:
        """Set a level within half a second, so that a vessel can be used again."""
        self.keyframes.move(f"{prop}.fill", time_s, time_s + 0.5, level)

    def handle(self, low: float, high: float) -> float:
        """An azimuth for a handle: to the hand's side, and drawn so far (rad) towards the wearer."""
        nearer = self.spread(low, high)
        return -nearer if self.hand == "right" else np.pi + nearer


def circling(radius_cm: float, rate_hz: float, phase: float, tall: float = 0.0):
    """A motion in circles, for stirring by hand."""

    def motion(seconds: np.ndarray) -> np.ndarray:
        turn = 2 * np.pi * rate_hz * seconds + phase
        return np.stack([radius_cm * np.cos(turn), radius_cm * np.sin(turn), tall * np.sin(0.7 * turn)], 1)

    return motion


def shaking(size: tuple[float, ...], rate_hz: float, phase: float):
    """A motion back and forth."""

    def motion(seconds: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * rate_hz * seconds + phase)[:, None] * np.array(size)

    return motion
