"""Where gaze lies: a table, or a folder or zip as eye trackers export it, and what lies beside it."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from encodings.errors import UserError

MAX_GAZE_BYTES = 400_000_000  # some hours of the fastest tracker
GAZE_NAMES = ("gaze.csv", "gaze_positions.csv")  # Pupil Cloud, Pupil Core
WORLD_NAME = "world_timestamps.csv"
INFO_NAME = "info.json"
TABLE_ENDINGS = (".csv", ".tsv", ".txt")
MAX_DEPTH = 3  # parts of a name inside an export: recording/000/gaze_positions.csv
# All that zipfile raises for bytes that are no zip, or one of a kind it does not know.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    UnicodeError,
)
NAMED = 4  # how many files or columns a message names at most


class UnreadableGaze(UserError):
    """A file that cannot be used as the gaze of a recording."""


@dataclass(frozen=True)
class Source:
    """A file on disk or inside a zip, to be read as a stream."""

    path: Path
    size: int
    member: str | None = None

    @property
    def name(self) -> str:
        """What a message calls it: the file's name alone."""
        return PurePosixPath(self.member or self.path.name).name

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file's bytes; from a zip they are unpacked as they are read, never to disk."""
        if self.member is None:
            with self.path.open("rb") as file:
                yield file
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                yield file


@dataclass(frozen=True)
class GazeFiles:
    """A gaze table and the two files of its export that tell on which clock it runs."""

    gaze: Source
    world: Source | None
    info: Source | None


def find_gaze(path: Path, world_path: Path | None = None) -> GazeFiles:
    """Find the gaze of one recording, and world_timestamps.csv and info.json beside it.

    world_path replaces the world_timestamps.csv that was found.  Raises UnreadableGaze.
    """
    if path.is_dir():
        found = _in_folder(path)
    elif not path.is_file():
        raise UnreadableGaze(f"There is no gaze file “{path.name}”: check its name, or choose another.")
    elif _is_zip(path):
        found = _in_zip(path)
    else:
        beside = [path.with_name(name) for name in (path.name, WORLD_NAME, INFO_NAME)]
        found = {PurePosixPath(each.name): _on_disk(each) for each in beside if each.is_file()}
        return _with_siblings(found, PurePosixPath(path.name), world_path)
    return _with_siblings(found, _only_gaze(path, found), world_path)


def _with_siblings(
    found: dict[PurePosixPath, Source], gaze: PurePosixPath, world_path: Path | None
) -> GazeFiles:
    world = _chosen(world_path) if world_path else found.get(gaze.parent / WORLD_NAME)
    for source in filter(None, (found[gaze], world)):
        _check_size(source)
    return GazeFiles(found[gaze], world, found.get(gaze.parent / INFO_NAME))


def _chosen(path: Path) -> Source:
    if not path.is_file():
        raise UnreadableGaze(f"There is no file “{path.name}” of world timestamps: check its name.")
    return _on_disk(path)


def _check_size(source: Source) -> None:
    if source.size == 0:
        raise UnreadableGaze(f"“{source.name}” is empty (0 bytes): export it again.")
    if source.size > MAX_GAZE_BYTES:
        raise UnreadableGaze(
            f"“{source.name}” has {source.size / 1e6:.0f} MB, and at most {MAX_GAZE_BYTES / 1e6:.0f} MB "
            "of gaze are read: export a shorter part of the recording."
        )


def _on_disk(path: Path) -> Source:
    return Source(path, path.stat().st_size)


def _in_folder(folder: Path) -> dict[PurePosixPath, Source]:
    paths = [each for depth in range(1, MAX_DEPTH + 1) for each in sorted(folder.glob("/".join("*" * depth)))]
    return {
        PurePosixPath(each.relative_to(folder).as_posix()): _on_disk(each) for each in paths if each.is_file()
    }


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise UnreadableGaze(f"“{path.name}” may not be read: check its permissions.") from error


def _in_zip(path: Path) -> dict[PurePosixPath, Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except DAMAGED_ZIP as error:
        raise UnreadableGaze(f"“{path.name}” is a damaged zip: download it again.") from error
    if any(each.flag_bits & 1 for each in listed):
        raise UnreadableGaze(f"“{path.name}” is locked by a password: unpack it and choose its folder.")
    return {
        PurePosixPath(each.filename): Source(path, each.file_size, each.filename)
        for each in listed
        # A damaged entry may have no name, over which is_dir stumbles.
        if each.filename and not each.is_dir() and len(PurePosixPath(each.filename).parts) <= MAX_DEPTH
    }


def _only_gaze(path: Path, found: dict[PurePosixPath, Source]) -> PurePosixPath:
    """The one table of a folder or zip that is gaze by its name, or else the only table in it."""
    tables = [each for each in found if each.suffix.lower() in TABLE_ENDINGS and each.name[0] != "."]
    gaze = [each for each in tables if each.name in GAZE_NAMES]
    gaze = gaze or [each for each in tables if each.name != WORLD_NAME]
    if len(gaze) == 1:
        return gaze[0]
    names = ", ".join(str(each) for each in gaze[:NAMED]) + (", …" if len(gaze) > NAMED else "")
    if gaze and gaze[0].name in GAZE_NAMES:
        raise UnreadableGaze(f"“{path.name}” holds gaze of several recordings ({names}): choose one of them.")
    held = f"none of its tables ({names}) is" if gaze else "no table is in it that could be"
    raise UnreadableGaze(f"“{path.name}” holds no gaze: {held} {' or '.join(GAZE_NAMES)}.")
