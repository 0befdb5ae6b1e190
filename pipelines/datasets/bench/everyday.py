"""The everyday benches: drinks, baking, plates, a workshop, a desk; none shows an activity of a label set.

They stand in for the narrated recordings of daily life that video models are trained on first.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.datasets.bench import everyday_cast as cast
from pipelines.datasets.bench import (
    everyday_idle,
    everyday_plates,
    everyday_pouring,
    everyday_reading,
    everyday_turning,
)
from pipelines.datasets.bench.benches import NO_ACTION, Bench, BenchSet
from pipelines.datasets.bench.everyday_cast import (
    BACK,
    COOKING,
    DARK,
    DRINKS,
    FOODS,
    FRONT,
    SHOP,
    SMALLS,
    STEEL,
    WOOD,
)
from pipelines.datasets.bench.setting import Setting
from pipelines.datasets.bench.wearer import Wearer

SKINS = ((236, 196, 168), (222, 172, 138), (196, 140, 104), (150, 100, 72), (108, 72, 52), (76, 52, 40))
TABLES = ((186, 142, 96), (132, 92, 60), (216, 190, 150), (228, 226, 220), (98, 108, 118), (70, 58, 50))
TABLES += ((170, 60, 58), (70, 104, 150), (120, 146, 112), (228, 212, 160))  # cloths
BARE_SHARE = 0.7  # of the wearers work without gloves
MEAN_S = 7.0
WORKFLOW_S = 120.0


def dress(wearer: Wearer, seed: int) -> Wearer:
    """The wearer at home: bare hands more often than gloves, a table or a cloth."""
    rng = np.random.default_rng([seed, 7012, wearer.number])

    def near(palette: tuple, spread: float) -> tuple[float, float, float]:
        colour = np.array(palette[rng.integers(len(palette))]) + rng.normal(0, spread, 3)
        return tuple(float(c) for c in np.clip(colour, 25, 245))

    skin, table, pattern = near(SKINS, 6), near(TABLES, 10), int(rng.choice([0, 1, 1, 2, 3]))
    glove = skin if rng.random() < BARE_SHARE else wearer.glove
    return replace(wearer, glove=glove, bench=table, pattern=pattern)


def _drinks(setting: Setting) -> None:
    def back_sources(setting: Setting, x: float, y: float) -> None:
        cast.sources(setting, x, y, DRINKS)

    back_sources(setting, -25 + setting.rng.choice([0, 50]), 40)
    cast.row(
        setting,
        (-8, 8),
        44,
        lambda s, x, y: cast.tap(s, x * 1.1, y, DRINKS),
        lambda s, x, y: cast.mixer(s, x * 1.3, y, DRINKS),
    )
    cast.row(
        setting,
        *FRONT,
        cast.smalls,
        cast.tall,
        lambda s, x, y: cast.opens(s, x, y + 1, "cup", "glass", "bowl", "jug"),
        lambda s, x, y: cast.stirring(s, x, y, DRINKS, "glass", "cup", "jug", "beaker"),
    )
    _corner(setting)


def _baking(setting: Setting) -> None:
    cast.row(
        setting,
        *BACK,
        lambda s, x, y: cast.weighing(s, x, y, FOODS),
        lambda s, x, y: cast.reading(s, x, y, COOKING),
        lambda s, x, y: cast.shaken(s, x, y, COOKING),
        lambda s, x, y: _loaf(s, x, y),
    )
    cast.sources(setting, float(setting.rng.choice([-46, 46])), 36, COOKING)
    cast.row(
        setting,
        *FRONT,
        cast.tall,
        cast.smalls,
        lambda s, x, y: cast.opens(s, x, y + 1, "bowl", "pan", "cup", "pot"),
        lambda s, x, y: cast.stirring(s, x, y, COOKING, "bowl", "pot", "jug", "beaker"),
    )
    _corner(setting)


def _loaf(setting: Setting, x: float, y: float) -> None:
    setting.put("board", "board", x, y - 5, colour=WOOD)
    setting.on(
        "board", "loaf", "loaf", colour=(196, 142, 80), said=cast.pick(setting, "loaf of bread", "cake")
    )
    setting.lay("knife", "knife", x - 4, y - 13, STEEL, said="knife")


def _plates(setting: Setting) -> None:
    rng, side = setting.rng, 1 if setting.wearer.hand == "right" else -1
    cast.plated(setting, float(rng.normal(0, 3)), float(rng.normal(23, 2)))
    look = {"colour": DARK, "said": "pan", "fill": 0.4, **cast.of(setting, COOKING)}
    setting.put("pan", "pan", -side * 25, 31, azimuth=np.pi - 0.9 if side < 0 else 0.9, **look)
    cast.row(
        setting,
        (-25, 0, 27),
        49,
        lambda s, x, y: cast.tap(s, x, y, DRINKS),
        lambda s, x, y: cast.shaken(s, x, y, COOKING),
        lambda s, x, y: cast.weighing(s, x, y, FOODS) if s.rng.random() < 0.3 else _loaf(s, x, y),
    )
    _corner(setting)


def _workshop(setting: Setting) -> None:
    cast.row(
        setting,
        *BACK,
        lambda s, x, y: cast.weighing(s, x, y, SMALLS),
        lambda s, x, y: cast.sources(s, x, y, SHOP),
        lambda s, x, y: cast.shaken(s, x, y, SHOP),
        lambda s, x, y: s.put(
            "charger", "charger", x, y, colour=s.wearer.case, second=cast.tint(s), said="charger"
        ),
    )
    cast.row(
        setting,
        *FRONT,
        cast.smalls,
        cast.tall,
        lambda s, x, y: cast.stirring(s, x, y, SHOP, "tin", "bowl", "glass", "beaker"),
        _wooden,
    )
    _corner(setting)


def _wooden(setting: Setting, x: float, y: float) -> None:
    setting.put(
        "block", "block", x, y, colour=cast.tint(setting, (WOOD, (206, 170, 120))), said="block of wood"
    )
    setting.lay("brush", "brush", x - 6, y - 9, (120, 84, 50), said="brush", **cast.of(setting, SHOP))


def _desk(setting: Setting) -> None:
    side = float(setting.rng.choice([-1, 1]))
    cast.sources(setting, 30 * side, 40, {name: DRINKS[name] for name in ("water", "tea", "lemonade")})
    cast.row(
        setting,
        (0, -30 * side),
        40,
        lambda s, x, y: cast.opens(s, x, y, "glass", "cup"),
        lambda s, x, y: s.put("timer", "timer", x, y, colour=s.wearer.case, said="timer"),
    )
    look = {"colour": setting.wearer.case, "second": cast.tint(setting)}
    setting.put("keyboard", "keyboard", float(setting.rng.normal(0, 2)), 20, said="keyboard", **look)
    cast.row(
        setting,
        (-25, 25),
        22,
        lambda s, x, y: s.put(
            "calculator", "calculator", x, y, colour=DARK, second=cast.tint(s), said="calculator"
        ),
        lambda s, x, y: s.put("phone", "phone", x, y, colour=DARK, second=cast.tint(s), said="phone"),
    )
    _corner(setting)


def _corner(setting: Setting) -> None:
    """Notebook, pen and cloth at the better hand."""
    side = 1 if setting.wearer.hand == "right" else -1
    at = (side * 20, 9) if "keyboard" in setting.props else (side * 41, 16)
    setting.put(
        "notebook", "notebook", *at, colour=setting.wearer.sleeve, azimuth=float(setting.rng.normal(0, 0.2))
    )
    setting.lay("pen", "pen", at[0] - side * 5, at[1] - 1, (40, 60, 120))
    setting.put(
        "cloth",
        "cloth",
        side * (17 if at[0] == side * 41 else -22),
        9,
        colour=cast.tint(setting),
        said="cloth",
    )


ALL = {
    **everyday_pouring.ACTS,
    **everyday_turning.ACTS,
    **everyday_plates.ACTS,
    **everyday_reading.ACTS,
    **everyday_idle.ACTS,
}


def _bench(place: str, setting, *acts: str) -> Bench:
    """A bench where any of the given acts may follow any other."""
    return Bench(
        cast=setting,
        acts={**{act: ALL[act] for act in acts}, NO_ACTION: everyday_idle.nothing(place)},
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
DESK = ("write", "type", "keyboard", "wait", "move", "pour", "wipe")
EVERYDAY = BenchSet(
    7011,
    (
        _bench("kitchen", _drinks, *DRINKING),
        _bench("kitchen", _baking, *BAKING, "pour tall", "turn", "turn", "wipe"),
        _bench("kitchen", _baking, *BAKING, "scoop", "read", "turn"),
        _bench("kitchen", _plates, *PLATES, "pan circles", "pan eight", "pan shove", "tap", "shake"),
        _bench("kitchen", _plates, *PLATES, "tap", "polish", "move"),
        _bench("workshop", _workshop, *SHOPPING, "wipe", "polish"),
        _bench("room", _desk, *DESK, "polish"),
    ),
    published=False,
)
