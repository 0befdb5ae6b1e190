"""The sheet a frame is painted on, back to front: colour, and on request depth and object indices."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.datasets.rendered.drawing.camera import nearness

OVERSAMPLING = 2  # colour is painted this much larger, then averaged down
SHIFT = 3  # sub-pixel bits of OpenCV's polygons
CIRCLE = np.stack([np.cos(np.arange(14) * np.pi / 7), np.sin(np.arange(14) * np.pi / 7)], 1)

Colour = tuple[float, float, float]


def shade(colour: Colour, factor: float) -> Colour:
    """Lighten (factor > 1: towards white) or darken a colour."""
    if factor <= 1:
        return tuple(c * factor for c in colour)
    return tuple(c + (255 - c) * (1 - 1 / factor) for c in colour)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Blend two colours; share 1 is all second."""
    return tuple(a + (b - a) * share for a, b in zip(first, second, strict=True))


def below(polygon: np.ndarray, row: float) -> np.ndarray:
    """The part of a polygon under a pixel row (Sutherland-Hodgman, one edge)."""
    kept = []
    for here, after in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        if here[1] >= row:
            kept.append(here)
        if (here[1] >= row) != (after[1] >= row):
            kept.append(here + (after - here) * (row - here[1]) / (after[1] - here[1]))
    return np.array(kept) if len(kept) > 2 else np.zeros((0, 2))


class Canvas:
    """Colour at twice the size, depth and masks at the frame's own size.

    Points are float pixels of the frame.  depth_cm and index are what the
    truth shows where something is painted; index 0 leaves the truth alone.
    """

    def __init__(self, background: np.ndarray, depth: np.ndarray | None) -> None:
        self.height, self.width = background.shape[:2]
        size = (self.width * OVERSAMPLING, self.height * OVERSAMPLING)
        self.colour = cv2.resize(background, size, interpolation=cv2.INTER_LINEAR)
        self.depth = depth
        self.masks = None if depth is None else np.zeros((self.height, self.width), np.uint8)
        self.scale = self.height / 240  # line widths follow the frame

    def fill(
        self, points: np.ndarray, colour: Colour, alpha: float = 1.0, *, depth_cm: float = 0, index: int = 0
    ) -> None:
        """Paint a polygon [N, 2]."""
        if alpha >= 0.99:
            cv2.fillPoly(self.colour, [_fixed(points * OVERSAMPLING)], colour, shift=SHIFT)
        elif alpha > 0.01:
            self._blend(points * OVERSAMPLING, colour, alpha)
        if index and self.masks is not None:
            fixed = [_fixed(points)]
            cv2.fillPoly(self.masks, fixed, index, shift=SHIFT)
            cv2.fillPoly(self.depth, fixed, float(nearness(depth_cm)), shift=SHIFT)

    def misses(self, points: np.ndarray) -> bool:
        """Whether a prop with these outline points [N, 2] is out of view, with a margin for its details."""
        margin = self.height / 2
        left, top = points.min(0) - margin
        right, bottom = points.max(0) + margin
        return left > self.width or top > self.height or right < 0 or bottom < 0

    def line(self, points: np.ndarray, colour: Colour, width_px: float = 1.0, closed: bool = False) -> None:
        """Draw a polyline; width in pixels of a 240-row frame."""
        width = max(1, round(width_px * OVERSAMPLING * self.scale))
        cv2.polylines(self.colour, [_fixed(points * OVERSAMPLING)], closed, colour, width, cv2.LINE_8, SHIFT)

    def disc(self, centre: np.ndarray, radius_px: float, colour: Colour, alpha: float = 1.0) -> None:
        """Paint a filled circle."""
        self.fill(centre + CIRCLE * radius_px, colour, alpha)

    def capsule(
        self,
        ends: np.ndarray,
        radii: tuple[float, float],
        colour: Colour,
        *,
        depth_cm: float = 0,
        index: int = 0,
    ) -> None:
        """Paint a limb between two points [2, 2] with a radius at each end."""
        rings = np.concatenate([ends[0] + CIRCLE * radii[0], ends[1] + CIRCLE * radii[1]]).astype(np.float32)
        self.fill(cv2.convexHull(rings)[:, 0], colour, depth_cm=depth_cm, index=index)

    def text(self, words: str, corner: np.ndarray, height_px: float, colour: Colour) -> None:
        """Write a read-out; height in pixels of the frame, corner at the bottom left."""
        x, y = (corner * OVERSAMPLING).round().astype(int)
        width = max(1, round(height_px * OVERSAMPLING / 9))
        cv2.putText(
            self.colour,
            words,
            (int(x), int(y)),
            cv2.FONT_HERSHEY_SIMPLEX,
            height_px * OVERSAMPLING / 22,
            colour,
            width,
        )

    def picture(self) -> np.ndarray:
        """Average the painting down to the frame's size [H, W, 3]."""
        return cv2.resize(self.colour, (self.width, self.height), interpolation=cv2.INTER_AREA)

    def _blend(self, points: np.ndarray, colour: Colour, alpha: float) -> None:
        left, top = np.maximum(np.floor(points.min(0)).astype(int), 0)
        right, bottom = np.minimum(
            np.ceil(points.max(0)).astype(int) + 1, [self.colour.shape[1], self.colour.shape[0]]
        )
        if right <= left or bottom <= top:
            return
        patch = self.colour[top:bottom, left:right]
        painted = patch.copy()
        cv2.fillPoly(painted, [_fixed(points - [left, top])], colour, shift=SHIFT)
        self.colour[top:bottom, left:right] = cv2.addWeighted(painted, alpha, patch, 1 - alpha, 0)


def _fixed(points: np.ndarray) -> np.ndarray:
    fixed = np.rint((points - 0.5) * (1 << SHIFT))
    # np.clip does the same, slower on the few points of a polygon
    return np.maximum(np.minimum(fixed, 100_000), -100_000).astype(np.int32)
