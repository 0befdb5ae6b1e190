"""Which props stand where: a bench set for one workflow, with everything the label set ever needs on it."""

from __future__ import annotations

from pipelines.datasets.rendered.benches.placement import Setting
from pipelines.datasets.rendered.drawing.props import Prop

BACK_CM, FRONT_CM = 43.0, 21.0  # the two rows
BACK_SLOTS_CM, FRONT_SLOTS_CM = (-33.0, -11.0, 11.0, 33.0), (-24.0, -8.0, 8.0, 24.0)
STEEL, WHITE, POWDER = (176, 180, 184), (232, 234, 232), (240, 236, 226)


def _stirrer(setting: Setting, x: float, y: float) -> None:
    setting.put("stirrer", "stirrer", x, y, colour=setting.wearer.case)
    setting.on("stirrer", "beaker_s", "beaker", fill=0.55, dy=0.5)


def _meter(setting: Setting, x: float, y: float) -> None:
    setting.put("meter", "meter", x, y, colour=setting.wearer.case, size=setting.wearer.size)
    setting.put("beaker_p", "beaker", x - 3, y - 13, fill=0.6)
    setting.lay("probe", "probe", x + 4, y - 11, (48, 50, 58), wired="meter")


def _balance(setting: Setting, x: float, y: float) -> None:
    setting.put("balance", "balance", x, y, colour=setting.wearer.case, size=setting.wearer.size)
    setting.on("balance", "boat", "boat", dy=2.0, colour=WHITE, second=POWDER)
    setting.put(
        "jar",
        "jar",
        x + setting.rng.choice([-6, 6]),
        y - 14.5,
        colour=setting.wearer.liquids[0],
        second=POWDER,
    )
    setting.lay("spatula", "spatula", x - 5, y - 19, STEEL, second=POWDER)


def _funnel(setting: Setting, x: float, y: float) -> None:
    setting.put("stand", "stand", x, y, colour=(70, 74, 82), size=1.0)
    setting.put("flask", "flask", x, y - 1.5, 1.2, fill=0.1, size=0.95, under="stand")
    flask = setting.props["flask"].home_cm
    setting.put("funnel", "funnel", *flask[:2], fill=0.8)
    home = (flask[0], flask[1], flask[2] + 9.8)
    setting.props["funnel"] = Prop(**{**vars(setting.props["funnel"]), "home_cm": home, "under": "flask"})


def _vials(setting: Setting, x: float, y: float) -> None:
    setting.put("rack", "rack", x, y, colour=setting.wearer.case)
    rack = setting.props["rack"]
    for number, share in enumerate((-0.33, 0.0, 0.33), 1):
        setting.on("rack", f"vial_{number}", "vial", dx=13 * share, fill=float(setting.rng.uniform(0.1, 0.5)))
        vial = setting.props[f"vial_{number}"]
        home = (vial.home_cm[0], vial.home_cm[1], rack.height_cm - 1.8)
        setting.props[vial.name] = Prop(**{**vars(vial), "home_cm": home})


def _bottles(setting: Setting, x: float, y: float) -> None:
    setting.put("bottle_1", "bottle", x - 4.2, y + 2, fill=0.75, second=WHITE)
    setting.put("bottle_2", "bottle", x + 4.2, y, fill=0.75, second=WHITE)


def _cylinder(setting: Setting, x: float, y: float) -> None:
    setting.put("cylinder", "cylinder", x, y + 2, fill=0.12)
    setting.lay("rod", "rod", x - 6, y - 8, (206, 222, 228))


def _beaker(setting: Setting, x: float, y: float) -> None:
    setting.put("beaker_a", "beaker", x, y, fill=0.5)
    setting.lay("pipette", "pipette", x - 6, y - 9, (232, 226, 210), fill=0.6)


def _desk(setting: Setting) -> None:
    side = 1 if setting.wearer.hand == "right" else -1
    setting.put(
        "notebook",
        "notebook",
        side * 45,
        17,
        colour=setting.wearer.sleeve,
        azimuth=float(setting.rng.normal(0, 0.2)),
    )
    setting.lay("pen", "pen", side * 40, 16, (40, 60, 120))
    setting.put(
        "tissues", "tissues", float(setting.rng.uniform(-45, 45)), 62, colour=setting.wearer.liquids[1]
    )


def _petri(setting: Setting, x: float, y: float) -> None:
    setting.put("dish", "dish", x, y, fill=0.3)
    home = setting.props["dish"].home_cm
    setting.put("chip", "chip", x, y, colour=(190, 170, 90), second=(112, 84, 128), fill=0.6)
    setting.props["chip"] = Prop(
        **{
            **vars(setting.props["chip"]),
            "home_cm": (home[0], home[1], 0.5),
            "under": "dish",
            "liquid": setting.props["dish"].liquid,
        }
    )


def lab_actions_cast(setting: Setting) -> None:
    """The bench of Lab Actions: four instruments behind, four groups of vessels before them."""
    rng = setting.rng
    for make, x in zip(rng.permutation([_stirrer, _meter, _balance, _funnel]), BACK_SLOTS_CM, strict=True):
        make(setting, x + rng.normal(0, 1), BACK_CM + rng.normal(0, 1.5))
    for make, x in zip(rng.permutation([_vials, _bottles, _cylinder, _beaker]), FRONT_SLOTS_CM, strict=True):
        make(setting, x + rng.normal(0, 1), FRONT_CM + rng.normal(0, 1.5))
    setting.put("wash", "wash", rng.choice([-46, 46]), 40, colour=WHITE, second=(60, 90, 170), fill=0.6)
    _desk(setting)


def lab_motion_cast(setting: Setting) -> None:
    """The bench of Lab Motion: a dish with a chip in the middle, tools and clutter about it."""
    rng = setting.rng
    side = 1 if setting.wearer.hand == "right" else -1
    _petri(setting, float(rng.normal(0, 3)), float(rng.normal(24, 2)))
    setting.put(
        "wash",
        "wash",
        side * rng.uniform(17, 24),
        rng.uniform(24, 36),
        colour=WHITE,
        second=(60, 90, 170),
        fill=0.6,
    )
    setting.lay("tweezers", "tweezers", side * rng.uniform(9, 13), rng.uniform(12, 17), STEEL)
    setting.lay(
        "pipette", "pipette", side * rng.uniform(9, 13), rng.uniform(33, 38), (232, 226, 210), fill=0.6
    )
    for make, x in zip(
        rng.permutation([_stirrer, _bottles, _balance_alone, _spare]), BACK_SLOTS_CM, strict=True
    ):
        make(setting, x + rng.normal(0, 1), BACK_CM + 6 + rng.normal(0, 1.5))
    setting.put(
        "timer", "timer", -side * rng.uniform(16, 24), rng.uniform(20, 30), colour=setting.wearer.case
    )
    _desk(setting)


def _balance_alone(setting: Setting, x: float, y: float) -> None:
    setting.put("balance", "balance", x, y, colour=setting.wearer.case, size=setting.wearer.size)


def _spare(setting: Setting, x: float, y: float) -> None:
    setting.put("beaker_a", "beaker", x - 5, y, fill=0.4)
    setting.put("dish_2", "dish", x + 6, y - 2, fill=0.2)
