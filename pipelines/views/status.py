"""Sentences and headings beside an answer: remarks, a title."""

from collections.abc import Sequence
from html import escape

from pipelines.recognition.comparison import Comparison
from pipelines.views.format import count, count_clips

NO_MODELS = (
    "No model is on this machine: the folder zoo/embedded is empty. Fetch it again from BenchScribe’s "
    "repository; until then the page shows finished examples only."
)


def remarks_html(sentences: Sequence[str]) -> str:
    """A list of sentences, each about something that is missing; nothing if there is none."""
    items = "".join(f"<li>{escape(each)}</li>" for each in sentences)
    return f"<ul class='remarks'>{items}</ul>" if items else ""


def title_html(title: str) -> str:
    """The heading of a part of the page."""
    return f"<h2 class='title'>{escape(title)}</h2>"


def comparison_summary(comparison: Comparison) -> str:
    """How many models have named all clips, as “7 of 8 models named 18 clips.”"""
    done = sum(run.named == comparison.total for run in comparison.runs)
    return f"{done} of {count(len(comparison.runs), 'model')} named {count_clips(comparison.total)}."


def failures(comparison: Comparison) -> list[str]:
    """Each reason for which models have no answer, after their names."""
    reasons: dict[str, list[str]] = {}
    for run in comparison.runs:
        if run.failed:
            reasons.setdefault(run.failed, []).append(run.variant.title)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]
