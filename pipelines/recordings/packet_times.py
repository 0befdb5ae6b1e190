"""Presentation times of a video track from its packets, also where the file's clock is not continuous."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from av.packet import Packet

BACKWARD_S = 0.1  # decoding times that fall back by more start a new clock: FFmpeg's own threshold
GUESSED_BACKWARD_S = 0.2  # in containers whose missing time stamps FFmpeg has to guess
MAX_DELAY_FRAMES = 32  # between decoding and presentation; no codec reorders more
MAX_GUESSED_FRAMES = 3  # by which the guess for the last frame of a steady film may be off: its reordering
FORWARD_S = 10.0  # where the clock may leap, a longer step is no pause: FFmpeg's own threshold
CLOCK_TURN = 2**33  # ticks of the 90 kHz clock of MPEG streams, which wraps around after 26.5 h
MAY_LEAP = ("mpegts", "mpeg")  # formats that FFmpeg marks as having discontinuous time stamps
PRESENTATION_ONLY = ("matroska", "asf", "ogg")  # formats that store no decoding times
GUESSED = ("avi", "mpeg")  # formats in which many packets have no time stamp of their own


@dataclass(frozen=True, kw_only=True, eq=False)
class Packets:
    """Packets of one video track that hold data, in the order of the file; their times in ticks.

    pts, dts, durations  [P] int64
    listed               [P] bool, False for packets that are decoded and not presented
    keyframes            [P] bool
    places               [P] int64, ordinals among all packets of the file
    """

    pts: array = field(default_factory=lambda: array("q"))
    dts: array = field(default_factory=lambda: array("q"))
    durations: array = field(default_factory=lambda: array("q"))
    listed: array = field(default_factory=lambda: array("b"))
    keyframes: array = field(default_factory=lambda: array("b"))
    places: array = field(default_factory=lambda: array("q"))

    def append(self, packet: Packet, place: int) -> None:
        """Add the next packet."""
        known = self.dts[-1] if self.dts else packet.pts or 0
        self.dts.append(known if packet.dts is None else packet.dts)
        self.pts.append(packet.pts or 0)
        self.durations.append(packet.duration or 0)
        self.listed.append(packet.pts is not None and not packet.is_discard)
        self.keyframes.append(packet.is_keyframe)
        self.places.append(place)

    @property
    def presented(self) -> int:
        """How many of them are presented."""
        return sum(self.listed)

    @property
    def span(self) -> int:
        """Ticks from the first to the last presentation."""
        times = np.frombuffer(self.pts, np.int64)[np.frombuffer(self.listed, bool)]
        return int(np.ptp(times)) if len(times) else 0


@dataclass(frozen=True, kw_only=True)
class Join:
    """A place where the clock of a file starts again, or leaps ahead.

    packet    number of the first packet behind it, among those of the track that hold data
    by_s      how far the file's own clock steps there, negative backwards
    is_start  whether another recording starts there, so that decoding starts anew
    shift     ticks by which later times are moved, to follow on from those before
    at        ticks at which it lies then
    left_out  frames behind it that cannot be decoded without others before them
    """

    packet: int
    by_s: float
    is_start: bool
    shift: int = 0
    at: int = 0
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Timeline:
    """Presentation times of a track in ticks.

    times  [F] int64, strictly increasing
    end    when the last frame leaves the screen
    joins  where the file's clock is not continuous
    """

    times: np.ndarray
    end: int
    joins: tuple[Join, ...]


def find_joins(packets: Packets, container_format: str, tick_s: float) -> tuple[Join, ...]:
    """Find where the clock falls back by more than reordering explains, or leaps ahead.

    Where it may leap, FFmpeg takes a time before the first one for a clock that wrapped around.
    """
    may_leap, is_guessed = container_format in MAY_LEAP, container_format in GUESSED
    clock = np.frombuffer(packets.dts, np.int64) if is_guessed else _clock(packets, container_format, tick_s)
    is_join = np.diff(clock) * tick_s < -(GUESSED_BACKWARD_S if is_guessed else BACKWARD_S)
    if may_leap:
        is_join |= np.diff(clock) * tick_s > FORWARD_S
    steps = np.diff(clock % CLOCK_TURN if may_leap else clock)
    joins, off_s = [], 0.0
    for at in np.flatnonzero(is_join).tolist():
        by_s = float(steps[at] * tick_s)
        off_s += by_s  # about 0 where a single wrong time is corrected by the next one
        is_start = bool(packets.keyframes[at + 1]) or (by_s < 0 and off_s < -BACKWARD_S)
        joins.append(Join(packet=at + 1, by_s=by_s, is_start=is_start))
    return tuple(joins)


def _clock(packets: Packets, container_format: str, tick_s: float) -> np.ndarray:
    """[P] the latest presentation so far, which falls back only where a clock starts again.

    All that precedes a keyframe is shown before it.  At other packets decoding times tell a clock that
    falls back from reordering; they are no help at keyframes, since FFmpeg may guess one from the last.
    """
    back, is_stored = BACKWARD_S / tick_s, container_format not in PRESENTATION_ONLY
    clock = np.zeros(len(packets.pts), np.int64)
    latest, last_dts = packets.pts[0], packets.dts[0]
    packet_times = zip(packets.pts, packets.dts, packets.keyframes, strict=True)
    for number, (pts, dts, is_keyframe) in enumerate(packet_times):
        falls = is_stored and dts < last_dts - back and pts < latest - back
        latest = pts if is_keyframe or falls else max(latest, pts)
        clock[number], last_dts = latest, dts
    return clock


def make_timeline(
    packets: Packets, joins: Sequence[Join], firsts: Sequence[int | None], container_format: str
) -> Timeline:
    """Put the parts between joins one after the other.

    firsts has the time of the first frame of each part that can be shown; None keeps all of a part.
    """
    pts, durations = np.frombuffer(packets.pts, np.int64), np.frombuffer(packets.durations, np.int64)
    if container_format in GUESSED:  # the last time before a join is guessed from what follows it
        dts = np.frombuffer(packets.dts, np.int64)
        pts = np.where(np.abs(pts - dts) > MAX_DELAY_FRAMES * durations, dts, pts)
    listed = np.frombuffer(packets.listed, bool)
    edges = [0, *(join.packet for join in joins), len(pts)]
    parts, placed, end = [], [], 0
    for number, first in enumerate(firsts):
        within = slice(edges[number], edges[number + 1])
        kept = listed[within] & (pts[within] >= (pts[within].min() if first is None else first))
        own, shown_for = pts[within][kept], durations[within][kept]
        shift = end - int(own.min()) if number and len(own) else 0
        if number:
            left_out = int(listed[within].sum() - kept.sum())
            placed.append(replace(joins[number - 1], shift=shift, at=end, left_out=left_out))
        if len(own) == 0:
            continue
        last = int(shown_for[own.argmax()]) or _typical_step(own)
        parts.append(_in_order(own, shown_for, last, container_format) + shift)
        end = int(parts[-1][-1]) + last
    times = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    return Timeline(times, end, tuple(placed))


def _typical_step(times: np.ndarray) -> int:
    return int(np.median(np.diff(np.unique(times)))) if len(times) > 1 else 0


def _in_order(times: np.ndarray, durations: np.ndarray, last: int, container_format: str) -> np.ndarray:
    """Times sorted, strictly increasing; where FFmpeg guessed them, one a packet."""
    if container_format not in GUESSED:
        return np.unique(times)
    counted = times.min() + np.arange(len(times)) * last
    off = abs(int(times.max() - counted[-1]))
    if container_format == "mpeg" and (durations == last).all() and off <= MAX_GUESSED_FRAMES * last:
        return counted
    return _spread(times, last)


def _spread(times: np.ndarray, last: int) -> np.ndarray:
    """Sort times, and spread those that a guess made equal evenly between their neighbours."""
    ordered = np.sort(times)
    values, where, counts = np.unique(ordered, return_index=True, return_counts=True)
    is_anchor = counts == 1
    is_anchor[0] = True
    places = np.append(where[is_anchor], len(ordered))
    anchors = np.append(values[is_anchor], values[-1] + max(last, 1))
    return np.round(np.interp(np.arange(len(ordered)), places, anchors)).astype(np.int64)
