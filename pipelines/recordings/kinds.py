"""What a file is by its first bytes, whatever its name says: to refuse a mix-up in words."""

import re
import zipfile
from pathlib import Path

HEAD_BYTES = 4096
# What a file is, and what its first bytes are; of a video every container that cameras and exports write.
KINDS = (
    ("a video", rb".{4}ftyp(?!avif|heic|heix|mif1)|.{4}(moov|mdat|wide|free)|\x1a\x45\xdf\xa3|RIFF.{4}AVI "),
    ("a video", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01|\x00\x00\x01[\xba\xb3]|OggS|\x06\x0e\x2b\x34"),
    ("a video", rb"G.{187}G.{187}G|.{4}G.{191}G.{191}G"),
    ("sound", rb"RIFF.{4}WAVE|ID3|fLaC"),
    ("a picture", rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|.{4}ftyp(avif|heic|heix|mif1)"),
    ("a PDF", rb"%PDF-"),
    ("an Excel workbook", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a MATLAB file", rb"MATLAB 5\.0"),
    ("an HDF5 file", rb"\x89HDF\r\n"),
    ("a Parquet file", rb"PAR1"),
    ("a NumPy file", rb"\x93NUMPY"),
    ("a 7-Zip archive", rb"7z\xbc\xaf\x27\x1c"),
    ("a RAR archive", rb"Rar!\x1a\x07"),
)
# The same for documents that are zips, by the beginning of a name in them.
ZIPPED = (
    ("an Excel workbook", "xl/"),
    ("a Word document", "word/"),
    ("a presentation", "ppt/"),
    ("a Numbers spreadsheet", "Index/"),
    ("an OpenDocument file", "META-INF/manifest.xml"),
)


def kind_of(head: bytes) -> str | None:
    """What a file with these first bytes is, as in "a video"; None for text and for anything else."""
    return next((kind for kind, form in KINDS if re.match(form, head, re.DOTALL)), None)


def kind_of_file(path: Path) -> str | None:
    """What a file is, as in "an Excel workbook"; None for text, for zips of files and for anything else."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.startswith(b"PK\x03\x04"):
        return kind_of(head)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return next((kind for kind, start in ZIPPED if any(name.startswith(start) for name in names)), None)
