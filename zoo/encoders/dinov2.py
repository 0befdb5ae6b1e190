"""DINOv2 (Oquab et al. 2023) on single images: features without any motion."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import Dinov2Model

from zoo.encoders.pretrained import load_pretrained
from zoo.pixels import PixelSettings, normalise, square

SETTINGS = PixelSettings(224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # those of its makers


class Dinov2Encoder:
    """transformers' DINOv2 of a folder: vectors [N, 2 D], the class token beside the patches' mean."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        self.model = load_pretrained(Dinov2Model, folder).to(device)

    @torch.inference_mode()
    def embed_images(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Vectors [N, 2 D] float32 of N images [H, W, 3] uint8."""
        squares = torch.cat([square(each[None], SETTINGS.side) for each in images])
        tokens = self.model(normalise(squares, SETTINGS).to(self.model.device)).last_hidden_state
        return torch.cat([tokens[:, 0], tokens[:, 1:].mean(1)], 1).float().cpu().numpy()
