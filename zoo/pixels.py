"""Preprocessing: from a clip's frames to a model's square, standardised input, alike for every encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate

from encodings.clip import Clip
from zoo.device import Compute
from zoo.weights import WeightsMissing, read_json


@dataclass(frozen=True)
class PixelSettings:
    """A checkpoint's image size, mean and standard deviation, as its preprocessor_config.json has them."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def read(cls, folder: Path) -> "PixelSettings":
        """Read a folder's file.  Raises WeightsMissing if size, image_mean or image_std are wrong."""
        config = read_json(folder, "preprocessor_config.json")
        size, mean, std = (config.get(name) for name in ("size", "image_mean", "image_std"))
        if isinstance(size, dict):
            size = size.get("shortest_edge") or size.get("height")
        if type(size) is not int or size < 1 or not _is_colour(mean) or not _is_colour(std):
            raise WeightsMissing(
                f"The preprocessor_config.json of {folder.name} needs a size in px, and an image_mean and an "
                f"image_std of three numbers; got {size}, {mean} and {std}. Fetch or push it again."
            )
        return cls(size, tuple(mean), tuple(std))


def _is_colour(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(isinstance(n, int | float) for n in value)


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
    """Standardise: uint8 [..., 3, S, S] to float32, by the checkpoint's mean and standard deviation."""
    mean = torch.tensor(settings.mean, device=squares.device).view(3, 1, 1) * 255
    std = torch.tensor(settings.std, device=squares.device).view(3, 1, 1) * 255
    return (squares.float() - mean) / std


def pixel_values(
    clips: Sequence[Clip], settings: PixelSettings, compute: Compute | None = None, step: int = 1
) -> torch.Tensor:
    """[B, 16 / step, 3, S, S], every step-th frame, ready for a video model.

    float32 on the processor, or as `compute` says: then frames cross to its device as bytes, a quarter of
    what they are as float32, and are standardised there.
    """
    squares = torch.stack([square(clip.frames[::step], settings.side) for clip in clips])
    if compute is None:
        return normalise(squares, settings)
    return normalise(to_device(squares, compute.device), settings).to(compute.dtype)


def to_device(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Copy a tensor to a device; to a CUDA card from pinned memory, while the processor goes on."""
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)
