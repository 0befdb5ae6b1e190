"""How things stand at each everyday place."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.benches import everyday_cast as cast
from pipelines.datasets.rendered.benches.everyday_cast import BACK, FRONT
from pipelines.datasets.rendered.benches.everyday_things import (
    COOKING,
    DARK,
    DRINKS,
    FOODS,
    SHOP,
    SMALLS,
    STEEL,
    WOOD,
)
from pipelines.datasets.rendered.benches.placement import Setting


def drinks(setting: Setting) -> None:
    """Bottles, a dispenser, a mixer, glasses and a bowl."""

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


def baking(setting: Setting) -> None:
    """A scale, a thermometer, a loaf, pots and bowls."""
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


def plates(setting: Setting) -> None:
    """A plate in the middle, a pan beside it."""
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


def workshop(setting: Setting) -> None:
    """Paint, glue, screws on a scale, a block of wood."""
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


def desk(setting: Setting) -> None:
    """A keyboard, a calculator, a telephone, something to drink."""
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
