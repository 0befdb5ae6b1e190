"""Times of labels: cells of a table, units, and whether they fit the video."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import inf, isfinite, nan
from statistics import median

from encodings.clip import CLIP_S
from pipelines.recordings.annotations.entries import Annotations, Entry, Unit, UnreadableLabels
from pipelines.recordings.annotations.labelled_video import LabelledVideo

NUMBER = re.compile(
    r"([+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?)\s*(ms|msec|s|sec|secs|seconds)?", re.IGNORECASE
)
CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?")  # [hours:]minutes:seconds
PER_SECOND = {Unit.MILLISECONDS: 1e3, Unit.MICROSECONDS: 1e6}
MAX_TIME_LENGTH = 32  # characters; nothing longer is a time
ROUNDED_S = 0.1  # so much beyond the end is rounding and frame rates
SLACK_S, SLACK_SHARE = 2.0, 0.1  # so much beyond the end is a recording that was cut; more is another unit
PLAUSIBLE_SHARE = 0.5  # labels in the right unit reach so far into the video
RATES_HZ = (
    24.0,
    25.0,
    30.0,
    50.0,
    60.0,
)  # that labelling tools assume of a video; 24 is Label Studio's default
RATE_FIT = 0.02  # labels of a whole video end with it but for this share
CLOCK_SPREAD_S = 1.0  # frames and stamps of one clock differ by less


def parse_time(text: str) -> float:
    """Seconds or a plain number from 8.5, 8,5, 0:08.5, 00:00:08.5 or “8500 ms”; NaN for anything else."""
    text = text.strip()
    if len(text) > MAX_TIME_LENGTH:
        return nan
    if clock := CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = clock.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return whole + float(f"0.{fraction or 0}")
    if number := NUMBER.fullmatch(text):
        value = float(number[1].replace(",", "."))
        value = value / 1000 if (number[2] or "").casefold().startswith("ms") else value
        return value if isfinite(value) else nan
    return nan


def is_clock(text: str) -> bool:
    """Whether a cell is written as minutes and seconds."""
    return ":" in text


def in_seconds(annotations: Annotations, video: LabelledVideo) -> Annotations:
    """The same with every time in seconds after the video's first frame, and notes on how that was known.

    Entries that cannot be read keep NaN.  Raises UnreadableLabels where a unit cannot be known.
    """
    units = {entry.unit for entry in annotations.entries}
    entries, notes = annotations.entries, list(annotations.notes)
    if Unit.UNKNOWN in units:
        unit = _inferred_unit(annotations, video)
        entries = tuple(replace(each, unit=unit) if each.unit is Unit.UNKNOWN else each for each in entries)
        units = {entry.unit for entry in entries}
        notes.append(f"The header does not say the unit of the times: they are read as {unit.value}.")
    if Unit.FRAMES_FROM_1 in units:
        notes += _notes_on_rate(annotations, video)
        entries = _joined_frames(entries)
    zero_s = _clock_zero(annotations, video) if Unit.CLOCK in units else 0.0
    return replace(
        annotations,
        entries=tuple(_in_seconds(entry, video, zero_s) for entry in entries),
        notes=tuple(notes),
    )


def _notes_on_rate(annotations: Annotations, video: LabelledVideo) -> list[str]:
    """What frames counted from 1 are taken for.  Raises UnreadableLabels for more than the video has."""
    last, rate = max(_ends(annotations.entries)), f"{video.rate_hz:.6g} frames a second"
    others = [
        other
        for other in RATES_HZ
        if abs(other - video.rate_hz) > 0.1
        and abs(last / other - video.duration_s) <= RATE_FIT * video.duration_s
    ]
    at_other = f"at {others[0]:g} frames a second they end with the video" if others else ""
    if last / video.rate_hz > _latest_s(video):
        remedy = (
            f"{at_other}: divide them by {others[0]:g}" if others else "divide them by the frameRate they had"
        )
        raise UnreadableLabels(
            f"{annotations.file} names frames up to {last:g}, and {video.name} has "
            f"{len(video.frame_times_s)} at its {rate}; {remedy}, and give start_s,end_s,label in seconds."
        )
    note = f"Times are frames, counted from 1 and read at the video's own {rate}"
    if at_other and last / video.rate_hz < (1 - 2 * RATE_FIT) * video.duration_s:
        return [f"{note}; but {at_other}: check frameRate in the labelling configuration."]
    return [f"{note}: right if frameRate in the labelling configuration was that, too."]


def _in_seconds(entry: Entry, video: LabelledVideo, zero_s: float) -> Entry:
    def seconds(value: float, end: bool) -> float:
        if not isfinite(value):
            return video.duration_s if value == inf and end else value
        if entry.unit in PER_SECOND:
            return value / PER_SECOND[entry.unit]
        if entry.unit is Unit.FRAMES:
            return video.frame_start_s(value)
        if entry.unit is Unit.FRAMES_FROM_1:
            return (value if end else value - 1) / video.rate_hz
        return value - zero_s

    return replace(entry, start=seconds(entry.start, False), end=seconds(entry.end, True), unit=Unit.SECONDS)


def _joined_frames(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries in frames, whose last one is labelled too: one that is also the next's first is the next's."""
    starts = {entry.start for entry in entries}
    return tuple(
        replace(each, end=each.end - 1) if each.end in starts and each.end > each.start else each
        for each in entries
    )


def _clock_zero(annotations: Annotations, video: LabelledVideo) -> float:
    """What another clock shows at the video's first frame, by the frames that its entries start in."""
    zeros = [
        entry.start - video.frame_start_s(entry.frame)
        for entry in annotations.entries
        if entry.frame is not None and isfinite(entry.start)
    ]
    if not zeros:
        raise UnreadableLabels(f"{annotations.file} has no row with a frame and a time; export it again.")
    beyond = [entry.frame for entry in annotations.entries if (entry.frame or 0) >= len(video.frame_times_s)]
    if beyond or max(zeros) - min(zeros) > CLOCK_SPREAD_S:
        raise UnreadableLabels(
            f"{annotations.file} names the frames {min(entry.frame or 0 for entry in annotations.entries)} "
            "to "
            f"{max(entry.frame or 0 for entry in annotations.entries)}, which do not fit {video.name} with "
            "its "
            f"{len(video.frame_times_s)} frames; give the annotations and the world video of one export."
        )
    return median(zeros)


def _ends(entries: Sequence[Entry]) -> list[float]:
    return [entry.end for entry in entries if isfinite(entry.end)] or [0.0]


def _inferred_unit(annotations: Annotations, video: LabelledVideo) -> Unit:
    """The one unit in which the times reach into the video and not beyond it.  Raises UnreadableLabels."""
    entries = [entry for entry in annotations.entries if entry.unit is Unit.UNKNOWN]
    last = max(_ends(entries))
    if last <= _latest_s(video):
        return Unit.SECONDS
    fitting = [unit for unit, end_s in _other_units(last, video).items() if _is_plausible(end_s, video)]
    if len(fitting) == 1:
        return fitting[0]
    raise UnreadableLabels(
        f"{annotations.file} has times up to {last:g} without a unit, and {video.name} lasts "
        f"{video.duration_s:.1f} s; call the columns start_s and end_s and give seconds after its first "
        "frame."
    )


def _other_units(last: float, video: LabelledVideo) -> dict[Unit, float]:
    """When the last label would end, in seconds, if its time were of another unit."""
    return {unit: last / per_second for unit, per_second in PER_SECOND.items()} | {
        Unit.FRAMES: last / video.rate_hz
    }


def _is_plausible(end_s: float, video: LabelledVideo) -> bool:
    return PLAUSIBLE_SHARE * video.duration_s <= end_s <= video.duration_s + max(ROUNDED_S, 2 / video.rate_hz)


def _latest_s(video: LabelledVideo) -> float:
    return video.duration_s + max(SLACK_S, SLACK_SHARE * video.duration_s)


def unit_that_fits(entries: Sequence[Entry], video: LabelledVideo) -> str:
    """The unit that entries in “seconds” seem to have been written in instead; "" if none is better.

    entries are in seconds.
    """
    last = max(_ends(entries))
    if last <= _latest_s(video):
        return ""
    names = {unit: unit.value for unit in PER_SECOND} | {
        Unit.FRAMES: f"frames at {video.rate_hz:.6g} a second"
    }
    fitting = {
        unit: end_s for unit, end_s in _other_units(last, video).items() if _is_plausible(end_s, video)
    }
    fits = [f"as {names[unit]} they would end at {end_s:.1f} s" for unit, end_s in fitting.items()]
    if not fits and any(is_clock(entry.written) for entry in entries) and _is_plausible(last / 60, video):
        fits = [f"as minutes and seconds, not hours and minutes, they would end at {last / 60:.1f} s"]
    return " and ".join(fits)


def check_times(annotations: Annotations, video: LabelledVideo) -> Annotations:
    """Check times in seconds against the video; entries that reach a little beyond its end are cut there.

    Raises UnreadableLabels for times that are none, that lie outside the video, or that are of another unit.
    """
    entries = [_checked(annotations, entry) for entry in annotations.entries]
    first, last = min(entry.start for entry in entries), max(_ends(entries))
    fits = unit_that_fits(entries, video)
    lasts = f"{video.name} lasts {video.duration_s:.1f} s"
    if first >= video.duration_s:
        raise UnreadableLabels(
            f"No label of {annotations.file} touches the video: they run from {first:g} s to {last:g} s and "
            f"{lasts}{'; ' + fits if fits else ''}; give seconds after the video's first frame, not a time "
            "of day or of a longer recording."
        )
    if last > _latest_s(video):
        why = (
            f"{fits}: convert them"
            if fits
            else "give the labels of this video, in seconds after its first frame"
        )
        raise UnreadableLabels(
            f"The labels of {annotations.file} run to {last:g} s and {lasts}; {why}, or remove what lies "
            "beyond its end if the video was cut."
        )
    notes = [*annotations.notes, *_notes_on_length(annotations, video, last)]
    kept = [replace(each, end=min(each.end, video.duration_s)) for each in entries]
    inside = [each for each in kept if each.start < each.end]
    return replace(annotations, entries=tuple(inside), notes=tuple(notes))


def _notes_on_length(annotations: Annotations, video: LabelledVideo, last: float) -> list[str]:
    notes = []
    if last > video.duration_s + ROUNDED_S:
        notes.append(
            f"The true labels run {last - video.duration_s:.1f} s beyond the video's end: what lies beyond "
            "is cut."
        )
    if last < CLIP_S / 2 and last < PLAUSIBLE_SHARE * video.duration_s:
        notes.append(
            f"The true labels end {last:g} s after the video's start, too early for a clip: check their unit."
        )
    length_s = annotations.length_s
    if length_s and abs(length_s - video.duration_s) > max(SLACK_S / 2, SLACK_SHARE * video.duration_s / 2):
        notes.append(
            f"The video was {length_s:.1f} s long where it was labelled ({annotations.source}), and this "
            f"one lasts {video.duration_s:.1f} s: check that it is the same one from its start."
        )
    return notes


def is_interval(entry: Entry) -> bool:
    """Whether an entry has a start and a later end."""
    return -ROUNDED_S <= entry.start < entry.end < inf


def _checked(annotations: Annotations, entry: Entry) -> Entry:
    if is_interval(entry):
        return replace(entry, start=max(0.0, entry.start))
    place = f", line {entry.line}" if entry.line else ""
    written = entry.written or f"start “{entry.start:g}” and end “{entry.end:g}”"
    raise UnreadableLabels(
        f"{annotations.file}{place}: the time is {written}; give seconds (8.5), minutes (0:08.5) or hours "
        "(0:00:08.5) from 0 on, the end after the start."
    )
