"""A comparison as one HTML file that opens offline: the page's own lanes, tables and colours."""

import json
from html import escape

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.recognition.comparison import Comparison
from pipelines.recordings.health import gaze_sentence
from pipelines.views import STATIC
from pipelines.views.comparison import (
    agreement_html,
    disputed_html,
    references,
    scores_html,
    section_html,
    workflows_html,
)
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.format import clock, count_clips
from pipelines.views.style import answers_css
from pipelines.views.timeline import LANES_SCRIPT, compared_lanes, lanes_html

LOOKS = (STATIC / "report.css").read_text(encoding="utf-8")

# The lanes' script stands on what the page gives it; in a file there is no video to move.
BEFORE = """
if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.classList.add("dark");
const element = document.getElementById("lanes");
const props = {value: JSON.parse(document.getElementById("value").textContent)};
const trigger = () => {}, watch = () => {};
"""
AFTER = """
document.addEventListener("click", event => {
  const at = event.target.closest(".jump")?.dataset.at;
  const cell = at && element.querySelector(`.cell[data-at="${at}"]`);
  if (cell) { select(cell); cell.scrollIntoView({block: "center", inline: "center"}); }
});
"""


def comparison_as_html(comparison: Comparison, report: ComparisonReport) -> str:
    """Everything the page shows of a comparison, with style, script and pictures inside the file."""
    name = escape(comparison.recording.name)
    against = next((key for _, key in references(comparison, report)), None)
    lanes = compared_lanes(comparison, report, chance=True)
    value = json.dumps({key: lanes[key] for key in ("duration_s", "thumbnails")}).replace("<", "\\u003c")
    workflows = workflows_html(comparison, report, against)
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{name}: compared</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<style>{answers_css()}{LOOKS}</style></head><body><main>"
        f"<h1>{name}</h1><p class='note'>{escape(_about(comparison))}</p>"
        f"<div id='lanes' class='compared'>{lanes_html(lanes)}</div>"
        f"{disputed_html(comparison, report)}{section_html('Workflows side by side', workflows)}"
        f"{scores_html(report)}{agreement_html(comparison, report)}{cost_html(comparison)}"
        f"{evidence_html(comparison, report)}</main>"
        f"<script type='application/json' id='value'>{value}</script>"
        f"<script>{BEFORE}{LANES_SCRIPT}{AFTER}</script></body></html>"
    )


def _about(comparison: Comparison) -> str:
    recording = comparison.recording
    gaze = f"gaze: {gaze_sentence(recording)}" if recording.gaze else "no gaze"
    return (
        f"{clock(recording.duration_s)}, {count_clips(comparison.total)}, {gaze}. {comparison.labels.title}, "
        f"encoding {comparison.encoding.name}, {comparison.tier} tier. Written by BenchScribe."
    )
