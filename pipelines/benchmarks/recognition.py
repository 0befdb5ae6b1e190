"""How the time of a recognition divides into its stages, and how soon the first clip is there."""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from encodings.clip import V
from pipelines.recognition.recognise import recognise
from pipelines.recordings.recording import open_recording
from zoo.model_store import ModelStore
from zoo.releases import Release


@dataclass(frozen=True, kw_only=True)
class RecognitionSpeed:
    """Seconds to recognise one recording."""

    release: str
    load_s: float
    seconds: dict[str, float]  # first_clip_s, counted from before the file is opened; each stage; total
    not_model: float  # share of the total that is neither embedding nor answering
    real_time_factor: float  # total to the recording's duration


def stage_speed(path: Path, release: Release, rounds: int) -> RecognitionSpeed:
    """Recognise a recording some times with a loaded model; the seconds are medians."""
    store = ModelStore()
    start_s = time.perf_counter()
    store.load(release)
    load_s = time.perf_counter() - start_s
    runs = [_run(path, release, store) for _ in range(rounds)]
    seconds = {name: median(run[name] for run in runs) for name in runs[0]}
    stages_s = sum(seconds.values()) - seconds["first_clip_s"] - seconds["total"]
    return RecognitionSpeed(
        release=release.weights.name,
        load_s=load_s,
        seconds=seconds,
        not_model=1 - (seconds["embed"] + seconds["answer"]) / stages_s,
        real_time_factor=seconds["total"] / open_recording(path).duration_s,
    )


def _run(path: Path, release: Release, store: ModelStore) -> dict[str, float]:
    start_s = time.perf_counter()
    first_clip_s = None
    for state in recognise(open_recording(path), release, V, store):
        if state.clips and first_clip_s is None:
            first_clip_s = time.perf_counter() - start_s
    return {"first_clip_s": first_clip_s, **state.latency.by_stage(), "total": state.latency.total}
