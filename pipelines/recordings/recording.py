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
from pipelines.recordings.video_file import MAX_FRAME_PX as MAX_FRAME_PX
from pipelines.recordings.video_file import UnreadableRecording, damaged, decoded_frames, read_track

MIN_WINDOW_S = 1.0  # a shorter rest at the end of a recording is left unnamed
WORKING_SIDE = 224  # shorter side of a clip's frames, px: what the encoders look at
WORKING_LONG_SIDE = 640  # longer side at most, px: bounds memory for a panorama
ON_TIME_S = 0.0005  # containers round times to a millisecond: this much late is still on time
MAX_LOST_S = 1 / RATE_HZ  # a frame older than the file promised by more than this was lost


@dataclass(frozen=True, eq=False)
class Recording:
    """A video, opened but not loaded, with the gaze of who wore the camera if it is known.

    duration_s     until the last frame leaves the screen
    frame_times_s  [F] float64, presentation times, strictly increasing from 0.0
    width, height  pixels as displayed: turned upright, square pixels
    rotation_deg   0, 90, 180 or 270: how far stored frames are turned counterclockwise for display
    """

    path: Path
    name: str
    duration_s: float
    frame_times_s: np.ndarray
    width: int
    height: int
    rotation_deg: int
    gaze: Gaze | None = None

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
    """Learn of a video what cutting it needs, without keeping it in memory.

    Time 0 is the first frame that can be shown.  Raises UnreadableRecording, and UnreadableGaze.
    """
    path = Path(path)
    times_s, end_s, width, height, rotation_deg = read_track(path)
    if end_s < MIN_WINDOW_S - 2 * ON_TIME_S:
        raise UnreadableRecording(
            f"“{path.name}” lasts {end_s:.2f} s, and at least {MIN_WINDOW_S:.0f} s is needed to name an "
            "activity: choose a longer recording."
        )
    gaze = read_gaze(gaze_path, times_s, width, height, world_timestamps_path) if gaze_path else None
    return Recording(path, path.name, end_s, times_s, width, height, rotation_deg, gaze)


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
    cut: dict[int, list[tuple[float, np.ndarray]]] = {}  # clips that overlap are open at a time
    with closing(_on_screen(recording, due_s.ravel()[order])) as shown:
        for number, sample in zip(order // FRAMES, shown, strict=False):
            cut.setdefault(number, []).append(sample)
            if len(cut[number]) == FRAMES:
                times_s, frames = zip(*cut.pop(number), strict=True)
                start_s = float(starts_s[number])
                end_s = min(start_s + CLIP_S, recording.duration_s)
                yield Clip(
                    frames=np.stack(frames),
                    start_s=start_s,
                    end_s=end_s,
                    gaze_px=_working_gaze(recording, np.array(times_s)),
                )


def sample_times(recording: Recording) -> np.ndarray:
    """[16 * windows] the seconds at which a recording is looked at."""
    return np.arange(recording.windows * FRAMES) / RATE_HZ


def frames_on_screen(recording: Recording, times_s: np.ndarray) -> np.ndarray:
    """[K] the numbers, in order of presentation, of the frames on screen at some times."""
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


def _on_screen(recording: Recording, due_s: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    """For each sample time [K], ascending, when the frame then on screen was presented, and its picture.

    Decides by the times the decoder gives, holding one frame back until the next one's is known.
    """
    shrink = _shrinker(recording)
    if len(due_s) == 0:
        return
    promised_s = recording.frame_times_s[frames_on_screen(recording, due_s)]
    sample = 0
    for shown_s, frame, until_s in _held_until(recording):
        picture = None
        while due_s[sample] + ON_TIME_S < until_s:
            if abs(promised_s[sample] - shown_s) > MAX_LOST_S:
                raise damaged(recording.path, shown_s)
            picture = shrink(frame) if picture is None else picture
            yield shown_s, picture
            sample += 1
            if sample == len(due_s):
                return


def _held_until(recording: Recording) -> Iterator[tuple[float, VideoFrame, float]]:
    """Every frame with the times from and until it is on screen; the last one stays for ever."""
    with closing(decoded_frames(recording.path, recording.frame_times_s)) as decoded:
        held_s, held = next(decoded)
        for time_s, frame in decoded:
            yield held_s, held, time_s
            held_s, held = time_s, frame
    yield held_s, held, np.inf


def _shrinker(recording: Recording) -> Callable[[VideoFrame], np.ndarray]:
    """Make a function from a decoded frame to its picture, [H, W, 3] uint8 RGB at the working size."""
    width, height = working_size(recording)
    if recording.rotation_deg % 180:
        width, height = height, width
    scaler = VideoReformatter()

    def shrink(frame: VideoFrame) -> np.ndarray:
        small = scaler.reformat(frame, width, height, "rgb24", interpolation=Interpolation.AREA)
        return np.rot90(small.to_ndarray(), recording.rotation_deg // 90)

    return shrink
