"""The labels of the clips as a table for a spreadsheet."""

import csv
import io

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import NamedClip, Recognition
from pipelines.views.format import score_of

COLUMNS = ("start_s", "end_s", "label", "score", "encoding", "settled")


def as_csv(recognition: Recognition) -> str:
    """One row a clip, with the score of its label, and its label in the workflow."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for clip, smoothed in zip(recognition.clips, recognition.smoothed, strict=True):
        prediction, label_and_score = clip.prediction, _label_and_score(clip)
        times_s = f"{prediction.start_s:.2f}", f"{prediction.end_s:.2f}"
        writer.writerow((*times_s, *label_and_score, clip.encoding.name, smoothed))
    return text.getvalue()


def comparison_as_csv(comparison: Comparison, report: ComparisonReport) -> str:
    """One row a clip: the truth, the consensus, each model's label and its score, a random draw."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [run.variant.key for run in comparison.runs]
    columns = [name for key in keys for name in (key, f"{key} score")]
    writer.writerow(("start_s", "end_s", "truth", "consensus", "disagreement", *columns, "chance"))
    for number, (start_s, end_s) in enumerate(clip_spans(comparison.recording)):
        truth = report.true_labels[number] or ""
        vote = report.votes[number] if number < len(report.votes) else None
        agreed = (vote.label, f"{vote.disagreement:.3f}") if vote else ("", "")
        cells = [cell for run in comparison.runs for cell in _run_cells(run, number)]
        drawn = report.chance[number] if report.chance else ""
        writer.writerow((f"{start_s:.2f}", f"{end_s:.2f}", truth, *agreed, *cells, drawn))
    return text.getvalue()


def _run_cells(run: Run, number: int) -> tuple[str, str]:
    """A run's label of a clip and its score; both are empty where the run has not come to the clip."""
    return ("", "") if run.named <= number else _label_and_score(run.answer.clips[number])


def _label_and_score(clip: NamedClip) -> tuple[str, str]:
    score = score_of(clip)
    return clip.prediction.label, "" if score is None else f"{score:.3f}"
