"""Entry and Annotations, the nouns that every layout of labels is read into, before anything is checked."""

from dataclasses import dataclass, field
from enum import Enum
from math import nan

from encodings.errors import UserError

MAX_NAMES = 20  # how many labels a message lists
MAX_FILES = 3  # how many videos
CLIP = "clip"  # of an entry's extra cells the name of its own video, where it is also a clip of a longer one


class UnreadableLabels(UserError):
    """A file of true labels that cannot be used."""


class Unit(Enum):
    """What the times of an entry count."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    MICROSECONDS = "microseconds"
    FRAMES = "frames from 0"  # of the video; the end is not labelled
    FRAMES_FROM_1 = "frames from 1"  # at the video's own rate; the last frame is labelled too
    CLOCK = "seconds of another clock"  # which the entries' frame ties to the video
    UNKNOWN = "no unit"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One annotation as it stands in a file.

    start, end  in `unit`; NaN where they cannot be read, an end of infinity is the video's end
    video       the name or names (with ; between them) of its video, "" if the file gives none
    tier        of several tiers or columns of labels, the one it is from
    line        its line in the file, None where lines mean nothing
    written     its times as they stand there, for a message
    frame       the index of the video's frame at its start, where the file gives it
    extra       other cells of its row, by column
    """

    label: str
    start: float = nan
    end: float = nan
    unit: Unit = Unit.SECONDS
    video: str = ""
    tier: str = ""
    line: int | None = None
    written: str = ""
    frame: int | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Annotations:
    """What a file of labels holds.

    file          its name
    source        the tool and the layout, for a message
    alternatives  whether tiers name the same intervals in several ways, so that one of them is enough
    length_s      how long the video was where it was labelled, if the file says so
    """

    file: str
    source: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    alternatives: bool = False
    length_s: float | None = None


def listed(names: list[str] | tuple[str, ...], most: int = MAX_NAMES) -> str:
    """Names for a message, in quotation marks and shortened."""
    shown = [f"“{name[:60]}”" for name in names[:most]]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def counted(number: int, noun: str) -> str:
    """A number and its noun, as in 1 row or 2 rows."""
    return f"{number} {noun}{'s' * (number != 1)}"


def left_out(number: int, noun: str, why: str) -> tuple[str, ...]:
    """A note on what is left out; none for zero."""
    verb = "is" if number == 1 else "are"
    return (f"{counted(number, noun)} {why} {verb} left out.",) if number else ()
