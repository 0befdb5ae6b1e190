"""Download a large file from the Hub so that it can be interrupted, and resumed where it broke off."""

from contextlib import ExitStack
from pathlib import Path

from zoo.hub.listing import HubFile, partial_path, repository_folder
from zoo.hub.watch import Watch, progress_bar
from zoo.weights import Weights

LOCK_S = 1  # between two looks whether another process has finished the file


def is_large(file: HubFile) -> bool:
    """Whether a file arrives in more than one piece, so that resuming it pays, and can be had over HTTP."""
    from huggingface_hub import constants

    return constants.DOWNLOAD_CHUNK_SIZE < file.size_bytes <= constants.MAX_HTTP_DOWNLOAD_SIZE


def bring(weights: Weights, file: HubFile, watch: Watch) -> None:
    """Download a file into the Hub cache, from where snapshot_download takes it.

    huggingface_hub 2 deletes what has arrived when a download is interrupted, whether it came over HTTP or by
    hf_xet; so the bytes come by its http_get into a file that stays.  Another process that downloads the same
    file is waited for.
    """
    from huggingface_hub.utils import WeakFileLock

    repository = repository_folder(weights)
    lock = repository.parent / ".locks" / repository.name / f"{file.digest}.lock"  # the library's own
    for folder in (lock.parent, repository / "blobs"):
        folder.mkdir(parents=True, exist_ok=True)
    while True:
        watch.check()
        with ExitStack() as stack:
            try:
                stack.enter_context(WeakFileLock(lock, timeout=LOCK_S))
            except TimeoutError:
                continue
            return _bring(weights, file, watch)


def _bring(weights: Weights, file: HubFile, watch: Watch) -> None:
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import FileMetadataError
    from huggingface_hub.file_download import are_symlinks_supported, http_get
    from huggingface_hub.utils import build_hf_headers

    repository, partial = repository_folder(weights), partial_path(weights, file)
    pointer = repository / "snapshots" / weights.revision / file.path
    target = repository / "blobs" / file.digest if are_symlinks_supported(repository.parent) else pointer
    if pointer.is_file() or target.is_file():
        return
    url = hf_hub_url(weights.source, file.path, revision=weights.revision, endpoint=constants.ENDPOINT)
    etag = get_hf_file_metadata(url, timeout=constants.HF_HUB_ETAG_TIMEOUT).etag
    if etag != file.digest:  # before anything else is added to the part that arrived
        raise FileMetadataError(f"{url} has the ETag {etag}, expected {file.digest}")
    arrived = partial.stat().st_size if partial.is_file() else 0
    with partial.open("ab" if arrived <= file.size_bytes else "wb") as out:
        http_get(
            url,
            out,
            resume_size=out.tell(),
            headers=build_hf_headers(),
            expected_size=file.size_bytes,
            displayed_filename=Path(file.path).name,
            tqdm_class=progress_bar(watch),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(target)
