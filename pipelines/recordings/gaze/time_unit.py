"""The unit and the zero of a table's times, by their median step and by their span against the video's."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.column_names import UNITS_S, TimeColumn
from pipelines.recordings.gaze.files import UnreadableGaze
from pipelines.recordings.gaze.formats.samples import START_TOGETHER

MIN_SAMPLES = 10  # fewer are no evidence
# Trackers sample at 10 to 2000 Hz.  The range is as wide as units are apart, so that one unit fits any step.
STEP_S = (0.0004, 0.4)
ANY_STEP_S = (0.0002, 2.5)  # what is believed if a header or the video's length says so
SIMILAR = (0.25, 4.0)  # spans of gaze and video that differ by less are of one recording
ALIKE = (0.8, 1.25)  # and these may be set to start together
SLACK_S = 1.0  # besides
SOME_GAZE_S = 1.0  # nobody exports less
SINCE_1970_S = (6e8, 5e9)  # 1989 to 2128
FAR = 2.0  # times further from the median than this many spans are damaged
MIN_DISTINCT = 0.5  # of the times
LATE = 0.05  # of the video's length


@dataclass(frozen=True)
class Evidence:
    """Median positive step and span of times, in their own unit."""

    step: float
    span: float


def place_times(
    raw: np.ndarray, column: TimeColumn, video: Video | None, name: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] seconds of the video of times [N] in an unknown unit, NaN for none; and notes on what was inferred.

    Without a video absolute times count from the first one.  Raises UnreadableGaze.
    """
    known = raw[np.isfinite(raw)]
    if len(known) < MIN_SAMPLES:
        unit = column.unit or "seconds"
        note = f"Too few samples to infer a unit of time: “{column.name}” was read as seconds."
        return raw * UNITS_S[unit], () if column.unit else (note,)
    evidence = _weigh(known, column, name)
    _refuse_frame_numbers(known, column, video, name)
    unit, notes = _choose_unit(evidence, column, video, name)
    times_s = raw * UNITS_S[unit]
    times_s, placed = _place(times_s, evidence.span * UNITS_S[unit], video, name)
    return times_s, notes + placed


def _refuse_frame_numbers(known: np.ndarray, column: TimeColumn, video: Video | None, name: str) -> None:
    """Refuse times without a unit that count the video's frames."""
    if video is None or column.unit or (known != np.round(known)).any():
        return
    frames, counted = len(video.times_s), float(known.max() - known.min()) + 1
    fits_ms = _fitting(counted, SIMILAR, video) == "milliseconds"
    if abs(counted - frames) <= max(2, 0.02 * frames) and len(known) <= 1.1 * counted and not fits_ms:
        raise UnreadableGaze(
            f"“{column.name}” of “{name}” looks like the numbers of the video's {frames} frames, not times: "
            "write a column time_s, in seconds."
        )


def _weigh(known: np.ndarray, column: TimeColumn, name: str) -> Evidence:
    ascending = np.sort(known)
    steps = np.diff(ascending)
    steps = steps[steps > 0]
    if len(steps) + 1 < MIN_DISTINCT * len(known):
        raise UnreadableGaze(
            f"The times in “{column.name}” of “{name}” are rounded until most are equal: "
            "export them with all their digits."
        )
    low, high = np.quantile(ascending, (0.01, 0.99))
    return Evidence(float(np.median(steps)), float(high - low) / 0.98)


def _choose_unit(
    evidence: Evidence, column: TimeColumn, video: Video | None, name: str
) -> tuple[str, tuple[str, ...]]:
    inferred = _infer_unit(evidence, video)
    if column.unit:
        step_s = evidence.step * UNITS_S[column.unit]
        by_span = _fitting(evidence.span, SIMILAR, video)
        believed = ANY_STEP_S[0] <= step_s <= ANY_STEP_S[1] and by_span in (None, column.unit)
        if inferred in (None, column.unit) or believed:
            return column.unit, ()
        raise UnreadableGaze(
            f"“{column.name}” of “{name}” names {column.unit}, but its median step of {evidence.step:.6g} "
            f"looks like {inferred}: correct the column's name or its values."
        )
    if inferred is None:
        raise UnreadableGaze(
            f"“{name}” does not say the unit of “{column.name}”, and its median step of {evidence.step:.6g} "
            f"over {evidence.span:.6g} fits several: put the unit into the column's name, as in "
            "time_ms or time_s."
        )
    step_s = evidence.step * UNITS_S[inferred]
    return inferred, (
        f"“{column.name}” was read as {inferred} by its median step of {evidence.step:.6g} "
        f"({1 / step_s:.3g} Hz).",
    )


def _infer_unit(evidence: Evidence, video: Video | None) -> str | None:
    """The unit that step and span agree on; None if they are ambiguous."""
    by_step = next((unit for unit, s in UNITS_S.items() if STEP_S[0] <= evidence.step * s < STEP_S[1]), None)
    by_span = _fitting(evidence.span, SIMILAR, video)
    if by_span in (None, by_step):
        return by_step
    step_s = evidence.step * UNITS_S[by_span]
    if not ANY_STEP_S[0] <= step_s <= ANY_STEP_S[1]:
        return by_step
    if by_step and evidence.span * UNITS_S[by_step] >= SOME_GAZE_S:
        return None
    return by_span


def _fitting(span: float, ratios: tuple[float, float], video: Video | None) -> str | None:
    """The unit in which a span is about as long as the video."""
    if video is None:
        return None
    low, high = (ratio * duration_s(video) for ratio in ratios)
    return next((unit for unit, s in UNITS_S.items() if low <= span * s <= high), None)


def duration_s(video: Video) -> float:
    """Seconds until the last frame leaves the screen, about."""
    frames = len(video.times_s)
    return float(video.times_s[-1]) * frames / max(1, frames - 1) or 1.0


def _place(
    times_s: np.ndarray, span_s: float, video: Video | None, name: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Times on the video's clock, if they were on the tracker's own or count since 1970."""
    near = np.abs(times_s - np.nanmedian(times_s)) <= FAR * span_s + SLACK_S
    first_s, last_s = float(times_s[near].min()), float(times_s[near].max())
    absolute = SINCE_1970_S[0] <= first_s <= SINCE_1970_S[1]
    clock = "since 1970" if absolute else "on a clock of its own"
    if absolute:
        clock += f" ({datetime.fromtimestamp(first_s, UTC):%Y-%m-%d %H:%M} UTC)"
    if video is None:
        note = f"Its times count {clock}; here they count from the first sample."
        return (times_s - first_s, (note,)) if absolute else (times_s, ())
    end_s = duration_s(video)
    low_s, high_s = ALIKE[0] * end_s - SLACK_S, ALIKE[1] * end_s + SLACK_S
    alike = low_s <= span_s <= high_s
    inside = float(np.mean((times_s >= -LATE * end_s) & (times_s <= (1 + LATE) * end_s)))
    if absolute or (alike and (last_s < 0 or first_s > end_s)):
        if not alike:
            raise UnreadableGaze(
                f"The times in “{name}” count {clock} and run for {span_s:.1f} s, and the video lasts "
                f"{end_s:.1f} s: choose the gaze of this recording, or let time 0 be the video's first frame."
            )
        note = (
            f"ATTENTION: its times count {clock}, so {START_TOGETHER}; check this, or let time 0 be "
            "the video's first frame."
        )
        return times_s - first_s, (note,)
    if alike and inside < 0.5:
        raise UnreadableGaze(
            f"“{name}” runs from {first_s:.1f} s to {last_s:.1f} s, and the video from 0 s to {end_s:.1f} s, "
            "though both last as long: let time 0 be the video's first frame."
        )
    if alike and abs(first_s) > LATE * end_s + SLACK_S:
        note = (
            f"Gaze lasts as long as the video, but its times begin at {first_s:.1f} s: check whether time 0 "
            "is the video's first frame."
        )
        return times_s, (note,)
    return times_s, ()
