"""How times, scores and counts are written, on the page and in a report alike."""

from pipelines.recognition.clip_pass import NamedClip
from zoo.labels import LABEL_SETS

TITLES = {each.name: each.title for labels in LABEL_SETS for each in labels.activities}


def title_of(activity: str) -> str:
    """The title of an activity; a step that several activities become has its name as title."""
    return TITLES.get(activity, activity)


def tier_title(tier: str) -> str:
    """What a reader calls a tier: demo, Hub."""
    return {"embedded": "demo", "hub": "Hub"}.get(tier, tier)


def clock(time_s: float) -> str:
    """A position in a recording: 0:04, 12:30, 1:02:03; with a tenth where it is not a whole second."""
    tenths = round(time_s * 10)
    minutes, rest = divmod(tenths, 600)
    text = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"


def span(start_s: float, end_s: float) -> str:
    """A stretch of a recording: 0:04 – 0:20."""
    return f"{clock(start_s)} – {clock(end_s)}"


def seconds(duration_s: float) -> str:
    """A duration: 1.4 s, 35 ms."""
    return f"{duration_s:.1f}\u00a0s" if duration_s >= 1 else f"{duration_s * 1000:.0f}\u00a0ms"


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals: 0.50."""
    return f"{value:.{digits}f}"


def rounded(value: float) -> str:
    """A number with two significant digits: 0.031, 1.2, 15."""
    return f"{value:.2g}"


def millions(number: int) -> str:
    """A number of weights: 3.3 M; in thousands below 100,000."""
    return f"{number / 1e6:.1f}\u00a0M" if number >= 1e5 else f"{number / 1e3:.1f}\u00a0k"


def megabytes(size_bytes: int) -> str:
    """A size in memory: 12.0 MB."""
    return f"{size_bytes / 1e6:.1f}\u00a0MB"


def count(number: int, noun: str) -> str:
    """A count with its noun: 1 model, 2 models."""
    return f"{number} {noun}" + "s" * (number != 1)


def count_clips(number: int) -> str:
    """A number of clips: 1 clip, 2 clips."""
    return count(number, "clip")


def f1_by_name(f1: dict[str, float]) -> str:
    """F1 scores with what they are of: V 0.79, VG 0.81."""
    return ", ".join(f"{name} {value:.2f}" for name, value in f1.items())


def score_of(clip: NamedClip, label: str | None = None) -> float | None:
    """The score of a clip's own label, or of another; None where the model gives no scores."""
    scores = clip.prediction.scores
    return None if scores is None else scores[label or clip.prediction.label]


def left(duration_s: float) -> str:
    """How long something still takes: 8 s, 3 min, 2.1 h."""
    if duration_s < 90:
        return f"{duration_s:.0f}\u00a0s"
    return f"{duration_s / 60:.0f}\u00a0min" if duration_s < 5400 else f"{duration_s / 3600:.1f}\u00a0h"
