"""What a training clip may look like besides how it was recorded."""

import torch
from torch.nn.functional import affine_grid, grid_sample

SCALE = (0.75, 1.05)  # share of the frame that is seen
SHIFT = 0.12  # of half a side
GAIN = 0.25  # brightness, and each channel for itself
CONTRAST = 0.3


def augment(squares: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mirror, zoom, shift and recolour [B, 16, 3, S, S] uint8; the same for all frames of a clip."""
    frames = squares.shape[1]
    flat = squares.flatten(1, 2).float()  # [B, 48, S, S]
    moved = grid_sample(
        flat, _grid(flat, generator), mode="bilinear", padding_mode="border", align_corners=False
    )
    moved = moved.unflatten(1, (frames, 3))
    return _recolour(moved, generator).clamp(0, 255).round().to(torch.uint8)


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


def _recolour(clips: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    batch = len(clips)
    gain = _uniform(1 - GAIN, 1 + GAIN, (batch, 1, 1, 1, 1), generator)
    tint = _uniform(1 - GAIN / 2, 1 + GAIN / 2, (batch, 1, 3, 1, 1), generator)
    contrast = _uniform(1 - CONTRAST, 1 + CONTRAST, (batch, 1, 1, 1, 1), generator)
    mean = clips.mean(dim=(1, 2, 3, 4), keepdim=True)
    return ((clips - mean) * contrast + mean) * gain * tint
