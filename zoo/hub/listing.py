"""What a repository on the Hub consists of, and how much of it is still missing on this machine."""

import json
import math
import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from zoo.hub.safety import PATTERNS
from zoo.weights import Weights

TIMEOUT_S = 3  # for the Hub's first answer
REACHABLE_S, LISTING_S = 10, 60  # how long an answer is taken for the present state

Value = TypeVar("Value")


@dataclass(frozen=True)
class HubFile:
    """A file of a repository: its path, its size, and the hash under which it was pushed."""

    path: str
    size_bytes: int
    digest: str  # the SHA-256 of a large file, git's SHA-1 of a small one


class _Recent(Generic[Value]):
    """Answers by key, each kept for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._answers: dict[Hashable, tuple[float, Value]] = {}

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            time_s, value = self._answers.get(key, (-math.inf, None))
            return value if time.monotonic() - time_s < self._seconds else None

    def keep(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._answers[key] = time.monotonic(), value
        return value


_reachable, _listings = _Recent[bool](REACHABLE_S), _Recent[tuple[HubFile, ...]](LISTING_S)


def reachable() -> bool:
    """Whether the Hub answers at all, by one request of at most TIMEOUT_S, where the library would retry for
    half a minute.  An answer is kept for REACHABLE_S.
    """
    import httpx2
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    key = constants.ENDPOINT, constants.HF_HUB_OFFLINE
    if (known := _reachable.get(key)) is not None:
        return known
    try:
        get_session().head(constants.ENDPOINT, timeout=TIMEOUT_S)
    except (httpx2.HTTPError, OSError):
        return _reachable.keep(key, False)
    return _reachable.keep(key, True)


def repository_folder(weights: Weights) -> Path:
    """Where the Hub cache keeps a repository."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    name = repo_folder_name(repo_id=weights.source, repo_type="model")
    return Path(constants.HF_HUB_CACHE).expanduser().resolve() / name


def read_listing(folder: Path) -> tuple[HubFile, ...] | None:
    """The files of a snapshot's commit, from the listing that huggingface_hub keeps beside its snapshots.

    It is read as a file, because get_cached_repo_tree leaves out the SHA-256.  None without one, as when
    another program filled the cache.
    """
    try:
        text = (folder.parents[1] / "trees" / f"{folder.name}.json").read_text(encoding="utf-8")
        return tuple(
            HubFile(name, int(each["size"]), str(each.get("lfs_sha256") or each["blob_id"]))
            for name, each in json.loads(text)["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def cached_listing(weights: Weights) -> tuple[HubFile, ...] | None:
    """The files of pinned weights as this machine knows them; None if it does not."""
    return read_listing(repository_folder(weights) / "snapshots" / weights.revision)


def list_files(weights: Weights) -> tuple[HubFile, ...] | None:
    """The files of pinned weights, from this machine or from the Hub; None where neither says.

    An answer of the Hub is kept for LISTING_S.
    """
    import httpx2
    from huggingface_hub import HfApi, constants
    from huggingface_hub.hf_api import RepoFile

    key = constants.ENDPOINT, weights
    if (known := cached_listing(weights) or _listings.get(key)) or not reachable():
        return known
    try:
        tree = HfApi().list_repo_tree(weights.source, revision=weights.revision, recursive=True)
        files = [each for each in tree if isinstance(each, RepoFile)]
    except (httpx2.HTTPError, OSError, ValueError):  # the last for an answer that is no JSON
        return None
    return _listings.keep(
        key,
        tuple(HubFile(each.path, each.size, each.lfs.sha256 if each.lfs else each.blob_id) for each in files),
    )


def select(files: Iterable[HubFile], patterns: Sequence[str] = PATTERNS) -> tuple[HubFile, ...]:
    """The files that are fetched."""
    from huggingface_hub.utils import filter_repo_objects

    return tuple(filter_repo_objects(files, allow_patterns=list(patterns), key=lambda each: each.path))


def missing_bytes(weights: Weights, files: Iterable[HubFile]) -> int:
    """How many bytes of files are not on this machine yet."""
    return sum(each.size_bytes - arrived_bytes(weights, each) for each in files)


def arrived_bytes(weights: Weights, file: HubFile) -> int:
    """How many bytes of a file are on this machine."""
    repository = repository_folder(weights)
    if (repository / "snapshots" / weights.revision / file.path).is_file():
        return file.size_bytes
    try:
        return min(partial_path(weights, file).stat().st_size, file.size_bytes)
    except OSError:
        return 0


def partial_path(weights: Weights, file: HubFile) -> Path:
    """Where the part of a file is that has arrived."""
    return repository_folder(weights) / "blobs" / f"{file.digest}.incomplete"


def download_bytes(parts: Iterable[Weights]) -> int | None:
    """How many bytes would be downloaded for weights; 0 if all are here, None if the Hub does not say.

    It may call the Hub, which takes seconds.
    """
    total = 0
    for weights in set(parts):
        if weights.revision is None:
            continue
        if (files := list_files(weights)) is None:
            return None
        total += missing_bytes(weights, select(files))
    return total
