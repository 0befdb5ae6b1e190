"""What a training clip may look like besides how it was recorded."""

from dataclasses import replace

import torch
from torch.nn.functional import affine_grid, grid_sample

from pipelines.training.cache import Batch
from zoo.pixels import PixelSettings

SCALE = (0.8, 1.05)  # share of the frame that is seen
SHIFT = 0.1  # of half a side
GAIN = 0.25  # brightness
TINT = 0.12  # each channel for itself
CONTRAST = 0.3


def augment(batch: Batch, settings: PixelSettings, generator: torch.Generator) -> Batch:
    """Mirror, zoom, shift and recolour, all frames of a clip alike, and its object masks with it.

    squares become float32 as `normalise` makes them: recolouring and normalising are one multiplication.
    """
    flat = batch.squares.flatten(1, 2).float()  # [B, 48, S, S]
    grid = _grid(flat, generator)
    moved = grid_sample(flat, grid, mode="bilinear", padding_mode="border", align_corners=False)
    factor, offset = _recolouring(batch.squares, settings, generator)
    pixels = moved.unflatten(1, batch.squares.shape[1:3]).mul_(factor).add_(offset)
    if batch.objects is None:
        return replace(batch, squares=pixels)
    objects = grid_sample(batch.objects.float(), grid, mode="nearest", align_corners=False)
    return replace(batch, squares=pixels, objects=objects.to(torch.uint8))


def _uniform(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low


def _grid(flat: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    batch = len(flat)
    theta = torch.zeros(batch, 2, 3)
    mirror = torch.where(torch.rand(batch, generator=generator) < 0.5, -1.0, 1.0)
    theta[:, 0, 0] = _uniform(*SCALE, (batch,), generator) * mirror
    theta[:, 1, 1] = _uniform(*SCALE, (batch,), generator)
    theta[:, :, 2] = _uniform(-SHIFT, SHIFT, (batch, 2), generator)
    return affine_grid(theta, list(flat.shape), align_corners=False)


def _recolouring(
    squares: torch.Tensor, settings: PixelSettings, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Factor and offset [B, 1, 3, 1, 1]: contrast about the clip's mean, gain, tint, then normalised."""
    one, three = (len(squares), 1, 1, 1, 1), (len(squares), 1, 3, 1, 1)
    contrast = _uniform(1 - CONTRAST, 1 + CONTRAST, one, generator)
    gain = _uniform(1 - GAIN, 1 + GAIN, one, generator) * _uniform(1 - TINT, 1 + TINT, three, generator)
    mean = squares[..., ::4, ::4].float().mean(dim=(1, 2, 3, 4), keepdim=True)
    centre, spread = (torch.tensor(each).view(3, 1, 1) * 255 for each in (settings.mean, settings.std))
    return contrast * gain / spread, (mean * (1 - contrast) * gain - centre) / spread
