"""What is wrong with a gaze file and how well it fits its video, before anything is recognised."""

import csv
import io
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S
from pipelines.recordings.gaze.formats.samples import START_TOGETHER
from pipelines.recordings.gaze.gaze import GAZE_TOLERANCE_S, MIN_COVERAGE, Gaze, join_gaze, read_gaze_alone
from pipelines.recordings.recording import ON_TIME_S, Recording, open_recording

GOOD_COVERAGE = 0.7  # of the frames or samples: blinks and looks past the camera cost some 20 %
MANY_OFF = 0.2  # of the points off the frame: the calibration or the size of the frame may be wrong
MANY_BACKWARD = 0.01  # of the times earlier than the one before: more than a logger's reordering
MIN_RATE_HZ = 0.5 / GAZE_TOLERANCE_S  # with less, some frames between two samples have no gaze
MOST_BEYOND_S, MOST_BEYOND_SHARE = 2.0, 0.1  # of gaze before or after the video, which may be another's
LITTLE_SEEN = 0.5  # of the samples; with less it is the tracker that did not see the eyes
LEAST_SHOWN = 0.01
MAX_GAPS = 100  # that a check lists
FRAME_COLUMNS = ("frame", "time_s", "x_px", "y_px", "seen")
WARNINGS = ("Warning:", "ATTENTION:")  # how a note begins that somebody should act on


@dataclass(frozen=True, kw_only=True)
class GazeHealth:
    """What there is to know of gaze before it is used, and the verdict on it.

    source    format and clock, as in "Pupil Cloud, with world_timestamps.csv"
    unit      of the points in the file: "pixels" or "fractions of the frame"; None if it is not known
    origin    the corner from which the file counts them: "top left" or "bottom left"; None likewise
    rate_hz   samples a second, by the median step; None of a single time
    seen      share of the samples with a point
    start_s, end_s  the first and last sample, in seconds after the video's first frame
    off_frame share of the points that were given but lie off the frame
    backward_times  how many times in the file were earlier than the one before
    gaps      (start_s, end_s) of every time over 0.25 s without a point
    coverage  share of the video's frames with gaze; None without a video, as are the next three
    overlap   share of the video's time between the first and the last sample
    coverage_by_s  [seconds of the video] share of the frames of each second with gaze
    duration_s  of the video
    notes     sentences on what was assumed or left out
    """

    source: str
    unit: str | None
    origin: str | None
    rate_hz: float | None
    samples: int
    seen: float
    start_s: float
    end_s: float
    off_frame: float
    backward_times: int
    gaps: tuple[tuple[float, float], ...]
    coverage: float | None = None
    overlap: float | None = None
    coverage_by_s: tuple[float, ...] | None = None
    duration_s: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """A sentence as in "Fine: …", "Usable with care: …", "Not usable: …", "Not this recording's: …"."""
        return _verdict(self)

    @property
    def is_too_little(self) -> bool:
        """Whether so few frames have gaze that it can hardly be that of this recording."""
        return self.coverage is not None and self.coverage < MIN_COVERAGE

    def as_json(self) -> dict:
        """The verdict and its fields, with None where something is not known, and only the longest gaps."""
        longest = sorted(sorted(self.gaps, key=lambda gap: gap[0] - gap[1])[:MAX_GAPS])
        fields = {"verdict": self.verdict, **asdict(self)}
        return fields | {"gap_count": len(self.gaps), "gaps": [list(gap) for gap in longest]}


def check_gaze(
    gaze_path: str | Path,
    video_path: str | Path | None = None,
    world_timestamps_path: str | Path | None = None,
) -> dict:
    """Describe a gaze file, as JSON; with a video, also what share of its frames has gaze.

    Without a video times count from the first world time stamp or, without that, the first sample.
    Raises UnreadableGaze, UnreadableRecording.
    """
    if video_path is None:
        return health_of_gaze(read_gaze_alone(gaze_path, world_timestamps_path)).as_json()
    return health_of(open_recording(video_path, gaze_path, world_timestamps_path)).as_json()


def health_of(recording: Recording) -> GazeHealth:
    """Describe the gaze of a recording, and how it fits the video.  Raises ValueError without gaze."""
    gaze = recording.gaze
    if gaze is None:
        raise ValueError(f"{recording.name} has no gaze to describe")
    covered = np.isfinite(join_gaze(gaze, recording.frame_times_s)).all(axis=1)  # [F]
    end_s = recording.duration_s
    overlap_s = min(end_s, float(gaze.times_s[-1])) - max(0.0, float(gaze.times_s[0]))
    return replace(
        _describe(gaze, gaze.gaps(end_s)),
        coverage=float(covered.mean()),
        overlap=max(0.0, overlap_s) / end_s,
        coverage_by_s=_by_second(covered, recording),
        duration_s=end_s,
    )


def health_of_gaze(gaze: Gaze) -> GazeHealth:
    """Describe gaze without its video."""
    return _describe(gaze, gaze.gaps(float(gaze.times_s[-1]), float(gaze.times_s[0])))


def gaze_by_frame(recording: Recording) -> str:
    """What was understood of gaze, as CSV: a row a video frame, in pixels of the video as displayed.

    seen is 1 or 0, and x_px and y_px are empty where it is 0.  Raises ValueError without gaze.
    """
    if recording.gaze is None:
        raise ValueError(f"{recording.name} has no gaze to write")
    points = join_gaze(recording.gaze, recording.frame_times_s)  # [F, 2]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(FRAME_COLUMNS)
    for number, (time_s, point) in enumerate(zip(recording.frame_times_s, points, strict=True)):
        seen = bool(np.isfinite(point).all())
        place = [f"{value:.2f}" for value in point] if seen else ["", ""]
        rows.writerow([number, f"{time_s:.6f}", *place, int(seen)])
    return text.getvalue()


def gaze_sentence(recording: Recording) -> str:
    """How much gaze a recording has, for a person: "Pupil Cloud, 97 % covered, 1 gap of 0.4 s"."""
    gaze = recording.gaze
    if gaze is None:
        return "no gaze"
    tracker = gaze.source.partition(",")[0]
    covered = gaze.coverage(recording.frame_times_s)
    return f"{tracker}, {_percent(covered)} covered, {_gaps_in_words(gaze.gaps(recording.duration_s))}"


def _describe(gaze: Gaze, gaps: tuple[tuple[float, float], ...]) -> GazeHealth:
    steps = np.diff(gaze.times_s)
    steps = steps[steps > 0]
    given = gaze.off_frame + int(gaze.seen.sum())
    return GazeHealth(
        source=gaze.source,
        unit=gaze.unit or None,
        origin=gaze.origin or None,
        rate_hz=float(1 / np.median(steps)) if len(steps) else None,
        samples=len(gaze.times_s),
        seen=float(np.mean(gaze.seen)),
        start_s=float(gaze.times_s[0]),
        end_s=float(gaze.times_s[-1]),
        off_frame=gaze.off_frame / given if given else 0.0,
        backward_times=gaze.backward_times,
        gaps=gaps,
        notes=gaze.notes,
    )


def _by_second(covered: np.ndarray, recording: Recording) -> tuple[float, ...]:
    """The share of covered [F] frames in each second; where none begins, that of the frame on screen."""
    seconds = np.arange(max(1, np.ceil(recording.duration_s - ON_TIME_S)))
    edges = np.searchsorted(recording.frame_times_s, np.append(seconds, np.inf))
    first, end = edges[:-1], edges[1:]
    first = np.where(first == end, first - 1, first)
    total = np.concatenate(([0], np.cumsum(covered)))
    return tuple(((total[end] - total[first]) / (end - first)).tolist())


def _verdict(health: GazeHealth) -> str:
    if health.is_too_little:
        return _verdict_of_little(health)
    tracker = health.source.partition(",")[0]
    rate = f" at {health.rate_hz:.3g} Hz" if health.rate_hz else ""
    if health.coverage is None:
        share = f"in {_percent(health.seen)} of the samples, not compared with a video"
    else:
        share = f"on {_percent(health.coverage)} of the video's frames"
    summary = f"{tracker}{rate}, gaze seen {share}, {_gaps_in_words(health.gaps)}"
    reasons = _reasons(health)
    return f"Usable with care: {summary}; {'; '.join(reasons)}." if reasons else f"Fine: {summary}."


def _verdict_of_little(health: GazeHealth) -> str:
    """Why hardly any frame has gaze, and what to do."""
    covered = f"gaze is seen on {_percent(health.coverage)} of the video's frames"
    if health.off_frame > LITTLE_SEEN:
        off = _percent(health.off_frame)
        return f"Not this recording's: {covered}, since {off} of its points lie off the frame."
    if health.seen < LITTLE_SEEN:
        seen = _percent(health.seen)
        return f"Not usable: {covered}, since the tracker has a point in only {seen} of its samples."
    return f"Not this recording's: {covered}; check that it is of this video and that the clocks agree."


def _reasons(health: GazeHealth) -> list[str]:
    """What asks for care."""
    share = health.seen if health.coverage is None else health.coverage
    rate_hz, backward = health.rate_hz, health.backward_times
    together = [note for note in health.notes if START_TOGETHER in note]
    warnings = sum(note.startswith(WARNINGS) and note not in together for note in health.notes)
    before_s, after_s, most_s = _beyond(health)
    reasons = {
        f"less than {_percent(GOOD_COVERAGE)} is seen": share < GOOD_COVERAGE,
        f"{_percent(health.off_frame)} of the points lie off the frame": health.off_frame > MANY_OFF,
        f"{backward} times run backward": backward > MANY_BACKWARD * health.samples,
        "samples are too far apart to reach every frame": rate_hz is not None and rate_hz < MIN_RATE_HZ,
        "a gap is longer than a clip": any(end_s - start_s > CLIP_S for start_s, end_s in health.gaps),
        f"it starts {before_s:.1f}\u00a0s before the video": before_s > most_s,
        f"it runs on for {after_s:.1f}\u00a0s after the video": after_s > most_s,
        START_TOGETHER: bool(together),
        "a note warns of something": warnings == 1,
        f"{warnings} notes warn of something": warnings > 1,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _beyond(health: GazeHealth) -> tuple[float, float, float]:
    """Seconds of gaze before and after the video, and how many are usual."""
    if health.duration_s is None:
        return 0.0, 0.0, 0.0
    most_s = max(MOST_BEYOND_S, MOST_BEYOND_SHARE * health.duration_s)
    return -health.start_s, health.end_s - health.duration_s, most_s


def _percent(share: float) -> str:
    return "under 1\u00a0%" if 0 < share < LEAST_SHOWN else f"{100 * share:.0f}\u00a0%"


def _gaps_in_words(gaps: tuple[tuple[float, float], ...]) -> str:
    lengths_s = [end_s - start_s for start_s, end_s in gaps]
    if not lengths_s:
        return "no gaps"
    if len(lengths_s) == 1:
        return f"1 gap of {lengths_s[0]:.1f}\u00a0s"
    return f"{len(lengths_s)} gaps, the longest {max(lengths_s):.1f}\u00a0s"
