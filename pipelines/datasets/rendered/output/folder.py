"""The folder of a render: claimed by one process, resumed under the settings it was begun with."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from encodings.errors import UserError
from pipelines.datasets.rendered.output.settings import Settings

SETTINGS_NAME = "render.json"
HALF = ".half"  # what a file or folder that is being written is called
PARTS = ("recordings", "clips")
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)  # FFmpeg's errors are no OSError


class UnusableFolder(UserError):
    """A place that cannot be written to, said in one sentence."""


@contextmanager
def claimed(out: Path, settings: Settings) -> Iterator[None]:
    """Hold a folder that is new, empty, or begun with the same settings, and leave nothing half in it.

    Raises UnusableFolder.
    """
    with writing(out):
        if out.exists() and not out.is_dir():
            raise UnusableFolder(f"{out} exists and is not a folder; choose a new one.")
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)  # the lock ends with the process, however that ends
    try:
        _lock(out, handle)
        with writing(out):
            _begin(out, settings.kept)
        sweep(out)
        try:
            yield
        finally:
            sweep(out)
    finally:
        os.close(handle)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn what a disk refuses into one sentence."""
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        if not isinstance(error, OSError) and error.errno not in DISK:
            raise
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UnusableFolder(
            f"The folder {out} could not be written ({reason}); free some space and run the same command "
            "again to go on, or choose another place."
        ) from error


def sweep(out: Path) -> None:
    """Take away what was being written when a render ended; what is whole stays."""
    for path in [*out.glob("*.part"), *out.glob(f"*{HALF}")]:
        path.unlink()
    for part in PARTS:
        for path in (out / part).glob(f"*{HALF}"):
            shutil.rmtree(path, ignore_errors=True)


def _lock(out: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UnusableFolder(
            f"Another render is writing to {out}; wait for it, or choose a new folder."
        ) from error


def _begin(out: Path, kept: dict[str, object]) -> None:
    """Compare the settings that a folder was begun with, or begin an empty one."""
    path = out / SETTINGS_NAME
    if path.is_file():
        before = _read(path)
        other = [name for name in kept if before.get(name, None) != kept[name]]
        if other:
            raise UnusableFolder(
                f"The folder {out} was begun with {other[0]} = {before.get(other[0])!r}, not "
                f"{kept[other[0]]!r}; choose a new folder, or what it was begun with."
            )
        return
    half = path.with_name(path.name + HALF)
    half.unlink(missing_ok=True)
    if any(out.iterdir()):
        raise UnusableFolder(f"The folder {out} exists and is not empty; choose a new one or empty it.")
    try:
        half.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, object]:
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        before = None
    if not isinstance(before, dict):
        raise UnusableFolder(f"{path} is no record of a render's settings; choose a new folder.")
    return before
