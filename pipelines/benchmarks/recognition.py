"""Where the seconds of a recognition go, and how many it takes until something is seen."""

import time
from pathlib import Path
from statistics import median

from encodings.clip import V
from pipelines.recognition.latency import STAGES
from pipelines.recognition.recognise import recognise
from pipelines.recordings.recording import open_recording
from zoo.model_store import ModelStore
from zoo.releases import Release

MODEL = ("embed", "answer")


def stage_speed(path: Path, release: Release, rounds: int) -> dict:
    """Recognise a recording over and over with a model that is loaded already.

    first_clip_s counts from before the file is opened; not_model is the share of all stages that
    is neither embedding nor answering.  Medians over the rounds.
    """
    store = ModelStore()
    start = time.perf_counter()
    store.load(release)
    load_s = time.perf_counter() - start
    runs = [_run(path, release, store) for _ in range(rounds)]
    seconds = {name: median(run[name] for run in runs) for name in runs[0]}
    worked = sum(seconds[stage] for stage in STAGES)
    model = sum(seconds[stage] for stage in MODEL)
    return {
        "release": release.weights.name,
        "load_s": load_s,
        "seconds": seconds,
        "not_model": 1 - model / worked,
        "real_time_factor": seconds["total"] / open_recording(path).duration_s,
    }


def _run(path: Path, release: Release, store: ModelStore) -> dict[str, float]:
    start = time.perf_counter()
    first_s = None
    for state in recognise(open_recording(path), release, V, store):
        if state.clips and first_s is None:
            first_s = time.perf_counter() - start
    return {"first_clip_s": first_s, **state.latency.by_stage(), "total": state.latency.total}
