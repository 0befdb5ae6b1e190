"""The bench top and the wall behind it, warped into each view, with the shadows of what stands there."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.datasets.rendered.drawing.camera import View, nearness
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, shade
from pipelines.datasets.rendered.drawing.props import BOXES, Posed
from pipelines.datasets.rendered.scenes.scene import Scene

WALL_CM = 76.0  # how far the wall is
LEFT_CM, FRONT_CM, CELL_CM = -110.0, -30.0, 0.4  # corner and resolution of the textures
BENCH_SHAPE, WALL_SHAPE = (270, 550), (200, 550)  # rows, columns
SHADOW_ALPHA, SHADOW_GRAIN = 0.42, 2  # shadows are painted this much smaller, then softened


class Backdrop:
    """Textures of one scene; picture() warps them."""

    def __init__(self, scene: Scene) -> None:
        rng = scene.rng(7005)
        self.light = np.array([*scene.wearer.light, 0.0])
        self.bench = _bench(scene, rng)
        self.wall = _wall(scene, rng)

    def picture(self, view: View) -> np.ndarray:
        """The empty room [H, W, 3]."""
        size = (view.width, view.height)
        side, out, up = np.eye(3) * CELL_CM
        wall = view.plane(np.array([LEFT_CM, WALL_CM, WALL_SHAPE[0] * CELL_CM]), side, -up)
        bench = view.plane(np.array([LEFT_CM, FRONT_CM, 0.0]), side, out)
        image = cv2.warpPerspective(self.wall, wall, size, borderMode=cv2.BORDER_REPLICATE)
        return cv2.warpPerspective(self.bench, bench, size, dst=image, borderMode=cv2.BORDER_TRANSPARENT)

    def depth(self, view: View) -> np.ndarray:
        """Its depth [H, W], 1 = near."""
        rays, eye = view.rays(), view.position_cm
        far = (WALL_CM - eye[1]) / np.maximum(rays[..., 1], 1e-3)
        down = np.where(rays[..., 2] < -1e-3, -eye[2] / np.minimum(rays[..., 2], -1e-3), np.inf)
        return nearness(np.minimum(far, down)).astype(np.float32)

    def shadowed(
        self, image: np.ndarray, view: View, standing: list[Posed], hands_cm: list[np.ndarray]
    ) -> np.ndarray:
        """Darken the bench under things and hands."""
        dark = np.zeros((view.height // SHADOW_GRAIN, view.width // SHADOW_GRAIN), np.uint8)
        for posed in standing:
            low, high = posed.position_cm, posed.along(posed.prop.height_cm)
            self._cast(dark, view, low, high, *_footprint(posed))
        for grip_cm in hands_cm:
            self._cast(dark, view, grip_cm, grip_cm + np.array([0, -7, 2]), 3.6, 3.6)
        grain = max(3, int(view.height / 240 * 5) | 1)
        soft = cv2.resize(cv2.GaussianBlur(dark, (grain, grain), 0), (view.width, view.height))
        keep = cv2.merge([255 - soft] * 3)
        return cv2.multiply(image, keep, scale=1 / 255)

    def _cast(
        self, dark: np.ndarray, view: View, low: np.ndarray, high: np.ndarray, wide: float, deep: float
    ) -> None:
        ring = np.column_stack([CIRCLE * [wide, deep], np.zeros(14)])
        ends = [end * [1, 1, 0] + self.light * end[2] for end in (low, high)]
        pixels, _ = view.project(np.concatenate([ends[0] + ring, ends[1] + ring * 0.8]))
        hull = cv2.convexHull((pixels / SHADOW_GRAIN).astype(np.float32))[:, 0]
        strength = 255 * SHADOW_ALPHA / (1 + 0.05 * max(low[2], 0))
        cv2.fillConvexPoly(dark, np.clip(hull, -9999, 9999).astype(np.int32), strength)


def _footprint(posed: Posed) -> tuple[float, float]:
    prop = posed.prop
    if prop.kind in BOXES:
        return prop.box[0] * 0.52, prop.box[1] * 0.52
    radius = float(prop.profile[:, 1].max()) if prop.kind != "funnel" else 2.5
    return radius, radius


def _bench(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    rows, columns = BENCH_SHAPE
    texture = np.empty((rows, columns, 3), np.float32)
    texture[:] = scene.wearer.bench
    pattern = scene.wearer.pattern
    grain = rng.normal(0, 1, (rows, columns)).astype(np.float32)
    if pattern == 1:  # wood
        grain = cv2.GaussianBlur(grain, (61, 1), 0) * 5 + 0.4 * grain
    elif pattern == 2:  # tiles
        texture[::38] *= 0.72
        texture[:, ::38] *= 0.72
    elif pattern == 3:  # a mat
        left = int(rng.uniform(130, 200))
        cv2.rectangle(texture, (left, 60), (left + 230, 190), shade(scene.wearer.wall, 0.9), -1)
    texture += (grain * 4)[..., None] + cv2.GaussianBlur(
        rng.normal(0, 60, (rows, columns)).astype(np.float32), (41, 41), 0
    )[..., None] * 2
    for _ in range(int(rng.integers(3, 12))):  # stains
        centre = (int(rng.uniform(130, 420)), int(rng.uniform(70, 260)))
        cv2.ellipse(
            texture,
            centre,
            (int(rng.uniform(2, 9)), int(rng.uniform(2, 7))),
            0,
            0,
            360,
            shade(scene.wearer.bench, rng.uniform(0.8, 0.95)),
            -1,
        )
    falloff = np.linspace(1.05, 0.82, rows, dtype=np.float32)[:, None, None]
    return np.clip(texture * falloff, 0, 255).astype(np.uint8)


def _wall(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    rows, columns = WALL_SHAPE
    texture = np.empty((rows, columns, 3), np.float32)
    texture[:] = scene.wearer.wall
    board = int(rows - rng.uniform(55, 85))
    for column in range(20, columns, 26):  # bottles on a board along the wall
        if rng.random() < 0.7:
            tall, wide = int(rng.uniform(18, 42)), int(rng.uniform(7, 12))
            colour = tuple(float(c) for c in rng.uniform(60, 210, 3))
            cv2.rectangle(texture, (column - wide, board - tall), (column + wide, board), colour, -1)
            cv2.rectangle(
                texture,
                (column - wide, board - tall // 2),
                (column + wide, board - tall // 5),
                (225, 225, 220),
                -1,
            )
    cv2.rectangle(texture, (0, board), (columns, board + 5), shade(scene.wearer.bench, 0.8), -1)
    cv2.rectangle(texture, (0, rows - 10), (columns, rows), shade(scene.wearer.wall, 0.7), -1)
    return np.clip(cv2.GaussianBlur(texture, (5, 5), 0) * 0.86, 0, 255).astype(np.uint8)
