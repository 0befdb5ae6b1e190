"""The device that models run on: which it is, what it multiplies fast, and how much memory it has."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from encodings.errors import UserError

if TYPE_CHECKING:
    import torch

CONTROL_GROUP = Path("/sys/fs/cgroup")  # of Linux, where a container's limit stands
VARIABLE = "BENCHSCRIBE_DEVICE"  # of the environment, which processes started by this one inherit
AUTO = "auto"
DEVICES = (AUTO, "cpu", "cuda", "cuda:N", "mps")


class NoDevice(UserError):
    """A device that is unknown, or not on this machine."""


@dataclass(frozen=True)
class Compute:
    """Where models run, and the type of their weights and activations."""

    device: "torch.device"
    dtype: "torch.dtype"

    @property
    def half(self) -> "torch.dtype | None":
        """The 16-bit type for weights too many for float32; None if the device is slow in each."""
        return self.dtype if self.dtype.itemsize == 2 else half_type(self.device)


def device_name(name: str) -> str:
    """Check the name of a device, without asking whether it is there.  Raises NoDevice."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", name, re.ASCII):
        raise NoDevice(f"There is no device “{name}”; expected one of {', '.join(DEVICES)}.")
    return name


def choose_device(name: str | None) -> None:
    """Let models run on a device from now on; without a name, as BENCHSCRIBE_DEVICE says.

    Raises NoDevice if the device is unknown or not on this machine.
    """
    if name:
        os.environ[VARIABLE] = device_name(name)
        device.cache_clear()
    if _chosen() not in (AUTO, "cpu"):  # these are always there, and torch need not be imported to know
        device()


@cache
def device() -> "torch.device":
    """The device that BENCHSCRIBE_DEVICE names; by default a CUDA card if there is one, else the processor.

    A Mac's GPU answers only if it is named: the finished examples are not tested there.  Raises NoDevice.
    """
    import torch

    name, cards = _chosen(), torch.cuda.device_count()
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    chosen = torch.device(name)
    if chosen.type == "cuda" and (chosen.index or 0) >= cards:
        raise NoDevice(
            f"There is no {name} on this machine, torch {torch.__version__} sees {cards} CUDA devices; "
            f"choose another with --device or {VARIABLE}, or install torch for CUDA."
        )
    if chosen.type == "mps" and not torch.backends.mps.is_available():
        raise NoDevice(
            f"There is no mps on this machine, which needs a Mac with Apple silicon; "
            f"choose cpu with --device or {VARIABLE}."
        )
    return chosen


def _chosen() -> str:
    return device_name(os.environ.get(VARIABLE, "").strip() or AUTO)


def compute() -> Compute:
    """Half precision on a CUDA card; float32 elsewhere, where the finished examples are computed.

    Raises NoDevice.
    """
    chosen = device()
    return Compute(chosen, half_type(chosen)) if chosen.type == "cuda" else Compute(chosen, host().dtype)


def host() -> Compute:
    """The processor, in float32."""
    import torch

    return Compute(torch.device("cpu"), torch.float32)


def multiplies_bfloat16(device: "torch.device") -> bool:
    """Whether a device multiplies bfloat16 in hardware; elsewhere it costs several times what float32 does.

    BENCHSCRIBE_BFLOAT16=0 in the environment says no for every device, so that an older processor can be
    played: torch's own query does not heed ATEN_CPU_CAPABILITY.
    """
    import torch

    if os.environ.get("BENCHSCRIBE_BFLOAT16") == "0":
        return False
    if device.type == "cuda":
        # As torch.cuda.is_bf16_supported() has it, which is about the current card alone.
        return bool(torch.version.hip) or torch.cuda.get_device_capability(device)[0] >= 8
    # torch has no public name for these before 2.13.
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return device.type == "cpu" and fast


def half_type(device: "torch.device") -> "torch.dtype | None":
    """The 16-bit type that a device computes fast in; None for a processor without bfloat16 products."""
    import torch

    if multiplies_bfloat16(device):
        return torch.bfloat16
    return torch.float16 if device.type == "cuda" else None


def free_memory(device: "torch.device") -> int:
    """Bytes that a device can still give, within the limit of a container."""
    if device.type == "cuda":
        return _cuda_memory(device)[0]
    import psutil

    free = psutil.virtual_memory().available
    limit = _group_limit()
    return free if limit is None else min(free, limit - _group_used())


def total_memory(device: "torch.device") -> int:
    """Bytes of memory that a device has, within the limit of a container."""
    if device.type == "cuda":
        return _cuda_memory(device)[1]
    import psutil

    total = psutil.virtual_memory().total
    limit = _group_limit()
    return total if limit is None else min(total, limit)


def _cuda_memory(device: "torch.device") -> tuple[int, int]:
    import torch

    free, total = torch.cuda.mem_get_info(device)
    cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return free + cached, total  # what torch caches, it uses again


def _group_limit() -> int | None:
    """The control group's limit in bytes; None without a group, or if it says “max”."""
    try:
        return int((CONTROL_GROUP / "memory.max").read_text())
    except (OSError, ValueError):
        return None


def _group_used() -> int:
    """Bytes in use that cannot be reclaimed, as the cache of files can."""
    try:
        counts = dict(line.split() for line in (CONTROL_GROUP / "memory.stat").read_text().splitlines())
        return int((CONTROL_GROUP / "memory.current").read_text()) - int(counts["inactive_file"])
    except (OSError, ValueError, KeyError):
        return 0
