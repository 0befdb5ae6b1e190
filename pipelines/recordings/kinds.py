"""What a file is by its first bytes, whatever its name says: to refuse a mix-up in words."""

import codecs
import re
import zipfile
from pathlib import Path

from pipelines.recordings.source import DAMAGED_ZIP

HEAD_BYTES = 4096
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What a file is, and what its first bytes are; of a video every container that cameras and exports write.
KINDS = (
    ("a video", rb"[\0-\x08].{3}(ftyp(?!avif|heic|heix|mif1)|moov|mdat|wide|free|skip)"),
    ("a video", rb"\x1a\x45\xdf\xa3|RIFF.{4}AVI |\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01|OggS\0"),
    ("a video", rb"\0\0\x01[\xba\xb3]|\x06\x0e\x2b\x34"),
    ("a video", rb"(?=.*[\0\x80-\xff])(G.{187}G.{187}G|.{4}G.{191}G.{191}G)"),
    ("sound", rb"RIFF.{4}WAVE|ID3[\x02-\x04]\0|fLaC\0"),
    ("a picture", rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|\0.{3}ftyp(avif|hei[cx]|mif1)"),
    ("a PDF", rb"%PDF-"),
    ("an Excel workbook", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a MATLAB file", rb"MATLAB 5\.0"),
    ("an HDF5 file", rb"\x89HDF\r\n"),
    ("a Parquet file", rb"PAR1\x15"),
    ("a NumPy file", rb"\x93NUMPY"),
    ("a 7-Zip archive", rb"7z\xbc\xaf\x27\x1c"),
    ("a RAR archive", rb"Rar!\x1a\x07"),
    ("a tar archive", rb".{257}ustar"),
    ("an xz archive", rb"\xfd7zXZ\x00"),
    ("a bzip2 archive", rb"BZh[1-9]1AY&SY"),
    ("a Zstandard archive", rb"\x28\xb5\x2f\xfd"),
)
# The same for documents that are zips, by the beginning of a name in them.
ZIPPED = (
    ("an Excel workbook", "xl/"),
    ("a Word document", "word/"),
    ("a presentation", "ppt/"),
    ("a Numbers spreadsheet", "Index/"),
    ("an OpenDocument file", "META-INF/manifest.xml"),
)
SPREADSHEETS = ("an Excel workbook", "a Numbers spreadsheet", "an OpenDocument file")


def kind_of(head: bytes) -> str | None:
    """What a file with these first bytes is, as in "a video"; None for text and for anything else."""
    return next((kind for kind, form in KINDS if re.match(form, head, re.DOTALL)), None)


def text_kind(head: bytes) -> str | None:
    """What text or packed text a file with these first bytes is; None for anything else."""
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "a packed file"
    encoding = "utf-16" if head[:2] in UTF_16 else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)  # which lets the last character be cut
    except UnicodeDecodeError:
        return None
    if not text.strip() or not all(letter.isprintable() or letter.isspace() for letter in text):
        return None
    return "JSON" if text.lstrip()[0] in "{[" else "text"


def kind_of_file(path: Path) -> str | None:
    """What a file is, as in "an Excel workbook"; None for text, for zips of files and for anything else."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.startswith(b"PK\x03\x04"):
        return kind_of(head)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except DAMAGED_ZIP:
        return None
    return next((kind for kind, start in ZIPPED if any(name.startswith(start) for name in names)), None)
