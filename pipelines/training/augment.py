"""What a training clip may look like besides how it was recorded."""

import torch
from torch.nn.functional import affine_grid, grid_sample

from pipelines.training.clip_cache import Batch
from zoo.pixels import PixelSettings

SCALE = (0.8, 1.05)  # share of the frame that is seen
SHIFT = 0.1  # of half a side
GAIN = 0.25  # brightness
TINT = 0.12  # each channel for itself
CONTRAST = 0.3
HUE = 0.5  # radians either way: liquids and gloves change colour, the gaze's dot stays reddish


def augment(
    batch: Batch, settings: PixelSettings, generator: torch.Generator, recolour: bool = False
) -> Batch:
    """Mirror, zoom, shift and recolour, all frames of a clip alike, and its masks and gaze with it.

    squares become float32 as `normalise` makes them: recolouring and normalising are one multiplication.
    recolour also rotates the hues.
    """
    flat = batch.squares.flatten(1, 2).float()  # [B, 48, S, S]
    motion = _motion(len(flat), generator)
    grid = affine_grid(motion, list(flat.shape), align_corners=False)
    moved = grid_sample(flat, grid, mode="bilinear", padding_mode="border", align_corners=False)
    moved = moved.unflatten(1, batch.squares.shape[1:3])
    turn = _hue_rotation(len(flat), generator) if recolour else torch.eye(3).expand(len(flat), 3, 3)
    factor, offset = _recolouring(batch.squares, turn, settings, generator)
    if recolour:
        pixels = torch.matmul((factor * turn)[:, None], moved.flatten(3)).view_as(moved)
    else:
        pixels = moved.mul_(factor[:, None, :, :, None])
    gaze = None if batch.gaze is None else (batch.gaze - motion[:, None, :, 2]) / _scale(motion)[:, None]
    objects = batch.objects
    if objects is not None:
        objects = grid_sample(objects.float(), grid, mode="nearest", align_corners=False).to(torch.uint8)
    return Batch(pixels.add_(offset[:, None, :, :, None]), batch.labels, objects, gaze)


def _uniform(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low


def _motion(count: int, generator: torch.Generator) -> torch.Tensor:
    """[B, 2, 3] where each place of the new picture, from -1 to 1, lies in the old one."""
    theta = torch.zeros(count, 2, 3)
    mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    theta[:, 0, 0] = _uniform(*SCALE, (count,), generator) * mirror
    theta[:, 1, 1] = _uniform(*SCALE, (count,), generator)
    theta[:, :, 2] = _uniform(-SHIFT, SHIFT, (count, 2), generator)
    return theta


def _scale(motion: torch.Tensor) -> torch.Tensor:
    return torch.stack((motion[:, 0, 0], motion[:, 1, 1]), 1)


def _hue_rotation(count: int, generator: torch.Generator) -> torch.Tensor:
    """[B, 3, 3] rotations of RGB about the grey axis, so that greys stay grey (Rodrigues' formula)."""
    angle = _uniform(-HUE, HUE, (count, 1, 1), generator)
    across = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5
    grey = torch.full((3, 3), 1 / 3)
    return torch.cos(angle) * (torch.eye(3) - grey) + torch.sin(angle) * across + grey


def _recolouring(
    squares: torch.Tensor, turn: torch.Tensor, settings: PixelSettings, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Factor and offset [B, 3, 1] of turned pixels: contrast about their mean, gain, tint, normalised."""
    one, three = (len(squares), 1, 1), (len(squares), 3, 1)
    contrast = _uniform(1 - CONTRAST, 1 + CONTRAST, one, generator)
    gain = _uniform(1 - GAIN, 1 + GAIN, one, generator) * _uniform(1 - TINT, 1 + TINT, three, generator)
    mean = turn @ squares[..., ::4, ::4].float().mean(dim=(1, 3, 4))[..., None]  # [B, 3, 1]
    centre, spread = (torch.tensor(each).view(3, 1) * 255 for each in (settings.mean, settings.std))
    return contrast * gain / spread, (mean * (1 - contrast) * gain - centre) / spread
