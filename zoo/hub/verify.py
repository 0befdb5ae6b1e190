"""Checksums: whether files from the Hub are the files that were pushed."""

import hashlib
import json
from pathlib import Path

from zoo.weights import WeightsMissing

BLOCK = 1 << 20  # bytes read at a time
DIGITS = {40, 64}  # of a SHA-1 and of a SHA-256


def verify(folder: Path) -> int:
    """Compare the files of a snapshot in the Hub cache with the hashes that the Hub announced for them.

    Returns how many files were compared; 0 says that nothing announces a hash, as in a folder of one's own,
    and not that the files are right.  A file that differs is removed, so that it is never taken for whole;
    raises WeightsMissing.
    """
    announced = {name: digest for name, digest in _announced(folder).items() if (folder / name).is_file()}
    for name, digest in announced.items():
        path = folder / name
        if _hash(path, digest) != digest:
            path.resolve().unlink()  # what a link points to
            path.unlink(missing_ok=True)
            raise WeightsMissing(
                f"{path.name} of {folder.name[:8]} is not the file that was pushed (its hash differs); "
                "it has been removed from this machine: pull again."
            )
    return len(announced)


def _announced(folder: Path) -> dict[str, str]:
    """The hash of each file by its path: the SHA-256 of a large one, git's SHA-1 of a small one.

    huggingface_hub keeps the listing of each commit beside its snapshots.  It is read as a file, because
    get_cached_repo_tree leaves out the SHA-256.  Without a listing, as when another program filled the cache,
    the hash is the name of what a link points to; files that are no links have none then.
    """
    try:
        listing = json.loads(
            (folder.parents[1] / "trees" / f"{folder.name}.json").read_text(encoding="utf-8")
        )
        digests = {name: each.get("lfs_sha256") or each["blob_id"] for name, each in listing["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        links = (path for path in sorted(folder.rglob("*")) if path.is_symlink())
        digests = {path.relative_to(folder).as_posix(): path.resolve().name for path in links}
    return {name: digest for name, digest in digests.items() if len(digest) in DIGITS}


def _hash(path: Path, announced: str) -> str:
    """A file's hash of the kind that was announced."""
    size = path.stat().st_size
    digest = hashlib.sha256() if len(announced) == 64 else hashlib.sha1(b"blob %d\0" % size)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
