"""The labels of the clips as a table for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.smoothing import SMOOTHED
from pipelines.recordings.annotations.labels_file import labels_at
from pipelines.recordings.annotations.segment import Segment
from pipelines.views.format import score_of
from pipelines.views.origin import origin_of, origin_of_comparison

COLUMNS = ("start_s", "end_s", "label", "score", "encoding", SMOOTHED, "truth", "origin")


def as_csv(recognition: Recognition, truth: Sequence[Segment] = ()) -> str:
    """One row a clip: its label with its score, its label in the workflow, its true label, its model."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    spans = [(clip.prediction.start_s, clip.prediction.end_s) for clip in recognition.clips]
    origin = origin_of(recognition)
    each_clip = zip(recognition.clips, recognition.smoothed, labels_at(truth, spans), strict=True)
    for clip, smoothed, true_label in each_clip:
        prediction, label_and_score = clip.prediction, _label_and_score(clip)
        times_s = f"{prediction.start_s:.2f}", f"{prediction.end_s:.2f}"
        writer.writerow((*times_s, *label_and_score, clip.encoding.name, smoothed, true_label or "", origin))
    return text.getvalue()


def comparison_as_csv(comparison: Comparison, report: ComparisonReport) -> str:
    """One row a clip: the truth, the consensus, each model's label and its score, a random draw.

    Last come the labels in the workflows of the models that smooth, and what the answers are of.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [run.key for run in comparison.runs]
    smoothing = [run for run in comparison.answered if run.answer.is_smoothed]
    last = [f"{run.key} {SMOOTHED}" for run in smoothing]
    origin = origin_of_comparison(comparison)
    columns = [name for key in keys for name in (key, f"{key} score")]
    writer.writerow(
        ("start_s", "end_s", "truth", "consensus", "disagreement", *columns, "chance", *last, "origin")
    )
    for number, (start_s, end_s) in enumerate(clip_spans(comparison.recording)):
        truth = report.true_labels[number] or ""
        vote = report.votes[number] if number < len(report.votes) else None
        agreed = (vote.label, f"{vote.disagreement:.3f}") if vote else ("", "")
        cells = [cell for run in comparison.runs for cell in _run_cells(run, number)]
        drawn = report.chance[number] if report.chance else ""
        smoothed = [run.answer.smoothed[number] if run.clips_done > number else "" for run in smoothing]
        writer.writerow((f"{start_s:.2f}", f"{end_s:.2f}", truth, *agreed, *cells, drawn, *smoothed, origin))
    return text.getvalue()


def _run_cells(run: Run, number: int) -> tuple[str, str]:
    """A run's label of a clip and its score; both are empty where the run has not come to the clip."""
    return ("", "") if run.clips_done <= number else _label_and_score(run.answer.clips[number])


def _label_and_score(clip: NamedClip) -> tuple[str, str]:
    score = score_of(clip)
    return clip.prediction.label, "" if score is None else f"{score:.3f}"
