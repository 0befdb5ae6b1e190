"""Motion blur: moving hands, and the whole picture when the head moves, are averaged over the exposure."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.datasets.rendered.drawing.hands import SIDE
from pipelines.datasets.rendered.scenes.scene import Scene

EXPOSURE_S = 1 / 30
LEAST_PX, MOST_PX = 1.2, 24.0  # smears shorter than this are not seen, longer ones are cut
AHEAD_CM = 40.0  # how far away the world is taken to be when the head turns
HAND_CM = 9.0  # about the grip: a hand, and what it holds


class Shutter:
    """Motion blur of every frame: of the whole picture with the head, and of each hand relative to it."""

    def __init__(self, scene: Scene, times_s: np.ndarray, width: int, height: int) -> None:
        opens, closes = (scene.view(times_s + share * EXPOSURE_S, width, height) for share in (-0.5, 0.5))
        ahead = closes.position_cm + closes.axes[:, 2] * AHEAD_CM
        self.head_px = closes.project(ahead)[0] - opens.project(ahead)[0]  # [N, 2]
        self.hands = {}
        for side in SIDE:
            track = [
                scene.keyframes.sample(f"{side}.at", times_s + share * EXPOSURE_S) for share in (-0.5, 0.5)
            ]
            (start_px, _), (end_px, distance) = opens.project(track[0]), closes.project(track[1])
            radius_px = HAND_CM * closes.focal_px / distance
            self.hands[side] = ((start_px + end_px) / 2, end_px - start_px - self.head_px, radius_px)

    def expose(self, image: np.ndarray, index: int) -> np.ndarray:
        """The picture [H, W, 3] of one frame as the open shutter leaves it."""
        image = smeared(image, self.head_px[index])
        for centre, way, radius_px in self.hands.values():
            if np.hypot(*way[index]) >= LEAST_PX:
                image = _locally(image, centre[index], way[index], float(radius_px[index]))
        return image


def smeared(image: np.ndarray, way_px: np.ndarray) -> np.ndarray:
    """An image averaged along a way [2]; itself if the way is too short to be seen."""
    length = float(np.hypot(*way_px))
    if length < LEAST_PX:
        return image
    half = np.asarray(way_px) / length * min(length, MOST_PX) / 2
    reach = int(np.ceil(np.abs(half).max()))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for share in np.linspace(-1, 1, 4 * reach + 3):
        kernel[tuple(np.rint(half[::-1] * share).astype(int) + reach)] += 1
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _locally(image: np.ndarray, centre: np.ndarray, way_px: np.ndarray, radius_px: float) -> np.ndarray:
    """The same within a soft disc about a hand."""
    reach = radius_px + float(np.hypot(*way_px))
    left, top = np.maximum(np.floor(centre - reach), 0).astype(int)
    right, bottom = np.minimum(np.ceil(centre + reach), image.shape[1::-1]).astype(int)
    if right <= left or bottom <= top:
        return image
    patch = image[top:bottom, left:right]
    x, y = np.meshgrid(np.arange(left, right) - centre[0], np.arange(top, bottom) - centre[1])
    share = np.clip(2.5 - 2.5 * np.hypot(x, y) / reach, 0, 1)[..., None].astype(np.float32)
    image = image.copy()
    image[top:bottom, left:right] = patch + share * (smeared(patch, way_px).astype(np.float32) - patch)
    return image
