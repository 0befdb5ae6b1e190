"""What stands under the lanes of a comparison: workflows side by side, scores, agreement, cost, evidence."""

import json
from dataclasses import dataclass

import gradio as gr

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.exports.csv import comparison_as_csv
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import comparison_as_json
from pipelines.page.controls import PLAIN, Menu, Updates
from pipelines.page.session import Session
from pipelines.page.settings import Settings
from pipelines.recognition.comparison import Comparison
from pipelines.views.comparison import agreement_html, references, scores_html, workflows_html
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.remarks import failures
from pipelines.views.status import title_html
from zoo.release_choices import ReleaseChoice

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
        return cls(Menu([], label="Compared with", elem_id="against", **PLAIN), gr.HTML(), gr.HTML())

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


def remarks_of(session: Session) -> list[str]:
    """A sentence for each model that cannot answer, and for true labels that are left out."""
    remarks = failures(session.comparison) if session.comparison else []
    if session.comparison and session.truth and not session.report().truth:
        remarks.append("The true labels are of another label set and are left out.")
    return [*remarks, *session.truth.notes]


def is_of_earlier_settings(comparison: Comparison, settings: Settings) -> bool:
    """Whether other settings are chosen now than those that the comparison is of."""
    chosen = set(settings.model or ())
    answered = {ReleaseChoice.of(run.answer.release).text for run in comparison.answered}
    same_models = answered <= chosen and len(chosen) <= len(comparison.runs)
    used = (comparison.labels.key, comparison.encoding.name)
    return not same_models or used != (settings.labels, settings.encoding)
