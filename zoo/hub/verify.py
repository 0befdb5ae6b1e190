"""Checksums: whether files from the Hub are the files that were pushed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from zoo.hub.listing import HubFile, read_listing
from zoo.weights import WeightsMissing

BLOCK = 1 << 20  # bytes read at a time
DIGITS = {40, 64}  # of a SHA-1 and of a SHA-256


def verify(folder: Path, files: Iterable[HubFile] | None = None) -> int:
    """Compare the files of a snapshot in the Hub cache with the hashes that the Hub announced for them.

    files are the announced ones, where the caller has just listed them.  Returns how many files were
    compared; 0 says that nothing announces a hash, as in a folder of one's own, and not that the files are
    right.  A file that differs is removed, so that it is never taken for whole; raises WeightsMissing.
    """
    announced = {
        name: digest for name, digest in _announced(folder, files).items() if (folder / name).is_file()
    }
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


def _announced(folder: Path, files: Iterable[HubFile] | None) -> dict[str, str]:
    """The hash of each file by its path: the SHA-256 of a large one, git's SHA-1 of a small one.

    Without a listing the hash is the name of what a link points to; files that are no links have none then.
    """
    files = files or read_listing(folder)
    if files is not None:
        digests = {each.path: each.digest for each in files}
    else:
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
