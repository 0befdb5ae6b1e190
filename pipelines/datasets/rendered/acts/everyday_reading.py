"""Everyday acts at a display: a kitchen scale, a thermometer, a calculator, a charger, a keyboard."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.everyday_narrations import narrate
from pipelines.datasets.rendered.acts.everyday_pouring import some
from pipelines.datasets.rendered.acts.stage import Stage, circling, shaking

GRAMS = (12, 60)  # of a spoon
WARM_C = (18, 96)
MOST_LOAD = 0.8  # from this heap on the scale is emptied


def scoop(stage: Stage, start_s: float, end_s: float) -> str:
    """A spoon carries powder from a jar onto the scale; its number rises."""
    if stage.keyframes.last("tray.load")[0] > MOST_LOAD:
        stage.keyframes.move("tray.load", start_s, start_s + 0.3, 0.0)
        stage.keyframes.move("scale.reading", start_s, start_s + 0.3, 0.0)
    now = stage.fetch(start_s, "spoon")
    while True:
        now = _spoonful(stage, now, "tray")
        portion = stage.spread(0.12, 0.3)
        load, weight = (
            stage.keyframes.last("tray.load")[0] + portion,
            stage.keyframes.last("scale.reading")[0],
        )
        stage.keyframes.move("tray.load", now - 0.8, now, min(1.0, load))
        stage.keyframes.move("scale.reading", now - 0.7, now + 0.2, round(weight + stage.spread(*GRAMS)))
        stage.look(now - 0.3, "scale", 1.0)
        now += stage.spread(0.4, 1.2)
        if now + 3.2 * stage.pace > end_s - 0.6:
            break
    stage.put_back(max(now, end_s - 1.0), "spoon")
    return narrate(stage, "scoop", liquid=stage.props["jar"].contents)


def sprinkle(stage: Stage, start_s: float, end_s: float) -> str:
    """A spoon carries powder from a jar into a vessel."""
    target = some(stage, "full") if "full" in stage.props else some(stage, "open")
    now = stage.fetch(start_s, "spoon")
    while True:
        now = _spoonful(stage, now, target.name)
        if now + 3.0 * stage.pace > end_s - 0.6:
            break
    stage.put_back(max(now, end_s - 1.0), "spoon")
    return narrate(stage, "sprinkle", target=target, liquid=stage.props["jar"].contents)


def _spoonful(stage: Stage, now: float, target: str) -> float:
    """From the jar to over the target; returns when the spoon is empty."""
    azimuth, hand = stage.handle(0.3, 1.2), f"{stage.hand}.at"
    stage.look(now, "jar", 1.0)
    now = stage.carry(now, "spoon", stage.top("jar", 0.6), 0.8, azimuth, 0.6)
    stage.keyframes.sway(hand, now, now + 0.6, shaking((0.8, 0.3, 0.4), 2.0, 0))
    stage.keyframes.move("spoon.load", now + 0.3, now + 0.5, stage.spread(0.7, 1.0))
    stage.look(now + 0.6, target, 1.0)
    now = stage.carry(now + 0.6, "spoon", stage.top(target, 1.8), 1.0, azimuth, 0.7)
    stage.keyframes.sway(hand, now, now + 0.9, shaking((0.35, 0.1, 0.2), 2.6, 0))
    stage.keyframes.move("spoon.load", now + 0.1, now + 0.9, 0.0)
    return now + 0.9


def weigh(stage: Stage, start_s: float, end_s: float) -> str:
    """A thing is set down on the scale, its number read, and taken off again."""
    thing = some(stage, "block") if "block" in stage.props else some(stage, "small")
    before = float(stage.keyframes.last("scale.reading")[0])
    now = stage.fetch(start_s, thing.name)
    place = (
        stage.top("tray", 0.3)
        if "block" not in stage.props
        else stage.top("scale", 0.1) - np.array([0, 4.5, 0])
    )
    stage.look(now, "tray", 1.0)
    now = stage.carry(now, thing.name, place, thing.home_tilt, thing.azimuth, 0.8)
    stage.keyframes.move("scale.reading", now - 0.1, now + 0.5, before + round(stage.spread(40, 700)))
    until = max(now + 1.0, end_s - 1.6)
    stage.glance(now, until, (("scale", 1.0), ("scale", 0.8)))
    stage.keyframes.move("scale.reading", until, until + 0.4, before)
    stage.put_back(until, thing.name)
    return narrate(stage, "weigh", target=thing)


def read(stage: Stage, start_s: float, end_s: float) -> str:
    """A thermometer is held in something warm; the display changes and converges."""
    warm = stage.props["warm"]
    now, azimuth = stage.fetch(start_s, "thermometer"), stage.handle(-0.2, 0.5)
    dip = stage.top("warm", -stage.spread(4.5, 6.0))
    stage.look(now, "warm", 0.8)
    now = stage.carry(now, "thermometer", dip + np.array([0, 0, 7]), 0.1, azimuth, 0.5)
    now = stage.carry(now, "thermometer", dip, stage.spread(0.15, 0.4), azimuth, 0.4)
    until = max(now + 1.0, end_s - 1.2)
    value, goal = float(stage.keyframes.last("gauge.reading")[0]), stage.spread(*WARM_C)
    for time_s in np.arange(now, until, 0.4):
        value += 0.3 * (goal - value) + stage.rng.normal(0, 0.2)
        stage.keyframes.key("gauge.reading", float(time_s), value)
    wobble = circling(stage.spread(0.1, 0.6), stage.spread(0.3, 0.8), 0)
    stage.keyframes.sway(f"{stage.hand}.at", now, until, wobble)
    stage.look(now + 0.4, "gauge", 1.0)
    stage.glance(now + 1.4, until, (("gauge", 1.0), ("warm", 0.6), ("gauge", 0.8)))
    stage.put_back(until, "thermometer")
    return narrate(stage, "read", target=warm, liquid=warm.contents)


def press(prop: str, wording: str, digits: int):
    """An act that presses the buttons of something with a display; the number grows key by key."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        track, box = f"{prop}.reading", stage.props[prop].box
        stage.keyframes.move(track, start_s, start_s + 0.2, 0.0)
        stage.pose(start_s, start_s + 0.5, "point")
        now, value = start_s, 0
        while now < end_s - 1.0:
            key = stage.at(prop) + stage.rng.uniform([-0.35, -0.42, 1], [0.35, 0.0, 1]) * box
            stage.look(now, prop, 1.0)
            now = stage.reach(now, key + np.array([0, 0, 1.4]), 0.45)
            now = stage.reach(now, key, 0.2)
            value = (value * 10 + int(stage.rng.integers(1, 10))) % 10**digits
            stage.keyframes.move(track, now, now + 0.12, value)
            now = stage.reach(now, key + np.array([0, 0, 1.2]), 0.2)
        stage.rest(now, "near")
        return narrate(stage, wording)

    return act


def keyboard(stage: Stage, start_s: float, end_s: float) -> str:
    """Both hands type."""
    stage.look(start_s, "keyboard", 1.0)
    for hand, x in ((stage.hand, 6.0), (stage.other, -6.0)):
        side = x if stage.hand == "right" else -x
        stage.pose(start_s, start_s + 0.5, "flat", hand)
        now = stage.reach(start_s, stage.at("keyboard") + np.array([side, -1.5, 3.0]), hand=hand)
        for rate in (stage.spread(1.3, 1.9), stage.spread(2.2, 2.8)):
            stage.keyframes.sway(f"{hand}.at", now, end_s, shaking((1.3, 0.5, 0.5), rate, stage.spread(0, 6)))
    stage.glance(start_s + 0.8, end_s, (("keyboard", 1.0), ("notebook", 1.0)))
    for hand in (stage.hand, stage.other):
        stage.rest(end_s - 0.3, "rest", hand)
    return narrate(stage, "keyboard")


ACTS = {
    "scoop": scoop,
    "sprinkle": sprinkle,
    "weigh": weigh,
    "read": read,
    "type": press("calculator", "type", 6),
    "charge": press("charger", "charge", 2),
    "keyboard": keyboard,
}
