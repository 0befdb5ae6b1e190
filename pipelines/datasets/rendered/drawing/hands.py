"""The wearer's two gloved hands, drawn from joints that blend between a few grasps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipelines.datasets.rendered.drawing.camera import View
from pipelines.datasets.rendered.drawing.canvas import CIRCLE, Canvas, Colour, shade

HAND_INDEX = {"left": 1, "right": 2}  # in the masks; props follow
SIDE = {"left": -1.0, "right": 1.0}
ELBOW_CM = np.array([21.0, -17.0, 13.0])  # for the right arm
FINGER_CM = (0.78, 0.95, 1.0, 0.98, 0.9)  # little finger to thumb
POSES = ("grip", "pinch", "flat", "point")
# Joints in cm from the grip point: (towards the fingertips, towards the thumb's side).
# Rows: little, ring, middle, index finger, thumb; base, middle joint, tip.  Last: wrist.
JOINTS = {
    "grip": (
        ((-4.2, -4.3), (-1.5, -3.0), (-1.6, 2.2)),
        ((-2.8, -4.6), (0.2, -2.8), (-0.2, 2.9)),
        ((-1.4, -4.7), (1.9, -2.5), (1.2, 3.1)),
        ((-0.1, -4.4), (3.3, -1.8), (2.6, 2.5)),
        ((-5.4, -2.6), (-3.6, 0.0), (-1.9, 2.2)),
        ((-9.4, -4.4),) * 3,
    ),
    "pinch": (
        ((-4.6, -4.4), (-2.4, -5.3), (-2.6, -2.4)),
        ((-3.8, -3.6), (-0.8, -4.0), (-1.5, -1.4)),
        ((-3.4, -2.6), (0.2, -2.6), (-0.5, -0.5)),
        ((-3.4, -1.2), (0.5, -1.2), (0.3, 0.2)),
        ((-6.2, 0.3), (-3.6, 1.9), (-0.5, 0.9)),
        ((-9.6, -2.6),) * 3,
    ),
    "flat": (
        ((-4.4, -3.6), (-1.6, -4.4), (0.9, -4.7)),
        ((-3.6, -1.9), (0.0, -2.2), (3.0, -2.3)),
        ((-3.2, -0.1), (0.7, 0.0), (4.0, 0.0)),
        ((-3.5, 1.7), (0.1, 2.1), (3.2, 2.3)),
        ((-7.0, 2.6), (-4.8, 4.8), (-2.4, 5.4)),
        ((-10.4, -0.6),) * 3,
    ),
    "point": (
        ((-5.2, -3.2), (-3.0, -4.2), (-4.6, -2.4)),
        ((-4.5, -2.2), (-1.9, -2.8), (-3.7, -1.0)),
        ((-4.1, -1.1), (-1.2, -1.3), (-3.1, 0.4)),
        ((-4.0, 0.1), (-1.8, 0.3), (0.4, 0.1)),
        ((-7.2, 0.9), (-5.0, 2.2), (-3.2, 1.4)),
        ((-10.0, -1.6),) * 3,
    ),
}
TABLE = np.array([JOINTS[name] for name in POSES])  # [4, 6, 3, 2]


@dataclass(frozen=True, kw_only=True)
class PosedHand:
    """One hand at one moment; weights over POSES sum to about 1."""

    side: str
    grip_cm: np.ndarray
    weights: np.ndarray
    glove: Colour
    sleeve: Colour
    size: float = 1.0


class Limb:
    """A hand projected: joints [6, 3, 2] in pixels, px per cm, elbow in pixels, distance in cm."""

    def __init__(self, view: View, hand: PosedHand) -> None:
        self.hand = hand
        self.index = HAND_INDEX[hand.side]
        side = SIDE[hand.side]
        elbow = ELBOW_CM * [side, 1, 1] + [0.45 * hand.grip_cm[0], 0, 0]
        pixels, distance = view.project(np.stack([hand.grip_cm, elbow + (hand.grip_cm - elbow) * 0.35]))
        self.depth_cm = float(distance[0])
        self.px = hand.size * view.focal_px / self.depth_cm
        forward = pixels[0] - pixels[1]
        forward = forward / max(np.hypot(*forward), 1e-6)
        thumbwards = np.array([forward[1], -forward[0]]) * side
        joints = np.tensordot(hand.weights, TABLE, 1)
        self.joints = pixels[0] + (joints[..., :1] * forward + joints[..., 1:] * thumbwards) * self.px
        self.wrist = self.joints[5, 0]
        self.elbow = self.wrist + (pixels[1] - self.wrist) * 2.5

    def draw_behind(self, canvas: Canvas) -> None:
        """Paint the parts of the hand behind the prop in it."""
        self._draw_arm(canvas)
        self._draw_palm(canvas)
        if self.hand.weights[0] > 0.5:
            self._draw_digits(canvas, range(4))

    def draw_front(self, canvas: Canvas) -> None:
        """Paint the parts of the hand in front of the prop in it."""
        self._draw_digits(canvas, (4,) if self.hand.weights[0] > 0.5 else (4, 0, 1, 2, 3))

    def _draw_arm(self, canvas: Canvas) -> None:
        px, sleeve = self.px, self.hand.sleeve
        cuff = self.wrist + (self.elbow - self.wrist) * min(
            0.45, 5.5 * px / max(np.hypot(*(self.elbow - self.wrist)), 1)
        )
        self._bar(canvas, np.stack([self.wrist, cuff]), (2.7 * px, 3.1 * px), shade(self.hand.glove, 0.94))
        self._bar(canvas, np.stack([cuff, self.elbow]), (3.7 * px, 5.4 * px), sleeve)
        across = (self.elbow - self.wrist)[::-1] * [1, -1]
        across = across / max(np.hypot(*across), 1e-6) * 3.2 * px
        canvas.line(np.stack([cuff - across, cuff + across]), shade(sleeve, 0.7), 1.2)

    def _bar(self, canvas: Canvas, ends: np.ndarray, radii: tuple[float, float], colour: Colour) -> None:
        first, second = radii
        light = np.array([-0.16, -0.12])
        canvas.capsule(ends, radii, shade(colour, 0.6), depth_cm=self.depth_cm, index=self.index)
        canvas.capsule(ends + light * first, (first * 0.82, second * 0.82), shade(colour, 0.88))
        canvas.capsule(ends + light * 2 * first, (first * 0.5, second * 0.5), colour)

    def _draw_palm(self, canvas: Canvas) -> None:
        px, glove = self.px, self.hand.glove
        bones = np.concatenate([self.joints[:4, 0], self.joints[4:5, 0], self.joints[5:6, 0]])
        radii = np.array([1.1, 1.2, 1.2, 1.15, 1.3, 2.4]) * px
        for grow, lift, factor in ((1.0, 0.0, 0.58), (0.84, -0.2, 0.86), (0.5, -0.45, 1.0)):
            rings = (bones + lift * px)[:, None] + CIRCLE * (radii * grow)[:, None, None]
            middle = bones.mean(0)
            rings = middle + (rings - middle) * (0.55 + 0.45 * grow)
            hull = cv2.convexHull(rings.reshape(-1, 2).astype(np.float32))[:, 0]
            canvas.fill(hull, shade(glove, factor), depth_cm=self.depth_cm, index=self.index)

    def _draw_digits(self, canvas: Canvas, digits: object) -> None:
        glove = self.hand.glove
        for digit in digits:
            radius = FINGER_CM[digit] * self.px
            chain = self.joints[digit]
            for bone in (0, 1):
                ends, radii = (
                    chain[bone : bone + 2],
                    (radius * (1.05 - 0.1 * bone), radius * (0.95 - 0.12 * bone)),
                )
                canvas.capsule(ends, radii, shade(glove, 0.58), depth_cm=self.depth_cm, index=self.index)
            for bone in (0, 1):
                ends = chain[bone : bone + 2] + np.array([-0.15 * radius, -0.15 * radius])
                canvas.capsule(ends, (radius * 0.78, radius * 0.7), shade(glove, 0.97))
            canvas.line(chain + np.array([-0.3 * radius, -0.35 * radius]), shade(glove, 1.35), 0.7)
