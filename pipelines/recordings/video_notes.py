"""Sentences on a video: what was assumed of its times and tracks, and what a viewer should know."""

from collections.abc import Sequence

import numpy as np
from av.stream import Disposition
from av.video.stream import VideoStream

from pipelines.recordings.packet_times import Join

LONG_FRAME_S = 2.0  # half a clip: what is sampled meanwhile shows one picture only
LISTED = 5  # places in a sentence, at most
LATE_S = 0.1  # a smaller difference between sound and picture is not worth a sentence


def clock_notes(joins: Sequence[Join], at_s: Sequence[float]) -> tuple[str, ...]:
    """On a clock that starts again or leaps ahead, at_s in seconds of the recording."""
    if not joins:
        return ()
    places = ", ".join(f"{second:.1f} s" for second in at_s[:LISTED])
    places += f" and {len(joins) - LISTED} more places" if len(joins) > LISTED else ""
    count = sum(join.left_out for join in joins)
    left_out = f" {count} frames there cannot be decoded and are left out." if count else ""
    if any(join.by_s < 0 for join in joins):
        return (
            f"The file's clock starts again at {places}: it is several recordings joined; their times "
            f"were put one after the other.{left_out}",
        )
    by_s = ", ".join(f"{join.by_s:.1f} s" for join in joins[:LISTED])
    return (
        f"The file's clock leaps ahead by {by_s} at {places}: the times behind were made to follow on "
        f"from those before.{left_out}",
    )


def track_note(number: int, streams: Sequence[VideoStream], chosen: VideoStream) -> tuple[str, ...]:
    """Which of several video tracks was taken, by its number from 1 on."""
    if len(streams) < 2:
        return ()
    defaults = [each for each in streams if each.disposition & Disposition.default]
    reason = "the default one" if defaults == [chosen] else "the largest"
    return (
        f"The file has {len(streams)} video tracks; number {number} was taken, {reason} "
        f"({chosen.width} × {chosen.height} pixels).",
    )


def start_notes(picture_s: float, sound_s: float | None, file_clock: bool) -> tuple[str, ...]:
    """On a picture that does not start with the sound; file_clock if times of the file count from 0."""
    if sound_s is not None and picture_s - sound_s >= LATE_S:
        late_s = picture_s - sound_s
        return (
            f"The picture starts {late_s:.1f} s after the sound; times here count from the first picture, "
            f"a player's are {late_s:.1f} s later.",
        )
    if sound_s is not None and sound_s - picture_s >= LATE_S:
        return (
            f"The sound starts {sound_s - picture_s:.1f} s after the picture; times here count from the "
            "first picture, as a player's do.",
        )
    if file_clock and picture_s >= LATE_S:
        return (
            f"The file's own clock is at {picture_s:.1f} s when the picture starts; times here count from "
            "the first picture.",
        )
    return ()


def gap_notes(times_s: np.ndarray) -> tuple[str, ...]:
    """On frames that stay on screen for long, as when a camera was paused."""
    steps_s = np.diff(times_s)
    long = np.flatnonzero(steps_s > LONG_FRAME_S)
    if len(long) == 0:
        return ()
    at = long[steps_s[long].argmax()]
    more = len(long) - 1
    others = " There is 1 more such gap." if more == 1 else f" There are {more} more such gaps."
    return (
        f"There is no new frame from {times_s[at]:.1f} s to {times_s[at + 1]:.1f} s ({steps_s[at]:.1f} s; "
        f"the camera may have been paused): clips there show one frozen picture.{others if more else ''}",
    )


def interlaced_note(is_interlaced: bool) -> tuple[str, ...]:
    """On frames of two fields."""
    if not is_interlaced:
        return ()
    return ("The frames are interlaced: each weaves two moments together, and what moves has combed edges.",)


def guessed_rate_note(container_format: str, frames: int, end_s: float) -> tuple[str, ...]:
    """On raw Motion JPEG, which holds pictures only."""
    if container_format != "mjpeg":
        return ()
    return (f"The file holds no times: {frames / end_s:.0f} frames a second were assumed.",)
