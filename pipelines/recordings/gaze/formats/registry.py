"""The one table of gaze formats.  A new format is one file in this folder and one row here."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import GazeFiles, UnreadableGaze
from pipelines.recordings.gaze.formats import marker_mapper, plain, pupil_cloud, pupil_core
from pipelines.recordings.gaze.formats.samples import Reader, Samples
from pipelines.recordings.tables import open_table


@dataclass(frozen=True, kw_only=True)
class GazeFormat:
    """A gaze table that is known by its header: it is read, or refused by name.

    columns  the names a message lists when no format matches; none for a format that is refused
    read     None for a format that is refused
    refusal  what follows the file's name in the message, without the full stop
    """

    name: str
    matches: Callable[[frozenset[str]], bool]
    columns: tuple[str, ...] = ()
    read: Reader | None = None
    refusal: str = ""


# The first match counts, so that a plain table, which matches most, comes last.
FORMATS = (
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
    GazeFormat(name="Marker Mapper", matches=marker_mapper.matches, refusal=marker_mapper.REFUSAL),
    GazeFormat(name="plain table", matches=plain.matches, columns=plain.COLUMNS, read=plain.read),
)


def read_samples(files: GazeFiles, video: Video | None) -> Samples:
    """Read a gaze table in the format that its header shows.

    Without a video times count from the first frame's stamp, or else from the first sample.
    Raises UnreadableGaze.
    """
    table = open_table(files.gaze)
    columns = frozenset(table.columns)
    gaze_format = next((each for each in FORMATS if each.matches(columns)), None)
    if gaze_format is None:
        raise UnreadableGaze(
            f"“{table.source.name}” has the columns {table.described}: choose a gaze file, "
            f"with {_expected()}."
        )
    if gaze_format.read is None:
        raise UnreadableGaze(f"“{table.source.name}” {gaze_format.refusal}.")
    return gaze_format.read(table, files, video)


def _expected() -> str:
    return " or ".join(f"{', '.join(each.columns)} ({each.name})" for each in FORMATS if each.columns)
