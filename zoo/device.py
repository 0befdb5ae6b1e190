"""The device that models run on: which it is, what it multiplies fast, and how much memory it has."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

CONTROL_GROUP = Path("/sys/fs/cgroup")  # of Linux, where a container's limit stands


@cache
def device() -> "torch.device":
    """The fastest device there is."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def multiplies_bfloat16(device: "torch.device") -> bool:
    """Whether a device multiplies bfloat16 in hardware; elsewhere it costs several times what float32 does.

    BENCHSCRIBE_BFLOAT16=0 in the environment says no for every device, so that an older processor can be
    played: torch's own query does not heed ATEN_CPU_CAPABILITY.
    """
    import torch

    if os.environ.get("BENCHSCRIBE_BFLOAT16") == "0":
        return False
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
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

    return torch.cuda.mem_get_info(device)


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
