"""The four activities of Lab Motion as acts; the three developments differ in the motion alone."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import Motion
from pipelines.datasets.rendered.acts.stage import Stage

RATE_HZ = (0.34, 0.68)  # turns a second: seen at 4 frames a second
EXTENT_CM = {"dish": (2.6, 4.2), "tool": (1.5, 2.2)}  # half width of the path, whatever its shape
PUDDLE_CM = (1.0, 2.2)  # half height of the pipette's rise and fall
BOUT_S = (7.0, 16.0)  # a wearer changes speed, size and sense this often
BREAK_S = (0.3, 1.0)


def loop(shape: str, extent_cm: float, rate_hz: float, phase: float, heading: float) -> Motion:
    """A circle or a figure eight of the same width and height; the sign of rate_hz is its sense."""

    def motion(seconds: np.ndarray) -> np.ndarray:
        turn = 2 * np.pi * rate_hz * seconds + phase
        u = np.cos(turn)
        v = np.sin(turn) if shape == "circle" else np.sin(2 * turn)
        x, y = u * np.cos(heading) - v * np.sin(heading), u * np.sin(heading) + v * np.cos(heading)
        return extent_cm * np.stack([x, y, 0 * x], 1)

    return motion


def bobbing(height_cm: float, rate_hz: float, phase: float) -> Motion:
    """A rise and fall."""

    def motion(seconds: np.ndarray) -> np.ndarray:
        z = np.sin(2 * np.pi * rate_hz * seconds + phase)
        return height_cm * np.stack([0 * z, 0 * z, z], 1)

    return motion


def develop(shape: str):
    """An act that moves the chip in a circle, an eight, or puddles developer over it (shape "puddle")."""

    def act(stage: Stage, start_s: float, end_s: float) -> None:
        tool = str(stage.rng.choice(["pipette", "tweezers"]))
        moved = str(stage.rng.choice(["dish", "tool"]))
        now = _take_places(stage, start_s, tool, moved)
        while now < end_s - 1.2:
            until = min(now + stage.spread(*BOUT_S), end_s - 0.9)
            _bout(stage, shape, moved, now, until)
            _watch(stage, now, until)
            now = until + stage.spread(*BREAK_S)
        stage.put_back(max(now, end_s - 0.9), tool)

    return act


def _take_places(stage: Stage, start_s: float, tool: str, moved: str) -> float:
    side = 1 if stage.hand == "right" else -1
    if moved == "dish" or stage.rng.random() < 0.6:
        stage.pose(start_s, start_s + 0.6, "pinch", stage.other)
        stage.reach(start_s, stage.at("dish") + np.array([-side * 5.6, -1.0, 1.0]), hand=stage.other)
    now = stage.fetch(start_s, tool)
    azimuth = stage.handle(-0.1, 0.9)
    stage.look(now, "chip")
    over = stage.at("chip") + stage.rng.uniform([-0.6, -0.6, 1.6], [0.6, 0.6, 3.0])
    return stage.carry(now, tool, over, stage.spread(0.45, 0.8), azimuth, 0.7)


def _bout(stage: Stage, shape: str, moved: str, start_s: float, end_s: float) -> None:
    rate = stage.spread(*RATE_HZ) * stage.rng.choice([-1, 1])
    phase, heading = stage.spread(0, 6.28), stage.spread(0, 6.28)
    path = loop(shape, stage.spread(*EXTENT_CM[moved]), rate, phase, heading)
    sway, hand = stage.keyframes.sway, f"{stage.hand}.at"
    if shape == "puddle":
        sway(hand, start_s, end_s, bobbing(stage.spread(*PUDDLE_CM), rate, phase))
    elif moved == "dish":
        for track in ("dish.at", "chip.at", f"{stage.other}.at"):
            sway(track, start_s, end_s, path)
    else:
        for track in ("chip.at", hand):
            sway(track, start_s, end_s, path)
    drift = bobbing(stage.spread(0.5, 1.6), stage.spread(0.04, 0.1), phase)
    sway(hand, start_s, end_s, drift)
    stage.keyframes.move("chip.fill", start_s, end_s, stage.spread(0.3, 1.0))
    if shape == "puddle":
        sway(
            "chip.fill",
            start_s,
            end_s,
            lambda seconds: 0.3 * np.sin(2 * np.pi * rate * seconds + phase + 1.2)[:, None],
        )


def _watch(stage: Stage, start_s: float, end_s: float) -> None:
    now = start_s
    while now < end_s:
        away = stage.rng.random() < 0.12
        stage.look(now, "timer" if away else "chip", 1.0)
        now += stage.spread(0.8, 3.0)


def rinse(stage: Stage, start_s: float, end_s: float) -> None:
    """A wash bottle throws a jet over the chip, which lies in the dish or is held up by tweezers."""
    side = 1 if stage.hand == "right" else -1
    other = stage.mirrored(stage.attends)
    holding = stage.rng.random() < 0.5
    if holding:
        taken = other.fetch(start_s, "tweezers")
        azimuth = np.pi if side > 0 else 0.0
        other.carry(taken, "tweezers", stage.at("chip") + np.array([-side * 1.2, 0, 0.5]), 0.8, azimuth, 0.7)
    now = stage.fetch(start_s, "wash")
    while now < end_s - 1.4:
        aim = stage.at("chip") + np.array(
            [side * stage.spread(11, 14), stage.spread(-2, 3), stage.spread(1.5, 5)]
        )
        now = stage.carry(now, "wash", aim, stage.spread(0.1, 0.5), np.pi if side > 0 else 0.0, 0.6)
        until = min(now + stage.spread(1.5, 6), end_s - 0.9)
        stage.pour("wash", "dish", now, max(until, now + 0.4), "jet", 0.02)
        stage.keyframes.sway(
            f"{stage.hand}.at", now, until, bobbing(stage.spread(0.3, 1.0), stage.spread(0.3, 0.7), 0)
        )
        stage.keyframes.move("chip.fill", now, max(until, now + 0.4), stage.spread(0.3, 1.0))
        _watch(stage, now, until)
        now = max(until, now + 0.4) + stage.spread(0.2, 1.2)
    stage.refill("dish", now, 0.25)
    if holding:
        other.put_back(max(now - 0.5, end_s - 1.2), "tweezers")
    stage.put_back(max(now, end_s - 0.9), "wash")


ACTS = {
    "Development (circular)": develop("circle"),
    "Development (figure eight)": develop("eight"),
    "Development (puddle)": develop("puddle"),
    "Rinsing": rinse,
}
