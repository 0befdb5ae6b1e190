"""The camera of the glasses: a pinhole camera in a world measured in centimetres.

x runs to the wearer's right, y away from them over the bench, z up; the bench top is z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

NEAR_CM, FAR_CM = 14.0, 170.0  # depth 1 and depth 0
LEAST_CM = 2.0  # nothing is projected from nearer than this


def basis(yaw: np.ndarray, pitch: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """Turn head angles into camera axes: rows right, down, forward [..., 3, 3]; angles in rad, pitch down."""
    zero = np.zeros_like(yaw)
    right = np.stack([np.cos(yaw), -np.sin(yaw), zero], -1)
    forward = np.stack([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)], -1)
    down = np.cross(forward, right)
    cosine, sine = np.cos(roll)[..., None], np.sin(roll)[..., None]
    return np.stack([cosine * right + sine * down, cosine * down - sine * right, forward], -2)


def nearness(depth_cm: np.ndarray | float) -> np.ndarray:
    """Express a distance as depth 0..1, linear in 1/distance, 1 = near."""
    inverse = 1.0 / np.maximum(depth_cm, LEAST_CM)
    return np.minimum(np.maximum((inverse - 1 / FAR_CM) / (1 / NEAR_CM - 1 / FAR_CM), 0.0), 1.0)


@dataclass(frozen=True, kw_only=True)
class View:
    """One pose of the camera, or a row of them: position_cm [..., 3], axes [..., 3, 3]."""

    position_cm: np.ndarray
    axes: np.ndarray
    focal_px: float
    width: int
    height: int

    def __getitem__(self, index: int) -> View:
        return replace(self, position_cm=self.position_cm[index], axes=self.axes[index])

    def project(self, points_cm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give pixels [..., 2] and distance along the view axis [...] of points [..., 3]."""
        relative = np.asarray(points_cm, float) - self.position_cm
        if self.axes.ndim == 2:
            local = relative @ self.axes.T
        else:
            local = np.einsum("...ij,...j->...i", self.axes, relative)
        distance = np.maximum(local[..., 2], LEAST_CM)
        centre = np.array([self.width / 2, self.height / 2])
        return centre + self.focal_px * local[..., :2] / distance[..., None], distance

    def plane(self, origin: np.ndarray, along: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Homography [3, 3] from (u, v) on the plane origin + u along + v across to pixels."""
        lens = np.array([[self.focal_px, 0, self.width / 2], [0, self.focal_px, self.height / 2], [0, 0, 1]])
        return lens @ self.axes @ np.stack([along, across, origin - self.position_cm], 1)

    def rays(self) -> np.ndarray:
        """World direction [H, W, 3] of every pixel, one unit along the view axis."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.focal_px
        y = (np.arange(self.height, dtype=np.float32) + 0.5 - self.height / 2) / self.focal_px
        axes = self.axes.astype(np.float32)
        return x[None, :, None] * axes[0] + y[:, None, None] * axes[1] + axes[2]
