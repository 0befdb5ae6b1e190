"""Acts that pour: adding to a vial, and measuring in a graduated cylinder."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.stage import Stage

VIALS = ("vial_1", "vial_2", "vial_3")
POUR_TILT = 1.75  # rad


def add(stage: Stage, start_s: float, end_s: float) -> None:
    """A hand holds a bottle, beaker or pipette over a vial; liquid falls and the level rises."""
    source = str(
        stage.rng.choice(["bottle_2", "pipette", "beaker_a"] if stage.free else ["bottle_2", "pipette"])
    )
    target = min(VIALS, key=lambda name: stage.keyframes.last(f"{name}.fill")[0] + stage.spread(0, 0.3))
    if stage.keyframes.last(f"{target}.fill")[0] > 0.6:
        stage.refill(target, start_s, 0.12)
    now = stage.fetch(start_s, source)
    if stage.free and stage.rng.random() < 0.5:
        stage.pose(start_s, start_s + 0.6, "grip", stage.other)
        stage.reach(start_s + 0.2, stage.top(target, -2.0), hand=stage.other)
    gain = 0.75 * 4 / max(4.0, end_s - start_s)
    while True:
        if source == "pipette":
            now = drip(stage, now, source, target, gain, "beaker_a" if stage.free else "bottle_2")
        else:
            now = tip_out(stage, now, source, target, gain)
        if now + 3.2 * stage.pace > end_s - 0.8:
            break
    stage.put_back(max(now, end_s - 1.0), source)
    stage.refill(source, end_s, stage.spread(0.5, 0.85))


def tip_out(stage: Stage, now: float, source: str, target: str, gain: float) -> float:
    """Pour once from the vessel in the hand; returns when it is upright again."""
    azimuth = np.pi if stage.hand == "right" else 0.0
    mouth = stage.top(target, 2.2) + np.array([0.8 * np.cos(azimuth + np.pi), 0, 0])
    stage.look(now, target, 0.9)
    now = stage.carry_mouth(now, source, mouth, 0.5, azimuth, 0.7)
    now = stage.carry_mouth(now, source, mouth, stage.spread(1.45, POUR_TILT), azimuth, 0.5)
    until = now + stage.spread(1.0, 2.6)
    stage.pour(source, target, now - 0.15, until, "stream", gain)
    stage.fill(source, now, until, -0.12)
    stage.look(until - 0.5, target, 0.4)
    raised = mouth + np.array([0, 0, stage.spread(1, 3)])
    return stage.carry_mouth(until, source, raised, 0.6, azimuth, 0.5)


def drip(stage: Stage, now: float, source: str, target: str, gain: float, supply: str) -> float:
    """Let drops fall from a pipette, and fill it again now and then; returns when it is above the target."""
    azimuth = stage.handle(0.0, 0.9)
    stage.look(now, target, 0.9)
    over = stage.top(target, stage.spread(0.6, 1.8))
    now = stage.carry(now, source, over, stage.spread(0.15, 0.4), azimuth, 0.7)
    until = now + stage.spread(1.0, 2.2)
    stage.pour(source, target, now, until, "drops", gain * 0.8)
    stage.fill(source, now, until, -0.4)
    if stage.rng.random() < 0.6:
        stage.look(until, supply, 0.9)
        dipped = stage.carry(until, source, stage.top(supply, -3.0), 0.12, azimuth, 0.8)
        stage.refill(source, dipped, 0.8)
        return stage.carry(dipped + 0.3, source, stage.top(supply, 2.0), 0.2, azimuth, 0.4)
    return stage.carry(until, source, over + np.array([0, 0, 2]), 0.3, azimuth, 0.4)


def measure_liquid(stage: Stage, start_s: float, end_s: float) -> None:
    """Liquid is poured into a graduated cylinder, the eyes at the meniscus."""
    source = str(stage.rng.choice(["bottle_1", "beaker_a"], p=[0.7, 0.3])) if stage.free else "bottle_1"
    if stage.keyframes.last("cylinder.fill")[0] > 0.55:
        stage.refill("cylinder", start_s, 0.06)
    now = stage.fetch(start_s, source)
    if stage.free and stage.rng.random() < 0.6:
        stage.pose(start_s, start_s + 0.6, "grip", stage.other)
        stage.reach(
            start_s + 0.2, stage.at("cylinder") + np.array([0, 0, stage.spread(4, 9)]), hand=stage.other
        )
    gain = 0.8 * 3.5 / max(4.0, end_s - start_s)
    while True:
        now = tip_out(stage, now, source, "cylinder", gain)
        level = 0.08 + 0.84 * float(stage.keyframes.last("cylinder.fill")[0])
        if stage.attends:
            stage.keyframes.move("lean", now - 0.6, now + 0.2, 1.0)
        stage.look(now - 0.3, "cylinder", level)
        now += stage.spread(0.5, 1.8)
        if now + 3.0 * stage.pace > end_s - 0.8:
            break
    stage.put_back(max(now, end_s - 1.0), source)
    stage.keyframes.move("lean", end_s - 1.0, end_s, 0.0)
    stage.refill(source, end_s, stage.spread(0.55, 0.85))
