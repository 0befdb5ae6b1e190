"""Diagnosis of a machine: device, memory, versions, the Hub, the disk, and one clip of each embedded variant.

Whatever cannot be found out is a sentence in its place; nothing here raises.
"""

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import TypeVar

import numpy as np

from encodings.clip import FRAMES, Clip
from encodings.errors import UserError
from pipelines import __version__
from pipelines.benchmarks.variants import answer_all
from zoo.device import choose_device, device, free_memory, host, total_memory
from zoo.hub.disk import cache_folder, free_bytes
from zoo.model_store import ModelStore
from zoo.releases import Release, find_release
from zoo.variants import VARIANTS, Variant

PACKAGES = ("torch", "transformers", "gradio", "huggingface-hub", "sentence-transformers", "xgboost")
PACKAGES += ("accelerate", "bitsandbytes", "safetensors", "tokenizers", "av", "opencv-python", "numpy")
HUB_TIMEOUT_S = 5
ROUNDS = 3  # of a clip with loaded models; the median counts
FRAME_HEIGHT, FRAME_WIDTH = 224, 398  # px of a 16:9 recording at the working size

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class DeviceReport:
    """The device that models run on, and its memory."""

    name: str
    description: str
    dtype: str
    max_batch: int  # clips in one forward pass, where memory has room for them
    has_bytes: int
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class HostReport:
    """The processor, and its memory."""

    system: str
    processors: int
    has_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class HubReport:
    """Whether the Hub, or the mirror that HF_ENDPOINT names, answers."""

    endpoint: str
    answered_s: float


@dataclass(frozen=True)
class DiskReport:
    """The disk of the Hub cache."""

    folder: str
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class VariantReport:
    """Seconds of one variant: to load it, for its first clip, for a clip after that, and in a full batch.

    peak_bytes is what it took of a card's memory at most, None without a card.
    """

    release: str
    parameters: int
    load_s: float
    first_clip_s: float
    clip_s: float
    batch: int
    batch_clip_s: float
    peak_bytes: int | None


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What is known of a machine; a text is the reason why something is not."""

    benchscribe: str
    python: str
    versions: dict[str, str]
    device: DeviceReport | str
    host: HostReport | str
    hub: HubReport | str
    disk: DiskReport | str
    variants: dict[str, VariantReport | str]

    def to_json(self) -> dict:
        """As JSON; a reason is {"problem": …}."""
        parts = {name: getattr(self, name) for name in ("device", "host", "hub", "disk")}
        return {
            "benchscribe": self.benchscribe,
            "python": self.python,
            "versions": self.versions,
            **{name: _as_json(part) for name, part in parts.items()},
            "variants": {key: _as_json(report) for key, report in self.variants.items()},
        }


def diagnose(device_name: str | None = None) -> Diagnosis:
    """Find out what there is to know, on a device or on the one that BENCHSCRIBE_DEVICE names."""
    store, clip = ModelStore(), _make_clip()
    chosen = _or_reason(lambda: choose_device(device_name))
    return Diagnosis(
        benchscribe=__version__,
        python=platform.python_version(),
        versions={name: _version(name) for name in PACKAGES},
        device=chosen or _or_reason(lambda: _describe_device(store)),
        host=_or_reason(_describe_host),
        hub=_or_reason(_ask_hub),
        disk=_or_reason(lambda: DiskReport(str(cache_folder()), free_bytes(cache_folder()))),
        variants={each.key: chosen or _or_reason(lambda each=each: _time(each, clip)) for each in VARIANTS},
    )


def _or_reason(act: Callable[[], Result]) -> Result | str:
    """A result, or the reason why there is none: a machine that is ill may fail in any way."""
    try:
        return act()
    except UserError as error:
        return str(error)
    except Exception as error:
        lines = str(error).strip().splitlines() or ["no message"]
        return f"{type(error).__name__}: {lines[0][:200]}"


def _as_json(report: object) -> dict:
    return {"problem": report} if isinstance(report, str) else asdict(report)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _describe_device(store: ModelStore) -> DeviceReport:
    import torch

    place = store.compute.device
    if place.type == "cuda":
        major, minor = torch.cuda.get_device_capability(place)
        name = torch.cuda.get_device_name(place)
        description = f"{name}, compute capability {major}.{minor}, CUDA {torch.version.cuda}"
    else:
        capability = torch.backends.cpu.get_cpu_capability()
        description = f"{platform.processor() or platform.machine()}, {capability}, "
        description += f"{torch.get_num_threads()} threads"
    return DeviceReport(
        name=str(place),
        description=description,
        dtype=str(store.compute.dtype).removeprefix("torch."),
        max_batch=store.max_batch,
        has_bytes=total_memory(place),
        free_bytes=free_memory(place),
    )


def _describe_host() -> HostReport:
    place = host().device
    return HostReport(
        system=platform.platform(),
        processors=os.cpu_count() or 1,
        has_bytes=total_memory(place),
        free_bytes=free_memory(place),
    )


def _ask_hub() -> HubReport | str:
    import httpx2
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    start_s = time.perf_counter()
    try:
        answer = get_session().head(constants.ENDPOINT, timeout=HUB_TIMEOUT_S)
    except (httpx2.HTTPError, OSError) as error:
        return f"{constants.ENDPOINT} cannot be reached ({str(error)[:160] or type(error).__name__})."
    if answer.status_code >= 400:
        return f"{constants.ENDPOINT} answers with the status {answer.status_code}."
    return HubReport(constants.ENDPOINT, time.perf_counter() - start_s)


def _make_clip() -> Clip:
    """A clip of noise; what it shows does not change how long it takes."""
    shape = (FRAMES, FRAME_HEIGHT, FRAME_WIDTH, 3)
    frames = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    return Clip(frames=frames, start_s=0.0, end_s=4.0)


def _time(variant: Variant, clip: Clip) -> VariantReport:
    """Load the embedded release of a variant, alone on its device, and let it answer."""
    release = find_release(variant.key, "lab-actions", "V")
    store = ModelStore()
    _reset_peak()
    load_s = _seconds(lambda: store.load(release))
    first_clip_s = _seconds(lambda: answer_all(store, [release], clip))
    clip_s = median(_seconds(lambda: answer_all(store, [release], clip)) for _ in range(ROUNDS))
    batch = store.batch_limit(release.feature_spec)
    return VariantReport(
        release=release.weights.name,
        parameters=store.size(release)[0],
        load_s=load_s,
        first_clip_s=first_clip_s,
        clip_s=clip_s,
        batch=batch,
        batch_clip_s=clip_s if batch == 1 else _batch_seconds(store, release, clip, batch),
        peak_bytes=_peak_bytes(),
    )


def _batch_seconds(store: ModelStore, release: Release, clip: Clip, batch: int) -> float:
    """Seconds a clip in a full batch, after one such batch to warm up."""

    def act() -> None:
        clips = [replace(clip) for _ in range(batch)]
        store.answer(release, store.embed(release.feature_spec, clips))

    act()
    return _seconds(act) / batch


def _seconds(act: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    act()
    return time.perf_counter() - start_s


def _reset_peak() -> None:
    import torch

    if device().type == "cuda":
        torch.cuda.reset_peak_memory_stats(device())


def _peak_bytes() -> int | None:
    import torch

    return torch.cuda.max_memory_allocated(device()) if device().type == "cuda" else None
