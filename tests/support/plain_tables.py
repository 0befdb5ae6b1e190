"""Plain tables of a known gaze in every spelling, for the property that they are read right or refused."""

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
TIME_NAMES = (
    "t",
    "time",
    "Timestamp",
    "TIMESTAMP",
    "gaze_timestamp",
    "Recording Time",
    "elapsed time",
    "time.stamp",
)
UNIT_FORMS = ("{}_{}", "{} [{}]", "{} ({})", "{}-{}")
POINT_NAMES = (
    ("x", "y"),
    ("X", "Y"),
    ("gaze_x", "gaze_y"),
    ("Gaze X", "Gaze Y"),
    ("gazeX", "gazeY"),
    ("gaze.point.x", "gaze.point.y"),
    ("x_pos", "y_pos"),
    ("por_x", "por_y"),
    ("gaze position x", "gaze position y"),
)
# Column of what was seen, and its cells for seen and not.
FLAGS = (
    ("valid", "1", "0"),
    ("validity", "1", "0"),
    ("is_valid", "True", "False"),
    ("Validity", "Valid", "Invalid"),
    ("validity", "0", "4"),
    ("Validity Left", "0", "4"),
    ("gaze_valid", "yes", "no"),
    ("confidence", "0.93", "0.1"),
    ("Confidence", "95", "0"),
    ("blink", "0", "1"),
    ("blink", "false", "true"),
    ("blink id", "", "7"),
    ("status", "OK", "LOST"),
    ("worn", "1.0", "0.0"),
    ("tracked", "1", "0"),
    ("Tracking Status", "tracked", "not tracked"),
    ("trackloss", "FALSE", "TRUE"),
)
LOST_CELLS = (
    ("0", "0"),
    ("0.0", "0.000"),
    ("-1", "-1"),
    ("", ""),
    ("NaN", "NaN"),
    ("-9999", "-9999"),
    ("-", "-"),
)
SIZES = ((320, 240), (640, 480), (1088, 1080), (1920, 1080))


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownGaze:
    """Gaze of a video: times_s [N] of the video, points_px [N, 2], NaN where not seen."""

    width: int
    height: int
    frames_s: np.ndarray = field(repr=False)
    times_s: np.ndarray = field(repr=False)
    points_px: np.ndarray = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How a table is written: see the functions below for each."""

    unit: str
    unit_form: str | None
    zero_s: float
    time_name: str
    point_names: tuple[str, str]
    scale: str
    flag: tuple[str, str, str] | None
    lost: tuple[str, str] | None
    separator: str
    decimal: str
    encoding: str
    newline: str
    quoted: bool
    padded: bool
    extra: bool
    digits: int


SPELLINGS = st.builds(
    Spelling,
    unit=st.sampled_from(list(UNITS)),
    unit_form=st.sampled_from([None, None, *UNIT_FORMS]),
    zero_s=st.sampled_from([0.0, 0.0, 60.0, 4242.5, 86_400.25, 1_671_196_599.208]),
    time_name=st.sampled_from(TIME_NAMES),
    point_names=st.sampled_from(POINT_NAMES),
    scale=st.sampled_from(["px", "px stated", "fractions", "fractions stated", "percent stated", "bottom"]),
    flag=st.sampled_from([None, None, *FLAGS]),
    lost=st.sampled_from([None, *LOST_CELLS]),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    decimal=st.sampled_from([".", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    quoted=st.booleans(),
    padded=st.booleans(),
    extra=st.booleans(),
    digits=st.sampled_from([3, 4, 5, 9]),
)


@st.composite
def known_gazes(draw) -> KnownGaze:
    """Gaze at 20 to 1000 Hz that wanders about a part of the frame, with stretches that were not seen."""
    width, height = draw(st.sampled_from(SIZES))
    end_s = draw(st.sampled_from([4.0, 9.0, 20.0]))
    rate_hz = draw(st.sampled_from([5.0, 10.0, 25.0, 30.0, 50.0, 60.0, 120.0, 200.0, 500.0, 1000.0]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    times_s = np.arange(0, end_s, 1 / rate_hz)
    times_s[1:] += random.uniform(0, 0.2 / rate_hz, len(times_s) - 1)
    kept = random.random(len(times_s)) >= draw(st.sampled_from([0, 0, 0.1]))
    kept[0] = True  # or gaze would not begin with the video
    times_s = times_s[kept]
    centre = np.array([draw(st.floats(0.05, 0.95)), draw(st.floats(0.05, 0.95))])
    spread = draw(st.sampled_from([0.0, 0.03, 0.15, 0.4]))
    phase = np.outer(times_s, random.uniform(0.5, 3, 2)) + random.uniform(0, 6, 2)
    points = centre + spread * np.sin(phase)
    # Whether a point is on the frame must not hang on how it is rounded.
    points = np.where(np.abs(points) < 0.002, 0.002, np.where(np.abs(points - 1) < 0.002, 0.998, points))
    past = random.random(len(times_s)) < draw(st.sampled_from([0, 0.02]))
    points[past] = (1.0586, 0.5)
    unseen = np.zeros(len(times_s), bool)
    for _ in range(draw(st.integers(0, 3))):
        start = random.uniform(0, end_s)
        unseen |= (times_s > start) & (times_s < start + end_s * draw(st.sampled_from([0.01, 0.1, 0.3])))
    points[unseen] = np.nan
    return KnownGaze(
        frames_s=np.arange(round(end_s * 30)) / 30,
        width=width,
        height=height,
        times_s=times_s,
        points_px=points * (width, height),
    )


def spell(gaze: KnownGaze, how: Spelling) -> bytes:
    """The bytes of a table of this gaze."""
    header = [_time_name(how), *_point_names(how)]
    unseen = np.isnan(gaze.points_px[:, 0])
    lost = how.lost or (("", "") if how.flag is None else ("3", "5"))
    cells = [_times(gaze, how), *_points(gaze, how)]
    for axis, text in enumerate(lost):
        cells[1 + axis] = [
            text if missing else cell for cell, missing in zip(cells[1 + axis], unseen, strict=True)
        ]
    if how.flag:
        name, seen, not_seen = how.flag
        header.append(name)
        cells.append([not_seen if missing else seen for missing in unseen])
    if how.extra:
        header = ["no", *header, "pupil diameter"]
        cells = [list(map(str, range(len(unseen)))), *cells, ["3.5"] * len(unseen)]
    rows = [[each.replace(".", how.decimal) for each in row] for row in zip(*cells, strict=True)]
    wrap = '"{}"' if how.quoted else " {} " if how.padded and how.separator != " " else "{}"
    lines = [how.separator.join(map(wrap.format, row)) for row in [header, *rows]]
    return (how.newline.join(lines) + how.newline).encode(how.encoding)


def _time_name(how: Spelling) -> str:
    return how.unit_form.format(how.time_name, how.unit) if how.unit_form else how.time_name


def _point_names(how: Spelling) -> tuple[str, ...]:
    if how.scale == "bottom":
        return "norm_pos_x", "norm_pos_y"
    form = {"px stated": "{} [px]", "fractions stated": "{}_norm", "percent stated": "{} [%]"}
    return tuple(form.get(how.scale, "{}").format(name) for name in how.point_names)


def _times(gaze: KnownGaze, how: Spelling) -> list[str]:
    """In whole numbers if the unit is short, as trackers write them."""
    digits = {"s": how.digits, "ms": how.digits - 3, "us": 0, "ns": 0}[how.unit]
    return [f"{(time_s + how.zero_s) / UNITS[how.unit]:.{digits}f}" for time_s in gaze.times_s]


def _points(gaze: KnownGaze, how: Spelling) -> list[list[str]]:
    points = np.nan_to_num(gaze.points_px)
    if not how.scale.startswith("px"):
        points = points / (gaze.width, gaze.height)
    if how.scale == "percent stated":
        points = points * 100
    if how.scale == "bottom":
        points = points * (1, -1) + (0, 1)
    return [[f"{value:.6f}" for value in points[:, axis]] for axis in (0, 1)]
