"""The named clips as a table for a spreadsheet."""

import csv
import io

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import Recognition
from pipelines.views.format import score_of

COLUMNS = ("start_s", "end_s", "label", "score", "encoding", "settled")


def as_csv(recognition: Recognition) -> str:
    """One row a clip, with the score of its label, and its label in the workflow."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for clip, smoothed in zip(recognition.clips, recognition.smoothed, strict=True):
        said, score = clip.prediction, score_of(clip)
        cells = said.label, "" if score is None else f"{score:.3f}", clip.encoding.name, smoothed
        writer.writerow((f"{said.start_s:.2f}", f"{said.end_s:.2f}", *cells))
    return text.getvalue()


def comparison_as_csv(comparison: Comparison, report: ComparisonReport) -> str:
    """One row a clip: the truth and the consensus, what each model said and its score, a random draw."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [run.variant.key for run in comparison.runs]
    said = [name for key in keys for name in (key, f"{key} score")]
    writer.writerow(("start_s", "end_s", "truth", "consensus", "disagreement", *said, "chance"))
    for number, (start_s, end_s) in enumerate(clip_spans(comparison.recording)):
        truth = report.true_labels[number] or ""
        vote = report.votes[number] if number < len(report.votes) else None
        together = (vote.label, f"{vote.disagreement:.3f}") if vote else ("", "")
        cells = [cell for run in comparison.runs for cell in _said(run, number)]
        drawn = report.chance[number] if report.chance else ""
        writer.writerow((f"{start_s:.2f}", f"{end_s:.2f}", truth, *together, *cells, drawn))
    return text.getvalue()


def _said(run: Run, number: int) -> tuple[str, str]:
    if run.named <= number:
        return "", ""
    clip = run.answer.clips[number]
    score = score_of(clip)
    return clip.prediction.label, "" if score is None else f"{score:.3f}"
