"""A bench being set: props are put down, on top of others, or laid flat."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.benches.wearer import Wearer
from pipelines.datasets.rendered.drawing.props import Prop

LYING = 1.5  # rad from the vertical: a tool on the bench


class Setting:
    """Collects props; every one gets the next index of the masks."""

    def __init__(self, wearer: Wearer, rng: np.random.Generator) -> None:
        self.wearer, self.rng = wearer, rng
        self.props: dict[str, Prop] = {}

    def put(self, name: str, kind: str, x: float, y: float, z: float = 0.0, **looks: object) -> None:
        """Place a prop, a little off where it is told."""
        x, y = x + self.rng.normal(0, 0.5), y + self.rng.normal(0, 0.5)
        liquids = self.wearer.liquids
        first, second = self.rng.integers(len(liquids), size=2)
        defaults = {
            "colour": self.wearer.glass,
            "liquid": liquids[first],
            "second": liquids[second],
            "size": self.wearer.size * float(self.rng.uniform(0.94, 1.06)),
        }
        self.props[name] = Prop(name, kind, len(self.props) + 3, (x, y, z), **{**defaults, **looks})

    def on(self, under: str, name: str, kind: str, dx: float = 0.0, dy: float = 0.0, **looks: object) -> None:
        """Place a prop on top of another."""
        below = self.props[under]
        x, y, z = below.home_cm
        self.put(name, kind, x, y, z, **looks)
        moved = {"home_cm": (x + dx * below.size, y + dy * below.size, z + below.height_cm), "under": under}
        self.props[name] = Prop(**{**vars(self.props[name]), **moved})

    def lay(
        self, name: str, kind: str, x: float, y: float, colour: tuple[float, float, float], **looks: object
    ) -> None:
        """Lay a tool down, its handle towards the better hand."""
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
            **looks,
        )
