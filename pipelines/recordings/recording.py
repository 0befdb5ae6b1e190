"""Recording, the noun a video file becomes when it is opened, and the clips it is cut into."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from encodings.clip import CLIP_S, FRAMES, RATE_HZ, Clip
from pipelines.recordings.gaze.gaze import Gaze, join_gaze, read_gaze
from pipelines.recordings.video_errors import UnreadableRecording
from pipelines.recordings.video_file import Track, decoded_frames, read_track

MIN_WINDOW_S = 1.0  # a shorter rest at the end of a recording gets no clip and no label
WORKING_SIDE = 224  # shorter side of a clip's frames, px: the input size of the encoders
WORKING_LONG_SIDE = 640  # longer side at most, px: bounds memory for a panorama
ON_TIME_S = 0.0005  # containers round times to a millisecond: this much late is still on time


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """A video, opened but not loaded, with the gaze of who wore the camera if it is known.

    duration_s     until the last frame leaves the screen
    frame_times_s  [F] float64, presentation times, strictly increasing from 0.0
    width, height  pixels as displayed: turned upright, square pixels
    rotation_deg   0, 90, 180 or 270: how far stored frames are turned counterclockwise for display
    track          how its frames are read
    notes          sentences on what was assumed of the video
    starts_after_sound_s  seconds to subtract from a player's clock, which counts from the sound: 0 or more
    """

    path: Path
    name: str
    duration_s: float
    frame_times_s: np.ndarray
    width: int
    height: int
    rotation_deg: int
    track: Track
    gaze: Gaze | None = None
    notes: tuple[str, ...] = ()
    starts_after_sound_s: float = 0.0

    def __post_init__(self) -> None:
        times = self.frame_times_s
        if times.ndim != 1 or len(times) == 0 or times[0] != 0 or (np.diff(times) <= 0).any():
            raise ValueError("frame_times_s must be [F], strictly increasing from 0.0")

    @property
    def frames(self) -> int:
        """How many frames are presented."""
        return len(self.frame_times_s)

    @property
    def windows(self) -> int:
        """How many clips `cut_clips` yields: every 4 s, and a rest of at least 1 s."""
        full, rest_s = divmod(self.duration_s, CLIP_S)
        return int(full) + (rest_s >= MIN_WINDOW_S - 2 * ON_TIME_S)

    @property
    def unnamed_s(self) -> float:
        """Seconds at the end that are too short for a clip."""
        return max(0.0, self.duration_s - self.windows * CLIP_S)


def open_recording(
    path: str | Path,
    gaze_path: str | Path | None = None,
    world_timestamps_path: str | Path | None = None,
) -> Recording:
    """Read what cutting a video into clips needs, without loading its frames.

    Time 0 is the first frame that can be shown.  Raises UnreadableRecording, and UnreadableGaze.
    """
    path = Path(path)
    track = read_track(path)
    if track.end_s < MIN_WINDOW_S - 2 * ON_TIME_S:
        raise UnreadableRecording(
            f"“{path.name}” lasts {track.end_s:.2f} s, and at least {MIN_WINDOW_S:.0f} s is needed to "
            "recognise an activity: choose a longer recording."
        )
    gaze = None
    if gaze_path:
        gaze = read_gaze(
            gaze_path, track.times_s, track.width, track.height, world_timestamps_path, path.name
        )
    return Recording(
        path=path,
        name=path.name,
        duration_s=track.end_s,
        frame_times_s=track.times_s,
        width=track.width,
        height=track.height,
        rotation_deg=track.rotation_deg,
        track=track,
        gaze=gaze,
        notes=track.notes,
        starts_after_sound_s=track.starts_after_sound_s,
    )


def cut_clips(recording: Recording, starts_s: Sequence[float] | None = None) -> Iterator[Clip]:
    """Cut a recording into clips of 16 frames, at 4 Hz by presentation time, whole frames only.

    Clips follow each other from the first frame on, or begin at starts_s, ascending, and may overlap.
    Sample j is the frame on screen j / 4 seconds after a clip's start; past the end that is the last
    frame, which so fills up a shorter last clip.  Gaze is the one at the time a frame was presented.
    Closing the iterator closes the file.  Raises UnreadableRecording if the video is damaged.
    """
    if starts_s is None:
        starts_s = [number * CLIP_S for number in range(recording.windows)]
    due_s = np.add.outer(np.asarray(starts_s, float), np.arange(FRAMES) / RATE_HZ)
    order = np.argsort(due_s, axis=None, kind="stable")
    partial: dict[int, list[tuple[float, np.ndarray]]] = {}  # clips that overlap fill up side by side
    with closing(_sampled_frames(recording, due_s.ravel()[order])) as samples:
        for number, sample in zip(order // FRAMES, samples, strict=False):
            partial.setdefault(number, []).append(sample)
            if len(partial[number]) == FRAMES:
                times_s, frames = zip(*partial.pop(number), strict=True)
                start_s = float(starts_s[number])
                end_s = min(start_s + CLIP_S, recording.duration_s)
                yield Clip(
                    frames=np.stack(frames),
                    start_s=start_s,
                    end_s=end_s,
                    gaze_px=_working_gaze(recording, np.array(times_s)),
                )


def sample_times(recording: Recording) -> np.ndarray:
    """[16 * windows] the seconds at which a recording is sampled, 4 Hz."""
    return np.arange(recording.windows * FRAMES) / RATE_HZ


def frames_on_screen(recording: Recording, times_s: np.ndarray) -> np.ndarray:
    """[K] the indices, in order of presentation, of the frames on screen at times_s [K]."""
    return np.searchsorted(recording.frame_times_s, times_s + ON_TIME_S, side="right") - 1


def working_size(recording: Recording) -> tuple[int, int]:
    """(width, height) of a clip's frames: scaled down to 224 px on the shorter side, never up."""
    width, height = recording.width, recording.height
    scale = min(1.0, WORKING_SIDE / min(width, height), WORKING_LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _working_gaze(recording: Recording, times_s: np.ndarray) -> np.ndarray | None:
    if recording.gaze is None:
        return None
    scale = np.divide(working_size(recording), (recording.width, recording.height))
    return join_gaze(recording.gaze, times_s) * scale


def _sampled_frames(recording: Recording, due_s: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    """(start_s, pixels) of the frame on screen at each sample time due_s [K], ascending.

    start_s is when the frame was presented, by the decoder's times; pixels are [H, W, 3] uint8 RGB at the
    working size.
    """
    if len(due_s) == 0:
        return
    resize, sample = _make_resizer(recording), 0
    for start_s, end_s, frame in _frame_intervals(recording):
        pixels = None
        while due_s[sample] + ON_TIME_S < end_s:
            pixels = resize(frame) if pixels is None else pixels
            yield start_s, pixels
            sample += 1
            if sample == len(due_s):
                return


def _frame_intervals(recording: Recording) -> Iterator[tuple[float, float, VideoFrame]]:
    """(start_s, end_s, frame) of each frame and the interval during which it is on screen.

    A frame is on screen until the next one is presented; the last one has no end.
    """
    with closing(decoded_frames(recording.path, recording.track)) as decoded:
        start_s, frame = next(decoded)
        for next_s, next_frame in decoded:
            yield start_s, next_s, frame
            start_s, frame = next_s, next_frame
    yield start_s, np.inf, frame


def _make_resizer(recording: Recording) -> Callable[[VideoFrame], np.ndarray]:
    """A function from a decoded frame to [H, W, 3] uint8 RGB, upright, at the working size."""
    width, height = working_size(recording)
    if recording.rotation_deg % 180:
        width, height = height, width
    scaler = VideoReformatter()

    def resize(frame: VideoFrame) -> np.ndarray:
        scaled = scaler.reformat(frame, width, height, "rgb24", interpolation=Interpolation.AREA)
        return np.rot90(scaled.to_ndarray(), recording.rotation_deg // 90)

    return resize
