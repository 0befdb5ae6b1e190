"""The seven activities of Lab Actions as acts: each writes the keyframes of hands, props and eyes."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.extraction import collect_layer, separate_phases
from pipelines.datasets.rendered.acts.liquids import add, measure_liquid
from pipelines.datasets.rendered.acts.stage import Stage, circling, shaking

ROUND = 2 * np.pi
LET_GO_SHARE = 0.6  # of the dips: the probe stands in the beaker by itself
READOUT_S = 2.5  # time constant of a pH read-out, roughly


def measure_analytically(stage: Stage, start_s: float, end_s: float) -> None:
    """The probe of a pH meter dips into a beaker; the read-out changes and converges."""
    now = stage.fetch(start_s, "probe")
    azimuth = stage.handle(-0.2, 0.5)
    while True:
        dip = stage.top("beaker_p", -stage.spread(5.5, 7.5))
        stage.look(now, "beaker_p", 0.8)
        now = stage.carry(now, "probe", dip + np.array([0, 0, 7]), 0.1, azimuth, 0.5)
        now = stage.carry(now, "probe", dip, stage.spread(0.15, 0.4), azimuth, 0.4)
        until = min(now + stage.spread(4, 11), end_s - 1.4)
        _converge(stage, now, max(until, now + 1), stage.spread(2.5, 11.5))
        now = _keep_probe(stage, now, max(until, now + 0.3))
        if now + 5 > end_s:
            break
        now = stage.carry(now, "probe", dip + np.array([0, 0, 9]), 0.1, azimuth, 0.5)
    stage.put_back(now, "probe")


def _keep_probe(stage: Stage, start_s: float, end_s: float) -> float:
    """Hold the probe in the beaker, or let go of it for a while; returns when it may be lifted."""
    hand = f"{stage.hand}.at"
    if end_s - start_s > 2.5 and stage.rng.random() < LET_GO_SHARE:
        stage.leave(start_s, "probe")
        sideways = stage.spread(9, 14) * (1 if stage.hand == "right" else -1)
        free = stage.keyframes.last(hand) + np.array([sideways, -stage.spread(6, 12), -stage.spread(3, 7)])
        stage.reach(start_s + 0.1, free)
        return stage.fetch(end_s - 0.9, "probe")
    wobble = circling(stage.spread(0.1, 0.5), stage.spread(0.3, 0.8), 0)
    stage.keyframes.sway(hand, start_s, end_s, wobble)
    return end_s


def _converge(stage: Stage, start_s: float, end_s: float, goal: float) -> None:
    """The read-out runs to its goal in smaller and smaller steps; the eyes go to and fro."""
    now, value = start_s, float(stage.keyframes.last("meter.reading")[0])
    while now < end_s:
        value += (goal - value) * (1 - np.exp(-0.4 / READOUT_S * 2)) + stage.rng.normal(0, 0.03)
        stage.keyframes.key("meter.reading", now, value)
        now += 0.4
    stage.look(start_s + 0.5, "meter", 1.0)
    if end_s - start_s > 4:
        stage.look(start_s + stage.spread(2, 3), "beaker_p", 0.5)
        stage.look(start_s + stage.spread(3, 3.8), "meter", 1.0)
    if stage.free and stage.rng.random() < 0.5:
        key = stage.at("meter") + stage.rng.uniform([-3, -4, 7], [3, -2, 7.3])
        stage.pose(start_s, start_s + 0.6, "point", stage.other)
        pressed = stage.reach(start_s + 0.4, key, hand=stage.other)
        stage.reach(pressed + 0.3, key + np.array([0, -2, 2]), 0.4, stage.other)


def measure_solid(stage: Stage, start_s: float, end_s: float) -> None:
    """A spatula carries powder from a jar to a weighing boat on a balance; the display changes."""
    now = stage.fetch(start_s, "spatula")
    azimuth = stage.handle(0.3, 1.2)
    if stage.keyframes.last("boat.load")[0] > 0.8:
        stage.keyframes.move("boat.load", start_s, start_s + 0.3, 0.0)
        stage.keyframes.move("balance.reading", start_s, start_s + 0.3, 0.0)
    while True:
        stage.look(now, "jar", 1.0)
        now = stage.carry(now, "spatula", stage.top("jar", 0.6), 0.8, azimuth, 0.6)
        stage.keyframes.sway(f"{stage.hand}.at", now, now + 0.6, shaking((0.8, 0.3, 0.4), 2.0, 0))
        stage.keyframes.move("spatula.load", now + 0.3, now + 0.5, stage.spread(0.6, 1.0))
        stage.look(now + 0.7, "boat", 1.0)
        now = stage.carry(now + 0.6, "spatula", stage.top("boat", 1.8), 1.0, azimuth, 0.7)
        stage.keyframes.sway(f"{stage.hand}.at", now, now + 0.9, shaking((0.35, 0.1, 0.2), 2.6, 0))
        stage.keyframes.move("spatula.load", now + 0.1, now + 0.9, 0.0)
        portion = stage.spread(0.08, 0.25)
        stage.keyframes.move(
            "boat.load", now + 0.1, now + 0.9, min(1.0, stage.keyframes.last("boat.load")[0] + portion)
        )
        weight = stage.keyframes.last("balance.reading")[0] + portion * 9
        stage.keyframes.move("balance.reading", now + 0.2, now + 1.1, weight)
        stage.look(now + 0.6, "balance", 0.5)
        now += stage.spread(1.0, 1.8)
        if now + 3.4 * stage.pace > end_s - 0.6:
            break
    stage.put_back(max(now, end_s - 1.0), "spatula")


def stir(stage: Stage, start_s: float, end_s: float) -> None:
    """A beaker stands on a magnetic stirrer and whirls, or a hand moves a glass rod in circles."""
    if stage.free and stage.rng.random() < 0.5:
        return _stir_by_machine(stage, start_s, end_s)
    vessel = str(stage.rng.choice(["beaker_a", "beaker_s"])) if stage.free else "beaker_s"
    now = stage.fetch(start_s, "rod")
    azimuth = stage.handle(0.0, 1.0)
    stage.look(now, vessel, 0.8)
    now = stage.carry(now, "rod", stage.top(vessel, 2.0), 0.3, azimuth, 0.5)
    now = stage.carry(
        now, "rod", stage.at(vessel) + np.array([0, 0, 1.5]), stage.spread(0.15, 0.32), azimuth, 0.35
    )
    until, rate = (
        max(now + 0.8, end_s - 1.0),
        stage.spread(0.7, 1.4) * (1 if stage.rng.random() < 0.5 else -1),
    )
    stage.keyframes.sway(f"{stage.hand}.at", now, until, circling(stage.spread(1.4, 2.1), rate, 0, 0.2))
    whirl(stage, vessel, now, until, rate * ROUND, 0.45)
    if stage.free and stage.rng.random() < 0.6:
        stage.pose(start_s, start_s + 0.6, "grip", stage.other)
        stage.reach(start_s + 0.3, stage.at(vessel) + np.array([0, 0, 6]), hand=stage.other)
    stage.glance(now, until, ((vessel, 0.8), (vessel, 0.5)))
    stage.put_back(until, "rod")


def _stir_by_machine(stage: Stage, start_s: float, end_s: float) -> None:
    knob = stage.at("stirrer") + np.array([3.9, -8.0, 3.2])
    stage.look(start_s, knob)
    stage.pose(start_s, start_s + 0.5, "pinch")
    now = stage.reach(start_s, knob)
    whirl(
        stage, "beaker_s", now, end_s + stage.spread(-0.5, 1.5), stage.spread(9, 15), stage.spread(0.7, 1.0)
    )
    stage.look(now + 0.4, "beaker_s", 0.85)
    if stage.rng.random() < 0.5:
        stage.pose(now + 0.8, now + 1.3, "grip")
        stage.reach(now + 0.8, stage.at("beaker_s") + np.array([0, 0, 6]))
    elif stage.rng.random() < 0.5:
        stage.rest(now + 1.0, "near")
    stage.glance(now + 1, end_s, (("beaker_s", 0.85), ("beaker_s", 0.6), ("stirrer", 0.5)))


def whirl(stage: Stage, vessel: str, start_s: float, end_s: float, speed: float, depth: float) -> None:
    """A vessel's contents turn, at a speed in rad a second; on the stirrer its lamp and knob show it."""
    end_s = max(end_s, start_s + 0.8)
    stage.keyframes.move(f"{vessel}.whirl", start_s, start_s + 0.6, depth)
    stage.keyframes.move(f"{vessel}.whirl", end_s - 0.3, end_s + 0.5, 0.0)
    stage.keyframes.sway(f"{vessel}.spin", start_s, end_s + 0.5, lambda seconds: (speed * seconds)[:, None])
    if abs(speed) > 8.9:
        stage.keyframes.move("stirrer.reading", start_s, start_s + 0.5, round(speed * 45))
        stage.keyframes.move("stirrer.reading", end_s, end_s + 0.3, 0.0)


ACTS = {
    "Add": add,
    "AnalyticalMeasurement": measure_analytically,
    "CollectLayer": collect_layer,
    "MeasureSolid": measure_solid,
    "MeasureLiquid": measure_liquid,
    "PhaseSeparation": separate_phases,
    "Stir": stir,
}
