"""What lies in a folder or zip at any depth, checked before anything of it is unpacked."""

import os
import struct
import zipfile
from pathlib import Path, PurePosixPath

from pipelines.limits import MAX_EXPORT_FILES, MAX_ZIP_RATIO, MIN_BOMB_BYTES
from pipelines.recordings.source import DAMAGED_ZIP, Source, UnreadableTable

Listing = dict[PurePosixPath, Source]
"""The files of a folder or zip by their path inside it, without what a system hides among them."""

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PACKED_ENDINGS = (".zip", ".7z", ".rar", ".tar", ".tgz", ".xz", ".bz2")
UNREAD_ENDINGS = (".mp4", ".mov", ".mjpeg", ".avi", ".mkv", ".jpg", ".jpeg", ".png", ".mp3", ".wav")
END_OF_ZIP, END_OF_ZIP_BYTES, MAX_REMARK_BYTES = b"PK\x05\x06", 22, 2**16
MANY = 0xFFFF  # the number of entries in a zip that has more


def is_zip(path: Path) -> bool:
    """Whether a file begins as a zip does.  Raises UnreadableTable if it may not be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) in ZIP_STARTS
    except OSError as error:
        raise UnreadableTable(f"“{path.name}” may not be read: check its permissions.") from error


def on_disk(path: Path) -> Source:
    """A file on disk as a source.  Raises UnreadableTable if it may not be looked at."""
    try:
        return Source(path, path.stat().st_size)
    except OSError as error:
        raise UnreadableTable(f"“{path.name}” may not be read: check its permissions.") from error


def list_folder(folder: Path) -> Listing:
    """The files of a folder and of those in it.  Raises UnreadableTable if there are too many."""
    listing: Listing = {}
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            path = Path(where, name)
            if not _is_hidden(name) and path.is_file():
                listing[PurePosixPath(path.relative_to(folder).as_posix())] = on_disk(path)
        if len(listing) > MAX_EXPORT_FILES:
            raise _too_many(folder.name)
    return listing


def list_beside(path: Path) -> Listing:
    """A file and those in its folder."""
    names = sorted(os.listdir(path.parent))[:MAX_EXPORT_FILES]
    files = [path.parent / name for name in names if not _is_hidden(name)]
    beside = {PurePosixPath(file.name): on_disk(file) for file in files if file.is_file()}
    return beside | {PurePosixPath(path.name): on_disk(path)}


def list_zip(path: Path) -> Listing:
    """The files of a zip.  Raises UnreadableTable if it is damaged, locked, too large or a bomb."""
    check_entries(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except DAMAGED_ZIP as error:
        raise UnreadableTable(f"“{path.name}” is a damaged zip: download it again.") from error
    if len(entries) > MAX_EXPORT_FILES:
        raise _too_many(path.name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableTable(f"“{path.name}” is locked by a password: unpack it and choose its folder.")
    listing: Listing = {}
    for entry in entries:
        # A zip made on Windows may have backslashes; a damaged entry may have no name.
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if not name.name or entry.filename.endswith(("/", "\\")) or any(map(_is_hidden, name.parts)):
            continue
        _check_ratio(path, name, entry)
        listing[name] = Source(path, entry.file_size, entry.filename)
    return listing


def check_entries(path: Path) -> None:
    """Refuse a zip that says it has too many entries, before they are listed.  Raises UnreadableTable."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_OF_ZIP_BYTES - MAX_REMARK_BYTES))
        end = file.read()
    at = end.rfind(END_OF_ZIP)
    if at < 0 or len(end) - at < END_OF_ZIP_BYTES:
        return  # which zipfile calls damaged
    entries = struct.unpack_from("<H", end, at + 10)[0]
    if entries == MANY or entries > MAX_EXPORT_FILES:
        raise _too_many(path.name)


def _check_ratio(path: Path, name: PurePosixPath, entry: zipfile.ZipInfo) -> None:
    if entry.file_size < MIN_BOMB_BYTES or name.suffix.lower() in UNREAD_ENDINGS:
        return
    if entry.file_size > MAX_ZIP_RATIO * entry.compress_size:
        raise UnreadableTable(
            f"“{path.name}” would unpack “{name.name}” from {entry.compress_size / 1e6:.1f} MB to "
            f"{entry.file_size / 1e6:.0f} MB, more than {MAX_ZIP_RATIO} times as much, which no recording "
            "does: download it again."
        )


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _too_many(name: str) -> UnreadableTable:
    return UnreadableTable(
        f"“{name}” holds more than {MAX_EXPORT_FILES} files: choose the folder of one recording in it."
    )
