"""How fast a video is cut into clips, measured against PyAV and OpenCV alone."""

import sys
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import psutil

from pipelines.benchmarks.timing import time_in_turns
from pipelines.recordings.recording import (
    Recording,
    cut_clips,
    frames_on_screen,
    open_recording,
    sample_times,
)

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class DecodingSpeed:
    """Seconds to decode one video, by reader."""

    frames: int
    sampled: int  # frames that clips are made of
    seconds: dict[str, float]  # ours, pyav and opencv
    ratio: float  # ours to the faster of the others: under 1 is faster
    peak_memory_mb: float


def decode_speed(path: str | Path, rounds: int = ROUNDS) -> DecodingSpeed:
    """Compare cutting a video into clips with decoding it and keeping the same frames."""
    recording = open_recording(path)
    sampled = sorted(set(frames_on_screen(recording, sample_times(recording)).tolist()))
    readers = {
        "ours": lambda: _clips(recording),
        "pyav": lambda: _pyav(recording, sampled),
        "opencv": lambda: _opencv(recording, sampled),
    }
    seconds = {name: timing.wall_s for name, timing in time_in_turns(readers, rounds).items()}
    return DecodingSpeed(
        frames=recording.frames,
        sampled=len(sampled),
        seconds=seconds,
        ratio=seconds["ours"] / min(seconds["pyav"], seconds["opencv"]),
        peak_memory_mb=peak_memory_mb(),
    )


def peak_memory_mb() -> float:
    """The peak resident memory of this process, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        memory = psutil.Process().memory_info()
        return getattr(memory, "peak_wset", memory.rss) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _clips(recording: Recording) -> None:
    for _ in cut_clips(recording):
        pass


def _pyav(recording: Recording, sampled: list[int]) -> None:
    keep = set(sampled)
    with av.open(str(recording.path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for number, frame in enumerate(container.decode(video=0)):
            if number in keep:
                frame.to_ndarray(format="rgb24")
            if number == sampled[-1]:
                return


def _opencv(recording: Recording, sampled: list[int]) -> None:
    keep = set(sampled)
    capture = cv2.VideoCapture(str(recording.path))
    for number in range(sampled[-1] + 1):
        if not capture.grab():
            break
        if number in keep:
            capture.retrieve()
    capture.release()
