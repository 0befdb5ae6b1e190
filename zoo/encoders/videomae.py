"""VideoMAE (Tong et al. 2022): 16 frames as tubes of patches; a clip's vector is the mean of its tokens."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import VideoMAEForVideoClassification, VideoMAEModel

from encodings.clip import FRAMES, Clip
from zoo.device import Compute
from zoo.encoders.plans import FLOAT_BYTES, layer_numbers
from zoo.encoders.pretrained import load_pretrained
from zoo.features import Features, FeatureSpec
from zoo.pixels import PixelSettings, pixel_values
from zoo.weights import Weights, WeightsMissing, read_json


class VideoMAEEncoder:
    """transformers' VideoMAE up to the input of its classifier: [N, 768] for VideoMAE-base."""

    def __init__(self, folder: Path, compute: Compute) -> None:
        self.compute = compute
        self.pixels = PixelSettings.read(folder)
        kind = VideoMAEModel if _is_bare(folder) else VideoMAEForVideoClassification
        self.model = load_pretrained(kind, folder, dtype=compute.dtype)
        if self.model.config.num_frames != FRAMES:
            raise WeightsMissing(
                f"{folder.name} takes {self.model.config.num_frames} frames a clip; expected {FRAMES}."
            )
        self.model.to(compute.device)
        self.pool = getattr(self.model, "fc_norm", torch.nn.Identity())
        if self.pool is not None:
            self.pool.float()  # on the mean of all tokens, which loses least as float32

    @torch.inference_mode()
    def embed(self, clips: Sequence[Clip], prompt: str | None = None) -> Features:
        """One forward pass over N clips."""
        pixels = pixel_values(clips, self.pixels, self.compute)  # [N, 16, 3, S, S]
        tokens = self.model.base_model(pixels).last_hidden_state.float()  # [N, 8 * (S / 16) ** 2, D]
        vectors = tokens[:, 0] if self.pool is None else self.pool(tokens.mean(1))
        return Features(
            starts_s=np.array([clip.start_s for clip in clips]),
            ends_s=np.array([clip.end_s for clip in clips]),
            vectors=vectors.cpu().numpy(),
            tokens=tokens.cpu().numpy(),
        )

    def parameters(self) -> int:
        """How many weights it has."""
        return self.model.num_parameters()

    def memory(self) -> int:
        """How many bytes they take."""
        return self.model.get_memory_footprint()

    def clip_bytes(self) -> int:
        """About how many bytes each clip of a forward pass takes beside them."""
        config, side = self.model.config, self.pixels.side
        tokens = FRAMES // config.tubelet_size * (side // config.patch_size) ** 2
        pixels = FRAMES * 3 * side**2
        return (pixels + layer_numbers(config, tokens)) * self.compute.dtype.itemsize + pixels * FLOAT_BYTES

    def move(self, device: torch.device) -> bool:
        """Move the weights to a device."""
        self.model.to(device)
        return True


def _is_bare(folder: Path) -> bool:
    """Whether a folder holds the encoder without a classifier, as that of Vi-LM does."""
    return read_json(folder, "config.json").get("architectures") == ["VideoMAEModel"]


def load(spec: FeatureSpec, fetch: Callable[[Weights], Path], compute: Compute) -> VideoMAEEncoder:
    """Load a release's encoder.  Raises WeightsMissing."""
    folder = fetch(spec.weights)
    return VideoMAEEncoder(folder, compute)
