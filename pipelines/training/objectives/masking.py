"""Random masks of video patches: tubes for masked autoencoding, single patches for fine-tuning."""

import torch
from transformers import VideoMAEConfig


def mask_tubes(clips: int, config: VideoMAEConfig, ratio: float, generator: torch.Generator) -> torch.Tensor:
    """Tube masking (VideoMAE, Tong et al. 2022): the same patches in all frames of a clip.

    Returns [B, T * (S / P) ** 2] bool, True where masked, equally many in each clip.
    """
    patches, tubelets = _grid(config)
    return _random_mask(clips, patches, ratio, generator).repeat(1, tubelets)


def mask_patches(
    clips: int, config: VideoMAEConfig, ratio: float, generator: torch.Generator
) -> torch.Tensor:
    """Mask a share of all patches of each clip: [B, T * (S / P) ** 2] bool, equally many in each clip."""
    patches, tubelets = _grid(config)
    return _random_mask(clips, tubelets * patches, ratio, generator)


def _grid(config: VideoMAEConfig) -> tuple[int, int]:
    """Patches of a frame, and tubelets of a clip."""
    return (config.image_size // config.patch_size) ** 2, config.num_frames // config.tubelet_size


def _random_mask(clips: int, patches: int, ratio: float, generator: torch.Generator) -> torch.Tensor:
    ranks = torch.rand(clips, patches, generator=generator).argsort(1)
    return ranks < int(ratio * patches)
