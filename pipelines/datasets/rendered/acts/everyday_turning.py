"""Everyday acts that turn or shake: a spoon in a bowl, a mixer, a bottle in two hands, a pan."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.everyday_narrations import narrate
from pipelines.datasets.rendered.acts.everyday_plates import path_of
from pipelines.datasets.rendered.acts.everyday_pouring import steady
from pipelines.datasets.rendered.acts.lab_actions import whirl
from pipelines.datasets.rendered.acts.stage import Stage, circling, shaking
from pipelines.datasets.rendered.drawing.household import handle_end
from pipelines.datasets.rendered.drawing.props import Posed, axis


def turn(stage: Stage, start_s: float, end_s: float) -> str:
    """A spoon, whisk or stick goes round in a full vessel."""
    full, tool = stage.props["full"], stage.props["turner"]
    now = stage.fetch(start_s, "turner")
    azimuth = stage.handle(0.0, 1.0)
    stage.look(now, "full", 0.8)
    now = stage.carry(now, "turner", stage.top("full", 2.0), 0.3, azimuth, 0.5)
    now = stage.carry(
        now, "turner", stage.at("full") + np.array([0, 0, 1.5]), stage.spread(0.15, 0.32), azimuth, 0.35
    )
    until = max(now + 0.8, end_s - 1.0)
    rate = stage.spread(0.7, 1.4) * stage.rng.choice([-1, 1])
    wide = min(stage.spread(0.35, 0.55) * float(full.profile[-1, 1]), 2.6)
    stage.keyframes.sway(f"{stage.hand}.at", now, until, circling(wide, rate, 0, 0.2))
    whirl(stage, "full", now, until, rate * 2 * np.pi, 0.45)
    steady(stage, start_s, full, 0.6, 0.6)
    stage.glance(now, until, (("full", 0.8), ("full", 0.5)))
    stage.put_back(until, "turner")
    return narrate(stage, "turn", tool=tool, target=full, liquid=full.contents)


def mixer(stage: Stage, start_s: float, end_s: float) -> str:
    """A button is pressed and the mixer turns what is in the glass."""
    button = stage.at("stirrer") + np.array([3.6, -7.4, 2.8])
    stage.look(start_s, button)
    stage.pose(start_s, start_s + 0.5, "point")
    now = stage.reach(start_s, button)
    whirl(stage, "mixed", now, end_s + stage.spread(-0.5, 0.8), stage.spread(9, 14), stage.spread(0.7, 1.0))
    if stage.rng.random() < 0.5:
        stage.pose(now + 0.8, now + 1.3, "grip")
        stage.reach(now + 0.8, stage.at("mixed") + np.array([0, 0, 6]))
    else:
        stage.rest(now + 1.0, "near")
    stage.glance(now + 0.4, end_s, (("mixed", 0.85), ("mixed", 0.6), ("stirrer", 0.5)))
    return narrate(stage, "mixer", liquid=stage.props["mixed"].contents)


def shake(stage: Stage, start_s: float, end_s: float) -> str:
    """A bottle is shaken with both hands and turned over."""
    bottle = stage.props["shaken"]
    now = stage.fetch(start_s, "shaken")
    side = 1.0 if stage.hand == "right" else -1.0
    air = np.array([side * stage.spread(-3, 5), stage.spread(19, 25), stage.spread(12, 17)])
    azimuth = stage.handle(-0.3, 0.6)
    stage.pose(start_s + 0.3, now + 0.4, "grip", stage.other)
    while now < end_s - 1.6:
        lean = stage.spread(0.2, 0.9) if stage.rng.random() < 0.5 else stage.spread(1.4, 2.7)
        lower = air - 0.62 * bottle.height_cm * axis(lean, azimuth)
        stage.keyframes.move(f"{stage.other}.at", now, now + 0.6 * stage.pace, *lower)
        now = stage.carry(now, "shaken", air, lean, azimuth, 0.6)
        until = max(now + 0.8, min(now + stage.spread(1.6, 4), end_s - 0.9))
        rate, size = stage.spread(0.8, 1.7), stage.spread(1.8, 3.8)
        for hand in (stage.hand, stage.other):
            stage.keyframes.sway(f"{hand}.at", now, until, shaking((0.6 * size, 0.3 * size, size), rate, 0))
        stage.keyframes.sway("shaken.tilt", now, until, shaking((stage.spread(0.2, 0.6),), rate * 0.5, 1.0))
        stage.glance(now, until, (("shaken", 0.5), ("shaken", 0.8)))
        now = until
    stage.rest(now, "near", stage.other)
    stage.put_back(now, "shaken")
    return narrate(stage, "shake", target=bottle, liquid=bottle.contents)


def pan(shape: str, wording: str):
    """An act that moves a pan by its handle: in circles, in eights, or to and fro."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        prop = stage.props["pan"]
        hold = handle_end(Posed(prop=prop, position_cm=np.array(stage.at("pan")), azimuth=prop.azimuth))
        hand = "right" if np.cos(prop.azimuth) < 0 else "left"
        stage.look(start_s, hold)
        stage.pose(start_s, start_s + 0.6, "grip", hand)
        now = stage.reach(start_s, hold, hand=hand)
        until = max(now + 1, end_s - 0.3)
        path = path_of(stage, shape, "dish")
        if shape == "shove":
            path = shaking(
                (2.6 * np.cos(prop.azimuth), 2.6 * np.sin(prop.azimuth), 0), stage.spread(1, 1.6), 0
            )
        for track in ("pan.at", f"{hand}.at"):
            stage.keyframes.sway(track, now, until, path)
        whirl(stage, "pan", now, until, stage.spread(2.5, 4.5), 0.3)
        stage.glance(now, until, (("pan", 0.8), ("pan", 0.4)))
        return narrate(stage, wording, liquid=prop.contents)

    return act


ACTS = {
    "turn": turn,
    "mixer": mixer,
    "shake": shake,
    "pan circles": pan("circle", "swirl"),
    "pan eight": pan("eight", "toss"),
    "pan shove": pan("shove", "shove"),
}
