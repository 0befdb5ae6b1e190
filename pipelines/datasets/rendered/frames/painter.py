"""Paint one moment in order: far before near, tools before the glass they dip into, fingers last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import Pour
from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, Canvas, shade
from pipelines.datasets.rendered.drawing.glassware import draw_round, nozzle
from pipelines.datasets.rendered.drawing.hands import Limb, PosedHand
from pipelines.datasets.rendered.drawing.household import draw_detail, tap_cm
from pipelines.datasets.rendered.drawing.instruments import draw_box
from pipelines.datasets.rendered.drawing.props import BOXES, TOOLS, VESSELS, Posed

GRIP = 0.5  # from this weight on a hand closes about things
EMBRACED_CM = 3.2  # how near to a vessel's side a closed hand holds it
DROPS_HZ = 3.0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """All that is drawn at one time: props and hands in their poses, and liquid that falls.

    held_by: the hand (left or right) of each prop that is in one.
    """

    time_s: float
    props: dict[str, Posed]
    hands: dict[str, PosedHand]
    held_by: dict[str, str]
    pours: list[Pour]


def paint(canvas: Canvas, view: View, moment: Moment) -> None:
    """Paint everything that stands, is in a hand or falls."""
    props, hands, held_by = moment.props, moment.hands, moment.held_by
    order = {name: _order(name, props, held_by) for name in props}
    holding = {hand: name for name, hand in held_by.items()}
    for side, hand in hands.items():
        holding.setdefault(side, _embraced(hand, props, held_by))
    dipped = {name for name in held_by if _vessel_about(props[name], props)}
    last = [name for name in holding.values() if name and name not in dipped]
    for name in sorted(props, key=order.__getitem__):
        if name not in last:
            _draw(canvas, view, props[name])
    for each in props.values():
        if each.prop.wired:
            _draw_cable(canvas, view, each, props[each.prop.wired])
    for side in sorted(hands, key=lambda side: -hands[side].grip_cm[1]):
        limb, name = Limb(view, hands[side]), holding[side]
        limb.draw_behind(canvas)
        if name in last:
            _draw(canvas, view, props[name])
        limb.draw_front(canvas)
    for pour in moment.pours:
        _draw_pour(canvas, view, moment, pour)


def _draw_cable(canvas: Canvas, view: View, probe: Posed, meter: Posed) -> None:
    """The probe's cable, sagging to the back of its meter."""
    ends = np.stack(
        [probe.along(probe.prop.height_cm), meter.position_cm + np.array([0, meter.prop.box[1] / 2, 3])]
    )
    share = np.linspace(0, 1, 9)[:, None]
    path = ends[0] + (ends[1] - ends[0]) * share + np.array([0, 4, 14]) * share * (1 - share)
    canvas.line(view.project(path)[0], (38, 40, 44), 1.0)


def _draw(canvas: Canvas, view: View, posed: Posed) -> None:
    (draw_box if posed.prop.kind in BOXES else draw_round)(canvas, view, posed)
    draw_detail(canvas, view, posed)


def _order(name: str, props: dict[str, Posed], held_by: dict[str, str]) -> float:
    """The depth a prop is sorted by: with what it stands on, or with the vessel it dips into."""
    under = props[name].prop.under
    if under in props and name not in held_by:
        return _order(under, props, held_by) + 0.01
    vessel = _vessel_about(props[name], props) if props[name].prop.kind in TOOLS else ""
    if vessel:
        return _order(vessel, props, held_by) - 0.005
    return -float(props[name].position_cm[1])


def _vessel_about(tool: Posed, props: dict[str, Posed]) -> str:
    """The vessel that the tip of a tool is inside of, or ''."""
    if tool.prop.kind not in TOOLS:
        return ""
    for name, other in props.items():
        if other.prop.kind in VESSELS:
            apart = tool.position_cm - other.position_cm
            if (
                np.hypot(apart[0], apart[1]) < other.prop.profile[1, 1]
                and 0 < apart[2] < other.prop.height_cm
            ):
                return name
    return ""


def _embraced(hand: PosedHand, props: dict[str, Posed], held_by: dict[str, str]) -> str:
    """The standing vessel that a closed hand is about, or ''."""
    if hand.weights[0] < GRIP:
        return ""
    for name, other in props.items():
        if other.prop.kind in (*VESSELS, "funnel") and name not in held_by:
            apart = hand.grip_cm - other.position_cm
            if np.hypot(apart[0], apart[1]) < EMBRACED_CM and 0 < apart[2] < other.prop.height_cm + 1:
                return name
    return ""


def _draw_pour(canvas: Canvas, view: View, moment: Moment, pour: Pour) -> None:
    source, target, time_s = moment.props[pour.source], moment.props[pour.target], moment.time_s
    start, velocity = _spout(source, target)
    if pour.kind == "jet":
        aim = target.position_cm + np.array([0.8 * np.sin(time_s * 5), 0.8 * np.cos(time_s * 3), 0.8])
    else:
        aim = target.position_cm + np.array([0, 0, max(0.8, target.prop.height_cm * 0.9 * target.fill)])
    share = np.linspace(0, 1, 7)[:, None]
    path = start + (aim - start) * share + velocity * share * (1 - share)
    pixels, distance = view.project(path)
    px = view.focal_px / float(distance.mean())
    colour = shade(source.prop.liquid if pour.kind != "jet" else (206, 226, 238), 1.15)
    if pour.kind == "drops":
        for number in range(2):
            fall = (time_s * DROPS_HZ + number * 0.5) % 1.0
            place = pixels[0] + (pixels[-1] - pixels[0]) * fall * fall
            canvas.fill(place + CIRCLE * [0.5 * px, 0.7 * px], shade(colour, 0.6))
            canvas.disc(place - 0.12 * px, 0.26 * px, shade(colour, 2.0))
        return
    canvas.line(pixels, shade(colour, 0.55), 0.85 * px / canvas.scale)
    canvas.line(pixels, shade(colour, 1.5), 0.5 * px / canvas.scale)
    canvas.fill(pixels[-1] + CIRCLE * [1.1 * px, 0.6 * px], shade(colour, 1.4), 0.7)
    if pour.kind == "jet":
        for number in range(5):
            angle = number * 1.7 + time_s * 9
            canvas.disc(
                pixels[-1]
                + np.array([np.cos(angle), 0.6 * np.sin(angle) - 0.4]) * px * (1.2 + number % 3 * 0.6),
                0.2 * px,
                (235, 245, 250),
            )


def _spout(source: Posed, target: Posed) -> tuple[np.ndarray, np.ndarray]:
    """Where liquid leaves a prop, and how it bends on its way."""
    if source.prop.kind == "wash":
        tip = nozzle(source)
        return tip[2], (tip[2] - tip[1]) * 0.4
    if source.prop.kind == "dispenser":
        return tap_cm(source)[2], np.zeros(3)
    if source.prop.kind in ("funnel", *TOOLS):
        return source.position_cm, np.zeros(3)
    profile = source.prop.profile[-1:]
    rim = source.ring(profile[:, 0], profile[:, 1], CIRCLE)[0]
    return rim[rim[:, 2].argmin()], np.array([0, 0, 1.5])
