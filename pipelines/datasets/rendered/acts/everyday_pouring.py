"""Everyday acts in which something liquid moves: pouring, dripping, a tap, a tall glass, a spray."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.acts.everyday_narrations import narrate
from pipelines.datasets.rendered.acts.lab_motion import bobbing
from pipelines.datasets.rendered.acts.liquids import drip, tip_out
from pipelines.datasets.rendered.acts.stage import Stage
from pipelines.datasets.rendered.drawing.household import tap_cm
from pipelines.datasets.rendered.drawing.props import Posed, Prop

FULL = 0.6  # from this level on a vessel is emptied before it is filled again


def some(stage: Stage, role: str, contents: str = "") -> Prop:
    """One of the props in a role, with the given contents if there is one."""
    props = [prop for name, prop in stage.props.items() if name.partition("_")[0] == role]
    props = [prop for prop in props if prop.contents == contents] or props
    return props[stage.rng.integers(len(props))]


def room_in(stage: Stage, prop: Prop, time_s: float) -> None:
    """Make sure that a vessel can take more."""
    if stage.keyframes.last(f"{prop.name}.fill")[0] > FULL:
        stage.refill(prop.name, time_s, 0.15)


def steady(stage: Stage, time_s: float, prop: Prop, share: float = 0.5, often: float = 0.5) -> None:
    """Now and then the other hand holds a vessel."""
    if stage.free and stage.rng.random() < often:
        stage.pose(time_s, time_s + 0.6, "grip", stage.other)
        stage.reach(
            time_s + 0.2, stage.at(prop.name) + np.array([0, 0, share * prop.height_cm]), hand=stage.other
        )


def pour(role: str, wording: str):
    """An act that pours from a source into a prop of a role."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        target = some(stage, role)
        source = some(stage, "source", target.contents)
        room_in(stage, target, start_s)
        now = stage.fetch(start_s, source.name)
        steady(stage, start_s, target)
        gain = 0.7 * 3 / max(4.0, end_s - start_s)
        while True:
            now = tip_out(stage, now, source.name, target.name, gain)
            if role == "tall":
                now = _look_at_marks(stage, now, end_s)
            if now + 3.0 * stage.pace > end_s - 0.8:
                break
        stage.put_back(max(now, end_s - 1.0), source.name)
        stage.keyframes.move("lean", end_s - 1.0, end_s, 0.0)
        stage.refill(source.name, end_s, stage.spread(0.55, 0.85))
        return narrate(stage, wording, source=source, target=target, liquid=source.contents)

    return act


def _look_at_marks(stage: Stage, now: float, end_s: float) -> float:
    if stage.attends:
        stage.keyframes.move("lean", now - 0.6, now + 0.2, 1.0)
    stage.look(now - 0.3, "tall", 0.08 + 0.84 * float(stage.keyframes.last("tall.fill")[0]))
    return min(now + stage.spread(0.5, 1.8), max(now, end_s - 1.0))


def drip_small(stage: Stage, start_s: float, end_s: float) -> str:
    """A dropper lets drops fall into a small glass."""
    dropper = stage.props["dropper"]
    target = some(stage, "small", dropper.contents)
    supply = some(stage, "source", dropper.contents)
    room_in(stage, target, start_s)
    now = stage.fetch(start_s, "dropper")
    steady(stage, start_s, target, 0.6)
    while True:
        now = drip(stage, now, "dropper", target.name, 0.2, supply.name)
        if now + 2.4 * stage.pace > end_s - 0.8:
            break
    stage.put_back(max(now, end_s - 1.0), "dropper")
    return narrate(stage, "drip", source=dropper, target=target, liquid=dropper.contents)


def tap(kind: str):
    """An act that opens the dispenser's tap: a stream, or drops."""

    def act(stage: Stage, start_s: float, end_s: float) -> str:
        dispenser, below = stage.props["dispenser"], stage.props["below"]
        if stage.keyframes.last("dispenser.fill")[0] < 0.5:
            stage.refill("dispenser", start_s, stage.spread(0.75, 0.9))
        room_in(stage, below, start_s)
        side = 3.0 if stage.hand == "right" else -3.0
        posed = Posed(prop=dispenser, position_cm=np.array(dispenser.home_cm))
        lever = tap_cm(posed)[1] + np.array([side, -0.2, 2.2])
        stage.look(start_s, lever)
        stage.pose(start_s, start_s + 0.6, "pinch")
        now = stage.reach(start_s, lever, 0.8)
        steady(stage, start_s, below, 0.4, 0.3)
        now = stage.keyframes.move("dispenser.spin", now, now + 0.4, 1.5)
        until = max(now + 1.2, end_s - stage.spread(0.7, 1.4))
        loss = min(0.5, 0.05 * (until - now) + 0.06)
        stage.pour("dispenser", "below", now, until, kind, loss if kind == "stream" else 0.3 * loss)
        stage.fill("dispenser", now, until, -0.6 * loss)
        stage.glance(now, until, (("dispenser", 0.4), ("below", 0.5), ("below", 0.8)))
        stage.look(until, lever)
        stage.keyframes.move("dispenser.spin", until, until + 0.4, 0.0)
        wording = "tap" if kind == "stream" else "drain"
        return narrate(stage, wording, target=below, liquid=dispenser.contents)

    return act


def spray(stage: Stage, start_s: float, end_s: float) -> str:
    """A squeezed bottle throws water over what lies on the plate."""
    side = 1 if stage.hand == "right" else -1
    morsel, bottle = stage.props["morsel"], stage.props["spray"]
    if stage.rng.random() < 0.5:
        stage.pose(start_s, start_s + 0.6, "pinch", stage.other)
        stage.reach(start_s, stage.at("plate") + np.array([-side * 7.0, -1.0, 1.2]), hand=stage.other)
    now = stage.fetch(start_s, "spray")
    azimuth = np.pi if side > 0 else 0.0
    while now < end_s - 1.4:
        aim = stage.at("plate") + np.array(
            [side * stage.spread(11, 15), stage.spread(-2, 3), stage.spread(1.5, 5)]
        )
        now = stage.carry(now, "spray", aim, stage.spread(0.1, 0.5), azimuth, 0.6)
        until = max(min(now + stage.spread(1.5, 5), end_s - 0.9), now + 0.4)
        stage.pour("spray", "plate", now, until, "jet", 0.03)
        rise = bobbing(stage.spread(0.3, 1.2), stage.spread(0.3, 0.8), 0)
        stage.keyframes.sway(f"{stage.hand}.at", now, until, rise)
        stage.glance(now, until, (("morsel", 1.0), ("plate", 0.5)))
        now = until + stage.spread(0.2, 0.8)
    stage.refill("plate", now, 0.35)
    stage.put_back(max(now, end_s - 0.9), "spray")
    return narrate(stage, "spray", source=bottle, target=morsel)


ACTS = {
    "pour": pour("open", "pour"),
    "pour small": pour("small", "pour"),
    "pour tall": pour("tall", "tall"),
    "drip": drip_small,
    "tap": tap("stream"),
    "drain": tap("drops"),
    "spray": spray,
}
