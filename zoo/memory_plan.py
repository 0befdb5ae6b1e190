"""How much memory a release needs and the device has, before its weights are loaded or even fetched."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.device import device, free_memory, half_type
from zoo.hub.download import fetch_settings
from zoo.hub.listing import list_files, select
from zoo.hub.safety import WEIGHTS
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, read_json

if TYPE_CHECKING:
    import torch

    from zoo.encoders.plans import Size

FULL, FOUR_BIT = "float32", "4 bit"
WORK_SHARE = (
    0.25  # of an encoder's weights are its activations for a clip; 0.22 for VideoMAE-base's widest layer
)
HALF_TYPES = {"float16", "bfloat16"}
GB = 1e9


@dataclass(frozen=True, kw_only=True)
class MemoryPlan:
    """What loading a release takes."""

    needs_bytes: int  # of its weights, and for one clip
    has_bytes: int  # that are free on the device
    precision: str  # of its encoder: float32, bfloat16, float16 or 4 bit

    @property
    def fits(self) -> bool:
        """Whether there is room."""
        return self.needs_bytes <= self.has_bytes

    def __str__(self) -> str:
        return (
            f"needs {self.needs_bytes / GB:.1f} GB of memory in {self.precision}, "
            f"{self.has_bytes / GB:.1f} GB are free"
        )


def plan_memory(release: Release, has_bytes: int | None = None) -> MemoryPlan:
    """What a release needs, from its settings and the sizes of its files.

    Of a release that is not on this machine the settings are fetched, and the sizes are in the Hub's listing.
    has_bytes is what the device has, by default what is free on it.  Raises WeightsMissing if neither the
    disk nor the Hub has them.
    """
    spec = release.feature_spec
    if has_bytes is None:
        has_bytes = free_memory(device())
    if spec.encoder == "videollava":
        needs_bytes, precision = _plan_captioner(spec.weights)
    else:
        precision = _half() if device().type == "cuda" else FULL
        needs_bytes = round((1 + WORK_SHARE) * _weights_bytes(spec.weights, precision))
    for weights in set(release.parts) - {spec.weights}:
        needs_bytes += _weights_bytes(weights, FULL)
    return MemoryPlan(needs_bytes=needs_bytes, has_bytes=has_bytes, precision=precision)


def _plan_captioner(weights: Weights) -> tuple[int, str]:
    """Bytes and precision of Video-LLaVA, whose language model is quantised if it is large."""
    from zoo.encoders.plans import LARGE, Plan, has_bitsandbytes

    size = _captioner_size(fetch_settings(weights))
    large = size.linear + size.other >= LARGE
    precision = _half() if large or device().type == "cuda" else FULL
    plan = Plan(large and has_bitsandbytes(), _type(precision))
    return size.weights_bytes(plan) + size.clip_bytes(plan), FOUR_BIT if plan.four_bit else precision


def _captioner_size(folder: Path) -> "Size":
    import torch

    from zoo.encoders.captioner import VideoCaptioner, read_config
    from zoo.encoders.plans import measure
    from zoo.encoders.videollava import MAX_TEXT_TOKENS, MODEL_FRAMES
    from zoo.pixels import PixelSettings

    config = read_config(folder, PixelSettings.read(folder).side)
    vision = config.vision_config
    tokens = MODEL_FRAMES * ((vision.image_size // vision.patch_size) ** 2 + 1)
    with torch.device("meta"):
        return measure(VideoCaptioner(config), config, tokens, MAX_TEXT_TOKENS)


def _weights_bytes(weights: Weights, precision: str) -> int:
    """Bytes of weights in memory: as many as in their files, or twice or half as many in another type."""
    config = read_json(fetch_settings(weights), "config.json")
    stored = _stored_bytes(weights)
    if "architectures" not in config:  # trees, which stay as they are
        return stored
    halves = (config.get("dtype") or config.get("torch_dtype")) in HALF_TYPES, precision in HALF_TYPES
    return round(stored * {(True, False): 2, (False, True): 0.5}.get(halves, 1))


def _stored_bytes(weights: Weights) -> int:
    """Bytes of the files that hold weights, on this machine or on the Hub."""
    if weights.revision is None:
        files = fetch_settings(weights).rglob("*")
        return sum(path.stat().st_size for path in files if path.suffix in WEIGHTS)
    if (listed := list_files(weights)) is None:
        raise WeightsMissing(
            f"How much memory {weights.name} needs is not known: it is not on this machine and the Hub does "
            "not list its files; connect to the network, or choose the embedded tier."
        )
    return sum(each.size_bytes for each in select(listed) if Path(each.path).suffix in WEIGHTS)


def _half() -> str:
    """The type of 16 bits that the device is fast in, or that of 32."""
    return str(half_type(device()) or FULL).removeprefix("torch.")


def _type(precision: str) -> "torch.dtype":
    import torch

    return getattr(torch, precision)
