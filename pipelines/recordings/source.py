"""Where a table lies: a file on disk or inside a zip, read as a stream."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from encodings.errors import UserError
from pipelines.limits import MAX_GAZE_BYTES

GZIP_MAGIC = b"\x1f\x8b\x08"  # and the only method there is
UNPACKED_AT_ONCE = 2**18  # bytes
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


class UnreadableTable(UserError):
    """A file that cannot be read as a table."""


@dataclass(frozen=True)
class Source:
    """A file on disk or inside a zip, to be read as a stream; size in bytes, unpacked."""

    path: Path
    size: int
    member: str | None = None

    @property
    def name(self) -> str:
        """Its name in a message: the file's name alone."""
        return PurePosixPath(self.member or self.path.name).name

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file's bytes; those of a zip or .gz are unpacked as they are read, never to disk.

        Raises UnreadableTable if a .gz unpacks to more than MAX_GAZE_BYTES.
        """
        if self.member is None:
            with self.path.open("rb") as file:
                yield self._unpacked(file)
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                yield self._unpacked(file)

    def _unpacked(self, file: BinaryIO) -> BinaryIO:
        file = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file)
        if file.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] != GZIP_MAGIC:
            return file
        return io.BufferedReader(_Unpacked(self.name, gzip.GzipFile(fileobj=file)), UNPACKED_AT_ONCE)


class _Unpacked(io.RawIOBase):
    """The bytes of a .gz, up to the ceiling: what a file unpacks to is not known before."""

    def __init__(self, name: str, file: gzip.GzipFile) -> None:
        self._name, self._file, self._read = name, file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = self._file.readinto(buffer)
        self._read += size
        if self._read > MAX_GAZE_BYTES:
            raise UnreadableTable(
                f"“{self._name}” unpacks to more than the {MAX_GAZE_BYTES / 1e6:.0f} MB that are read: "
                "export a shorter part of the recording."
            )
        return size
