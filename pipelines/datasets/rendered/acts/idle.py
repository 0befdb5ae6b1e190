"""Idle acts of a wearer between the activities, and machines that run in the background."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.lab_actions import whirl
from pipelines.datasets.rendered.acts.stage import Stage, shaking

MOVABLE = ("beaker_a", "bottle_1", "bottle_2", "wash", "rod", "pipette", "tweezers", "spatula")


def idle(stage: Stage, start_s: float, end_s: float) -> None:
    """Hands rest, leave, move clutter, reach for something or write."""
    act = stage.rng.choice([rest, rest, _move_clutter, _move_clutter, write, touch])
    act(stage, start_s, end_s)


def rest(stage: Stage, start_s: float, end_s: float) -> None:
    """Hands lie or hang, eyes wander."""
    for hand in (stage.hand, stage.other):
        stage.rest(start_s + stage.spread(0, 0.8), str(stage.rng.choice(["rest", "near", "away"])), hand)
    _wander(stage, start_s, end_s)


def _wander(stage: Stage, start_s: float, end_s: float) -> None:
    now, names = start_s, list(stage.props)
    while now < end_s:
        stage.look(now, names[stage.rng.integers(len(names))])
        now += stage.spread(0.7, 2.5)


def _move_clutter(stage: Stage, start_s: float, end_s: float) -> None:
    names = [name for name in MOVABLE if name in stage.props]
    now = start_s
    while True:
        prop = names[stage.rng.integers(len(names))]
        taken = stage.fetch(now, prop)
        home = np.array(stage.props[prop].home_cm)
        air = home + stage.rng.uniform([-9, -7, 4], [9, 2, 9])
        stage.look(taken, air)
        now = stage.carry(taken, prop, air, stage.props[prop].home_tilt * 0.7, stage.props[prop].azimuth, 0.8)
        now = stage.put_back(now + stage.spread(0, 1.2), prop)
        if now + 4 > end_s:
            break
    _wander(stage, now, end_s)


def write(stage: Stage, start_s: float, end_s: float) -> None:
    """The pen writes lines into the notebook."""
    now = stage.fetch(start_s, "pen")
    page = stage.at("notebook") + np.array([0, 0, 0.9])
    while now < end_s - 1.6:
        line = page + stage.rng.uniform([-5, -7, 0], [0, 7, 0])
        stage.look(now, line)
        now = stage.carry(now, "pen", line, 0.6, -0.6 if stage.hand == "right" else np.pi + 0.6, 0.4)
        until = min(now + stage.spread(1.0, 2.2), end_s - 1.0)
        stage.keyframes.move(
            f"{stage.hand}.at",
            now,
            max(until, now + 0.3),
            *(stage.keyframes.last(f"{stage.hand}.at") + np.array([4, 0, 0])),
        )
        stage.keyframes.sway(f"{stage.hand}.at", now, until, shaking((0.3, 0.35, 0), 2.7, 0))
        now = max(until, now + 0.3)
    stage.put_back(max(now, end_s - 1.0), "pen")


def touch(stage: Stage, start_s: float, end_s: float, names: tuple[str, ...] = ()) -> None:
    """A hand reaches for things: for some, or for anything."""
    now, names = start_s, list(names or stage.props)
    while now < end_s - 1.2:
        prop = names[stage.rng.integers(len(names))]
        stage.look(now, prop)
        stage.pose(now, now + 0.5, str(stage.rng.choice(["flat", "point", "pinch"])))
        now = stage.reach(now, stage.at(prop) + stage.rng.uniform([-4, -6, 3], [4, -3, 6])) + stage.spread(
            0.4, 1.5
        )
    stage.rest(now)


def run_machine(stage: Stage, start_s: float, end_s: float, label: str) -> None:
    """Something runs by itself in the background: the stirrer, a read-out, or a funnel that drips."""
    choices = [] if label == "Stir" else ["stirrer", "stirrer"]
    choices += ["meter"] if "meter" in stage.props and label != "AnalyticalMeasurement" else []
    choices += (
        ["funnel"] if "funnel" in stage.props and label not in ("CollectLayer", "PhaseSeparation") else []
    )
    machine = str(stage.rng.choice(choices or ["none"]))
    if machine == "stirrer":
        whirl(stage, "beaker_s", start_s - 0.5, end_s + 0.5, stage.spread(9, 15), stage.spread(0.6, 1.0))
    elif machine == "meter":
        for time_s in np.arange(start_s, end_s, 0.8):
            stage.keyframes.key("meter.reading", float(time_s), stage.spread(4, 9))
    elif machine == "funnel" and stage.keyframes.last("funnel.fill")[0] > 0.4:
        stage.pour("funnel", "flask", start_s, end_s, "drops", 0.1)
        stage.fill("funnel", start_s, end_s, -0.12)
