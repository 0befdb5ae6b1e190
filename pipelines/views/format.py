"""How times, scores and counts are said, on the page and in a report alike."""

from itertools import groupby

from pipelines.recognition.recognise import NamedClip, Recognition
from zoo.labels import LABEL_SETS

TITLES = {each.name: each.title for labels in LABEL_SETS for each in labels.activities}


def clock(seconds: float) -> str:
    """0:04, 12:30, 1:02:03; with a tenth where it is not a whole second."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    text = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"


def span(start_s: float, end_s: float) -> str:
    """0:04 – 0:20"""
    return f"{clock(start_s)} – {clock(end_s)}"


def seconds(value: float) -> str:
    """1.4 s, 35 ms"""
    return f"{value:.1f}\u00a0s" if value >= 1 else f"{value * 1000:.0f}\u00a0ms"


def millions(count: int) -> str:
    """3.3 M; thousands under a tenth of that."""
    return f"{count / 1e6:.1f}\u00a0M" if count >= 1e5 else f"{count / 1e3:.1f}\u00a0k"


def count(number: int, noun: str) -> str:
    """1 model, 2 models"""
    return f"{number} {noun}" + "s" * (number != 1)


def count_clips(number: int) -> str:
    """1 clip, 2 clips"""
    return count(number, "clip")


def score_of(clip: NamedClip, label: str | None = None) -> float | None:
    """The score of the label a clip was given, or of another."""
    scores = clip.prediction.scores
    return None if scores is None else scores[label or clip.prediction.label]


def detail(clip: NamedClip) -> str:
    """What stands beside a clip's label: its score, a caption, and what the model was really shown."""
    score, said = score_of(clip), clip.prediction
    parts = [f"score {score:.2f}"] if score is not None else []
    parts += [said.caption] if said.caption else []
    shown = f"shown as {clip.encoding.title}"
    if "G" in clip.encoding.name:
        shown += f", gaze on {clip.gaze_coverage * 100:.0f} % of its frames"
    return " · ".join([*parts, shown])


def remarks(answer: Recognition) -> list[str]:
    """What a reader of the workflow has to know beside it."""
    said = []
    for painted, run in groupby(answer.clips, key=lambda clip: clip.encoding):
        if painted != answer.encoding:
            clips = list(run)
            where = f"{clock(clips[0].prediction.start_s)} and {clock(clips[-1].prediction.end_s)}"
            said.append(f"No gaze between {where}: painted without the dot.")
    if answer.clips and not answer.is_smoothed:
        said.append(
            "This model does not know which activity follows which: each clip is taken as it was named."
        )
    if other := sum(one != two for one, two in zip(answer.named, answer.smoothed, strict=True)):
        said.append(
            f"{other} of {count_clips(len(answer.clips))} stand{'s' * (other == 1)} under another label than "
            "the model gave: the clips around outweigh it."
        )
    if answer.finished and not answer.workflow.steps:
        said.append("No step was seen: every clip is No action, or stands alone.")
    if (rest_s := answer.recording.unnamed_s) >= 0.05:
        said.append(f"The last {rest_s:.2g} s are too short for a clip.")
    return said
