"""Everyday acts with solid things, and idle moments: writing, wiping, cutting, moving things, waiting."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts import idle
from pipelines.datasets.rendered.acts.everyday_narrations import narrate
from pipelines.datasets.rendered.acts.everyday_pouring import steady
from pipelines.datasets.rendered.acts.lab_actions import whirl
from pipelines.datasets.rendered.acts.stage import Stage, circling, shaking

MOVABLE = ("block", "phone", "source_1", "source_2", "open_1", "open_2", "shaken", "tall", "spray", "glass")


def write(stage: Stage, start_s: float, end_s: float) -> str:
    """A pen writes in the notebook."""
    idle.write(stage, start_s, end_s)
    return narrate(stage, "write")


def move(stage: Stage, start_s: float, end_s: float) -> str:
    """One thing is taken up, kept in the air for a moment and put back."""
    names = [name for name in MOVABLE if name in stage.props]
    thing = stage.props[names[stage.rng.integers(len(names))]]
    now = stage.fetch(start_s, thing.name)
    until = max(now + 1, end_s - 1.0)
    while True:
        air = np.array(thing.home_cm) + stage.rng.uniform([-9, -7, 4], [9, 2, 10])
        stage.look(now, thing.name)
        now = stage.carry(now, thing.name, air, stage.spread(0, 0.25), thing.azimuth, 0.8)
        now += stage.spread(0, 1.2)
        if now + 1.5 > until:
            break
    stage.put_back(max(now, until), thing.name)
    return narrate(stage, "move", target=thing)


def wipe(wording: str):
    """An act that rubs the table with a cloth, to and fro or in circles."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        now, rate = stage.fetch(start_s, "cloth"), stage.spread(0.7, 1.3)
        home = np.array(stage.props["cloth"].home_cm)
        while now < end_s - 1.4:
            spot = home + stage.rng.uniform([-7, -4, 0], [7, 5, 0])
            stage.look(now, "cloth", 1.0)
            now = stage.carry(now, "cloth", spot, 0, 0, 0.5)
            until = max(now + 0.6, min(now + stage.spread(2, 4), end_s - 0.8))
            rub = shaking((stage.spread(3, 5), stage.spread(-2, 2), 0), rate, 0)
            if wording == "polish":
                rub = circling(stage.spread(2.6, 4.0), rate, 0)
            stage.keyframes.sway(f"{stage.hand}.at", now, until, rub)
            now = until
        stage.put_back(now, "cloth")
        return narrate(stage, wording)

    return act


def stroke(tool: str, thing: str, wording: str, size: tuple[float, float, float], above: float):
    """An act that moves a tool to and fro on a thing: a knife in bread, a brush on a block."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        target = stage.props[thing]
        now, azimuth = stage.fetch(start_s, tool), stage.handle(0.3, 1.0)
        steady(stage, start_s, target, 0.9, 0.3)
        while now < end_s - 1.4:
            spot = stage.at(thing) + np.array(
                [stage.spread(-0.3, 0.3) * target.box[0], 0, target.height_cm + above]
            )
            stage.look(now, thing, 1.0)
            now = stage.carry(now, tool, spot, stage.spread(0.9, 1.2), azimuth, 0.5)
            until = max(now + 0.6, min(now + stage.spread(1.5, 3.5), end_s - 0.8))
            stage.keyframes.sway(f"{stage.hand}.at", now, until, shaking(size, stage.spread(0.9, 1.5), 0))
            now = until
        stage.put_back(now, tool)
        return narrate(stage, wording, target=target, liquid=stage.props[tool].contents or "paint")

    return act


def nothing(place: str):
    """An act without an aim: hands rest or leave, eyes wander; now and then a hand reaches out."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        if stage.rng.random() < 0.3:
            names = [name for name, prop in stage.props.items() if prop.noun]
            target = stage.props[names[stage.rng.integers(len(names))]]
            idle.touch(stage, start_s, end_s, (target.name,))
            return narrate(stage, "touch", target=target)
        idle.rest(stage, start_s, end_s)
        return narrate(stage, "rest", place=place)

    return act


def wait(stage: Stage, start_s: float, end_s: float) -> str:
    """The hands rest; the eyes come back to the timer, which runs."""
    for hand in (stage.hand, stage.other):
        stage.rest(start_s + stage.spread(0, 0.6), str(stage.rng.choice(["rest", "near"])), hand)
    names = ["timer", "timer", "timer", *stage.props]
    now = start_s
    while now < end_s:
        stage.look(now, names[stage.rng.integers(len(names))], 1.0)
        now += stage.spread(0.7, 2.0)
    return narrate(stage, "wait")


def machine(stage: Stage, start_s: float, end_s: float, label: str) -> None:
    """Something runs by itself meanwhile: the mixer, or the thermometer's display."""
    if "mixed" in stage.props and label != "mixer":
        whirl(stage, "mixed", start_s - 0.5, end_s + 0.5, stage.spread(9, 14), stage.spread(0.6, 1.0))
    elif "gauge" in stage.props and label != "read":
        for time_s in np.arange(start_s, end_s, 0.8):
            stage.keyframes.key("gauge.reading", float(time_s), stage.spread(20, 60))


ACTS = {
    "write": write,
    "move": move,
    "wipe": wipe("wipe"),
    "polish": wipe("polish"),
    "cut": stroke("knife", "loaf", "cut", (2.6, 0.5, 0.8), -1.2),
    "brush": stroke("brush", "block", "brush", (2.2, 0.3, 0.0), 0.2),
    "wait": wait,
}
