"""Draw props with a round profile: glass with its liquids, jars and dishes."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, Canvas, Colour, below, mix, shade
from pipelines.datasets.rendered.drawing.props import TOOLS, Posed
from pipelines.datasets.rendered.drawing.tools import draw_tool

LYING = 0.3  # rad: from this tilt on the liquid's surface is cut level instead of round
OPAQUE = {"jar": 0.8, "boat": 0.95, "wash": 0.62, "bottle": 0.35}  # how solid the wall looks; other glass:
GLASS_ALPHA = 0.16
LIQUID_ALPHA = 0.72
UPPER_SHARE = 0.45  # of a funnel's liquid that is the upper layer


class Solid:
    """A stretch of a profile, projected: outline [M, 2], end rings [K, 2], distance of its middle."""

    def __init__(self, view: View, posed: Posed, low_cm: float, high_cm: float, shrink: float = 1.0) -> None:
        profile = posed.prop.profile
        inside = profile[(profile[:, 0] > low_cm) & (profile[:, 0] < high_cm), 0]
        heights = np.concatenate([[low_cm], inside, [high_cm]])
        radii = np.interp(heights, profile[:, 0], profile[:, 1]) * shrink
        pixels, distance = view.project(posed.ring(heights, radii, CIRCLE))
        self.bottom, self.top, self.depth_cm = pixels[0], pixels[-1], float(distance.mean())
        along = mean_point(self.top) - mean_point(self.bottom)
        self.along = along / max(np.hypot(*along), 1e-6)
        across = np.array([-self.along[1], self.along[0]])
        side = pixels @ across
        rows = np.arange(len(pixels))
        self.left, self.right = pixels[rows, side.argmin(1)], pixels[rows, side.argmax(1)]
        self.outline = np.concatenate(
            [
                self.right,
                _half(self.top, self.along, across)[::-1],
                self.left[::-1],
                _half(self.bottom, -self.along, across),
            ]
        )

    def stripe(self, share: float) -> np.ndarray:
        """Polyline up the side, at a share of the way from the left edge to the right."""
        return self.left + (self.right - self.left) * share


def mean_point(points: np.ndarray) -> np.ndarray:
    """The mean of points [N, 2]; on so few, `mean` spends most of its time on checks."""
    return np.add.reduce(points) / len(points)


def _half(ring: np.ndarray, along: np.ndarray, across: np.ndarray) -> np.ndarray:
    outer = ring[(ring - mean_point(ring)) @ along > 0]
    return outer[np.argsort(outer @ across)]


def draw_round(canvas: Canvas, view: View, posed: Posed) -> None:
    """Paint a prop that has a profile."""
    if posed.prop.kind in TOOLS:
        return draw_tool(canvas, view, posed)
    prop = posed.prop
    solid = Solid(view, posed, 0, prop.height_cm)
    if canvas.misses(solid.outline):
        return
    wall = OPAQUE.get(prop.kind, GLASS_ALPHA)
    if wall > 0.5:
        _draw_shell(canvas, solid, posed, wall)
    else:
        canvas.fill(solid.outline, shade(prop.colour, 1.3), wall)
        _draw_contents(canvas, view, posed, solid)
        _draw_shine(canvas, solid, prop.colour)
    _draw_marks(canvas, view, posed)
    canvas.fill(solid.outline, (0, 0, 0), 0, depth_cm=solid.depth_cm, index=prop.index)


def _draw_shell(canvas: Canvas, solid: Solid, posed: Posed, alpha: float) -> None:
    prop = posed.prop
    canvas.fill(solid.outline, prop.colour, alpha)
    for share, factor in ((0.16, 0.8), (0.7, 1.8)):
        canvas.line(solid.stripe(share), shade(prop.colour, factor), 2.2)
    open_top = prop.kind in ("jar", "boat")
    canvas.fill(solid.top, shade(prop.colour, 0.72) if open_top else shade(prop.colour, 1.4))
    if open_top:
        middle = solid.top.mean(0)
        share = 0.8 if prop.kind == "jar" else 0.75 * min(1.0, posed.load)
        canvas.fill(middle + (solid.top - middle) * share, prop.second)
    canvas.line(solid.top, shade(prop.colour, 1.9), 0.7, closed=True)


def _draw_shine(canvas: Canvas, solid: Solid, tint: Colour) -> None:
    edge = shade(tint, 0.55)
    canvas.line(solid.left, edge, 0.7)
    canvas.line(solid.right, edge, 0.7)
    canvas.line(solid.bottom, edge, 0.6, closed=True)
    canvas.line(solid.stripe(0.22), (250, 252, 255), 1.1)
    canvas.line(solid.stripe(0.86), shade(tint, 2.2), 0.6)
    canvas.line(solid.top, (232, 240, 244), 0.7, closed=True)


def _draw_contents(canvas: Canvas, view: View, posed: Posed, solid: Solid) -> None:
    if posed.fill <= 0.01:
        return
    if abs(posed.tilt) > LYING:
        return _draw_spilling(canvas, posed, solid)
    prop, height = posed.prop, posed.prop.height_cm
    level = height * (0.05 + 0.87 * min(posed.fill, 1.0))
    if prop.kind == "funnel":
        parting = height * 0.2 + (level - height * 0.2) * (1 - UPPER_SHARE)
        both = mix(prop.liquid, prop.second, 0.5)
        lower, upper = mix(prop.liquid, both, posed.mixed), mix(prop.second, both, posed.mixed)
        _draw_slice(canvas, view, posed, height * 0.18, max(parting, height * 0.19), lower)
        _draw_slice(canvas, view, posed, max(parting, height * 0.19), max(level, height * 0.22), upper)
    else:
        _draw_slice(canvas, view, posed, height * 0.04, level, prop.liquid)


def _draw_slice(
    canvas: Canvas, view: View, posed: Posed, low_cm: float, high_cm: float, colour: Colour
) -> None:
    piece = Solid(view, posed, low_cm, high_cm, 0.93)
    canvas.fill(piece.outline, shade(colour, 0.88), LIQUID_ALPHA)
    canvas.fill(piece.top, shade(colour, 1.25), 0.85)
    canvas.line(piece.top, shade(colour, 0.6), 0.5, closed=True)
    if posed.whirl > 0.02:
        _draw_whirl(canvas, piece.top, posed, colour)


def _draw_whirl(canvas: Canvas, surface: np.ndarray, posed: Posed, colour: Colour) -> None:
    middle, radius = surface.mean(0), surface - surface.mean(0)
    dip = middle + np.array([0, 0.5 * np.abs(radius[:, 1]).max() * posed.whirl])
    canvas.fill(dip + radius * 0.5 * posed.whirl, shade(colour, 0.62))
    for arm in (0.0, 2.1, 4.2):
        turn = np.linspace(0, 1.9, 7) + posed.spin + arm
        size = np.linspace(0.25, 0.88, 7)[:, None]
        spiral = np.stack(
            [np.cos(turn) * np.abs(radius[:, 0]).max(), np.sin(turn) * np.abs(radius[:, 1]).max()], 1
        )
        canvas.line(middle + spiral * size, shade(colour, 1.9), 1.0)


def _draw_spilling(canvas: Canvas, posed: Posed, solid: Solid) -> None:
    rows = solid.outline[:, 1]
    share = 0.12 + 0.78 * min(posed.fill, 1.0)
    cut = below(solid.outline, rows.max() - (rows.max() - rows.min()) * share)
    colour = (
        mix(posed.prop.liquid, posed.prop.second, 0.5 * posed.mixed)
        if posed.prop.kind == "funnel"
        else posed.prop.liquid
    )
    if len(cut):
        canvas.fill(cut, shade(colour, 0.95), LIQUID_ALPHA)


def _draw_marks(canvas: Canvas, view: View, posed: Posed) -> None:
    prop, height = posed.prop, posed.prop.height_cm
    if prop.kind in ("cylinder", "beaker"):
        marks = np.linspace(0.2, 0.85, 9 if prop.kind == "cylinder" else 4)
        for mark in marks:
            around = Solid(view, posed, height * mark, height * mark + 0.01)
            ends = np.stack([around.stripe(share)[0] for share in (0.42, 0.72)])
            canvas.line(ends + np.array([0, 0.5]), (235, 238, 240), 0.6)
    elif prop.kind == "bottle":
        canvas.fill(Solid(view, posed, height * 0.14, height * 0.5).outline, prop.second, 0.85)
    elif prop.kind == "wash":
        _draw_nozzle(canvas, view, posed)
    elif prop.kind == "funnel":
        _draw_stopcock(canvas, view, posed)


def nozzle(posed: Posed) -> np.ndarray:
    """The bent spout of a wash bottle [3, 3], from cap to tip."""
    side = np.array([np.cos(posed.azimuth), np.sin(posed.azimuth), 0])
    out = side * np.cos(posed.tilt) - np.array([0, 0, np.sin(posed.tilt)])
    top = posed.along(posed.prop.height_cm)
    return np.stack([top, top + posed.axis * 3.0 + out, top + posed.axis * 3.2 + out * 6.5])


def _draw_nozzle(canvas: Canvas, view: View, posed: Posed) -> None:
    cap = Solid(view, posed, posed.prop.height_cm * 0.86, posed.prop.height_cm, 1.12)
    canvas.fill(cap.outline, posed.prop.second)
    pixels, _ = view.project(nozzle(posed))
    canvas.line(pixels, shade(posed.prop.second, 0.8), 1.8)


def _draw_stopcock(canvas: Canvas, view: View, posed: Posed) -> None:
    turn = np.array([np.cos(posed.spin), 0, np.sin(posed.spin)]) * 1.7
    middle = posed.along(posed.prop.height_cm * 0.24)
    pixels, _ = view.project(np.stack([middle - turn, middle + turn]))
    canvas.line(pixels, (225, 228, 222), 2.6)
    cap = Solid(view, posed, posed.prop.height_cm * 0.93, posed.prop.height_cm, 1.25)
    canvas.fill(cap.outline, (70, 90, 140))
