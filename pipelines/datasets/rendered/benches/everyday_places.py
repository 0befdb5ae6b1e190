"""Place the props of each everyday bench: kitchen, workshop, writing table."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.benches import everyday_props as props
from pipelines.datasets.rendered.benches.everyday_palettes import (
    COOKING,
    DARK,
    DRINKS,
    FOODS,
    SHOP,
    SMALLS,
    STEEL,
    WOOD,
)
from pipelines.datasets.rendered.benches.everyday_props import BACK, FRONT
from pipelines.datasets.rendered.benches.placement import Placement


def drinks(placement: Placement) -> None:
    """Bottles, a dispenser, a mixer, glasses and a bowl."""

    def back_sources(placement: Placement, x: float, y: float) -> None:
        props.sources(placement, x, y, DRINKS)

    back_sources(placement, -25 + placement.rng.choice([0, 50]), 40)
    props.row(
        placement,
        (-8, 8),
        44,
        lambda s, x, y: props.tap(s, x * 1.1, y, DRINKS),
        lambda s, x, y: props.mixer(s, x * 1.3, y, DRINKS),
    )
    props.row(
        placement,
        *FRONT,
        props.smalls,
        props.tall,
        lambda s, x, y: props.opens(s, x, y + 1, "cup", "glass", "bowl", "jug"),
        lambda s, x, y: props.stirring(s, x, y, DRINKS, "glass", "cup", "jug", "beaker"),
    )
    _corner(placement)


def baking(placement: Placement) -> None:
    """A scale, a thermometer, a loaf, pots and bowls."""
    props.row(
        placement,
        *BACK,
        lambda s, x, y: props.weighing(s, x, y, FOODS),
        lambda s, x, y: props.reading(s, x, y, COOKING),
        lambda s, x, y: props.shaken(s, x, y, COOKING),
        lambda s, x, y: _loaf(s, x, y),
    )
    props.sources(placement, float(placement.rng.choice([-46, 46])), 36, COOKING)
    props.row(
        placement,
        *FRONT,
        props.tall,
        props.smalls,
        lambda s, x, y: props.opens(s, x, y + 1, "bowl", "pan", "cup", "pot"),
        lambda s, x, y: props.stirring(s, x, y, COOKING, "bowl", "pot", "jug", "beaker"),
    )
    _corner(placement)


def _loaf(placement: Placement, x: float, y: float) -> None:
    placement.put("board", "board", x, y - 5, colour=WOOD)
    placement.on(
        "board", "loaf", "loaf", colour=(196, 142, 80), noun=props.pick(placement, "loaf of bread", "cake")
    )
    placement.lay("knife", "knife", x - 4, y - 13, STEEL, noun="knife")


def plates(placement: Placement) -> None:
    """A plate in the middle, a pan beside it."""
    rng, side = placement.rng, 1 if placement.wearer.hand == "right" else -1
    props.plated(placement, float(rng.normal(0, 3)), float(rng.normal(23, 2)))
    appearance = {"colour": DARK, "noun": "pan", "fill": 0.4, **props.filled(placement, COOKING)}
    placement.put("pan", "pan", -side * 25, 31, azimuth=np.pi - 0.9 if side < 0 else 0.9, **appearance)
    props.row(
        placement,
        (-25, 0, 27),
        49,
        lambda s, x, y: props.tap(s, x, y, DRINKS),
        lambda s, x, y: props.shaken(s, x, y, COOKING),
        lambda s, x, y: props.weighing(s, x, y, FOODS) if s.rng.random() < 0.3 else _loaf(s, x, y),
    )
    _corner(placement)


def workshop(placement: Placement) -> None:
    """Paint, glue, screws on a scale, a block of wood."""
    props.row(
        placement,
        *BACK,
        lambda s, x, y: props.weighing(s, x, y, SMALLS),
        lambda s, x, y: props.sources(s, x, y, SHOP),
        lambda s, x, y: props.shaken(s, x, y, SHOP),
        lambda s, x, y: s.put(
            "charger", "charger", x, y, colour=s.wearer.case, second=props.tint(s), noun="charger"
        ),
    )
    props.row(
        placement,
        *FRONT,
        props.smalls,
        props.tall,
        lambda s, x, y: props.stirring(s, x, y, SHOP, "tin", "bowl", "glass", "beaker"),
        _wooden,
    )
    _corner(placement)


def _wooden(placement: Placement, x: float, y: float) -> None:
    placement.put(
        "block", "block", x, y, colour=props.tint(placement, (WOOD, (206, 170, 120))), noun="block of wood"
    )
    placement.lay(
        "brush", "brush", x - 6, y - 9, (120, 84, 50), noun="brush", **props.filled(placement, SHOP)
    )


def writing_table(placement: Placement) -> None:
    """A keyboard, a calculator, a telephone, something to drink."""
    side = float(placement.rng.choice([-1, 1]))
    props.sources(placement, 30 * side, 40, {name: DRINKS[name] for name in ("water", "tea", "lemonade")})
    props.row(
        placement,
        (0, -30 * side),
        40,
        lambda s, x, y: props.opens(s, x, y, "glass", "cup"),
        lambda s, x, y: s.put("timer", "timer", x, y, colour=s.wearer.case, noun="timer"),
    )
    appearance = {"colour": placement.wearer.case, "second": props.tint(placement)}
    placement.put(
        "keyboard", "keyboard", float(placement.rng.normal(0, 2)), 20, noun="keyboard", **appearance
    )
    props.row(
        placement,
        (-25, 25),
        22,
        lambda s, x, y: s.put(
            "calculator", "calculator", x, y, colour=DARK, second=props.tint(s), noun="calculator"
        ),
        lambda s, x, y: s.put("phone", "phone", x, y, colour=DARK, second=props.tint(s), noun="phone"),
    )
    _corner(placement)


def _corner(placement: Placement) -> None:
    """Notebook, pen and cloth at the better hand."""
    side = 1 if placement.wearer.hand == "right" else -1
    at = (side * 20, 9) if "keyboard" in placement.props else (side * 41, 16)
    placement.put(
        "notebook",
        "notebook",
        *at,
        colour=placement.wearer.sleeve,
        azimuth=float(placement.rng.normal(0, 0.2)),
    )
    placement.lay("pen", "pen", at[0] - side * 5, at[1] - 1, (40, 60, 120))
    placement.put(
        "cloth",
        "cloth",
        side * (17 if at[0] == side * 41 else -22),
        9,
        colour=props.tint(placement),
        noun="cloth",
    )
