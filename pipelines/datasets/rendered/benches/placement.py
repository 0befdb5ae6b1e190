"""Placement of the props on one bench: standing, on top of others, or lying flat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.datasets.rendered.benches.wearer import Wearer
from pipelines.datasets.rendered.drawing.props import Prop

LYING = 1.5  # rad from the vertical: a tool on the bench


class Placement:
    """Collects the props of one bench; each gets the next index of the object masks."""

    def __init__(self, wearer: Wearer, rng: np.random.Generator) -> None:
        self.wearer, self.rng = wearer, rng
        self.props: dict[str, Prop] = {}

    def put(self, name: str, kind: str, x: float, y: float, z: float = 0.0, **appearance: object) -> None:
        """Place a prop near a point, up to a random error of half a centimetre (standard deviation)."""
        x, y = x + self.rng.normal(0, 0.5), y + self.rng.normal(0, 0.5)
        liquids = self.wearer.liquids
        first, second = self.rng.integers(len(liquids), size=2)
        defaults = {
            "colour": self.wearer.glass,
            "liquid": liquids[first],
            "second": liquids[second],
            "size": self.wearer.size * float(self.rng.uniform(0.94, 1.06)),
        }
        self.props[name] = Prop(
            name=name, kind=kind, index=len(self.props) + 3, home_cm=(x, y, z), **{**defaults, **appearance}
        )

    def on(
        self, under: str, name: str, kind: str, dx: float = 0.0, dy: float = 0.0, **appearance: object
    ) -> None:
        """Place a prop on top of another."""
        below = self.props[under]
        x, y, z = below.home_cm
        self.put(name, kind, x, y, z, **appearance)
        home_cm = (x + dx * below.size, y + dy * below.size, z + below.height_cm)
        self.props[name] = replace(self.props[name], home_cm=home_cm, under=under)

    def lay(
        self,
        name: str,
        kind: str,
        x: float,
        y: float,
        colour: tuple[float, float, float],
        **appearance: object,
    ) -> None:
        """Lay a tool down, its handle towards the dominant hand."""
        side = 0.0 if self.wearer.hand == "right" else np.pi
        self.put(
            name,
            kind,
            x,
            y,
            0.7,
            colour=colour,
            home_tilt=LYING,
            azimuth=side + float(self.rng.normal(-0.3 if side == 0 else 0.3, 0.35)),
            **appearance,
        )
