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
BLOCK_BYTES = 16_384  # lines that are parsed together; more objects at once only keep the collector busy


class JsonLines:
    """The JSON objects of a file that has one a line, and how many of its lines are damaged."""

    def __init__(self, source: Source, words: bytes) -> None:
        """Lines without a match of words, a pattern as in b'"gp"|"vts"', are counted and not parsed."""
        self.source, self.wanted = source, re.compile(words).search
        self.lines = self.damaged = 0

    def __iter__(self) -> Iterator[dict]:
        """Each object with one of the words.  Raises UnreadableGaze if most lines are damaged."""
        for lines in self._blocks():
            lines = [line for line in map(bytes.strip, lines) if line]
            wanted = [line for line in lines if self.wanted(line)]
            self.lines += len(lines)
            if len(wanted) < len(lines):
                rest = (line for line in lines if not self.wanted(line))
                self.damaged += sum(line[:1] != b"{" or line[-1:] != b"}" for line in rest)
            items = _parse_all(wanted)
            yield from (item for item in items if item is not None)
            self.damaged += sum(item is None for item in items)
        if self.damaged > (1 - MIN_WHOLE) * self.lines:
            raise UnreadableGaze(
                f"“{self.source.name}” is damaged ({self.damaged} of its {count(self.lines, 'line')} cannot "
                "be read as JSON): copy it again from the memory card."
            )

    def _blocks(self) -> Iterator[list[bytes]]:
        """The lines of the file, some thousand at a time."""
        with reading(self.source), self.source.opened() as file:
            cut = b""
            for block in iter(partial(file.read, BLOCK_BYTES), b""):
                *lines, cut = (cut + block).split(b"\n")
                if len(cut) > MAX_LINE_BYTES:
                    raise UnreadableGaze(
                        f"“{self.source.name}” has a line of over {MAX_LINE_BYTES / 1e6:.0f} MB, and glasses "
                        "write one JSON object a line: use the file as it was recorded."
                    )
                yield lines
            yield [cut]

    @property
    def notes(self) -> tuple[str, ...]:
        """How many damaged lines were left out; empty for none."""
        return (f"{count(self.damaged, 'damaged line')} left out.",) if self.damaged else ()


def _parse_all(lines: list[bytes]) -> list[dict | None]:
    """The object of each line, None for a damaged one: all at once, and one by one if any is damaged."""
    try:
        items = orjson.loads(b"[" + b",".join(lines) + b"]")
    except orjson.JSONDecodeError:
        items = []
    if len(items) == len(lines) and all(type(item) is dict for item in items):
        return items
    return [parse(line) for line in lines]


def parse(line: bytes) -> dict | None:
    """The object of a line; None if there is none.  NaN, which is no JSON, is read all the same."""
    line = line.removeprefix(BOM)
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
    items = (parse(line.strip()) for line in head.splitlines())
    return [item for item in items if item is not None]


def is_json(head: bytes) -> bool:
    """Whether the first bytes of a file look like JSON: an object or a list."""
    return re.match(rb"[\[{]\s*([\"{\[\]}]|$)", head.removeprefix(BOM).lstrip()) is not None


def as_number(value: object) -> float:
    """A finite number; NaN for anything else."""
    known = type(value) is float or type(value) is int  # a bool is no number
    return float(value) if known and abs(value) < sys.float_info.max else math.nan


def as_point(value: object) -> tuple[float, float]:
    """A pair of finite numbers; NaN, NaN for anything else, and for 0, 0, which means lost gaze."""
    if type(value) is list and len(value) == 2:
        x, y = as_number(value[0]), as_number(value[1])
        if x - y == x - y and (x or y):
            return x, y
    return math.nan, math.nan
