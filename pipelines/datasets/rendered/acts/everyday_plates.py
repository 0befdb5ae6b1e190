"""Everyday acts about a plate: it is moved, dipped into, tilted, dripped on."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.everyday_narrations import narrate
from pipelines.datasets.rendered.acts.keyframes import Motion
from pipelines.datasets.rendered.acts.lab_motion import EXTENT_CM, RATE_HZ, bobbing, loop
from pipelines.datasets.rendered.acts.stage import Stage, shaking

QUICKER = 1.2  # than at a lab bench, where nothing may spill


def path_of(stage: Stage, shape: str, moved: str) -> Motion:
    """A circle or an eight of a size, speed, sense and heading that are drawn."""
    rate = QUICKER * stage.spread(*RATE_HZ) * stage.rng.choice([-1, 1])
    return loop(shape, stage.spread(*EXTENT_CM[moved]), rate, stage.spread(0, 6.28), stage.spread(0, 6.28))


def _hold_plate(stage: Stage, start_s: float) -> tuple[float, tuple[str, ...]]:
    """One hand or both at the plate's edge; returns when, and which tracks move with the plate."""
    side, edge = (1 if stage.hand == "right" else -1), 6.8 * stage.props["plate"].size
    hands = (stage.hand, stage.other) if stage.rng.random() < 0.6 else (stage.hand,)
    now = start_s
    stage.look(start_s, "plate", 1.0)
    for hand, out in zip(hands, (side, -side), strict=False):
        stage.pose(start_s, start_s + 0.6, "pinch", hand)
        now = max(now, stage.reach(start_s, stage.at("plate") + np.array([out * edge, -1.0, 1.4]), hand=hand))
    return now, ("plate.at", "morsel.at", *(f"{hand}.at" for hand in hands))


def plate(shape: str, wording: str):
    """An act that moves the plate on the table."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        now, tracks = _hold_plate(stage, start_s)
        until, path = max(now + 1, end_s - 0.3), path_of(stage, shape, "dish")
        for track in tracks:
            stage.keyframes.sway(track, now, until, path)
        stage.glance(now, until, (("morsel", 1.0), ("plate", 0.5)))
        things = stage.props
        return narrate(stage, wording, target=things["morsel"], liquid=things["plate"].contents)

    return act


def dip(shape: str, wording: str):
    """An act that moves what lies on the plate with tongs."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        side, things = (1 if stage.hand == "right" else -1), stage.props
        if stage.rng.random() < 0.6:
            stage.pose(start_s, start_s + 0.6, "pinch", stage.other)
            edge = stage.at("plate") + np.array([-side * 7.0, -1.0, 1.2])
            stage.reach(start_s, edge, hand=stage.other)
        now = stage.fetch(start_s, "tongs")
        stage.look(now, "morsel")
        over = stage.at("morsel") + np.array([0, 0, 0.8])
        now = stage.carry(now, "tongs", over, stage.spread(0.45, 0.8), stage.handle(-0.1, 0.9), 0.6)
        until, path = max(now + 1, end_s - 0.9), path_of(stage, shape, "tool")
        if shape == "lift":
            path = bobbing(stage.spread(2.0, 3.2), stage.spread(0.25, 0.5), 0)
        for track in ("morsel.at", f"{stage.hand}.at"):
            stage.keyframes.sway(track, now, until, path)
        if shape == "lift":
            stage.keyframes.sway("morsel.azimuth", now, until, shaking((0.8,), 0.3, 0))
        stage.glance(now, until, (("morsel", 1.0), ("plate", 0.5)))
        stage.put_back(until, "tongs")
        words = {"target": things["morsel"], "tool": things["tongs"], "liquid": things["plate"].contents}
        return narrate(stage, wording, **words)

    return act


def rock(stage: Stage, start_s: float, end_s: float) -> str:
    """The plate is tilted to and fro under a dropper."""
    side, things = (1 if stage.hand == "right" else -1), stage.props
    stage.pose(start_s, start_s + 0.6, "pinch", stage.other)
    stage.reach(start_s, stage.at("plate") + np.array([-side * 6.8, -1.0, 1.6]), hand=stage.other)
    now = _above(stage, start_s)
    until, rate = max(now + 1, end_s - 0.9), stage.spread(0.4, 0.9)
    lean = stage.spread(0.15, 0.28)
    stage.keyframes.sway("plate.tilt", now, until, shaking((lean,), rate, 0))
    stage.keyframes.sway(f"{stage.other}.at", now, until, shaking((0, 0, side * 7.0 * lean), rate, 0))
    stage.keyframes.sway("morsel.at", now, until, shaking((1.6, 0, 0), rate, -0.6))
    _drops(stage, now, until)
    stage.put_back(until, "sauce")
    return narrate(stage, "rock", target=things["morsel"], liquid=things["plate"].contents)


def dot(stage: Stage, start_s: float, end_s: float) -> str:
    """A dropper rises and falls over the plate and lets drops fall."""
    things, now = stage.props, _above(stage, start_s)
    until = max(now + 1, end_s - 0.9)
    rise = bobbing(stage.spread(1.0, 2.2), stage.spread(*RATE_HZ), 0)
    stage.keyframes.sway(f"{stage.hand}.at", now, until, rise)
    _drops(stage, now, until)
    stage.put_back(until, "sauce")
    return narrate(stage, "dot", target=things["morsel"], liquid=things["plate"].contents)


def _above(stage: Stage, start_s: float) -> float:
    now = stage.fetch(start_s, "sauce")
    stage.look(now, "morsel")
    over = stage.at("morsel") + stage.rng.uniform([-1, -1, 2.4], [1, 1, 4])
    return stage.carry(now, "sauce", over, stage.spread(0.45, 0.8), stage.handle(-0.1, 0.9), 0.6)


def _drops(stage: Stage, start_s: float, end_s: float) -> None:
    stage.pour("sauce", "plate", start_s, end_s, "drops", 0.05)
    stage.keyframes.move("morsel.fill", start_s, end_s, stage.spread(0.5, 1.0))
    stage.glance(start_s, end_s, (("morsel", 1.0), ("morsel", 0.5), ("plate", 0.8)))
    stage.refill("plate", end_s, 0.35)


ACTS = {
    "plate circles": plate("circle", "circles"),
    "plate eight": plate("eight", "eight"),
    "dip circles": dip("circle", "dip circles"),
    "dip eight": dip("eight", "dip eight"),
    "pick": dip("lift", "pick"),
    "rock": rock,
    "dot": dot,
}
