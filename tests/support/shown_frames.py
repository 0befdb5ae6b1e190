"""What a recording shows, frame by frame, read back from the numbers in its pictures."""

from collections.abc import Callable

import numpy as np

from pipelines.recordings.recording import Recording, cut_clips
from pipelines.recordings.video_file import decoded_frames
from tests.support.numbered_frames import read_bars


def all_frames(recording: Recording, number_of: Callable = read_bars) -> tuple[list[int], list[float]]:
    """The number of every frame, and when it is shown in seconds."""
    numbers, times_s = [], []
    for at_s, frame in decoded_frames(recording.path, recording.track):
        numbers.append(number_of(frame.to_ndarray(format="rgb24")))
        times_s.append(at_s)
    return numbers, times_s


def sampled_frames(recording: Recording, number_of: Callable = read_bars) -> list[int]:
    """The numbers of the frames in all clips."""
    return [number_of(frame) for clip in cut_clips(recording) for frame in clip.frames]


def check_steady(
    recording: Recording, numbers: range, rate: int = 10, number_of: Callable = read_bars
) -> None:
    """Check that all frames come in order, each at its time, and that clips hold the right ones."""
    found, times_s = all_frames(recording, number_of)
    assert found == list(numbers)
    np.testing.assert_allclose(times_s, np.arange(len(numbers)) / rate, atol=0.0011)
    np.testing.assert_array_equal(recording.frame_times_s, times_s)
    assert abs(recording.duration_s - len(numbers) / rate) < 0.011
    due = [min(int(j * rate / 4 + 0.006), len(numbers) - 1) for j in range(16 * recording.windows)]
    assert sampled_frames(recording, number_of) == [numbers[index] for index in due]
