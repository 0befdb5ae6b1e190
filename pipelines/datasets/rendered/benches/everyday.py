"""The everyday benches: drinks, baking, plates, a workshop, a writing table.

None shows an activity of a label set.  They stand in for the narrated recordings of daily life on which
video models are pretrained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipelines.datasets.rendered.acts import (
    everyday_idle,
    everyday_plates,
    everyday_pouring,
    everyday_reading,
    everyday_turning,
)
from pipelines.datasets.rendered.benches import everyday_places as places
from pipelines.datasets.rendered.benches.bench import NO_ACTION, Bench, BenchSet
from pipelines.datasets.rendered.benches.placement import Placement
from pipelines.datasets.rendered.benches.wearer import Wearer

SKINS = ((236, 196, 168), (222, 172, 138), (196, 140, 104), (150, 100, 72), (108, 72, 52), (76, 52, 40))
TABLES = ((186, 142, 96), (132, 92, 60), (216, 190, 150), (228, 226, 220), (98, 108, 118), (70, 58, 50))
TABLES += ((170, 60, 58), (70, 104, 150), (120, 146, 112), (228, 212, 160))  # cloths
BARE_SHARE = 0.7  # of the wearers work without gloves
MEAN_S = 7.0
WORKFLOW_S = 120.0


def dress(wearer: Wearer, seed: int) -> Wearer:
    """Change a wearer's looks to those at home: bare hands more often than gloves, a table or a cloth."""
    rng = np.random.default_rng([seed, 7012, wearer.number])

    def near(palette: tuple, spread: float) -> tuple[float, float, float]:
        colour = np.array(palette[rng.integers(len(palette))]) + rng.normal(0, spread, 3)
        return tuple(float(c) for c in np.clip(colour, 25, 245))

    skin, table, pattern = near(SKINS, 6), near(TABLES, 10), int(rng.choice([0, 1, 1, 2, 3]))
    glove = skin if rng.random() < BARE_SHARE else wearer.glove
    return replace(wearer, glove=glove, bench=table, pattern=pattern)


EVERYDAY_ACTS = {
    **everyday_pouring.ACTS,
    **everyday_turning.ACTS,
    **everyday_plates.ACTS,
    **everyday_reading.ACTS,
    **everyday_idle.ACTS,
}


def _bench(place: str, place_props: Callable[[Placement], None], *acts: str) -> Bench:
    """A bench where any of the given acts may follow any other."""
    return Bench(
        place_props=place_props,
        acts={**{act: EVERYDAY_ACTS[act] for act in acts}, NO_ACTION: everyday_idle.nothing(place)},
        procedures=tuple((act,) for act in acts),
        mean_s=dict.fromkeys((*acts, NO_ACTION), MEAN_S),
        workflow_s=WORKFLOW_S,
        machine=everyday_idle.machine,
        dress=dress,
    )


DRINKING = ("pour", "pour small", "pour tall", "drip", "tap", "tap", "drain", "turn", "mixer", "move", "wipe")
BAKING = (
    "scoop",
    "scoop",
    "sprinkle",
    "weigh",
    "read",
    "read",
    "shake",
    "shake",
    "cut",
    "pour",
    "pour small",
)
PLATES = (
    "plate circles",
    "plate eight",
    "dip circles",
    "dip eight",
    "pick",
    "rock",
    "rock",
    "dot",
    "spray",
    "spray",
)
SHOPPING = (
    "scoop",
    "scoop",
    "weigh",
    "shake",
    "charge",
    "brush",
    "turn",
    "pour small",
    "pour tall",
    "drip",
    "move",
)
WRITING = ("write", "type", "keyboard", "wait", "move", "pour", "wipe")
EVERYDAY = BenchSet(
    7011,
    (
        _bench("kitchen", places.drinks, *DRINKING),
        _bench("kitchen", places.baking, *BAKING, "pour tall", "turn", "turn", "wipe"),
        _bench("kitchen", places.baking, *BAKING, "scoop", "read", "turn"),
        _bench("kitchen", places.plates, *PLATES, "pan circles", "pan eight", "pan shove", "tap", "shake"),
        _bench("kitchen", places.plates, *PLATES, "tap", "polish", "move"),
        _bench("workshop", places.workshop, *SHOPPING, "wipe", "polish"),
        _bench("room", places.writing_table, *WRITING, "polish"),
    ),
    published=False,
)
