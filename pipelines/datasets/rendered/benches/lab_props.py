"""Place the props of the two laboratory benches: everything that an activity of the label set needs."""

from __future__ import annotations

from dataclasses import replace

from pipelines.datasets.rendered.benches.placement import Placement

BACK_CM, FRONT_CM = 43.0, 21.0  # the two rows
BACK_SLOTS_CM, FRONT_SLOTS_CM = (-33.0, -11.0, 11.0, 33.0), (-24.0, -8.0, 8.0, 24.0)
STEEL, WHITE, POWDER = (176, 180, 184), (232, 234, 232), (240, 236, 226)


def _stirrer(placement: Placement, x: float, y: float) -> None:
    placement.put("stirrer", "stirrer", x, y, colour=placement.wearer.case)
    placement.on("stirrer", "beaker_s", "beaker", fill=0.55, dy=0.5)


def _meter(placement: Placement, x: float, y: float) -> None:
    placement.put("meter", "meter", x, y, colour=placement.wearer.case, size=placement.wearer.size)
    placement.put("beaker_p", "beaker", x - 3, y - 13, fill=0.6)
    placement.lay("probe", "probe", x + 4, y - 11, (48, 50, 58), wired="meter")


def _balance(placement: Placement, x: float, y: float) -> None:
    placement.put("balance", "balance", x, y, colour=placement.wearer.case, size=placement.wearer.size)
    placement.on("balance", "boat", "boat", dy=2.0, colour=WHITE, second=POWDER)
    placement.put(
        "jar",
        "jar",
        x + placement.rng.choice([-6, 6]),
        y - 14.5,
        colour=placement.wearer.liquids[0],
        second=POWDER,
    )
    placement.lay("spatula", "spatula", x - 5, y - 19, STEEL, second=POWDER)


def _funnel(placement: Placement, x: float, y: float) -> None:
    placement.put("stand", "stand", x, y, colour=(70, 74, 82), size=1.0)
    placement.put("flask", "flask", x, y - 1.5, 1.2, fill=0.1, size=0.95, under="stand")
    flask = placement.props["flask"].home_cm
    placement.put("funnel", "funnel", *flask[:2], fill=0.8)
    home = (flask[0], flask[1], flask[2] + 9.8)
    placement.props["funnel"] = replace(placement.props["funnel"], home_cm=home, under="flask")


def _vials(placement: Placement, x: float, y: float) -> None:
    placement.put("rack", "rack", x, y, colour=placement.wearer.case)
    rack = placement.props["rack"]
    for number, share in enumerate((-0.33, 0.0, 0.33), 1):
        placement.on(
            "rack", f"vial_{number}", "vial", dx=13 * share, fill=float(placement.rng.uniform(0.1, 0.5))
        )
        vial = placement.props[f"vial_{number}"]
        home = (vial.home_cm[0], vial.home_cm[1], rack.height_cm - 1.8)
        placement.props[vial.name] = replace(vial, home_cm=home)


def _bottles(placement: Placement, x: float, y: float) -> None:
    placement.put("bottle_1", "bottle", x - 4.2, y + 2, fill=0.75, second=WHITE)
    placement.put("bottle_2", "bottle", x + 4.2, y, fill=0.75, second=WHITE)


def _cylinder(placement: Placement, x: float, y: float) -> None:
    placement.put("cylinder", "cylinder", x, y + 2, fill=0.12)
    placement.lay("rod", "rod", x - 6, y - 8, (206, 222, 228))


def _beaker(placement: Placement, x: float, y: float) -> None:
    placement.put("beaker_a", "beaker", x, y, fill=0.5)
    placement.lay("pipette", "pipette", x - 6, y - 9, (232, 226, 210), fill=0.6)


def _writing_corner(placement: Placement) -> None:
    side = 1 if placement.wearer.hand == "right" else -1
    placement.put(
        "notebook",
        "notebook",
        side * 45,
        17,
        colour=placement.wearer.sleeve,
        azimuth=float(placement.rng.normal(0, 0.2)),
    )
    placement.lay("pen", "pen", side * 40, 16, (40, 60, 120))
    placement.put(
        "tissues", "tissues", float(placement.rng.uniform(-45, 45)), 62, colour=placement.wearer.liquids[1]
    )


def _petri(placement: Placement, x: float, y: float) -> None:
    placement.put("dish", "dish", x, y, fill=0.3)
    home = placement.props["dish"].home_cm
    placement.put("chip", "chip", x, y, colour=(190, 170, 90), second=(112, 84, 128), fill=0.6)
    placement.props["chip"] = replace(
        placement.props["chip"],
        home_cm=(home[0], home[1], 0.5),
        under="dish",
        liquid=placement.props["dish"].liquid,
    )


def place_lab_actions(placement: Placement) -> None:
    """Place the bench of Lab Actions: four instruments behind, four groups of vessels before them."""
    rng = placement.rng
    for make, x in zip(rng.permutation([_stirrer, _meter, _balance, _funnel]), BACK_SLOTS_CM, strict=True):
        make(placement, x + rng.normal(0, 1), BACK_CM + rng.normal(0, 1.5))
    for make, x in zip(rng.permutation([_vials, _bottles, _cylinder, _beaker]), FRONT_SLOTS_CM, strict=True):
        make(placement, x + rng.normal(0, 1), FRONT_CM + rng.normal(0, 1.5))
    placement.put("wash", "wash", rng.choice([-46, 46]), 40, colour=WHITE, second=(60, 90, 170), fill=0.6)
    _writing_corner(placement)


def place_lab_motion(placement: Placement) -> None:
    """Place the bench of Lab Motion: a dish with a chip in the middle, tools and clutter about it."""
    rng = placement.rng
    side = 1 if placement.wearer.hand == "right" else -1
    _petri(placement, float(rng.normal(0, 3)), float(rng.normal(24, 2)))
    placement.put(
        "wash",
        "wash",
        side * rng.uniform(17, 24),
        rng.uniform(24, 36),
        colour=WHITE,
        second=(60, 90, 170),
        fill=0.6,
    )
    placement.lay("tweezers", "tweezers", side * rng.uniform(9, 13), rng.uniform(12, 17), STEEL)
    placement.lay(
        "pipette", "pipette", side * rng.uniform(9, 13), rng.uniform(33, 38), (232, 226, 210), fill=0.6
    )
    for make, x in zip(
        rng.permutation([_stirrer, _bottles, _balance_alone, _spare]), BACK_SLOTS_CM, strict=True
    ):
        make(placement, x + rng.normal(0, 1), BACK_CM + 6 + rng.normal(0, 1.5))
    placement.put(
        "timer", "timer", -side * rng.uniform(16, 24), rng.uniform(20, 30), colour=placement.wearer.case
    )
    _writing_corner(placement)


def _balance_alone(placement: Placement, x: float, y: float) -> None:
    placement.put("balance", "balance", x, y, colour=placement.wearer.case, size=placement.wearer.size)


def _spare(placement: Placement, x: float, y: float) -> None:
    placement.put("beaker_a", "beaker", x - 5, y, fill=0.4)
    placement.put("dish_2", "dish", x + 6, y - 2, fill=0.2)
