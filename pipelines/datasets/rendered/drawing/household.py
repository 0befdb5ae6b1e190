"""Draw the details of household props: handles, taps, marks, keys, and the load of a spoon."""

from __future__ import annotations

import numpy as np

from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, Canvas, shade
from pipelines.datasets.rendered.drawing.glassware import Solid
from pipelines.datasets.rendered.drawing.instruments import _on_front, _on_top, _rectangle, _screen
from pipelines.datasets.rendered.drawing.props import BOXES, Posed

HANDLE_CM = 17.0  # from the middle of a pan to the end of its handle


def draw_detail(canvas: Canvas, view: View, posed: Posed) -> None:
    """Paint the details of a household prop; other props have none."""
    detail = DETAILS.get(posed.prop.kind)
    if detail is None:
        return
    if posed.prop.kind in BOXES:
        sine, cosine = np.sin(posed.azimuth), np.cos(posed.azimuth)
        detail(canvas, view, posed, np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]]))
    else:
        detail(canvas, view, posed)


def tap_cm(posed: Posed) -> np.ndarray:
    """A dispenser's tap [3, 3]: where it leaves the wall, its bend, its mouth."""
    size = posed.prop.size
    out = posed.position_cm + np.array([0.0, -4.6, 1.6]) * size
    return np.stack([out, out + np.array([0, -2.2, 0]) * size, out + np.array([0, -2.3, -1.7]) * size])


def handle_end(posed: Posed) -> np.ndarray:
    """Where a hand holds a pan [3]."""
    away = -np.array([np.cos(posed.azimuth), np.sin(posed.azimuth), 0.0])
    return posed.position_cm + away * HANDLE_CM * 0.8 * posed.prop.size + np.array([0, 0, 4.2])


def _dispenser(canvas: Canvas, view: View, posed: Posed) -> None:
    metal = (150, 154, 158)
    for x in (-3.9, 3.9):  # legs
        leg = posed.position_cm + np.array([[x, -1.5, 0.4], [x * 1.1, -1.5, 0.0]]) * posed.prop.size
        leg[1, 2] = 0.0
        pixels, distance = view.project(leg)
        radius = 0.45 * view.focal_px / float(distance.mean())
        canvas.capsule(pixels, (radius, radius), shade(metal, 0.7))
        canvas.line(pixels, shade(metal, 1.4), 0.7)
    pixels, distance = view.project(tap_cm(posed))
    radius = 0.55 * view.focal_px / float(distance.mean())
    for row in (0, 1):
        canvas.capsule(pixels[row : row + 2], (radius, radius), shade(metal, 1.1 - 0.3 * row))
    turn = np.array([np.cos(posed.spin), -np.sin(posed.spin), 0.25]) * 2.2 * posed.prop.size
    lever = tap_cm(posed)[1] + np.array([0, 0, 1.2])
    pixels, _ = view.project(np.stack([lever - 0.4 * turn, lever + turn]))
    canvas.line(pixels, posed.prop.second, 2.8)


def _marks(canvas: Canvas, view: View, posed: Posed) -> None:
    height = posed.prop.height_cm
    for number, mark in enumerate(np.linspace(0.18, 0.86, 9)):
        piece = Solid(view, posed, height * mark, height * mark + 0.01)
        ends = np.stack([piece.stripe(0.42)[0], piece.stripe(0.62 if number % 2 else 0.74)[0]])
        canvas.line(ends + np.array([0, 0.5]), (236, 238, 240), 0.7)


def _loop(canvas: Canvas, view: View, posed: Posed) -> None:
    """A cup's or jug's handle, on the side away from where it pours."""
    height, radius = posed.prop.height_cm, float(posed.prop.profile[1, 1])
    heights = height * np.array([0.78, 0.74, 0.5, 0.28, 0.24])
    reach = radius * np.array([1.05, 1.6, 1.85, 1.6, 1.0])
    path = posed.ring(heights, reach, np.array([[-1.0, 0.0]]))[:, 0]
    pixels, _ = view.project(path)
    canvas.line(pixels, shade(posed.prop.colour, 0.6), 3.0)
    canvas.line(pixels, shade(posed.prop.colour, 1.1), 1.4)


def _pan(canvas: Canvas, view: View, posed: Posed) -> None:
    away = -np.array([np.cos(posed.azimuth), np.sin(posed.azimuth), 0.0])
    rim = float(posed.prop.profile[-1, 1])
    start = posed.position_cm + away * rim + np.array([0, 0, 3.4])
    end = posed.position_cm + away * HANDLE_CM * posed.prop.size + np.array([0, 0, 4.6])
    pixels, distance = view.project(np.stack([start, end]))
    radius = 0.85 * view.focal_px / float(distance.mean())
    canvas.capsule(pixels, (radius * 0.8, radius), (44, 44, 48), depth_cm=float(distance.mean()))
    canvas.line(pixels, (110, 110, 116), 0.8)


def _plate(canvas: Canvas, view: View, posed: Posed) -> None:
    ring = Solid(view, posed, 0.5 * posed.prop.size, 1.4 * posed.prop.size)
    canvas.line(ring.top, shade(posed.prop.colour, 0.7), 1.2, closed=True)
    canvas.line(ring.bottom, shade(posed.prop.colour, 0.8), 0.6, closed=True)


def _load(canvas: Canvas, view: View, posed: Posed) -> None:
    if posed.load > 0.05:
        tip, distance = view.project(posed.along(1.2)[None])
        radius = 1.25 * view.focal_px / float(distance[0])
        lifted = tip[0] - np.array([0, 0.35 * radius])
        canvas.fill(lifted + CIRCLE * [radius, 0.8 * radius * min(1.0, posed.load)], posed.prop.second)


def _scale(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, _rectangle(-0.44, 0.44, -0.14, 0.46)), (226, 230, 232))
    _screen(canvas, _on_top(view, posed, turn, _rectangle(-0.3, 0.3, -0.46, -0.2)), posed)


def _gauge(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    _screen(canvas, _on_top(view, posed, turn, _rectangle(-0.42, 0.42, -0.42, 0.34)), posed)
    canvas.disc(_on_front(view, posed, turn, np.array([[0.3, 0.5]]))[0], 2.6 * canvas.scale, (200, 80, 60))


def _keys(columns: int, rows: int, top: float):
    def detail(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
        if top < 0.4:
            _screen(canvas, _on_top(view, posed, turn, _rectangle(-0.42, 0.42, top + 0.06, 0.44)), posed)
        for x in np.linspace(-0.4, 0.4, columns):
            for y in np.linspace(-0.4, top - 0.1, rows):
                half = (0.3 / columns, 0.3 * (top + 0.5) / rows)
                key = _rectangle(x - half[0], x + half[0], y - half[1], y + half[1])
                canvas.fill(_on_top(view, posed, turn, key), posed.prop.second)

    return detail


def _mixer(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, CIRCLE * 0.4), (92, 96, 102))
    lamp = (240, 170, 60) if posed.reading > 1 else (70, 60, 50)
    canvas.disc(_on_front(view, posed, turn, np.array([[-0.28, 0.5]]))[0], 2.2 * canvas.scale, lamp)
    canvas.disc(_on_front(view, posed, turn, np.array([[0.28, 0.5]]))[0], 3.6 * canvas.scale, (200, 204, 208))


def _lines(shares: tuple[float, ...], factor: float):
    def detail(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
        for share in shares:
            ends = _on_top(view, posed, turn, np.array([[-0.42, share], [0.42, share + 0.04]]))
            canvas.line(ends, shade(posed.prop.colour, factor), 0.9)

    return detail


def _morsel(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, CIRCLE * 0.4), shade(posed.prop.colour, 1.2))
    for x, y in ((-0.2, 0.1), (0.15, 0.2), (0.05, -0.2)):
        canvas.disc(_on_top(view, posed, turn, np.array([[x, y]]))[0], 1.1 * canvas.scale, (96, 62, 36))
    if posed.fill > 0.05:
        canvas.fill(_on_top(view, posed, turn, CIRCLE * 0.5 * posed.fill), posed.prop.liquid, 0.6)


def _phone(canvas: Canvas, view: View, posed: Posed, turn: np.ndarray) -> None:
    canvas.fill(_on_top(view, posed, turn, _rectangle(-0.43, 0.43, -0.44, 0.44)), posed.prop.second)


DETAILS = {
    "dispenser": _dispenser,
    "tall": _marks,
    "cup": _loop,
    "jug": _loop,
    "pan": _pan,
    "plate": _plate,
    "spoon": _load,
    "scale": _scale,
    "gauge": _gauge,
    "charger": _keys(3, 1, 0.0),
    "calculator": _keys(4, 4, 0.2),
    "keyboard": _keys(11, 4, 0.48),
    "mixer": _mixer,
    "cloth": _lines((-0.25, 0.0, 0.25), 0.8),
    "block": _lines((-0.3, -0.05, 0.2), 0.82),
    "board": _lines((-0.3, -0.05, 0.25), 0.9),
    "loaf": _lines((-0.25, 0.0, 0.25), 0.75),
    "morsel": _morsel,
    "phone": _phone,
}
