"""DINOv2 on single pictures: what is to be seen without any motion."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import Dinov2Model

from zoo.pixels import PixelSettings, normalise, square
from zoo.weights import require_files

SETTINGS = PixelSettings(224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # those of its makers


class Dinov2Encoder:
    """transformers' DINOv2 of a folder: vectors [N, 2 D], the class token beside the patches' mean."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        require_files(folder, "model.safetensors")
        self.model = Dinov2Model.from_pretrained(folder, use_safetensors=True, local_files_only=True)
        self.model.to(device).eval()

    @torch.inference_mode()
    def embed_images(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Vectors [N, 2 D] float32 of N pictures [H, W, 3] uint8."""
        squares = torch.cat([square(each[None], SETTINGS.side) for each in images])
        tokens = self.model(normalise(squares, SETTINGS).to(self.model.device)).last_hidden_state
        return torch.cat([tokens[:, 0], tokens[:, 1:].mean(1)], 1).float().cpu().numpy()
