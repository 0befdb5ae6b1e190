"""X-CLIP's video side (Ni et al. 2022): 8 frames to one vector, and to the tokens that refine label texts."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import XCLIPModel

from encodings.clip import FRAMES, Clip
from zoo.device import Compute, host
from zoo.encoders.plans import FLOAT_BYTES, layer_numbers
from zoo.encoders.pretrained import load_pretrained
from zoo.features import Features, FeatureSpec
from zoo.pixels import PixelSettings, pixel_values
from zoo.weights import Weights, WeightsMissing

TEXT_SIDE = ("text_model", "text_projection", "prompts_generator", "logit_scale")


class XCLIPEncoder:
    """transformers' X-CLIP without its text side: vectors [N, 512] and tokens [N, 49, 512] for base/32."""

    def __init__(self, folder: Path, compute: Compute) -> None:
        self.compute = compute
        self.pixels = PixelSettings.read(folder)
        self.model = read_model(folder, compute)
        frames = self.model.config.vision_config.num_frames
        if FRAMES % frames:
            raise WeightsMissing(
                f"{folder.name} takes {frames} frames a clip; expected a share of {FRAMES}, such as 8."
            )
        self.step = FRAMES // frames  # every second frame of a clip
        for part in TEXT_SIDE:
            delattr(self.model, part)
        self.model.to(compute.device)

    @torch.inference_mode()
    def embed(self, clips: Sequence[Clip], prompt: str | None = None) -> Features:
        """One forward pass over N clips."""
        model = self.model
        pixels = pixel_values(clips, self.pixels, self.compute, self.step)  # [N, 8, 3, S, S]
        video = model.get_video_features(pixels)
        patches = (
            model.prompts_visual_layernorm(video.last_hidden_state[:, 1:]) @ model.prompts_visual_projection
        )
        tokens = patches.unflatten(0, pixels.shape[:2]).mean(1)  # [N, (S / P) ** 2, D]
        return Features(
            starts_s=np.array([clip.start_s for clip in clips]),
            ends_s=np.array([clip.end_s for clip in clips]),
            vectors=video.pooler_output.float().cpu().numpy(),
            tokens=tokens.float().cpu().numpy(),
        )

    def parameters(self) -> int:
        """How many weights its video side has."""
        return self.model.num_parameters()

    def memory(self) -> int:
        """How many bytes they take."""
        return self.model.get_memory_footprint()

    def clip_bytes(self) -> int:
        """About how many bytes each clip of a forward pass takes beside them."""
        config, side = self.model.config.vision_config, self.pixels.side
        tokens = config.num_frames * ((side // config.patch_size) ** 2 + 1)
        pixels = config.num_frames * 3 * side**2
        return (pixels + layer_numbers(config, tokens)) * self.compute.dtype.itemsize + pixels * FLOAT_BYTES

    def move(self, device: torch.device) -> bool:
        """Move the weights to a device."""
        self.model.to(device)
        return True


def read_model(folder: Path, compute: Compute | None = None) -> XCLIPModel:
    """The model of a folder with both of its sides.  Raises WeightsMissing if a part of it is missing."""
    return load_pretrained(XCLIPModel, folder, dtype=(compute or host()).dtype)


def load(spec: FeatureSpec, fetch: Callable[[Weights], Path], compute: Compute) -> XCLIPEncoder:
    """Load a release's encoder.  Raises WeightsMissing."""
    folder = fetch(spec.weights)
    return XCLIPEncoder(folder, compute)
