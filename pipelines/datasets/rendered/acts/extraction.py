"""Acts about the separating funnel: shaking it and letting layers form, and collecting a layer."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.stage import Stage, shaking
from pipelines.datasets.rendered.drawing.props import axis


def collect_layer(stage: Stage, start_s: float, end_s: float) -> None:
    """Under a separating funnel the stopcock is turned and a layer runs out; the interface sinks."""
    if stage.keyframes.last("funnel.fill")[0] < 0.55:
        stage.refill("funnel", start_s, stage.spread(0.75, 0.9))
    if stage.keyframes.last("flask.fill")[0] > 0.5:
        stage.refill("flask", start_s, 0.08)
    stage.keyframes.move("funnel.mixed", start_s, start_s + 0.8, stage.spread(0, 0.15))
    cock = stage.at("funnel") + np.array([1.6 if stage.hand == "right" else -1.6, -0.6, 4.6])
    stage.look(start_s, cock)
    stage.pose(start_s, start_s + 0.6, "pinch")
    now = stage.reach(start_s, cock, 0.9)
    if stage.free and stage.rng.random() < 0.55:
        stage.pose(start_s, start_s + 0.6, "grip", stage.other)
        stage.reach(start_s, stage.at("flask") + np.array([0, 0, 6]), hand=stage.other)
    now = stage.keyframes.move("funnel.spin", now, now + 0.5, 1.5)
    until = max(now + 1.2, end_s - stage.spread(0.9, 1.8))
    loss = min(0.5, 0.035 * (until - now) + 0.06)
    stage.pour(
        "funnel", "flask", now, until, str(stage.rng.choice(["stream", "drops"], p=[0.75, 0.25])), 0.7 * loss
    )
    stage.fill("funnel", now, until, -loss)
    stage.glance(now, until, (("funnel", 0.5), ("flask", 0.5), ("funnel", 0.25)))
    stage.look(until, cock)
    stage.keyframes.move("funnel.spin", until, until + 0.4, 0.0)


def separate_phases(stage: Stage, start_s: float, end_s: float) -> None:
    """The funnel is shaken and turned over by two hands, then stands while two layers form."""
    if stage.keyframes.last("funnel.fill")[0] < 0.55:
        stage.refill("funnel", start_s, stage.spread(0.75, 0.9))
    now = start_s
    shaken = stage.rng.random() < 0.75
    if shaken:
        now = _shake(stage, now, start_s + max(3.2, (end_s - start_s) * stage.spread(0.45, 1.0)))
    else:
        stage.keyframes.move("funnel.mixed", start_s, start_s + 0.4, 1.0)
        stage.look(start_s, "funnel", 0.6)
    if now < end_s:
        hold = stage.at("funnel") + np.array([0, 0, stage.props["funnel"].height_cm - 0.5])
        stage.pose(now, now + 0.4, "pinch" if stage.rng.random() < 0.5 else "grip")
        stage.reach(now, hold if stage.rng.random() < 0.7 else stage.at("funnel") + np.array([7, -4, 8]))
        stage.keyframes.move("funnel.mixed", now, max(end_s, now + 2), stage.spread(0, 0.2))
        stage.glance(now, end_s, (("funnel", 0.6), ("funnel", 0.45)))


def _shake(stage: Stage, start_s: float, end_s: float) -> float:
    now = stage.fetch(start_s, "funnel")
    side = 1.0 if stage.hand == "right" else -1.0
    air = np.array([side * stage.spread(-3, 6), stage.spread(19, 25), stage.spread(12, 17)])
    lean, azimuth = stage.spread(0.9, 1.9), stage.handle(-0.3, 0.6)
    stage.look(now, "funnel", 0.5)
    stage.keyframes.move("funnel.mixed", now, now + 1.5, 1.0)
    stage.pose(start_s + 0.3, now + 0.4, "grip", stage.other)
    stage.keyframes.move(
        f"{stage.other}.at", now, now + 0.7 * stage.pace, *(air - 11.5 * axis(lean, azimuth))
    )
    now = stage.carry(now, "funnel", air, lean, azimuth, 0.7)
    until = max(now + 1.0, end_s - 0.9)
    rate, size = stage.spread(0.7, 1.5), stage.spread(1.8, 3.8)
    for hand in (stage.hand, stage.other):
        stage.keyframes.sway(f"{hand}.at", now, until, shaking((0.6 * size, 0.3 * size, size), rate, 0))
    stage.keyframes.sway("funnel.tilt", now, until, shaking((stage.spread(0.25, 0.7),), rate * 0.5, 1.0))
    stage.glance(now, until, (("funnel", 0.5), ("funnel", 0.8)))
    stage.rest(until, "near", stage.other)
    return stage.put_back(until, "funnel")
