"""A comparison as one HTML file that opens offline: the page's own lanes, tables and colours."""

import json
from html import escape
from pathlib import Path

from pipelines.check_gaze import gaze_sentence
from pipelines.comparison import Comparison
from pipelines.export.compared import (
    agreement_html,
    disputed_html,
    references,
    scores_html,
    section_html,
    workflows_html,
)
from pipelines.export.evidence import cost_html, evidence_html
from pipelines.export.lanes import LANES_SCRIPT, compared_lanes, lanes_html
from pipelines.export.style import answers_css
from pipelines.export.words import clock, count_clips
from pipelines.findings import Findings

LOOKS = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")

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


def comparison_as_html(comparison: Comparison, findings: Findings) -> str:
    """Everything the page shows of a comparison, with style, script and pictures inside the file."""
    name = escape(comparison.recording.name)
    against = next((key for _, key in references(comparison, findings)), None)
    lanes = compared_lanes(comparison, findings, chance=True)
    value = json.dumps({key: lanes[key] for key in ("duration_s", "thumbnails")}).replace("<", "\\u003c")
    workflows = workflows_html(comparison, findings, against)
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{name}: compared</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<style>{answers_css()}{LOOKS}</style></head><body><main>"
        f"<h1>{name}</h1><p class='note'>{escape(_about(comparison))}</p>"
        f"<div id='lanes' class='compared'>{lanes_html(lanes)}</div>"
        f"{disputed_html(comparison, findings)}{section_html('Workflows side by side', workflows)}"
        f"{scores_html(findings)}{agreement_html(comparison, findings)}{cost_html(comparison)}"
        f"{evidence_html(comparison, findings)}</main>"
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
