"""Room for weights on the disk of the Hub cache: what is free, and what may be deleted to make room."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zoo.weights import Weights, WeightsMissing

BUDGET = "BENCHSCRIBE_CACHE_GB"  # in the environment; without it nothing is ever deleted
GB, MB = 1e9, 1e6

FreeBytes = Callable[[Path], int]  # of the disk that a folder is on


class TooLittleDisk(WeightsMissing):
    """A disk, or a budget, with too little room for weights."""


@dataclass(frozen=True)
class Evicted:
    """A revision that was deleted from this machine to make room."""

    weights: Weights
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.weights.name} at {self.weights.revision[:8]} ({format_bytes(self.size_bytes)})"


def format_bytes(size_bytes: float) -> str:
    """A size as people read it."""
    return f"{size_bytes / GB:.1f} GB" if size_bytes >= GB / 10 else f"{size_bytes / MB:.1f} MB"


def free_bytes(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def cache_folder() -> Path:
    """Where the Hub cache is."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser().resolve()


def require_disk(name: str, missing_bytes: int, free: FreeBytes = free_bytes) -> None:
    """Make sure that the disk has room for what is missing.  Raises TooLittleDisk."""
    folder = cache_folder()
    if missing_bytes > (available := free(folder)):
        raise TooLittleDisk(
            f"{name} needs {format_bytes(missing_bytes)}, {format_bytes(available)} are free at {folder}; "
            f"free some, set {BUDGET} so that old downloads are deleted, or let HF_HOME name a larger disk."
        )


def budget_bytes() -> int | None:
    """How many bytes of models the Hub cache may hold, from BENCHSCRIBE_CACHE_GB; None without a limit.

    Raises TooLittleDisk if it is no number of gigabytes.
    """
    text = os.environ.get(BUDGET, "").strip()
    if not text:
        return None
    try:
        budget = float(text)
        if not 0 < budget < float("inf"):
            raise ValueError
    except ValueError as error:
        raise TooLittleDisk(
            f"{BUDGET} is “{text}”; expected a number of gigabytes above 0, such as 40: correct or unset it."
        ) from error
    return round(budget * GB)


def make_room(name: str, missing_bytes: int, in_use: Callable[[Weights], bool]) -> tuple[Evicted, ...]:
    """Delete the least recently used revisions until what is missing fits the budget.

    Models of the whole Hub cache count and may go, whichever program brought them, except those in use; last
    use is when a file was last read, as the file system has it.  Raises TooLittleDisk if it cannot fit.
    """
    from huggingface_hub import scan_cache_dir

    budget = budget_bytes()
    folder = cache_folder()
    if budget is None or not folder.is_dir():
        return ()
    scan = scan_cache_dir(folder)
    models = [repo for repo in scan.repos if repo.repo_type == "model"]
    parts = sum(path.stat().st_size for repo in models for path in repo.repo_path.glob("blobs/*.incomplete"))
    excess = sum(repo.size_on_disk for repo in models) + parts + missing_bytes - budget
    revisions = sorted(
        (max((file.blob_last_accessed for file in each.files), default=0), each.commit_hash, repo.repo_id)
        for repo in models
        for each in repo.revisions
    )
    chosen: list[Evicted] = []
    for _, revision, source in revisions:
        if excess <= 0:
            break
        weights = Weights(source, revision)
        if in_use(weights):
            continue
        together = (*(each.weights.revision for each in chosen), revision)  # that may share files
        freed_bytes = scan.delete_revisions(*together).expected_freed_size
        size_bytes = freed_bytes - sum(each.size_bytes for each in chosen)
        chosen.append(Evicted(weights, size_bytes))
        excess -= size_bytes
    if excess > 0:
        raise TooLittleDisk(
            f"{name} needs {format_bytes(missing_bytes)}, {format_bytes(excess)} more than the budget of "
            f"{format_bytes(budget)} leaves beside what is in use; set {BUDGET} higher, or wait until other "
            "downloads and models are done."
        )
    scan.delete_revisions(*(each.weights.revision for each in chosen)).execute()
    return tuple(chosen)
