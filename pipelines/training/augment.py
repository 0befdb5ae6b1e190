"""Augmentation of training clips: mirror, zoom, shift and change colours, all frames of a clip alike."""

from dataclasses import dataclass

import torch
from torch.nn.functional import affine_grid, grid_sample

from pipelines.training.clip_cache import Batch
from zoo.pixels import PixelSettings

SCALE = (0.8, 1.05)  # share of the frame that is visible
SHIFT = 0.1  # of half a side
GAIN = 0.25  # brightness
TINT = 0.12  # of each channel
CONTRAST = 0.3
HUE = 0.5  # radians either way: liquids and gloves change colour, the gaze dot stays reddish


@dataclass(frozen=True, kw_only=True, eq=False)
class Augmentation:
    """Random choices for a batch.

    motion    [B, 2, 3] where each point of the new picture, from -1 to 1, is in the old one
    rotation  [B, 3, 3] of RGB about the grey axis, or None
    contrast  [B, 1, 1] about the mean colour
    gain      [B, 3, 1] of brightness and tint
    """

    motion: torch.Tensor
    rotation: torch.Tensor | None
    contrast: torch.Tensor
    gain: torch.Tensor

    def __getitem__(self, rows: slice) -> "Augmentation":
        """The choices for some clips of the batch."""
        rotation = None if self.rotation is None else self.rotation[rows]
        return Augmentation(
            motion=self.motion[rows], rotation=rotation, contrast=self.contrast[rows], gain=self.gain[rows]
        )


def draw_augmentation(clips: int, generator: torch.Generator, rotate_hues: bool = False) -> Augmentation:
    """Draw how each clip of a batch is augmented."""
    motion = _draw_motion(clips, generator)
    rotation = _draw_hue_rotation(clips, generator) if rotate_hues else None
    contrast = _uniform(1 - CONTRAST, 1 + CONTRAST, (clips, 1, 1), generator)
    gain = _uniform(1 - GAIN, 1 + GAIN, (clips, 1, 1), generator)
    gain = gain * _uniform(1 - TINT, 1 + TINT, (clips, 3, 1), generator)
    return Augmentation(motion=motion, rotation=rotation, contrast=contrast, gain=gain)


def augment(batch: Batch, drawn: Augmentation, settings: PixelSettings) -> Batch:
    """Augment clips, and their object masks and gaze alike.

    squares become float32, normalised as `normalise` does: colours and normalisation are one multiplication.
    """
    flat = batch.squares.flatten(1, 2).float()  # [B, 48, S, S]
    grid = affine_grid(drawn.motion, list(flat.shape), align_corners=False)
    moved = grid_sample(flat, grid, mode="bilinear", padding_mode="border", align_corners=False)
    moved = moved.unflatten(1, batch.squares.shape[1:3])
    factor, offset = _colour_map(batch.squares, drawn, settings)
    if drawn.rotation is None:
        pixels = moved.mul_(factor[:, None, :, :, None])
    else:
        pixels = torch.matmul((factor * drawn.rotation)[:, None], moved.flatten(3)).view_as(moved)
    gaze, objects = batch.gaze, batch.objects
    if gaze is not None:
        gaze = (gaze - drawn.motion[:, None, :, 2]) / _scale(drawn.motion)[:, None]
    if objects is not None:
        objects = grid_sample(objects.float(), grid, mode="nearest", align_corners=False).to(torch.uint8)
    pixels = pixels.add_(offset[:, None, :, :, None])
    return Batch(squares=pixels, labels=batch.labels, objects=objects, gaze=gaze)


def _uniform(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low


def _draw_motion(clips: int, generator: torch.Generator) -> torch.Tensor:
    theta = torch.zeros(clips, 2, 3)
    mirror = torch.where(torch.rand(clips, generator=generator) < 0.5, -1.0, 1.0)
    theta[:, 0, 0] = _uniform(*SCALE, (clips,), generator) * mirror
    theta[:, 1, 1] = _uniform(*SCALE, (clips,), generator)
    theta[:, :, 2] = _uniform(-SHIFT, SHIFT, (clips, 2), generator)
    return theta


def _scale(motion: torch.Tensor) -> torch.Tensor:
    return torch.stack((motion[:, 0, 0], motion[:, 1, 1]), 1)


def _draw_hue_rotation(clips: int, generator: torch.Generator) -> torch.Tensor:
    """Rotations about the grey axis, so that greys stay grey (Rodrigues' formula)."""
    angle = _uniform(-HUE, HUE, (clips, 1, 1), generator)
    across = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5
    grey = torch.full((3, 3), 1 / 3)
    return torch.cos(angle) * (torch.eye(3) - grey) + torch.sin(angle) * across + grey


def _colour_map(
    squares: torch.Tensor, drawn: Augmentation, settings: PixelSettings
) -> tuple[torch.Tensor, torch.Tensor]:
    """Factor and offset [B, 3, 1] of rotated pixels: contrast about their mean, gain, normalisation."""
    mean = squares[..., ::4, ::4].float().mean(dim=(1, 3, 4))[..., None]  # [B, 3, 1]
    if drawn.rotation is not None:
        mean = drawn.rotation @ mean
    centre, spread = (torch.tensor(each).view(3, 1) * 255 for each in (settings.mean, settings.std))
    return (
        drawn.contrast * drawn.gain / spread,
        (mean * (1 - drawn.contrast) * drawn.gain - centre) / spread,
    )
