"""A comparison as one HTML file that opens offline: the page's own lanes, tables and colours."""

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.recognition.comparison import Comparison
from pipelines.recordings.health import gaze_sentence
from pipelines.views.comparison import (
    agreement_html,
    disputed_html,
    references,
    scores_html,
    workflows_html,
)
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.format import clock, count_clips
from pipelines.views.gaze import notes_html
from pipelines.views.legend import legend_html
from pipelines.views.origin import origin_of_comparison
from pipelines.views.style import report_css, report_script
from pipelines.views.templates import render
from pipelines.views.timeline import compared_lanes, lanes_html, reference_name


def comparison_as_html(comparison: Comparison, report: ComparisonReport) -> str:
    """Everything the page shows of a comparison, with style, script and pictures inside the file."""
    lanes = compared_lanes(comparison, report, chance=True)
    against = next((key for _, key in references(comparison, report)), None)
    return render(
        "report.html",
        name=comparison.recording.name,
        about=_about(comparison),
        notes=notes_html(comparison.recording),
        lanes=lanes_html(lanes),
        legend=legend_html(comparison.labels, reference_name(report)),
        disputed=disputed_html(comparison, report),
        workflows=workflows_html(comparison, report, against),
        scores=scores_html(report),
        agreement=agreement_html(comparison, report),
        cost=cost_html(comparison),
        evidence=evidence_html(comparison, report),
        css=report_css(),
        value={"duration_s": lanes["duration_s"], "thumbnails": lanes["thumbnails"]},
        script=report_script(),
    )


def _about(comparison: Comparison) -> str:
    recording = comparison.recording
    gaze = f"gaze: {gaze_sentence(recording)}" if recording.gaze else "no gaze"
    return (
        f"{clock(recording.duration_s)}, {count_clips(comparison.total)}, {gaze}. "
        f"{origin_of_comparison(comparison)}. Written by BenchScribe."
    )
