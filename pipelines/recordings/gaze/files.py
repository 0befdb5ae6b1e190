"""Where gaze lies: a table, or a folder or zip as eye trackers export it, and the files beside it."""

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.limits import MAX_EXPORT_DEPTH, MAX_GAZE_BYTES
from pipelines.recordings.kinds import SPREADSHEETS, kind_of_file
from pipelines.recordings.source import DAMAGED_ZIP, Source, UnreadableTable

# Of Pupil Cloud, of Pupil Core, of Tobii Pro Glasses 3 and 2; a packed one is preferred to its unpacked twin.
GAZE_NAMES = (
    "gaze.csv",
    "gaze_positions.csv",
    "gazedata.gz",
    "gazedata",
    "livedata.json.gz",
    "livedata.json",
)
WORLD_NAME = "world_timestamps.csv"
INFO_NAME = "info.json"
TABLE_ENDINGS = (".csv", ".tsv", ".txt")
MAX_NAMES = 4  # how many files a message lists


class UnreadableGaze(UnreadableTable):
    """A file that cannot be used as the gaze of a recording."""


@dataclass(frozen=True)
class GazeFiles:
    """A gaze table and the two files of its export that define its clock."""

    gaze: Source
    world: Source | None
    info: Source | None


Export = dict[PurePosixPath, Source]
"""The files of a folder or zip by their path inside it."""


def find_gaze(path: Path, world_path: Path | None = None) -> GazeFiles:
    """Find the gaze of one recording, and world_timestamps.csv and info.json beside it.

    world_path replaces the world_timestamps.csv that was found.  Raises UnreadableGaze.
    """
    if path.is_file():
        _check_kind(path)
    if path.is_dir():
        export = _list_folder(path)
    elif not path.is_file():
        raise UnreadableGaze(f"There is no gaze file “{path.name}”: check its name, or choose another.")
    elif _is_zip(path):
        export = _list_zip(path)
    else:
        files = [path.with_name(name) for name in (path.name, WORLD_NAME, INFO_NAME)]
        export = {PurePosixPath(file.name): _on_disk(file) for file in files if file.is_file()}
        return _with_clock_files(export, PurePosixPath(path.name), world_path)
    return _with_clock_files(export, _only_gaze(path, export), world_path)


def _check_kind(path: Path) -> None:
    """Refuse what is no table by its first bytes, in words that fit.  Raises UnreadableGaze."""
    try:
        kind = kind_of_file(path)
    except OSError as error:
        raise UnreadableGaze(f"“{path.name}” may not be read: check its permissions.") from error
    if kind in SPREADSHEETS:
        raise UnreadableGaze(f"“{path.name}” is {kind}: save it as CSV (UTF-8) and choose that.")
    if kind == "a video":
        raise UnreadableGaze(
            f"“{path.name}” is a video, not gaze: choose it as the video, and as gaze the table of the eye "
            "tracker."
        )
    if kind is not None:
        raise UnreadableGaze(
            f"“{path.name}” is {kind}, not gaze: choose the export of the eye tracker as a table (CSV or "
            "TSV)."
        )


def _with_clock_files(export: Export, gaze: PurePosixPath, world_path: Path | None) -> GazeFiles:
    world = _open_world(world_path) if world_path else export.get(gaze.parent / WORLD_NAME)
    for source in filter(None, (export[gaze], world)):
        _check_size(source)
    return GazeFiles(export[gaze], world, export.get(gaze.parent / INFO_NAME))


def _open_world(path: Path) -> Source:
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


def _list_folder(folder: Path) -> Export:
    patterns = ["/".join("*" * depth) for depth in range(1, MAX_EXPORT_DEPTH + 1)]
    files = [path for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_file()]
    return {PurePosixPath(path.relative_to(folder).as_posix()): _on_disk(path) for path in files}


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise UnreadableGaze(f"“{path.name}” may not be read: check its permissions.") from error


def _list_zip(path: Path) -> Export:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except DAMAGED_ZIP as error:
        raise UnreadableGaze(f"“{path.name}” is a damaged zip: download it again.") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableGaze(f"“{path.name}” is locked by a password: unpack it and choose its folder.")
    return {
        PurePosixPath(entry.filename): Source(path, entry.file_size, entry.filename)
        for entry in entries
        # A damaged entry may have no name, over which is_dir stumbles.
        if entry.filename
        and not entry.is_dir()
        and len(PurePosixPath(entry.filename).parts) <= MAX_EXPORT_DEPTH
    }


def _only_gaze(path: Path, export: Export) -> PurePosixPath:
    """The one file of a folder or zip that is gaze by its name, or else the only table in it."""
    gaze = [file for file in export if file.name in GAZE_NAMES]
    gaze = [file for file in gaze if file.with_name(f"{file.name}.gz") not in gaze]
    tables = [file for file in export if file.suffix.lower() in TABLE_ENDINGS and file.name[0] != "."]
    gaze = gaze or [file for file in tables if file.name != WORLD_NAME]
    if len(gaze) == 1:
        return gaze[0]
    names = ", ".join(map(str, gaze[:MAX_NAMES])) + (", …" if len(gaze) > MAX_NAMES else "")
    if gaze and gaze[0].name in GAZE_NAMES:
        raise UnreadableGaze(f"“{path.name}” holds gaze of several recordings ({names}): choose one of them.")
    wanted = " or ".join(name for name in GAZE_NAMES if f"{name}.gz" not in GAZE_NAMES)
    if gaze:
        raise UnreadableGaze(f"“{path.name}” holds no gaze: none of its tables ({names}) is {wanted}.")
    raise UnreadableGaze(f"“{path.name}” holds no gaze: there is no {wanted} in it.")
