"""A workflow as numbered steps, and the latency by stage, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.workflow import Step
from pipelines.views.format import score_of
from pipelines.views.remarks import remarks
from pipelines.views.templates import render

LONGEST_BAR = 60  # per cent of the width that the list of bars has


@dataclass(frozen=True, kw_only=True)
class StepView:
    """A step with the picture of its middle clip and the mean score of its labels, if there are scores."""

    activity: str
    start_s: float
    end_s: float
    thumbnail: str
    score: float | None


@dataclass(frozen=True)
class Bar:
    """Seconds of one stage, and the width of its bar in per cent."""

    name: str
    time_s: float
    width: float


def workflow_html(answer: Recognition | None) -> str:
    """The workflow as numbered steps, and the remarks beside it."""
    if answer is None:
        empty = "The steps will stand here, in order, with their times."
        return render("workflow.html", steps=(), sentences=(), empty=empty)
    where = "this recording" if answer.finished else "the clips named so far"
    steps = [_step(step, answer) for step in answer.workflow.steps]
    return render("workflow.html", steps=steps, sentences=remarks(answer), empty=f"No step in {where}.")


def _step(step: Step, answer: Recognition) -> StepView:
    labels = answer.release.labels
    clips = [
        (clip, label)
        for clip, label in zip(answer.clips, answer.smoothed, strict=True)
        if step.start_s <= clip.prediction.start_s < step.end_s
        and labels.activity(label).step == step.activity
    ]
    middle, _ = clips[len(clips) // 2]
    return StepView(
        activity=step.activity,
        start_s=step.start_s,
        end_s=step.end_s,
        thumbnail=middle.thumbnail,
        score=_mean_score(clips),
    )


def _mean_score(clips: Sequence[tuple[NamedClip, str]]) -> float | None:
    """The mean score of the labels that clips have in the workflow."""
    scores = [score for clip, label in clips if (score := score_of(clip, label)) is not None]
    return sum(scores) / len(scores) if scores else None


def latency_html(answer: Recognition | None) -> str:
    """Seconds by stage, and their ratio to the seconds of video."""
    if answer is None or not answer.latency.total:
        return ""
    latency, seen_s = answer.latency, answer.clips[-1].prediction.end_s
    return render("latency.html", total_s=latency.total, seen_s=seen_s, stages=bars(latency))


def bars(latency: Latency) -> list[Bar]:
    """A bar for each stage that took time."""
    stages = latency.by_stage()
    longest_s = max(stages.values()) or 1
    return [
        Bar(stage, spent_s, spent_s / longest_s * LONGEST_BAR) for stage, spent_s in stages.items() if spent_s
    ]
