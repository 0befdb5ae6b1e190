"""Props on the bench: shapes of vessels, tools and instruments, and the pose of each at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipelines.datasets.rendered.drawing import household_shapes as household
from pipelines.datasets.rendered.drawing.canvas import Colour

# Profiles: (height, radius) in cm from the base (tools: from the tip) upwards.
PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "beaker": ((0, 3.9), (0.4, 4.2), (9.6, 4.2), (10.4, 4.6)),
    "vial": ((0, 1.5), (4.2, 1.5), (4.8, 1.1), (5.6, 1.15)),
    "bottle": ((0, 3.4), (8.0, 3.4), (10.2, 1.7), (12.6, 1.7)),
    "cylinder": ((0, 3.4), (0.7, 3.2), (0.9, 1.7), (20.5, 1.7), (21, 2.0)),
    "flask": ((0, 4.2), (1.0, 4.3), (7.0, 1.6), (9.2, 1.5), (9.6, 1.8)),
    "funnel": (
        (0, 0.35),
        (4.0, 0.4),
        (5.6, 1.0),
        (9.5, 3.6),
        (12.5, 4.1),
        (15.5, 2.9),
        (16.8, 1.1),
        (18.6, 1.1),
    ),
    "jar": ((0, 3.1), (5.0, 3.1), (5.4, 2.7), (6.4, 2.7)),
    "boat": ((0, 1.9), (1.3, 3.0)),
    "dish": ((0, 5.4), (1.5, 5.6)),
    "wash": ((0, 3.3), (9.5, 3.3), (11.5, 1.6), (13.0, 1.6)),
    "pipette": ((0, 0.22), (4.0, 0.5), (5.0, 1.0), (13, 1.2), (17, 1.4), (19, 0.7)),
    "rod": ((0, 0.45), (19, 0.4)),
    "spatula": ((0, 0.95), (2.6, 0.7), (3.2, 0.4), (16, 0.45)),
    "probe": ((0, 0.7), (8.5, 0.7), (9.0, 1.0), (14, 1.0)),
    "tweezers": ((0, 0.2), (6, 0.7), (12, 0.5)),
    "pen": ((0, 0.15), (1.2, 0.5), (13, 0.5)),
}
GRIPS_CM = {
    "beaker": 6.5,
    "vial": 3.5,
    "bottle": 6.0,
    "cylinder": 11,
    "flask": 7.5,
    "funnel": 16.5,
    "jar": 4,
    "boat": 1,
    "dish": 0.8,
    "wash": 6,
    "pipette": 13,
    "rod": 15,
    "spatula": 12.5,
    "probe": 12,
    "tweezers": 8,
    "pen": 4.5,
}
# Boxes: width, depth, height in cm.
BOXES: dict[str, tuple[float, float, float]] = {
    "balance": (17, 17, 6),
    "meter": (14, 11, 6.5),
    "stirrer": (14, 14, 6),
    "notebook": (17, 22, 0.8),
    "tissues": (13, 11, 7),
    "stand": (12, 9, 1.2),
    "rack": (13, 6, 2.4),
    "timer": (8, 6, 4),
    "chip": (3.4, 3.4, 0.2),
}
TOOLS = ("pipette", "rod", "spatula", "probe", "tweezers", "pen", *household.TOOLS)
VESSELS = ("beaker", "vial", "bottle", "cylinder", "flask", *household.VESSELS)  # what a tool dips into
DISPLAYS = {"balance": "{:06.3f}", "meter": "pH {:04.2f}", "timer": "{:04.1f}", "stirrer": "{:04.0f}"}
PROFILES |= household.PROFILES
GRIPS_CM |= household.GRIPS_CM
BOXES |= household.BOXES
DISPLAYS |= household.DISPLAYS


@dataclass(frozen=True, kw_only=True)
class Prop:
    """One object: shape, colours and place.  home_cm is the base's centre, or a tool's tip."""

    name: str
    kind: str
    index: int
    home_cm: tuple[float, float, float]
    colour: Colour
    liquid: Colour
    second: Colour  # upper layer, powder, cap or label
    size: float = 1.0
    home_tilt: float = 0.0
    azimuth: float = 0.0
    fill: float = 0.0
    under: str = ""  # what it stands on
    wired: str = ""  # the instrument a cable leads to
    noun: str = ""  # in narrations
    contents: str = ""  # their name in narrations

    @cached_property
    def profile(self) -> np.ndarray:
        """Heights and radii [R, 2] in cm."""
        return np.array(PROFILES[self.kind]) * self.size

    @cached_property
    def box(self) -> np.ndarray:
        """Width, depth and height in cm."""
        return np.array(BOXES[self.kind]) * self.size

    @property
    def grip_cm(self) -> float:
        """How far up the axis the hand holds it."""
        return GRIPS_CM.get(self.kind, 3) * self.size

    @cached_property
    def height_cm(self) -> float:
        """Length along the axis."""
        return float(self.box[2] if self.kind in BOXES else self.profile[-1, 0])


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A prop at one moment.  fill, mixed, load 0..1; reading: on its display; angles in rad."""

    prop: Prop
    position_cm: np.ndarray
    tilt: float = 0.0
    azimuth: float = 0.0
    fill: float = 0.0
    reading: float = 0.0
    spin: float = 0.0
    whirl: float = 0.0
    mixed: float = 0.0
    load: float = 0.0

    @property
    def axis(self) -> np.ndarray:
        """Unit vector from base (tip) upwards."""
        return axis(self.tilt, self.azimuth)

    def along(self, height_cm: float) -> np.ndarray:
        """The point on the axis at a height."""
        return self.position_cm + self.axis * height_cm

    def ring(self, heights: np.ndarray, radii: np.ndarray, circle: np.ndarray) -> np.ndarray:
        """Circles [R, K, 3] about the axis."""
        sine, cosine = np.sin(self.tilt), np.cos(self.tilt)
        first = np.array([cosine * np.cos(self.azimuth), cosine * np.sin(self.azimuth), -sine])
        second = np.array([-np.sin(self.azimuth), np.cos(self.azimuth), 0])
        flat = circle[:, :1] * first + circle[:, 1:] * second
        return self.position_cm + heights[:, None, None] * self.axis + radii[:, None, None] * flat

    def moved(self, **changes: object) -> Posed:
        """The same with some values changed."""
        return replace(self, **changes)


def axis(tilt: float, azimuth: float) -> np.ndarray:
    """Unit vector leaning by tilt from the vertical towards azimuth (0 = right, pi/2 = away)."""
    return np.array([np.sin(tilt) * np.cos(azimuth), np.sin(tilt) * np.sin(azimuth), np.cos(tilt)])
