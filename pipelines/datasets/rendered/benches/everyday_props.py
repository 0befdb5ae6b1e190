"""Groups of props for the everyday benches, and the nouns and contents that narrations use for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.datasets.rendered.benches.everyday_palettes import CHINA, DARK, SAUCES, STEEL, Palette
from pipelines.datasets.rendered.benches.lab_props import BACK_CM, BACK_SLOTS_CM, FRONT_CM, FRONT_SLOTS_CM
from pipelines.datasets.rendered.benches.placement import Placement
from pipelines.datasets.rendered.drawing.canvas import Colour


def tint(placement: Placement, colours: tuple[Colour, ...] = CHINA) -> Colour:
    """Draw a colour near one of the given ones."""
    colour = np.array(colours[placement.rng.integers(len(colours))]) + placement.rng.normal(0, 8, 3)
    return tuple(float(c) for c in np.clip(colour, 25, 250))


def filled(placement: Placement, palette: Palette) -> dict[str, object]:
    """Draw the contents of a vessel: their name, and their colour as `liquid`."""
    contents = str(placement.rng.choice(list(palette)))
    return {"contents": contents, "liquid": palette[contents]}


def pick(placement: Placement, *kinds: str) -> str:
    """Draw one of several kinds."""
    return str(placement.rng.choice(kinds))


def sources(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """Two vessels to pour from; their contents are drawn independently."""
    for number, dx in ((1, -5.5), (2, 5.5)):
        kind = pick(placement, "jug", "bottle", "bottle", "glass")
        appearance = {"colour": placement.wearer.glass, "second": tint(placement), "noun": kind, "fill": 0.75}
        placement.put(f"source_{number}", kind, x + dx, y, **appearance, **filled(placement, palette))


def opens(placement: Placement, x: float, y: float, *kinds: str) -> None:
    """Two vessels to pour into, with the contents of the sources."""
    for number, kind in enumerate(placement.rng.choice(kinds, 2, replace=False), 1):
        given = placement.props[f"source_{number}"]
        colour = placement.wearer.glass if kind in ("glass", "bowl") else tint(placement)
        appearance = {"noun": str(kind), "fill": 0.2, "liquid": given.liquid, "contents": given.contents}
        placement.put(
            f"open_{number}", str(kind), x + (-6.5, 6.5)[number - 1], y, colour=colour, **appearance
        )


def smalls(placement: Placement, x: float, y: float) -> None:
    """A row of small glasses, and a dropper."""
    for number, dx in enumerate((-4.6, 0.0, 4.6), 1):
        given = placement.props[f"source_{number % 2 + 1}"]
        appearance = {"noun": "small glass", "liquid": given.liquid, "contents": given.contents}
        placement.put(
            f"small_{number}", "shot", x + dx, y, fill=float(placement.rng.uniform(0.1, 0.4)), **appearance
        )
    appearance = {"noun": "dropper", "fill": 0.6, "liquid": placement.props["small_1"].liquid}
    placement.lay(
        "dropper",
        "pipette",
        x - 6,
        y - 9,
        (226, 214, 204),
        contents=placement.props["small_1"].contents,
        **appearance,
    )


def tall(placement: Placement, x: float, y: float) -> None:
    """A tall glass with marks."""
    given = placement.props["source_1"]
    appearance = {"noun": "tall glass", "fill": 0.12, "liquid": given.liquid, "contents": given.contents}
    placement.put("tall", "tall", x, y, **appearance)


def stirring(placement: Placement, x: float, y: float, palette: Palette, *kinds: str) -> None:
    """A vessel that is full, and something to turn in it."""
    kind = pick(placement, *kinds)
    colour = placement.wearer.glass if kind in ("glass", "bowl", "beaker") else tint(placement)
    noun = {"beaker": "glass"}.get(kind, kind)
    placement.put("full", kind, x, y, colour=colour, noun=noun, fill=0.6, **filled(placement, palette))
    tool = (
        pick(placement, "spoon", "whisk", "stick")
        if kind not in ("glass", "cup")
        else pick(placement, "spoon", "stick")
    )
    colour = {"stick": (214, 190, 150), "spoon": STEEL, "whisk": STEEL}[tool]
    placement.lay("turner", tool, x - 8, y - 9, colour, noun=tool)


def weighing(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """A kitchen scale with a small bowl on it, a jar of powder and a spoon."""
    placement.put("scale", "scale", x, y, colour=placement.wearer.case, noun="scale")
    powder = filled(placement, palette)
    appearance = {"contents": powder["contents"], "second": powder["liquid"]}
    placement.on(
        "scale", "tray", "boat", dy=2.0, colour=tint(placement), noun="scale", size=1.25, **appearance
    )
    placement.put(
        "jar",
        "jar",
        x + placement.rng.choice([-7, 7]),
        y - 14.5,
        colour=tint(placement),
        noun="jar",
        **appearance,
    )
    placement.lay("spoon", "spoon", x - 5, y - 19, STEEL, noun="spoon", second=powder["liquid"])


def tap(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """A drinks dispenser on legs, and a glass below its tap."""
    drink = filled(placement, palette)
    appearance = {"noun": "dispenser", "fill": 0.8, "second": tint(placement), **drink}
    placement.put("dispenser", "dispenser", x, y + 3, 13.0, **appearance)
    home, size = placement.props["dispenser"].home_cm, placement.props["dispenser"].size
    kind = pick(placement, "glass", "jug", "cup", "beaker")
    noun, colour = (
        {"beaker": "glass"}.get(kind, kind),
        tint(placement) if kind == "cup" else placement.wearer.glass,
    )
    placement.put(
        "below", kind, home[0], home[1] - 6.9 * size, colour=colour, noun=noun, fill=0.1, size=0.75, **drink
    )
    below = placement.props["below"]
    placement.props["below"] = replace(below, home_cm=(home[0], home[1] - 6.9 * size, 0.0))


def reading(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """A thermometer on a cable, its display, and something warm."""
    placement.put("gauge", "gauge", x, y, colour=placement.wearer.case, noun="display")
    kind = pick(placement, "pot", "glass", "cup", "jug", "beaker")
    colour = tint(placement) if kind in ("pot", "cup") else placement.wearer.glass
    noun = {"beaker": "glass"}.get(kind, kind)
    placement.put(
        "warm", kind, x - 3, y - 14, colour=colour, noun=noun, fill=0.6, **filled(placement, palette)
    )
    placement.lay("thermometer", "thermometer", x + 5, y - 12, DARK, noun="thermometer", wired="gauge")


def mixer(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """A drinks mixer with a glass on it."""
    placement.put("stirrer", "mixer", x, y, colour=placement.wearer.case, noun="mixer")
    placement.on("stirrer", "mixed", "glass", dy=0.5, noun="glass", fill=0.55, **filled(placement, palette))


def shaken(placement: Placement, x: float, y: float, palette: Palette) -> None:
    """A bottle to shake."""
    appearance = {"colour": placement.wearer.glass, "second": tint(placement), "noun": "bottle", "fill": 0.6}
    appearance["size"] = placement.wearer.size * 1.25
    kind = pick(placement, "bottle", "flask")
    placement.put("shaken", kind, x, y, **appearance, **filled(placement, palette))


def plated(placement: Placement, x: float, y: float) -> None:
    """A plate in the middle with something on it, a spray bottle, tongs and a dropper of sauce."""
    sauce = filled(placement, SAUCES)
    colour = tint(placement, ((240, 240, 236), (196, 214, 220), (160, 180, 200), (226, 206, 160)))
    placement.put("plate", "plate", x, y, colour=colour, noun="plate", fill=0.35, **sauce)
    home, size = placement.props["plate"].home_cm, placement.props["plate"].size
    noun = pick(placement, "biscuit", "slice of bread", "piece of cheese")
    colour = {
        "biscuit": (196, 146, 84),
        "slice of bread": (224, 190, 140),
        "piece of cheese": (236, 204, 96),
    }[noun]
    placement.put("morsel", "morsel", x, y, colour=colour, noun=noun, liquid=sauce["liquid"], under="plate")
    morsel = placement.props["morsel"]
    placement.props["morsel"] = replace(morsel, home_cm=(home[0], home[1], 0.6 * size), size=size)
    side = 1 if placement.wearer.hand == "right" else -1
    spray = {
        "colour": tint(placement),
        "second": tint(placement, ((60, 90, 170), (200, 60, 50), (60, 140, 90))),
    }
    name = pick(placement, "spray bottle", "water bottle", "bottle")
    place = (x + side * placement.rng.uniform(17, 22), y + placement.rng.uniform(0, 8))
    placement.put("spray", "wash", *place, noun=name, contents="water", fill=0.6, **spray)
    placement.lay("tongs", "tweezers", x + side * 11, y - 10, STEEL, noun=pick(placement, "tongs", "fork"))
    appearance = {"noun": "dropper", "fill": 0.6, **sauce}
    placement.lay("sauce", "pipette", x + side * 12, y + 11, (226, 214, 204), **appearance)


def row(placement: Placement, slots: tuple[float, ...], y: float, *makes) -> None:
    """Place groups of props side by side, in an order that is drawn."""
    for place, x in zip(placement.rng.permutation(len(makes)), slots, strict=True):
        makes[place](placement, x + placement.rng.normal(0, 1), y + placement.rng.normal(0, 1.5))


BACK, FRONT = (BACK_SLOTS_CM, BACK_CM), (FRONT_SLOTS_CM, FRONT_CM)
