"""From a clip's frames to a model's square input: one function for every encoder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate

from encodings.clip import Clip
from zoo.weights import WeightsMissing


@dataclass(frozen=True)
class PixelSettings:
    """How a checkpoint wants its pixels, read from its preprocessor_config.json."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def read(cls, folder: Path) -> "PixelSettings":
        """Raises WeightsMissing if the file lacks size, image_mean or image_std."""
        config = json.loads((folder / "preprocessor_config.json").read_text())
        try:
            size = config["size"]
            side = size if isinstance(size, int) else size.get("shortest_edge") or size["height"]
            return cls(side, tuple(config["image_mean"]), tuple(config["image_std"]))
        except (KeyError, TypeError) as error:
            raise WeightsMissing(
                f"The preprocessor_config.json of {folder.name} has no {error.args[0]}; "
                "expected size, image_mean and image_std."
            ) from error


def square(frames: np.ndarray, side: int) -> torch.Tensor:
    """Squeeze whole frames [N, H, W, 3] uint8 to [N, 3, side, side] uint8.

    The whole frame is squeezed to a square, not cropped to one: in egocentric video the hands
    are often at the border.  Filter: bilinear with antialiasing, as Pillow does it.
    """
    images = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2)
    if images.shape[2:] == (side, side):
        return images
    return interpolate(images, (side, side), mode="bilinear", antialias=True)


def normalise(squares: torch.Tensor, settings: PixelSettings) -> torch.Tensor:
    """uint8 [..., 3, S, S] to float32 of the checkpoint's mean and deviation."""
    mean = torch.tensor(settings.mean, device=squares.device).view(3, 1, 1) * 255
    std = torch.tensor(settings.std, device=squares.device).view(3, 1, 1) * 255
    return (squares.float() - mean) / std


def pixel_values(clips: Sequence[Clip], settings: PixelSettings) -> torch.Tensor:
    """[B, 16, 3, S, S] float32, ready for a video model."""
    return normalise(torch.stack([square(clip.frames, settings.side) for clip in clips]), settings)
