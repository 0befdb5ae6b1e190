"""world_index of Pupil Core: which frame of the world video each sample of gaze belongs to.

Pupil Player names the frame that is closest in time, so that samples may be placed half a frame late.
"""

import numpy as np

from pipelines.recordings.gaze.clock import MAX_REORDER_S, Video
from pipelines.recordings.gaze.files import WORLD_NAME, UnreadableGaze
from pipelines.recordings.gaze.formats.samples import count

MAX_FRAMES_OFF = 5  # a recorder drops so many frames at the ends of a recording
MAX_SHARE_BEYOND = 0.01  # of samples in frames that the video does not have; more are another recording's
MIN_SHARE_NAMED = 0.5  # of the video's frames; fewer are noted
MAX_CLOCK_SHARE = 0.02  # of the duration by which both clocks may differ without a note
MAX_SPREAD_FRAMES = 15  # between world_index and world_timestamps.csv, from the 5th to the 95th percentile


def times_by_frame(
    name: str, stamps: np.ndarray, frame_index: np.ndarray, video: Video
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] seconds of video of samples in the frames of frame_index [N], and notes on what was assumed.

    The samples of one frame are spread evenly, in their order, over the time it is on screen; NaN without a
    frame.  stamps [N] are the samples' own clock in seconds, which is compared only.  name is the file's.
    Raises UnreadableGaze if the video does not have these frames.
    """
    first, notes = _first_frame(name, frame_index, video)
    frames = len(video.times_s)
    index = np.where(np.isfinite(frame_index), np.rint(frame_index) - first, -1)
    rows = np.flatnonzero((index >= 0) & (index < frames))
    index = index[rows].astype(int)
    order = np.argsort(index, kind="stable")
    per_frame = np.bincount(index, minlength=frames)
    rank = np.empty(len(rows), int)
    rank[order] = np.arange(len(rows)) - np.repeat(np.cumsum(per_frame) - per_frame, per_frame)
    steps_s = np.diff(video.times_s)
    on_screen_s = np.append(steps_s, np.median(steps_s) if len(steps_s) else 0.0)
    times_s = np.full(len(stamps), np.nan)
    times_s[rows] = video.times_s[index] + rank / per_frame[index] * on_screen_s[index]
    note = f"Without {WORLD_NAME} each sample was placed in the frame that its world_index names."
    return times_s, (note, *notes, *_compare_clocks(stamps[rows], times_s[rows], frames, index))


def check_world_index(
    stamps: np.ndarray, frame_index: np.ndarray | None, world: np.ndarray, name: str
) -> tuple[str, ...]:
    """A warning if stamps [N] and those of the frames [F] do not give the frames of frame_index [N]."""
    if frame_index is None:
        return ()
    inside = np.isfinite(frame_index) & (stamps >= world[0]) & (stamps <= world[-1])
    off = np.searchsorted(world, stamps[inside]) - frame_index[inside]
    if len(off) == 0 or np.diff(np.percentile(off, (5, 95)))[0] <= MAX_SPREAD_FRAMES:
        return ()
    return (
        f"Warning: by world_index most samples belong to other frames than by {name}, which was followed: "
        "check that both are of one recording.",
    )


def _first_frame(name: str, frame_index: np.ndarray, video: Video) -> tuple[int, tuple[str, ...]]:
    """The number that world_index gives to the video's first frame, and notes.  Raises UnreadableGaze."""
    known, frames = np.rint(frame_index[np.isfinite(frame_index)]), len(video.times_s)
    if len(known) == 0:
        raise UnreadableGaze(
            f"“{name}” has no row with a readable world_index: use the file as it was exported."
        )
    low, high = int(known.min()), int(known.max())
    beyond = int(((known < 0) | (known >= frames)).sum())
    if beyond == 0:
        return 0, ()
    if low > 0 and abs(high - low + 1 - frames) <= MAX_FRAMES_OFF:
        return low, (
            f"world_index runs from {low} to {high}, as in an export that was trimmed: frame {low} was taken "
            "for the video's first.",
        )
    if beyond <= MAX_SHARE_BEYOND * len(known) or (low >= 0 and high < frames + MAX_FRAMES_OFF):
        return 0, (f"{count(beyond, 'sample')} in frames that the video does not have left out.",)
    raise UnreadableGaze(
        f"“{name}” names the frames {low} to {high} (world_index), and the video has {frames} frames: choose "
        f"the gaze of this video, or export it again together with {WORLD_NAME}."
    )


def _compare_clocks(
    stamps: np.ndarray, times_s: np.ndarray, frames: int, index: np.ndarray
) -> tuple[str, ...]:
    """Notes where samples' own clock runs otherwise than the video, or names few of its frames."""
    notes = []
    if int(index.max(initial=0)) + 1 < MIN_SHARE_NAMED * frames:
        notes.append(
            f"world_index ends at frame {index.max(initial=0)} of the video's {frames}: check that this is "
            "its gaze."
        )
    known = stamps[np.isfinite(stamps)]
    if (np.diff(known) < -MAX_REORDER_S).any():
        notes.append("The clock of the gaze starts again within the file: world_index was followed instead.")
    elif len(known):
        own_s, video_s = float(np.ptp(known)), float(np.ptp(times_s))
        if abs(own_s - video_s) > max(MAX_CLOCK_SHARE * video_s, 0.25):
            notes.append(
                f"By its own clock the gaze lasts {own_s:.1f} s, by world_index {video_s:.1f} s of the "
                "video, which was followed."
            )
    return tuple(notes)
