"""The labels of a comparison on the page: lanes, the clips worth a look, and which labels both show."""

from dataclasses import dataclass

import gradio as gr

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.page.controls import Updates
from pipelines.page.session import Session
from pipelines.views.comparison import disputed_html
from pipelines.views.legend import legend_html
from pipelines.views.timeline import JUMP_JS, compared_lanes, lanes_of, reference_name

LABELS_SHOWN = [("smoothed with their neighbours", False), ("as the models gave them", True)]


@dataclass(frozen=True, eq=False, kw_only=True)
class ComparedLabels:
    """Lanes and list speak of the same labels, which a switch chooses."""

    disputed: gr.HTML
    lanes: gr.HTML
    legend: gr.HTML
    own_labels: gr.Radio
    chance: gr.Checkbox

    @staticmethod
    def build_list() -> gr.HTML:
        """Place the clips worth a look here."""
        return gr.HTML(html_template="${value}", js_on_load=JUMP_JS, elem_classes="disputes")

    @staticmethod
    def build_switches() -> tuple[gr.Radio, gr.Checkbox]:
        """Place here which labels are shown, and whether a lane of random ones is."""
        with gr.Row():
            own_labels = gr.Radio(
                LABELS_SHOWN,
                value=False,
                label="Labels shown",
                info="in the lanes, the consensus and under “Worth a look”",
            )
            chance = gr.Checkbox(label="A lane of random labels, for comparison", interactive=False)
        return own_labels, chance

    def draw(self, session: Session, chance: bool) -> Updates:
        """As far as clips have labels."""
        comparison = session.comparison
        if comparison is None:
            lanes = lanes_of(session.recording, None, session.truth)
            return {self.disputed: "", self.legend: "", self.lanes: lanes}
        report = session.shown_report()
        return {
            self.disputed: disputed_html(comparison, report),
            self.legend: legend_html(comparison.labels, reference_name(report)),
            self.lanes: compared_lanes(comparison, report, chance),
        }

    def draw_chance(self, report: ComparisonReport, chance: bool) -> Updates:
        """Whether there can be a lane of random labels: where their frequencies are from, or why not."""
        info = f"labels {report.chance_source}" if report.chance else report.chance_source
        return {self.chance: gr.update(interactive=bool(report.chance), value=chance, info=info)}
