"""What stands under the lanes of a comparison: workflows side by side, scores, agreement, cost, evidence."""

import json
from dataclasses import dataclass

import gradio as gr

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.exports.csv import comparison_as_csv
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import comparison_as_json
from pipelines.page.controls import PLAIN, Updates
from pipelines.recognition.comparison import Comparison
from pipelines.views.comparison import agreement_html, references, scores_html, workflows_html
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.status import title_html

DOWNLOADS = {".json": "JSON", ".csv": "CSV", ".html": "Report"}


@dataclass(frozen=True, eq=False)
class ComparedReport:
    """The workflows against one of them, and the tables."""

    against: gr.Dropdown
    workflows: gr.HTML
    tables: gr.HTML

    @classmethod
    def build(cls) -> "ComparedReport":
        """Place them here, empty."""
        gr.HTML(title_html("Workflows side by side"))
        return cls(gr.Dropdown([], label="Compared with", elem_id="against", **PLAIN), gr.HTML(), gr.HTML())

    def draw(self, comparison: Comparison, report: ComparisonReport, against: str | None) -> Updates:
        """Everything; `against` is what workflows are compared with, if it is there."""
        choices = references(comparison, report)
        keys = [key for _, key in choices]
        against = against if against in keys else next(iter(keys), None)
        tables = (
            scores_html(report),
            agreement_html(comparison, report),
            cost_html(comparison),
            evidence_html(comparison, report),
        )
        return {
            self.against: gr.update(choices=choices, value=against, interactive=bool(choices)),
            self.workflows: workflows_html(comparison, report, against),
            self.tables: "".join(tables),
        }

    def withdraw(self) -> Updates:
        """Nothing was compared yet."""
        nothing = gr.update(choices=[], value=None, interactive=False)
        return {self.against: nothing, self.workflows: "", self.tables: ""}


def report_files(comparison: Comparison, report: ComparisonReport) -> dict[str, str]:
    """The text of each of DOWNLOADS: for programs, for a spreadsheet, and to read."""
    as_text = json.dumps(comparison_as_json(comparison, report), indent=2, ensure_ascii=False)
    texts = as_text, comparison_as_csv(comparison, report), comparison_as_html(comparison, report)
    return dict(zip(DOWNLOADS, texts, strict=True))
