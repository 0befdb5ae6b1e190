"""The wearer of the glasses: what stays the same in all recordings of one person."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from pipelines.datasets.rendered.drawing.canvas import Colour

WORKFLOWS_PER_WEARER = 2.5
SHARES = {"validation": 0.15, "testing": 0.15}  # of the wearers; the rest trains
GLOVES = (
    (66, 110, 190),
    (120, 92, 178),
    (52, 54, 60),
    (228, 222, 212),
    (84, 164, 152),
    (214, 140, 150),
    (90, 150, 220),
)
SLEEVES = ((236, 236, 232), (214, 220, 226), (70, 84, 118), (96, 98, 100), (186, 196, 178), (150, 70, 66))
BENCH_TOPS = ((196, 194, 188), (64, 66, 70), (150, 122, 92), (126, 142, 150), (214, 210, 196), (92, 104, 96))
WALLS = ((214, 216, 214), (178, 190, 200), (226, 218, 198), (160, 166, 160), (120, 130, 142))


@dataclass(frozen=True, kw_only=True)
class Wearer:
    """Appearance and habits of one person and their bench; lengths in cm, angles in rad."""

    number: int
    glove: Colour
    sleeve: Colour
    bench: Colour
    wall: Colour
    pattern: int
    liquids: tuple[Colour, ...]
    glass: Colour
    case: Colour
    hand: str  # the dominant one
    pace: float
    size: float
    sway: float
    eye_cm: tuple[float, float, float]
    lean: float  # share of the way to the work that the head goes
    pitch_rad: float  # how much lower than the work the glasses point
    focal: float  # share of the frame's shorter side
    light: tuple[float, float]  # where shadows fall, cm a cm of height
    warmth: float
    exposure: float
    noise: float
    lead_s: float


def draw_wearer(seed: int, number: int) -> Wearer:
    """Draw the wearer with this number in this seed."""
    rng = np.random.default_rng([seed, 7001, number])

    def near(palette: tuple[Colour, ...], spread: float = 14) -> Colour:
        colour = np.array(palette[rng.integers(len(palette))]) + rng.normal(0, spread, 3)
        return tuple(float(c) for c in np.clip(colour, 20, 245))

    return Wearer(
        number=number,
        glove=near(GLOVES),
        sleeve=near(SLEEVES, 8),
        bench=near(BENCH_TOPS),
        wall=near(WALLS),
        pattern=int(rng.integers(4)),
        liquids=tuple(_liquid(rng) for _ in range(5)),
        glass=near(((196, 214, 220),), 8),
        case=near(((206, 208, 210), (86, 92, 102), (176, 186, 196)), 10),
        hand="right" if rng.random() < 0.8 else "left",
        pace=float(rng.uniform(0.75, 1.3)),
        size=float(rng.uniform(0.92, 1.16)),
        sway=float(rng.uniform(0.5, 1.5)),
        eye_cm=(float(rng.normal(0, 1.5)), float(rng.uniform(-14, -8)), float(rng.uniform(37, 45))),
        lean=float(rng.uniform(0.2, 0.34)),
        pitch_rad=float(rng.uniform(-0.06, 0.06)),
        focal=float(rng.uniform(1.0, 1.2)),
        light=(float(rng.uniform(-0.55, 0.55)), float(rng.uniform(-0.1, 0.4))),
        warmth=float(rng.normal(0, 0.06)),
        exposure=float(rng.uniform(0.86, 1.1)),
        noise=float(rng.uniform(1.0, 3.2)),
        lead_s=float(rng.uniform(0.2, 0.5)),
    )


def _liquid(rng: np.random.Generator) -> Colour:
    if rng.random() < 0.35:
        return (205.0, 224.0, 232.0)
    return tuple(
        255 * c for c in colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.35, 0.8), rng.uniform(0.65, 0.95))
    )


def wearer_of(workflow: int, workflows: int) -> int:
    """The number of the wearer of a workflow, out of so many workflows."""
    wearers = max(1, round(workflows / WORKFLOWS_PER_WEARER))
    return workflow * wearers // workflows


def split_of(seed: int, wearer: int, workflows: int) -> str:
    """The split of a wearer; from three wearers on no split is empty."""
    wearers = max(1, round(workflows / WORKFLOWS_PER_WEARER))
    place = int(np.flatnonzero(np.random.default_rng([seed, 7002]).permutation(wearers) == wearer)[0])
    for split, share in SHARES.items():
        count = max(1, round(share * wearers)) if wearers >= 3 else 0
        if place < count:
            return split
        place -= count
    return "training"
