"""A recognition or a comparison as JSON for other programs; keys are added, never renamed."""

import hashlib
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from pipelines.evaluation.comparison_report import CONSENSUS, TRUTH, ComparisonReport
from pipelines.evaluation.random_baseline import SEED
from pipelines.recognition.agreement import RULE
from pipelines.recognition.alignment import align
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.smoothing import SMOOTHED
from pipelines.recordings.recording import Recording
from pipelines.views.origin import origin_of, origin_of_comparison
from zoo.releases import Release


def as_json(recognition: Recognition) -> dict:
    """The whole of a recognition as plain data, ready for json.dump."""
    return {
        "recording": describe_recording(recognition.recording),
        "settings": describe_settings(recognition.release, recognition.encoding.name),
        "origin": origin_of(recognition),
        "finished": recognition.finished,
        "weighed": recognition.is_smoothed,
        "clips": [_clip(*each) for each in zip(recognition.clips, recognition.smoothed, strict=True)],
        "workflow": [
            {"step": step.activity, "start_s": step.start_s, "end_s": step.end_s}
            for step in recognition.workflow.steps
        ],
        "latency_s": _seconds(recognition.latency),
    }


def comparison_as_json(comparison: Comparison, report: ComparisonReport) -> dict:
    """The whole of a comparison as plain data; a run is what `as_json` gives, without recording."""
    return {
        "recording": describe_recording(comparison.recording),
        "settings": {
            "labels": comparison.labels.key,
            "encoding": comparison.encoding.name,
            "tier": comparison.tier,
        },
        "origin": origin_of_comparison(comparison),
        "runs": [_run(run, comparison) for run in comparison.runs],
        "forward_passes": comparison.forward_passes,
        "latency_s": _seconds(comparison.latency),
        "consensus": [asdict(vote) for vote in report.votes],
        "consensus_rule": RULE,
        "agreement": [{"variants": list(names), **asdict(pair)} for names, pair in report.pairs.items()],
        "worth_a_look": list(report.worth_a_look),
        "truth": [
            {"label": each.label, "start_s": each.start_s, "end_s": each.end_s} for each in report.truth
        ],
        "truth_notes": list(report.truth.notes),
        "true_labels": list(report.true_labels),
        "workflows": {key: list(each.names) for key, each in report.workflows.items()},
        "alignments": _alignments(report),
        "scores": {key: scores.to_json() for key, scores in report.scores.items()},
        "chance": {"labels": list(report.chance), "seed": SEED, "source": report.chance_source},
    }


def _alignments(report: ComparisonReport) -> dict:
    """Every workflow's edits against the truth if it is known, otherwise against the consensus."""
    against = TRUTH if TRUTH in report.workflows else CONSENSUS
    if against not in report.workflows:
        return {}
    expected = report.workflows[against].names
    edits = {
        key: [asdict(edit) for edit in align(expected, workflow.names)]
        for key, workflow in report.workflows.items()
        if key != against
    }
    return {"against": against, "edits": edits}


def _run(run: Run, comparison: Comparison) -> dict:
    """A run without a release has the same keys; `failed` says why."""
    outcome = {"key": run.key, "failed": run.failed or None, "about": asdict(run.about)}
    if run.answer is not None:
        answer = as_json(run.answer)
        del answer["recording"]
        return answer | outcome
    settings = {"variant": run.variant.key, "labels": comparison.labels.key}
    settings |= {"encoding": comparison.encoding.name, "tier": comparison.tier}
    settings |= {"release": None, "revision": None}
    nothing = {"finished": False, "weighed": False, "clips": [], "workflow": []}
    nothing["latency_s"] = _seconds(Latency())
    return {"settings": settings, **nothing, **outcome}


def _seconds(latency: Latency) -> dict[str, float]:
    return {**latency.by_stage(), "total": latency.total}


def describe_recording(recording: Recording) -> dict:
    """The recording, with notes on its video; its gaze is null if there is no gaze file."""
    gaze = recording.gaze
    return {
        "name": recording.name,
        "sha256": _sha256(recording.path, recording.path.stat().st_mtime_ns),
        "duration_s": recording.duration_s,
        "frames": recording.frames,
        "unnamed_s": recording.unnamed_s,
        "starts_after_sound_s": recording.starts_after_sound_s,
        "notes": list(recording.notes),
        "gaze": gaze
        and {
            "source": gaze.source,
            "coverage": gaze.coverage(recording.frame_times_s),
            "notes": list(gaze.notes),
        },
    }


def describe_settings(release: Release, encoding: str) -> dict:
    """The model that answered, with its settings and its weights."""
    return {
        "variant": release.variant.key,
        "labels": release.labels.key,
        "encoding": encoding,
        "tier": release.tier,
        "release": release.weights.name,
        "revision": release.weights.revision,
    }


def _clip(clip: NamedClip, smoothed: str) -> dict:
    prediction = clip.prediction
    return {
        "start_s": prediction.start_s,
        "end_s": prediction.end_s,
        "label": prediction.label,
        SMOOTHED: smoothed,
        "scores": prediction.scores,
        "caption": prediction.caption,
        "encoding": clip.encoding.name,
        "gaze_coverage": clip.gaze_coverage,
    }


@lru_cache(maxsize=64)
def _sha256(path: Path, _modified_ns: int) -> str:
    """Read a file once, however often its result is written; a file that has changed is read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
