"""How much memory a release needs and the device has, before its weights are loaded or even fetched."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.device import Compute, compute, free_memory
from zoo.hub.disk import format_bytes
from zoo.hub.download import fetch_settings
from zoo.hub.listing import list_files, select
from zoo.hub.safety import WEIGHTS
from zoo.model_code import import_model_code
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, read_json

if TYPE_CHECKING:
    import torch

    from zoo.encoders.plans import Size

FOUR_BIT = "4 bit"
WORK_SHARE = (
    0.25  # of an encoder's weights are its activations for a clip; 0.22 for VideoMAE-base's widest layer
)
HALF_TYPES = {"float16", "bfloat16"}


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
            f"needs {format_bytes(self.needs_bytes)} of memory in {self.precision}, "
            f"{format_bytes(self.has_bytes)} are free"
        )


def plan_memory(release: Release, has_bytes: int | None = None) -> MemoryPlan:
    """What a release needs, from its settings and the sizes of its files.

    Of a release that is not on this machine the settings are fetched, and the sizes are in the Hub's listing.
    has_bytes is what the device has, by default what is free on it.  Raises WeightsMissing if neither the
    disk nor the Hub has them.
    """
    spec, chosen = release.feature_spec, compute()
    precision = _name(chosen.dtype)
    parts = set(release.parts)
    needs_bytes = 0
    if spec.encoder == "videollava":
        parts.remove(spec.weights)
        needs_bytes, precision = _plan_captioner(spec.weights, chosen)
    for weights in parts:
        size_bytes = _weights_bytes(weights, chosen)
        needs_bytes += round((1 + WORK_SHARE) * size_bytes) if weights == spec.weights else size_bytes
    if has_bytes is None:
        has_bytes = free_memory(chosen.device)
    return MemoryPlan(needs_bytes=needs_bytes, has_bytes=has_bytes, precision=precision)


def _plan_captioner(weights: Weights, compute: Compute) -> tuple[int, str]:
    """Bytes and precision of Video-LLaVA, whose language model is quantised if it is large."""
    plans = import_model_code("zoo.encoders.plans")
    folder = fetch_settings(weights)
    size = _captioner_size(folder, (folder / "config.json").stat().st_mtime_ns)
    plan = plans.choose_plan(size, compute, plans.has_bitsandbytes())
    return size.weights_bytes(plan) + size.clip_bytes(plan), FOUR_BIT if plan.four_bit else _name(plan.dtype)


@lru_cache(maxsize=4)
def _captioner_size(folder: Path, changed_ns: int) -> "Size":
    """The size of the model in a folder whose config.json was changed last at a time."""
    return import_model_code("zoo.encoders.videollava").captioner_size(folder)


def _weights_bytes(weights: Weights, compute: Compute) -> int:
    """Bytes of weights in memory: as many as in their files, or twice or half as many in another type."""
    config = read_json(fetch_settings(weights), "config.json")
    stored = _stored_bytes(weights)
    if "architectures" not in config:  # trees, which stay as they are
        return stored
    halves = (config.get("dtype") or config.get("torch_dtype")) in HALF_TYPES, compute.dtype.itemsize == 2
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


def _name(dtype: "torch.dtype") -> str:
    return str(dtype).removeprefix("torch.")
