"""The output folder of a render: locked by one process, resumed only with the settings it was begun with."""

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
HALF = ".half"  # suffix of a file or folder that is being written
PARTS = ("recordings", "clips")
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)  # FFmpeg's errors are no OSError


class UnusableFolder(UserError):
    """An output folder that cannot be written to, described in one sentence."""


@contextmanager
def locked(out: Path, settings: Settings) -> Iterator[None]:
    """Lock a folder that is new, empty, or begun with the same settings; leave no unfinished file in it.

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
            _begin(out, settings.record)
        remove_unfinished(out)
        try:
            yield
        finally:
            remove_unfinished(out)
    finally:
        os.close(handle)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn the errors of a disk into UnusableFolder."""
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


def remove_unfinished(out: Path) -> None:
    """Remove what was being written when a render ended; whole recordings stay."""
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


def _begin(out: Path, record: dict[str, object]) -> None:
    """Compare the record of the settings that a folder was begun with, or write it into an empty one."""
    path = out / SETTINGS_NAME
    if path.is_file():
        previous = _read(path)
        changed = [name for name in record if previous.get(name, None) != record[name]]
        if changed:
            raise UnusableFolder(
                f"The folder {out} was begun with {changed[0]} = {previous.get(changed[0])!r}, not "
                f"{record[changed[0]]!r}; choose a new folder, or what it was begun with."
            )
        return
    half = path.with_name(path.name + HALF)
    half.unlink(missing_ok=True)
    if any(out.iterdir()):
        raise UnusableFolder(f"The folder {out} exists and is not empty; choose a new one or empty it.")
    try:
        half.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, object]:
    try:
        previous = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        previous = None
    if not isinstance(previous, dict):
        raise UnusableFolder(f"{path} is no record of a render's settings; choose a new folder.")
    return previous
