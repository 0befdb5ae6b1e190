"""How fast and how heavy the product is, measured against the plain libraries it stands on."""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
import cv2

from pipelines.recordings.recording import (
    Recording,
    cut_clips,
    frames_on_screen,
    open_recording,
    sample_times,
)

ROUNDS = 5


def decode_speed(path: str | Path, rounds: int = ROUNDS) -> dict:
    """Compare cutting a video into clips with decoding it and keeping the same frames, no more.

    The rounds of all readers are interleaved, so that a busy machine is as hard on each.
    `ratio` is ours to the faster of the others: under 1 is faster.
    """
    recording = open_recording(path)
    wanted = sorted(set(frames_on_screen(recording, sample_times(recording)).tolist()))
    readers = {
        "ours": lambda: _clips(recording),
        "pyav": lambda: _pyav(recording, wanted),
        "opencv": lambda: _opencv(recording, wanted),
    }
    seconds = interleaved(readers, rounds)
    return {
        "frames": recording.frames,
        "sampled": len(wanted),
        "seconds": seconds,
        "ratio": seconds["ours"] / min(seconds["pyav"], seconds["opencv"]),
        "peak_memory_mb": peak_memory_mb(),
    }


def interleaved(acts: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each act, all of them taking turns."""
    taken = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - start)
    return {name: median(each) for name, each in taken.items()}


def peak_memory_mb() -> float:
    """The most memory this process ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _clips(recording: Recording) -> None:
    for _ in cut_clips(recording):
        pass


def _pyav(recording: Recording, wanted: list[int]) -> None:
    keep = set(wanted)
    with av.open(str(recording.path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for number, frame in enumerate(container.decode(video=0)):
            if number in keep:
                frame.to_ndarray(format="rgb24")
            if number == wanted[-1]:
                return


def _opencv(recording: Recording, wanted: list[int]) -> None:
    keep = set(wanted)
    capture = cv2.VideoCapture(str(recording.path))
    for number in range(wanted[-1] + 1):
        if not capture.grab():
            break
        if number in keep:
            capture.retrieve()
    capture.release()
