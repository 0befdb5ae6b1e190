"""Whether files from the Hub are the files that were pushed."""

import hashlib
from pathlib import Path

from zoo.weights import WeightsMissing

BLOCK = 1 << 20  # bytes read at a time


def verify(folder: Path) -> int:
    """Compare every file of a snapshot in the Hub cache with the hash it was announced under.

    The cache names each file by it: 64 hexadecimal digits are the SHA-256 of a large file, 40 are
    git's own of a small one.  Returns how many files were compared.  A file that differs is removed, so
    that it is never taken for whole; raises WeightsMissing.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_symlink()]
    for path in files:
        announced = path.resolve().name
        if _hash(path, announced) != announced:
            path.resolve().unlink()
            path.unlink()
            raise WeightsMissing(
                f"{path.name} of {folder.name[:8]} is not the file that was pushed (its hash differs); "
                "it has been removed from this machine: pull again."
            )
    return len(files)


def _hash(path: Path, announced: str) -> str:
    size = path.stat().st_size
    digest = hashlib.sha256() if len(announced) == 64 else hashlib.sha1(b"blob %d\0" % size)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
