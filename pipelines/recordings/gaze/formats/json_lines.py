"""Files with one JSON object a line, as glasses write them while they record, read in bounded memory."""

import json
import math
import re
import sys
from collections.abc import Iterator
from functools import partial

import orjson

from pipelines.limits import MAX_LINE_BYTES
from pipelines.recordings.gaze.files import UnreadableGaze
from pipelines.recordings.gaze.formats.samples import count
from pipelines.recordings.source import Source
from pipelines.recordings.tables import reading

BOM = b"\xef\xbb\xbf"
MIN_WHOLE = 0.5  # share of lines that must be whole, or the file is no recording of this kind


class JsonLines:
    """The JSON objects of a file that has one a line, and how many of its lines are damaged."""

    def __init__(self, source: Source, words: tuple[bytes, ...]) -> None:
        """Lines that contain none of the words, as in b'"gp"', are counted and not parsed."""
        self.source, self.words = source, words
        self.lines = self.damaged = 0

    def __iter__(self) -> Iterator[dict]:
        """Each object with one of the words.  Raises UnreadableGaze if most lines are damaged."""
        with reading(self.source), self.source.opened() as file:
            for line in iter(partial(file.readline, MAX_LINE_BYTES), b""):
                if len(line) == MAX_LINE_BYTES:
                    raise UnreadableGaze(
                        f"“{self.source.name}” has a line of over {MAX_LINE_BYTES / 1e6:.0f} MB, and glasses "
                        "write one JSON object a line: use the file as it was recorded."
                    )
                line = line.strip().removeprefix(BOM)
                if not line:
                    continue
                self.lines += 1
                if not any(word in line for word in self.words):
                    self.damaged += not (line.startswith(b"{") and line.endswith(b"}"))
                    continue
                item = parse(line)
                if item is None:
                    self.damaged += 1
                else:
                    yield item
        if self.damaged > (1 - MIN_WHOLE) * self.lines:
            raise UnreadableGaze(
                f"“{self.source.name}” is damaged ({self.damaged} of its {count(self.lines, 'line')} cannot "
                "be read as JSON): copy it again from the memory card."
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """How many damaged lines were left out; empty for none."""
        return (f"{count(self.damaged, 'damaged line')} left out.",) if self.damaged else ()


def parse(line: bytes) -> dict | None:
    """The object of a line; None if there is none.  NaN, which is no JSON, is read all the same."""
    try:
        item = orjson.loads(line)
    except orjson.JSONDecodeError:
        if b"NaN" not in line and b"Infinity" not in line:
            return None
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            return None
    return item if isinstance(item, dict) else None


def head_objects(head: bytes) -> list[dict]:
    """The objects in the first bytes of a file, if it has one a line; the last, cut line is left out."""
    if not head.removeprefix(BOM).lstrip().startswith(b"{"):
        return []
    items = (parse(line.strip().removeprefix(BOM)) for line in head.splitlines())
    return [item for item in items if item is not None]


def is_json(head: bytes) -> bool:
    """Whether the first bytes of a file look like JSON: an object or a list."""
    return re.match(rb"[\[{]\s*([\"{\[\]}]|$)", head.removeprefix(BOM).lstrip()) is not None


def as_number(value: object) -> float:
    """A finite number; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) < sys.float_info.max else math.nan


def as_point(value: object) -> tuple[float, float]:
    """A pair of finite numbers; NaN, NaN for anything else, and for 0, 0, which means lost gaze."""
    if isinstance(value, list) and len(value) == 2:
        x, y = as_number(value[0]), as_number(value[1])
        if not (math.isnan(x) or math.isnan(y) or x == y == 0):
            return x, y
    return math.nan, math.nan
