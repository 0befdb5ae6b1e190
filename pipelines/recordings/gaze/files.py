"""Where gaze lies: a table, or a folder or zip as eye trackers export it, and the files beside it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from pipelines.limits import MAX_EXPORT_BYTES, MAX_GAZE_BYTES
from pipelines.recordings.gaze.listing import (
    PACKED_ENDINGS,
    Listing,
    check_entries,
    is_zip,
    list_beside,
    list_folder,
    list_zip,
    on_disk,
)
from pipelines.recordings.kinds import SPREADSHEETS, kind_of_file
from pipelines.recordings.source import Source, UnreadableTable

# Of Pupil Cloud, Pupil Core, Tobii Pro Glasses 3 and 2; a packed one is preferred to its unpacked twin.
GAZE_NAMES = ("gaze.csv", "gaze_positions.csv", "gazedata", "livedata.json")
SHOWN_NAMES = "gaze.csv, gaze_positions.csv, gazedata.gz or livedata.json.gz"
NATIVE_NAME = re.compile(r"gaze( ps\d+|_200hz)\.raw")  # Neon and Invisible, as their phone keeps it
WORLD_NAME = "world_timestamps.csv"
INFO_NAME = "info.json"
TABLE_ENDINGS = (".csv", ".tsv", ".txt")
# Tables that eye trackers write beside their gaze, which are never taken for it.
NOT_GAZE = re.compile(
    r"(world_timestamps|(export_|user_)?info|fixations?|blinks?|saccades?|events?|labels?|imu|3d_eye_states|"
    r"pupil_positions|annotations?|sections|template|enrichment_info|head_pose_tracker|surface|marker|"
    r"face_detections|readme|license)(_.*)?"
)
RAW_CORE = "gaze.pldata"  # what Pupil Capture writes
WORKBOOK_ENDINGS = (".xlsx", ".xls", ".ods", ".numbers")
MAX_NAMES = 4  # how many files a message lists


class UnreadableGaze(UnreadableTable):
    """A file that cannot be used as the gaze of a recording."""


@dataclass(frozen=True, kw_only=True)
class GazeFiles:
    """A gaze file and those of its export that define its clock.

    place   the file's path inside the folder or zip that was chosen, for a message
    beside  the files in its folder by their names in lower case, its own too
    notes   sentences on why it was chosen
    """

    gaze: Source
    world: Source | None = None
    info: Source | None = None
    place: PurePosixPath
    beside: Mapping[str, Source] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_native(self) -> bool:
        """Whether this is the folder of a recording as the phone of Neon or Invisible keeps it."""
        return NATIVE_NAME.fullmatch(self.gaze.name.casefold()) is not None

    def check_sizes(self) -> None:
        """Refuse an empty or too large file before it is read.  Raises UnreadableGaze."""
        for source in filter(None, (self.gaze, self.world)):
            if source.size == 0:
                raise UnreadableGaze(f"“{source.name}” is empty (0 bytes): export it again.")
            if source.size > MAX_GAZE_BYTES:
                raise UnreadableGaze(
                    f"“{source.name}” has {source.size / 1e6:.0f} MB, and at most "
                    f"{MAX_GAZE_BYTES / 1e6:.0f} MB of gaze are read: export a shorter part of the recording."
                )


def find_gaze(path: Path, world_path: Path | None = None) -> list[GazeFiles]:
    """The files of a path that may be gaze, each with world_timestamps.csv and info.json beside it.

    They are those named as eye trackers name gaze, or else all tables that are not known as something else.
    world_path replaces each world_timestamps.csv.  Raises UnreadableTable if there is none.
    """
    world = world_path and _open_world(world_path)
    if path.is_dir():
        listing = list_folder(path)
    elif not path.is_file():
        raise UnreadableGaze(f"There is no gaze file “{path.name}”: check its name, or choose another.")
    else:
        zipped = is_zip(path)
        if zipped:
            check_entries(path)
        _check_kind(path)
        if not zipped:
            found = [_gather(_by_folder(list_beside(path)), PurePosixPath(path.name))]
            return [replace(files, world=world or files.world) for files in found]
        listing = list_zip(path)
    places = _named_gaze(listing) or [place for place in listing if _may_be_gaze(place)]
    if not places:
        raise _no_gaze(path, listing)
    folders = _by_folder(listing)
    found = [_gather(folders, place) for place in places]
    if sum(files.gaze.size for files in found) > max(MAX_EXPORT_BYTES, MAX_GAZE_BYTES) and len(found) > 1:
        raise UnreadableGaze(
            f"“{path.name}” holds over {MAX_EXPORT_BYTES / 1e9:.0f} GB of gaze: choose the folder of one "
            "recording."
        )
    if world:
        return [replace(files, world=world) for files in found]
    return [_lend_world(listing, files) for files in found] if len(found) == 1 else found


def shown_places(found: list[GazeFiles]) -> str:
    """Some places of gaze for a message, without the folders they share."""
    shared = 0
    parents = [files.place.parent.parts for files in found]
    while len({parts[: shared + 1] for parts in parents}) == 1 and len(parents[0]) > shared:
        shared += 1
    names = ["/".join(files.place.parts[shared:]) for files in found[:MAX_NAMES]]
    return ", ".join(names) + (", …" if len(found) > MAX_NAMES else "")


def _named_gaze(listing: Listing) -> list[PurePosixPath]:
    """The places of files named as eye trackers name gaze; of a native folder, its first file."""
    names = {place: place.name.casefold() for place in listing}
    gaze = {place: name for place, name in names.items() if name.removesuffix(".gz") in GAZE_NAMES}
    packed = {place.with_suffix("") for place, name in gaze.items() if name.endswith(".gz")}
    natives = {}
    for place, name in names.items():
        if NATIVE_NAME.fullmatch(name):
            natives[place.parent] = min(natives.get(place.parent, place), place)
    return [place for place in gaze if place not in packed] + list(natives.values())


def _may_be_gaze(place: PurePosixPath) -> bool:
    name = PurePosixPath(place.name.casefold().removesuffix(".gz"))
    return name.suffix in TABLE_ENDINGS and not NOT_GAZE.fullmatch(name.stem)


def _gather(folders: dict[PurePosixPath, dict[str, Source]], place: PurePosixPath) -> GazeFiles:
    beside = folders[place.parent]
    return GazeFiles(
        gaze=beside[place.name.casefold()],
        world=beside.get(WORLD_NAME),
        info=beside.get(INFO_NAME),
        place=place,
        beside=beside,
    )


def _by_folder(listing: Listing) -> dict[PurePosixPath, dict[str, Source]]:
    folders = defaultdict(dict)
    for place, source in listing.items():
        folders[place.parent][place.name.casefold()] = source
    return folders


def _lend_world(listing: Listing, files: GazeFiles) -> GazeFiles:
    """Gaze without world timestamps beside it gets the only ones in its folder or zip."""
    worlds = [place for place in listing if place.name.casefold() == WORLD_NAME]
    if files.world or files.is_native or len(worlds) != 1:
        return files
    where = f"{WORLD_NAME} of the folder {worlds[0].parent.name or '.'}"
    return replace(files, world=listing[worlds[0]], notes=(f"The only {where} was taken for this gaze's.",))


def _open_world(path: Path) -> Source:
    if not path.is_file():
        raise UnreadableGaze(f"There is no file “{path.name}” of world timestamps: check its name.")
    return on_disk(path)


def _check_kind(path: Path) -> None:
    """Refuse what is no table by its first bytes, in words that fit.  Raises UnreadableGaze."""
    try:
        kind = kind_of_file(path)
    except OSError as error:
        raise UnreadableGaze(f"“{path.name}” may not be read: check its permissions.") from error
    if kind is not None:
        raise other_kind(path.name, kind)


def other_kind(name: str, kind: str) -> UnreadableGaze:
    """Why a file of another kind, as in "a video", is not gaze, and what to do."""
    if kind in SPREADSHEETS:
        return UnreadableGaze(f"“{name}” is {kind}: save it as CSV (UTF-8) and choose that.")
    if kind == "a video":
        return UnreadableGaze(
            f"“{name}” is a video, not gaze: choose it as the video, and as gaze the table of the eye "
            "tracker."
        )
    if kind.endswith("archive"):
        return UnreadableGaze(f"“{name}” is {kind}, which is not unpacked: unpack it and choose its folder.")
    return UnreadableGaze(
        f"“{name}” is {kind}, not gaze: choose the export of the eye tracker as a table (CSV or TSV)."
    )


def _no_gaze(path: Path, listing: Listing) -> UnreadableGaze:
    """Why a folder or zip holds no gaze, and what to do."""
    packed = [place.name for place in listing if place.suffix.casefold() in PACKED_ENDINGS]
    if packed:
        names = ", ".join(packed[:MAX_NAMES]) + (", …" if len(packed) > MAX_NAMES else "")
        inner = "another zip" if len(packed) == 1 else "other zips"
        return UnreadableGaze(
            f"“{path.name}” holds no gaze but {inner} ({names}): unpack the inner zip of this recording and "
            "choose it."
        )
    if any(place.name.casefold() == RAW_CORE for place in listing):
        return UnreadableGaze(
            f"“{path.name}” is a recording of Pupil Core that was not exported: open it in Pupil Player, "
            "export it and choose its folder exports."
        )
    workbooks = [place.name for place in listing if place.suffix.casefold() in WORKBOOK_ENDINGS]
    if workbooks:
        names = ", ".join(workbooks[:MAX_NAMES]) + (", …" if len(workbooks) > MAX_NAMES else "")
        return UnreadableGaze(
            f"“{path.name}” holds no table of gaze but workbooks ({names}): save the one with gaze as CSV "
            "(UTF-8) and choose that."
        )
    return UnreadableGaze(
        f"“{path.name}” holds no gaze: there is no {SHOWN_NAMES} in it: choose the folder of an export."
    )
