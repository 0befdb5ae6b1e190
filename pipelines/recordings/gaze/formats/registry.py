"""The one table of gaze formats.  A new format is one file in this folder and one row here."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.limits import TABLE_HEAD_BYTES
from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze, other_kind
from pipelines.recordings.gaze.formats import (
    json_lines,
    neon_native,
    other_tables,
    plain,
    pupil_cloud,
    pupil_core,
    smi_begaze,
    tobii_glasses_2,
    tobii_glasses_3,
    tobii_pro_lab,
)
from pipelines.recordings.gaze.formats.samples import Reader, Samples
from pipelines.recordings.kinds import kind_of
from pipelines.recordings.source import Source, UnreadableTable
from pipelines.recordings.tables import Table, open_table, reading

PACKED = (b"\x1f\x8b", b"PK\x03\x04")  # the beginnings of a .gz and a zip
SHOWN_COLUMNS, SHOWN_LETTERS = 4, 24  # of a header in a message
REMEDY = (
    "choose gaze.csv (Pupil Cloud), gaze_positions.csv (Pupil Core), gazedata.gz or livedata.json (Tobii Pro "
    "Glasses), the raw data of Tobii Pro Lab or SMI BeGaze, or name the columns t (seconds of video), x, y "
    "(pixels from the top left)"
)


@dataclass(frozen=True, kw_only=True)
class GazeFormat:
    """A gaze table that is known by its header: it is read, or refused by name.

    columns  the names by which its samples are known; none for a format that is refused
    read     None for a format that is refused
    refusal  what follows the file's name in the message, without the full stop
    """

    name: str
    matches: Callable[[frozenset[str]], bool]
    columns: tuple[str, ...] = ()
    read: Reader | None = None
    refusal: str = ""


@dataclass(frozen=True)
class FileFormat:
    """A gaze file that is no table, known by its first bytes."""

    name: str
    matches: Callable[[bytes], bool]
    read: Callable[[GazeFiles, Video | None], Samples]


FILE_FORMATS = (
    FileFormat(tobii_glasses_3.NAME, tobii_glasses_3.matches, tobii_glasses_3.read),
    FileFormat(tobii_glasses_2.NAME, tobii_glasses_2.matches, tobii_glasses_2.read),
)


def _refused(tables: tuple[other_tables.OtherTable, ...]) -> tuple[GazeFormat, ...]:
    return tuple(GazeFormat(name=each.name, matches=each.matches, refusal=each.refusal) for each in tables)


# The first match counts, so that a plain table, which matches most, comes last.
FORMATS = (
    *_refused(other_tables.LIKE_GAZE),
    GazeFormat(
        name="Pupil Cloud",
        matches=pupil_cloud.matches,
        columns=pupil_cloud.COLUMNS,
        read=pupil_cloud.read,
    ),
    GazeFormat(
        name="Pupil Core",
        matches=pupil_core.matches,
        columns=pupil_core.COLUMNS,
        read=pupil_core.read,
    ),
    GazeFormat(
        name=tobii_pro_lab.NAME,
        matches=tobii_pro_lab.matches,
        columns=tobii_pro_lab.COLUMNS,
        read=tobii_pro_lab.read,
    ),
    GazeFormat(
        name=f"{tobii_pro_lab.NAME} without gaze",
        matches=tobii_pro_lab.matches_other,
        refusal=tobii_pro_lab.REFUSAL,
    ),
    GazeFormat(
        name=smi_begaze.NAME, matches=smi_begaze.matches, columns=smi_begaze.COLUMNS, read=smi_begaze.read
    ),
    *_refused(other_tables.BESIDE_GAZE),
    GazeFormat(name="plain table", matches=plain.matches, columns=plain.COLUMNS, read=plain.read),
)


def read_samples(files: GazeFiles, video: Video | None) -> Samples:
    """Read gaze in the format that the first bytes of its file or the header of its table show.

    Without a video times count from the first frame's stamp, or else from the first sample.
    Raises UnreadableGaze.
    """
    if files.is_native:
        return neon_native.read(files, video)
    head = _head(files.gaze)
    _check_kind(files.gaze.name, head)
    file_format = next((each for each in FILE_FORMATS if each.matches(head)), None)
    if file_format is not None:
        return file_format.read(files, video)
    if json_lines.is_json(head):
        raise UnreadableGaze(
            f"“{files.gaze.name}” is JSON, but not as glasses write gaze, one sample a line: choose "
            "gazedata.gz (Tobii Pro Glasses 3) or livedata.json.gz (Tobii Pro Glasses 2)."
        )
    table = open_table(files.gaze)
    columns = frozenset(table.columns)
    gaze_format = next((each for each in FORMATS if each.matches(columns)), None)
    if gaze_format is None:
        raise _unknown(table)
    if gaze_format.read is None:
        raise UnreadableGaze(f"“{table.source.name}” {gaze_format.refusal}.")
    return gaze_format.read(table, files, video)


def _check_kind(name: str, head: bytes) -> None:
    """Refuse what is no text by its first bytes, once it is unpacked.  Raises UnreadableGaze."""
    kind = kind_of(head)
    if kind is not None:
        raise other_kind(name, kind)
    if head.startswith(PACKED):
        raise UnreadableGaze(f"“{name}” is packed twice: unpack it once and choose what was in it.")


def holds_gaze(source: Source) -> bool:
    """Whether a file is in a format that is read, by its first bytes or its header."""
    try:
        head = _head(source)
        if any(each.matches(head) for each in FILE_FORMATS):
            return True
        if json_lines.is_json(head):
            return False
        columns = frozenset(open_table(source).columns)
    except UnreadableTable:
        return False
    gaze_format = next((each for each in FORMATS if each.matches(columns)), None)
    return gaze_format is not None and gaze_format.read is not None


def _head(source: Source) -> bytes:
    with reading(source), source.opened() as file:
        return file.read(TABLE_HEAD_BYTES)


def _unknown(table: Table) -> UnreadableGaze:
    names = [" ".join(name.split())[:SHOWN_LETTERS] for name in table.columns]
    shown = ", ".join(names[:SHOWN_COLUMNS]) + (", …" if len(names) > SHOWN_COLUMNS else "")
    if sum(map(_is_number, names)) * 2 > len(names):
        return UnreadableGaze(
            f"“{table.source.name}” has no line of column names: it begins with the numbers {shown}: write "
            "the line t,x,y above them, in the order of the columns (seconds of video, pixels from the top "
            "left)."
        )
    return UnreadableGaze(f"“{table.source.name}” has the columns {shown}, of no known gaze: {REMEDY}.")


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
