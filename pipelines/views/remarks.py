"""Sentences beside an answer: beside the label of a clip, and beside a workflow."""

from collections.abc import Iterator
from itertools import groupby

from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition
from pipelines.views.format import clock, count, count_clips, rounded, score_of, title_of

SHORTEST_REST_S = 0.05  # a shorter rest at the end of a recording is not worth a sentence


def detail(clip: NamedClip, label: str | None = None) -> str:
    """What stands beside a label of a clip, by default its own: score, caption, what the model was shown."""
    score, caption, own = score_of(clip, label), clip.prediction.caption, clip.prediction.label
    parts = [f"score {score:.2f}"] if score is not None else []
    parts += [f"before smoothing: {title_of(own)}"] if label not in (None, own) else []
    parts += [f"the model wrote “{caption}”"] if caption else []
    shown = f"the model saw {clip.encoding.title}"
    if "G" in clip.encoding.name:
        shown += f", gaze on {clip.gaze_coverage * 100:.0f} % of its frames"
    return " · ".join([*parts, shown])


def remarks(answer: Recognition) -> list[str]:
    """Sentences that a reader of the workflow needs: missing gaze, smoothing, no steps, a rest too short."""
    sentences = [*_missing_gaze(answer), *_smoothing(answer)]
    if answer.finished and not answer.workflow.steps:
        sentences.append("No step was found: each clip is No action or differs from both of its neighbours.")
    if (rest_s := answer.recording.unnamed_s) >= SHORTEST_REST_S:
        sentences.append(f"The last {rounded(rest_s)} s are too short for a clip.")
    return sentences


def _missing_gaze(answer: Recognition) -> Iterator[str]:
    for encoding, run in groupby(answer.clips, key=lambda clip: clip.encoding):
        if encoding != answer.encoding:
            clips = list(run)
            first_s, last_s = clips[0].prediction.start_s, clips[-1].prediction.end_s
            yield (
                f"There is no gaze between {clock(first_s)} and {clock(last_s)}: "
                f"the model was shown {encoding.title} there."
            )


def _smoothing(answer: Recognition) -> Iterator[str]:
    if answer.clips and not answer.is_smoothed:
        reason = (
            "gives no scores"
            if answer.clips[-1].prediction.scores is None
            else "does not know how often one activity follows another"
        )
        yield f"The labels are not smoothed with their neighbours, because this model {reason}."
    if changed := sum(one != two for one, two in zip(answer.labels, answer.smoothed, strict=True)):
        clips = count_clips(len(answer.clips))
        yield f"Smoothing with neighbours changed the label of {changed} of {clips}."


def comparison_summary(comparison: Comparison) -> str:
    """How many models have named all clips, as “7 of 8 models named 18 clips.”"""
    done = sum(run.clips_done == comparison.total for run in comparison.runs)
    return f"{done} of {count(len(comparison.runs), 'model')} named {count_clips(comparison.total)}."


def failures(comparison: Comparison) -> list[str]:
    """Each reason for which models have no answer, after their names."""
    reasons: dict[str, list[str]] = {}
    for run in comparison.runs:
        if run.failed:
            reasons.setdefault(run.failed, []).append(run.title)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def what_stands(comparison: Comparison | None) -> str:
    """What a run that did not end leaves on the page."""
    if comparison is None:
        return "Nothing was named."
    done = comparison.answers_done
    return f"The {count(done, 'answer')} so far stand{'s' * (done == 1)}."
