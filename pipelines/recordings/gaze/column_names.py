"""Which columns of a plain table hold time, points and what tells recordings apart, by their usual names."""

import re
from dataclasses import dataclass

UNITS_S = {"seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}
_UNIT_NAMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "seconds"),
    **dict.fromkeys(
        ("ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"), "milliseconds"
    ),
    **dict.fromkeys(("us", "usec", "usecs", "μs", "micro", "micros", "microsecond"), "microseconds"),
    "microseconds": "microseconds",
    **dict.fromkeys(("ns", "nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds"), "nanoseconds"),
}
_LONGEST_FIRST = sorted(_UNIT_NAMES, key=len, reverse=True)
_OF_TIME = (
    "gaze|eye|tracker|tracking|device|system|local|video|media|recording|world|scene|unix|epoch|utc|sample|"
    "relative|rel|elapsed|server|client|host|computer|lsl|data|frame"
)
_TIME = re.compile(
    rf"({_OF_TIME})*(t|ts|times?|timestamps?|elapsed|epoch|utc|datetime|pts)({_OF_TIME}|time)?"
)
_TAIL = ("since", "from", "after", "in")  # with what follows, as in "time since start"
# Times on the video's own clock first, and the clocks of machines last.
_OF_VIDEO, _OF_MACHINE = (
    ("video", "media", "relative", "elapsed", "start"),
    ("system", "unix", "epoch", "utc"),
)

_OF_POINT = (
    "gaze|points?|positions?|pos|por|[lr](?=por|pog|gaze|eye)|pog|fpog|bpog|eyes?|left|right|average|avg|mean|"
    "norm|normalized|normalised|2d|video|scene|camera|world|frame|image|screen|display|area|monitor|px|pixels?|"
    "coordinates?|coords?|location|of|regard|relative|rel|fraction|percent|pct|%|raw|smoothed|filtered|"
    "binocular|cyclopean|combined|both|on|in|mcs|axis|topleft|bottomleft|^g"
)
_POINT = re.compile(rf"((?:{_OF_POINT})*)([xyz])((?:{_OF_POINT})*)")
_OF_EYE = {
    "left": re.compile(r"left|^l(?=por|pog|gaze|eye)"),
    "right": re.compile(r"right|^r(?=por|pog|gaze|eye)"),
}
_RECORDING = re.compile(
    r"(recording|participant|subject|person|wearer|user|trial|session|section|video|media|movie|clip|stimulus)"
    r"(id|name|no|nr|number|file|filename|filepath|path|index|label)?|file|filename|id"
)


@dataclass(frozen=True)
class TimeColumn:
    """A column of times, and the unit that its name states, if any."""

    name: str
    unit: str | None


@dataclass(frozen=True, kw_only=True)
class PointColumns:
    """Two columns of a point.

    eye     left, right, or nothing if the point is of both
    unit    pixels, fractions or percent, if a name states it
    bottom  whether y counts from the bottom by its name, as norm_pos_y does
    deep    whether there is a z, too
    """

    x: str
    y: str
    eye: str
    unit: str | None
    bottom: bool
    deep: bool


def squashed(name: str) -> str:
    """A column's name without what separates its words."""
    return "".join(re.findall(r"[^\W_]+|%", name.casefold()))


def find_times(columns: tuple[str, ...]) -> list[TimeColumn]:
    """The columns of time, those that more likely are on the video's clock first."""
    found = [(name, unit) for name in columns for is_time, unit in [_read_time(name)] if is_time]
    return [TimeColumn(*each) for each in sorted(found, key=lambda each: _rank_time(each[0]))]


def _read_time(name: str) -> tuple[bool, str | None]:
    words = re.findall(r"[^\W_]+", name.casefold())
    words, unit = _take_unit(words)
    tail = next((number for number, word in enumerate(words) if number and word in _TAIL), None)
    if tail is not None:
        words, unit = (words[:tail], unit) if unit else _take_unit(words[:tail])
    name = "".join(words)
    if _TIME.fullmatch(name) or (unit and not name):
        return True, unit
    for ending in _LONGEST_FIRST:
        if len(ending) > 1 and name.endswith(ending) and _TIME.fullmatch(name.removesuffix(ending)):
            return True, _UNIT_NAMES[ending]
    return False, None


def _take_unit(words: list[str]) -> tuple[list[str], str | None]:
    """The words without a unit at their end, and that unit; a single letter alone is none."""
    unit = _UNIT_NAMES.get(words[-1]) if words and (len(words) > 1 or len(words[0]) > 1) else None
    return (words[:-1], unit) if unit else (words, None)


def _rank_time(name: str) -> tuple[int, int]:
    name = squashed(name)
    return any(word in name for word in _OF_MACHINE) - any(word in name for word in _OF_VIDEO), len(name)


def find_points(columns: tuple[str, ...]) -> list[PointColumns]:
    """The points of a table, those of both eyes and of gaze by name first."""
    found = {}
    for name in columns:
        match = _POINT.fullmatch(squashed(name))
        if match:
            before, axis, after = match.groups()
            found.setdefault((before, after), {}).setdefault(axis, name)
    points = [_name_point(words, axes) for words, axes in found.items() if {"x", "y"} <= axes.keys()]
    return sorted(points, key=lambda each: (bool(each.eye), each.deep, "gaze" not in each.x))


def _name_point(words: tuple[str, str], axes: dict[str, str]) -> PointColumns:
    name = "".join(words)
    units = (
        ("percent", r"%|percent|pct"),
        ("fractions", r"norm|fraction"),
        ("pixels", r"px|pixel"),
    )
    return PointColumns(
        x=axes["x"],
        y=axes["y"],
        eye=next((eye for eye, pattern in _OF_EYE.items() if pattern.search(name)), ""),
        unit=next((unit for unit, pattern in units if re.search(pattern, name)), None),
        bottom="normpos" in name or "bottomleft" in name,
        deep="z" in axes,
    )


def find_recordings(columns: tuple[str, ...]) -> list[str]:
    """The columns whose values may tell several recordings or participants apart."""
    return [name for name in columns if _RECORDING.fullmatch(squashed(name))]
