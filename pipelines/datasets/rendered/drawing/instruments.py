"""Draw box-shaped props: instruments, ring stand, notebook, rack, boxes and the chip."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, Canvas, shade
from pipelines.datasets.rendered.drawing.props import DISPLAYS, Posed

SCREEN, INK = (176, 204, 168), (22, 34, 26)
CORNERS = np.array(
    [[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]
) * [0.5, 0.5, 1]
FACES = (
    ((3, 2, 6, 7), 0.6),
    ((0, 3, 7, 4), 0.75),
    ((1, 2, 6, 5), 0.72),
    ((0, 1, 5, 4), 0.86),
    ((4, 5, 6, 7), 1.12),
)


def draw_box(canvas: Canvas, view: View, posed: Posed) -> None:
    """Paint a box-shaped prop and its details."""
    prop = posed.prop
    turn = np.array(
        [
            [np.cos(posed.azimuth), np.sin(posed.azimuth), 0],
            [-np.sin(posed.azimuth), np.cos(posed.azimuth), 0],
            [0, 0, 1],
        ]
    )
    pixels, distance = view.project(posed.position_cm + (CORNERS * prop.box) @ turn)
    for corners, factor in FACES:
        face = pixels[list(corners)]
        canvas.fill(face, shade(prop.colour, factor), depth_cm=float(distance.mean()), index=prop.index)
    canvas.line(pixels[[4, 5, 6, 7]], shade(prop.colour, 1.7), 0.6, closed=True)
    detail = DETAILS.get(prop.kind)
    if detail:
        detail(canvas, view, posed, turn)


def _on_top(view: View, posed: Posed, turn: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Pixels of points given as shares of width and depth on the top face."""
    width, depth, height = posed.prop.box
    flat = np.column_stack([points[:, 0] * width, points[:, 1] * depth, np.full(len(points), height)])
    return view.project(posed.position_cm + flat @ turn)[0]


def _on_front(view: View, posed: Posed, turn: np.ndarray, points: np.ndarray) -> np.ndarray:
    width, depth, height = posed.prop.box
    flat = np.column_stack([points[:, 0] * width, np.full(len(points), -0.5 * depth), points[:, 1] * height])
    return view.project(posed.position_cm + flat @ turn)[0]


def _screen(canvas: Canvas, corners: np.ndarray, posed: Posed) -> None:
    canvas.fill(corners, SCREEN)
    canvas.line(corners, (60, 66, 64), 0.8, closed=True)
    words = DISPLAYS[posed.prop.kind].format(posed.reading)
    height = max(2.0, 0.5 * (corners[0, 1] - corners[3, 1]))
    width = corners[1, 0] - corners[0, 0]
    height = min(height, width / len(words) * 1.15)
    canvas.text(words, corners[0] + [0.06 * width, -0.28 * (corners[0, 1] - corners[3, 1])], height, INK)


def _rectangle(left: float, right: float, low: float, high: float) -> np.ndarray:
    return np.array([[left, low], [right, low], [right, high], [left, high]])


def _balance(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    pan = _on_top(view, posed, turn, CIRCLE * 0.34 + [0, 0.12])
    canvas.fill(pan + np.array([0, 1]), (90, 94, 98))
    canvas.fill(pan, (205, 209, 212))
    canvas.line(pan, (250, 250, 250), 0.8, closed=True)
    _screen(canvas, _on_front(view, posed, turn, _rectangle(-0.36, 0.22, 0.2, 0.9)), posed)
    canvas.disc(_on_front(view, posed, turn, np.array([[0.36, 0.5]]))[0], 3.2 * canvas.scale, (60, 110, 190))


def _meter(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    _screen(canvas, _on_top(view, posed, turn, _rectangle(-0.42, 0.42, -0.05, 0.42)), posed)
    for share in (-0.28, 0.0, 0.28):
        key = _on_top(view, posed, turn, np.array([[share, -0.28]]))[0]
        canvas.disc(key, 2.9 * canvas.scale, (70, 76, 86) if share else (200, 90, 60))


def _stirrer(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    plate = _on_top(view, posed, turn, CIRCLE * 0.43 + [0, 0.04])
    canvas.fill(plate, (225, 226, 224))
    canvas.line(plate, (150, 152, 150), 0.8, closed=True)
    knob = _on_front(view, posed, turn, np.array([[0.28, 0.5]]))[0]
    canvas.disc(knob, 4.2 * canvas.scale, (40, 42, 46))
    mark = np.array([np.cos(posed.reading / 200), np.sin(posed.reading / 200)]) * 3.4 * canvas.scale
    canvas.line(np.stack([knob, knob + mark]), (240, 240, 240), 1.0)
    lamp = (90, 220, 110) if posed.reading > 1 else (80, 60, 60)
    canvas.disc(_on_front(view, posed, turn, np.array([[-0.3, 0.5]]))[0], 2.0 * canvas.scale, lamp)


def _stand(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    foot = posed.position_cm + np.array([0, posed.prop.box[1] * 0.3, 0])
    pole = np.stack([foot + np.array([0, 0, 1]), foot + np.array([0, 0, 33 * posed.prop.size])])
    pixels, distance = view.project(pole)
    width = 1.1 * view.focal_px / float(distance.mean())
    canvas.capsule(
        pixels,
        (width / 2, width / 2),
        (120, 124, 128),
        depth_cm=float(distance.mean()),
        index=posed.prop.index,
    )
    canvas.line(pixels, (215, 218, 220), 0.7)
    ring = posed.position_cm + np.column_stack([CIRCLE * 3.5, np.zeros(14)]) + [0, -1.5, 17.5]
    arm, _ = view.project(np.stack([foot + np.array([0, 0, 17.5]), ring[3]]))
    canvas.line(arm, (128, 130, 134), 2.0)
    canvas.line(view.project(ring)[0], (128, 130, 134), 1.8, closed=True)


def _notebook(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, _rectangle(-0.47, 0.47, -0.47, 0.47)), (243, 241, 232))
    for row in np.linspace(-0.36, 0.38, 9):
        length = 0.4 - 0.25 * ((row * 37.3) % 1)
        canvas.line(_on_top(view, posed, turn, np.array([[-0.4, row], [length, row]])), (120, 130, 165), 0.6)


def _rack(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    for share in (-0.33, 0.0, 0.33):
        canvas.fill(
            _on_top(view, posed, turn, CIRCLE * [0.13, 0.28] + [share, 0]), shade(posed.prop.colour, 0.5)
        )


def _tissues(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, CIRCLE * [0.3, 0.14]), shade(posed.prop.colour, 0.5))
    points = _on_top(view, posed, turn, np.array([[-0.18, 0], [0.16, 0.05]]))
    tuft = np.array(
        [
            points[0],
            points[0] + [2, -11],
            points.mean(0) + np.array([1, -7]),
            points[1] + [-1, -13],
            points[1],
        ]
    )
    canvas.fill(tuft, (246, 246, 244))


def _timer(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    _screen(canvas, _on_top(view, posed, turn, _rectangle(-0.4, 0.4, -0.3, 0.35)), posed)


def _chip(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, _rectangle(-0.38, 0.38, -0.38, 0.38)), posed.prop.second)
    if posed.fill > 0.02:
        pool = _on_top(view, posed, turn, CIRCLE * (0.12 + 0.62 * posed.fill))
        canvas.fill(pool, shade(posed.prop.liquid, 1.5), 0.55)
        canvas.line(pool[7:12], (250, 250, 250), 0.7)
    canvas.line(_on_top(view, posed, turn, np.array([[-0.38, 0.0], [0.38, 0.0]])), posed.prop.colour, 0.5)
    canvas.line(_on_top(view, posed, turn, np.array([[0.0, -0.38], [0.0, 0.38]])), posed.prop.colour, 0.5)


DETAILS = {
    "balance": _balance,
    "meter": _meter,
    "stirrer": _stirrer,
    "stand": _stand,
    "notebook": _notebook,
    "rack": _rack,
    "tissues": _tissues,
    "timer": _timer,
    "chip": _chip,
}
