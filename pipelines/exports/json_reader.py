"""Finished answers read back from their JSON; no model library is imported."""

from collections.abc import Sequence

from encodings.names import encoding
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import About, Comparison, Run
from pipelines.recognition.latency import STAGES, Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.smoothing import SMOOTHED
from pipelines.recognition.workflow import Step, Workflow
from pipelines.recordings.recording import Recording
from zoo.labels import label_set
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights


def read_recognition(data: dict, recording: Recording, thumbnails: Sequence[str]) -> Recognition:
    """Read what `as_json` wrote; thumbnails has the picture of each clip."""
    settings = data["settings"]
    requested = encoding(settings["encoding"])
    weights = Weights(settings["release"], settings["revision"])
    recipe, labels = variant(settings["variant"]), label_set(settings["labels"])
    release = Release(
        variant=recipe, labels=labels, encodings=(requested.name,), tier=settings["tier"], weights=weights
    )
    clips = tuple(_clip(*each) for each in zip(data["clips"], thumbnails, strict=False))
    steps = tuple(Step(step["step"], step["start_s"], step["end_s"]) for step in data["workflow"])
    smoothed = tuple(clip[SMOOTHED] for clip in data["clips"])
    return Recognition(
        recording=recording,
        release=release,
        encoding=requested,
        total=recording.windows,
        clips=clips,
        workflow=Workflow(steps),
        latency=_latency(data["latency_s"]),
        smoothed=smoothed,
        is_smoothed=data["weighed"],
    )


def read_comparison(data: dict, recording: Recording, thumbnails: Sequence[str]) -> Comparison:
    """Read what `comparison_as_json` wrote."""
    settings = data["settings"]
    return Comparison(
        recording=recording,
        labels=label_set(settings["labels"]),
        encoding=encoding(settings["encoding"]),
        tier=settings["tier"],
        total=recording.windows,
        runs=tuple(_run(run, recording, thumbnails) for run in data["runs"]),
        latency=_latency(data["latency_s"]),
    )


def _run(run: dict, recording: Recording, thumbnails: Sequence[str]) -> Run:
    answer = read_recognition(run, recording, thumbnails) if run["settings"]["release"] else None
    return Run(
        variant=variant(run["settings"]["variant"]),
        qualifier=run.get("key", "").partition("@")[2],
        answer=answer,
        failed=run["failed"] or "",
        about=About(**run["about"]),
    )


def _latency(seconds: dict[str, float]) -> Latency:
    return Latency(**{stage: seconds.get(stage, 0.0) for stage in STAGES})


def _clip(clip: dict, thumbnail: str) -> NamedClip:
    prediction = ClipPrediction(
        start_s=clip["start_s"],
        end_s=clip["end_s"],
        label=clip["label"],
        scores=clip["scores"],
        caption=clip["caption"],
    )
    return NamedClip(
        prediction=prediction,
        encoding=encoding(clip["encoding"]),
        gaze_coverage=clip.get("gaze_coverage", 0.0),
        thumbnail=thumbnail,
    )
