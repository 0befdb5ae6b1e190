"""Draw slender tools: pipette, rod, spatula, probe, tweezers, pen."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import Canvas, shade
from pipelines.datasets.rendered.drawing.props import Posed


def draw_tool(canvas: Canvas, view: View, posed: Posed) -> None:
    """Paint a tool from tip to end, and its load."""
    prop, profile = posed.prop, posed.prop.profile
    middle, distance = view.project(posed.position_cm + profile[:, :1] * posed.axis)
    radii = profile[:, 1] * view.focal_px / distance
    tones = {"rod": (1.5, 1.0), "probe": (0.5, 1.0)}.get(prop.kind, (1.0, 1.0))
    for row in range(len(profile) - 1):
        ends, size = middle[row : row + 2], (radii[row], radii[row + 1])
        colour = shade(prop.colour, tones[row > 0])
        canvas.capsule(ends, size, shade(colour, 0.62), depth_cm=float(distance[row]), index=prop.index)
        canvas.capsule(ends, (size[0] * 0.62, size[1] * 0.62), colour)
    if prop.kind == "spatula" and posed.load > 0.05:
        canvas.disc(
            middle[0] + [0, -0.4 * radii[0]], radii[0] * (0.6 + 0.7 * min(posed.load, 1)), prop.second
        )
    if prop.kind == "pipette" and posed.fill > 0.05:
        canvas.line(middle[:2], prop.liquid, 1.6)
    if prop.kind == "tweezers":
        canvas.line(middle[:2] + np.array([1.2 * canvas.scale, 0]), shade(prop.colour, 1.5), 0.8)
