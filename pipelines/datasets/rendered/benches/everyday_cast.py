"""Which things stand on a table at home, in a workshop or on a desk, and what a narrator calls them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.datasets.rendered.benches.everyday_things import CHINA, DARK, STEEL
from pipelines.datasets.rendered.benches.lab_cast import BACK_CM, BACK_SLOTS_CM, FRONT_CM, FRONT_SLOTS_CM
from pipelines.datasets.rendered.benches.placement import Setting


def tint(setting: Setting, palette: tuple = CHINA) -> tuple[float, float, float]:
    """A colour near one of a palette."""
    colour = np.array(palette[setting.rng.integers(len(palette))]) + setting.rng.normal(0, 8, 3)
    return tuple(float(c) for c in np.clip(colour, 25, 250))


def of(setting: Setting, contents: dict[str, tuple[float, float, float]]) -> dict[str, object]:
    """What is in a vessel, drawn: its name and colour."""
    holds = str(setting.rng.choice(list(contents)))
    return {"holds": holds, "liquid": contents[holds]}


def pick(setting: Setting, *kinds: str) -> str:
    """One of several kinds."""
    return str(setting.rng.choice(kinds))


def sources(setting: Setting, x: float, y: float, contents: dict) -> None:
    """Two things to pour from, of different contents where chance wants it."""
    for number, dx in ((1, -5.5), (2, 5.5)):
        kind = pick(setting, "jug", "bottle", "bottle", "glass")
        look = {"colour": setting.wearer.glass, "second": tint(setting), "said": kind, "fill": 0.75}
        setting.put(f"source_{number}", kind, x + dx, y, **look, **of(setting, contents))


def opens(setting: Setting, x: float, y: float, *kinds: str) -> None:
    """Two things to pour into, of what the sources hold."""
    for number, kind in enumerate(setting.rng.choice(kinds, 2, replace=False), 1):
        given = setting.props[f"source_{number}"]
        colour = setting.wearer.glass if kind in ("glass", "bowl") else tint(setting)
        look = {"said": str(kind), "fill": 0.2, "liquid": given.liquid, "holds": given.holds}
        setting.put(f"open_{number}", str(kind), x + (-6.5, 6.5)[number - 1], y, colour=colour, **look)


def smalls(setting: Setting, x: float, y: float) -> None:
    """A row of small glasses, and a dropper."""
    for number, dx in enumerate((-4.6, 0.0, 4.6), 1):
        given = setting.props[f"source_{number % 2 + 1}"]
        look = {"said": "small glass", "liquid": given.liquid, "holds": given.holds}
        setting.put(f"small_{number}", "shot", x + dx, y, fill=float(setting.rng.uniform(0.1, 0.4)), **look)
    look = {"said": "dropper", "fill": 0.6, "liquid": setting.props["small_1"].liquid}
    setting.lay(
        "dropper", "pipette", x - 6, y - 9, (226, 214, 204), holds=setting.props["small_1"].holds, **look
    )


def tall(setting: Setting, x: float, y: float) -> None:
    """A tall glass with marks."""
    given = setting.props["source_1"]
    look = {"said": "tall glass", "fill": 0.12, "liquid": given.liquid, "holds": given.holds}
    setting.put("tall", "tall", x, y, **look)


def stirring(setting: Setting, x: float, y: float, contents: dict, *kinds: str) -> None:
    """A vessel that is full, and something to turn in it."""
    kind = pick(setting, *kinds)
    colour = setting.wearer.glass if kind in ("glass", "bowl", "beaker") else tint(setting)
    said = {"beaker": "glass"}.get(kind, kind)
    setting.put("full", kind, x, y, colour=colour, said=said, fill=0.6, **of(setting, contents))
    tool = (
        pick(setting, "spoon", "whisk", "stick")
        if kind not in ("glass", "cup")
        else pick(setting, "spoon", "stick")
    )
    colour = {"stick": (214, 190, 150), "spoon": STEEL, "whisk": STEEL}[tool]
    setting.lay("turner", tool, x - 8, y - 9, colour, said=tool)


def weighing(setting: Setting, x: float, y: float, contents: dict) -> None:
    """A kitchen scale with a small bowl on it, a jar of powder and a spoon."""
    setting.put("scale", "scale", x, y, colour=setting.wearer.case, said="scale")
    powder = of(setting, contents)
    looks = {"holds": powder["holds"], "second": powder["liquid"]}
    setting.on("scale", "tray", "boat", dy=2.0, colour=tint(setting), said="scale", size=1.25, **looks)
    setting.put(
        "jar", "jar", x + setting.rng.choice([-7, 7]), y - 14.5, colour=tint(setting), said="jar", **looks
    )
    setting.lay("spoon", "spoon", x - 5, y - 19, STEEL, said="spoon", second=powder["liquid"])


def tap(setting: Setting, x: float, y: float, contents: dict) -> None:
    """A drinks dispenser on legs, and a glass below its tap."""
    drink = of(setting, contents)
    look = {"said": "dispenser", "fill": 0.8, "second": tint(setting), **drink}
    setting.put("dispenser", "dispenser", x, y + 3, 13.0, **look)
    home, size = setting.props["dispenser"].home_cm, setting.props["dispenser"].size
    kind = pick(setting, "glass", "jug", "cup", "beaker")
    said, colour = (
        {"beaker": "glass"}.get(kind, kind),
        tint(setting) if kind == "cup" else setting.wearer.glass,
    )
    setting.put(
        "below", kind, home[0], home[1] - 6.9 * size, colour=colour, said=said, fill=0.1, size=0.75, **drink
    )
    below = setting.props["below"]
    setting.props["below"] = replace(below, home_cm=(home[0], home[1] - 6.9 * size, 0.0))


def reading(setting: Setting, x: float, y: float, contents: dict) -> None:
    """A thermometer on a cable, its display, and something warm."""
    setting.put("gauge", "gauge", x, y, colour=setting.wearer.case, said="display")
    kind = pick(setting, "pot", "glass", "cup", "jug", "beaker")
    colour = tint(setting) if kind in ("pot", "cup") else setting.wearer.glass
    said = {"beaker": "glass"}.get(kind, kind)
    setting.put("warm", kind, x - 3, y - 14, colour=colour, said=said, fill=0.6, **of(setting, contents))
    setting.lay("thermometer", "thermometer", x + 5, y - 12, DARK, said="thermometer", wired="gauge")


def mixer(setting: Setting, x: float, y: float, contents: dict) -> None:
    """A drinks mixer with a glass on it."""
    setting.put("stirrer", "mixer", x, y, colour=setting.wearer.case, said="mixer")
    setting.on("stirrer", "mixed", "glass", dy=0.5, said="glass", fill=0.55, **of(setting, contents))


def shaken(setting: Setting, x: float, y: float, contents: dict) -> None:
    """A bottle to shake."""
    look = {"colour": setting.wearer.glass, "second": tint(setting), "said": "bottle", "fill": 0.6}
    look["size"] = setting.wearer.size * 1.25
    kind = pick(setting, "bottle", "flask")
    setting.put("shaken", kind, x, y, **look, **of(setting, contents))


def plated(setting: Setting, x: float, y: float) -> None:
    """A plate in the middle with something on it, a spray bottle, tongs and a dropper of sauce."""
    sauce = {
        "sauce": (150, 44, 34),
        "syrup": (176, 34, 56),
        "milk": (243, 241, 234),
        "water": (196, 216, 226),
    }
    held = of(setting, sauce)
    colour = tint(setting, ((240, 240, 236), (196, 214, 220), (160, 180, 200), (226, 206, 160)))
    setting.put("plate", "plate", x, y, colour=colour, said="plate", fill=0.35, **held)
    home, size = setting.props["plate"].home_cm, setting.props["plate"].size
    said = pick(setting, "biscuit", "slice of bread", "piece of cheese")
    colour = {
        "biscuit": (196, 146, 84),
        "slice of bread": (224, 190, 140),
        "piece of cheese": (236, 204, 96),
    }[said]
    setting.put("morsel", "morsel", x, y, colour=colour, said=said, liquid=held["liquid"], under="plate")
    morsel = setting.props["morsel"]
    setting.props["morsel"] = replace(morsel, home_cm=(home[0], home[1], 0.6 * size), size=size)
    side = 1 if setting.wearer.hand == "right" else -1
    spray = {"colour": tint(setting), "second": tint(setting, ((60, 90, 170), (200, 60, 50), (60, 140, 90)))}
    name = pick(setting, "spray bottle", "water bottle", "bottle")
    place = (x + side * setting.rng.uniform(17, 22), y + setting.rng.uniform(0, 8))
    setting.put("spray", "wash", *place, said=name, holds="water", fill=0.6, **spray)
    setting.lay("tongs", "tweezers", x + side * 11, y - 10, STEEL, said=pick(setting, "tongs", "fork"))
    look = {"said": "dropper", "fill": 0.6, **held}
    setting.lay("sauce", "pipette", x + side * 12, y + 11, (226, 214, 204), **look)


def row(setting: Setting, slots: tuple[float, ...], y: float, *makes) -> None:
    """Groups of things side by side, in an order that is drawn."""
    for place, x in zip(setting.rng.permutation(len(makes)), slots, strict=True):
        makes[place](setting, x + setting.rng.normal(0, 1), y + setting.rng.normal(0, 1.5))


BACK, FRONT = (BACK_SLOTS_CM, BACK_CM), (FRONT_SLOTS_CM, FRONT_CM)
