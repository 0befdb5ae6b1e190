"""The Compare tab: one recording, several models."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar

import gradio as gr
from gradio.components import Component

from encodings.names import encoding as encoding_of
from pipelines.page.compared_labels import ComparedLabels
from pipelines.page.compared_report import (
    DOWNLOADS,
    ComparedReport,
    is_of_earlier_settings,
    remarks_of,
    report_files,
)
from pipelines.page.context import PageContext
from pipelines.page.controls import (
    LATEST,
    Downloads,
    RecordingControls,
    RunButtons,
    Updates,
    lanes_control,
)
from pipelines.page.events import connect
from pipelines.page.gaze_controls import has_same_gaze
from pipelines.page.progress import Pace
from pipelines.page.recording_tab import NO_RECORDING
from pipelines.page.release_panel import ReleasePanel
from pipelines.page.session import NothingChosen, Session
from pipelines.page.settings import (
    Settings,
    compare_settings,
    encoding_update,
    missing_release,
    models_info,
    models_update,
    offered_releases,
    variant_choices,
)
from pipelines.page.true_labels import LabelledTab, TrueLabelsControls
from pipelines.page.zero_gpu import compare
from pipelines.recognition.compare import find_releases
from pipelines.views.comparison import workflows_html
from pipelines.views.format import count_clips
from pipelines.views.origin import origin_html, origin_of_comparison, warning
from pipelines.views.remarks import comparison_summary, what_stands
from pipelines.views.status import remarks_html


@dataclass(frozen=True, eq=False, kw_only=True)
class CompareTab(LabelledTab):
    """The components of the tab, and what its callbacks draw."""

    title: ClassVar[str] = "Comparison"

    shown: ComparedLabels
    below: ComparedReport

    def draw(self, session: Session, settings: Settings) -> Updates:
        """The whole tab; every model with a release is chosen."""
        comparison = session.comparison
        labels = comparison.labels.key if comparison else settings.labels
        settings = Settings(variant_choices(labels, offered_releases(session))[1], labels)
        encoding = encoding_update(session, labels, used=comparison and comparison.encoding)
        settings = settings._replace(encoding=encoding["value"])
        return {
            **self.draw_recording(session),
            self.truth.upload.problem: "",
            self.labels: labels,
            self.model: models_update(labels, offered_releases(session)),
            self.encoding: encoding,
            self.shown.own_labels: session.own_labels,
            **self.panel.draw(session, settings),
            **self.draw_result(session, settings),
            self.status: self.describe(session, settings),
        }

    def draw_progress(self, session: Session, settings: Settings) -> Updates:
        """The clips worth a look and the lanes, as far as clips are named."""
        origin = self.draw_origin(session, settings)
        return {self.origin: origin, **self.shown.draw(session, settings.chance)}

    def draw_origin(self, session: Session, settings: Settings) -> str:
        """Whose the answers are; of an own recording also what the models have learnt from."""
        comparison = session.comparison
        if comparison is None or not comparison.answered:
            return ""
        learnt = "" if session.example else warning([run.about.trained_on for run in comparison.answered])
        same_gaze = has_same_gaze(comparison.recording, session.recording)
        earlier = not same_gaze or is_of_earlier_settings(comparison, settings)
        return origin_html(origin_of_comparison(comparison), learnt, earlier)

    def draw_result(self, session: Session, settings: Settings) -> Updates:
        """The comparison, its downloads, and whether there is something to compare."""
        return {
            **self.draw_bar(session, has_result=session.comparison is not None),
            **self.draw_progress(session, settings),
            **self.draw_report(session, settings),
            **self.draw_downloads(session),
            **self.draw_buttons(session, settings),
        }

    def draw_report(self, session: Session, settings: Settings) -> Updates:
        """What stands under the lanes, and whether one of them can be random labels."""
        if session.comparison is None:
            return self.below.withdraw()
        report = session.report()
        below = self.below.draw(session.comparison, report, settings.against)
        return {**below, **self.shown.draw_chance(report, settings.chance)}

    def draw_downloads(self, session: Session) -> Updates:
        """The comparison as JSON, as a table, and as a report to read."""
        comparison = session.comparison
        if comparison is None:
            return self.downloads.withdraw()
        return self.downloads.offer(session, "compared", report_files(comparison, session.report()))

    def draw_buttons(self, session: Session, settings: Settings) -> Updates:
        """Compare needs a recording and at least one model."""
        can_start = session.recording is not None and bool(settings.model)
        return self.buttons.draw(can_start, running=session.current_run(self.title) is not None)

    def choose_models(self, request: gr.Request, *settings) -> Updates:
        """Other models: without any, Compare says what it lacks."""
        session, settings = self.context.session(request), Settings(*settings)
        return {
            self.model: gr.update(info=models_info(settings.model, offered_releases(session))),
            self.origin: self.draw_origin(session, settings),
            **self.draw_buttons(session, settings),
        }

    def choose_encoding(self, request: gr.Request, *settings) -> Updates:
        """Another encoding: the result is of the earlier one."""
        return {self.origin: self.draw_origin(self.context.session(request), Settings(*settings))}

    def choose_labels(self, request: gr.Request, *settings) -> Updates:
        """Another label set: offer what it has releases for."""
        session, labels = self.context.session(request), Settings(*settings).labels
        encoding = encoding_update(session, labels)
        settings = Settings(variant_choices(labels, offered_releases(session))[1], labels, encoding["value"])
        return {
            self.model: models_update(labels, offered_releases(session)),
            self.encoding: encoding,
            self.origin: self.draw_origin(session, settings),
            **self.draw_buttons(session, settings),
        }

    def choose_named(self, session: Session, choice: str, labels: str) -> Updates:
        """Choose a release that a visitor has named beside the embedded ones."""
        choices, chosen = variant_choices(labels, offered_releases(session))
        settings = Settings([*chosen, choice], labels)
        return {
            self.model: gr.update(choices=choices, value=settings.model),
            self.labels: labels,
            self.encoding: encoding_update(session, labels),
            **self.draw_buttons(session, settings),
        }

    def forget_files(self) -> Updates:
        """Empty the controls whose files belong to the recording before."""
        return {**super().forget_files(), **self.truth.empty()}

    def choosers(self) -> tuple[Callable, ...]:
        """The callbacks of its three menus."""
        return self.choose_models, self.choose_labels, self.choose_encoding

    def connect(self, run_inputs: list[Component]) -> None:
        """Say what happens when what this tab alone has is touched."""
        self.connect_truth(run_inputs)
        self.below.against.input(self.realign, self.below.against, [self.below.workflows], **LATEST)
        for switch in (switches := [self.shown.own_labels, self.shown.chance]):
            switch.input(self.show_labels, switches, self.outputs, **LATEST)

    def realign(self, request: gr.Request, against: str | None) -> Updates:
        """The workflows against another one."""
        session = self.context.session(request)
        if session.comparison is None:
            return gr.skip()
        return {self.below.workflows: workflows_html(session.comparison, session.report(), against)}

    def show_labels(self, request: gr.Request, own_labels: bool, chance: bool) -> Updates:
        """Lanes, consensus and the clips worth a look by other labels, or with a random draw."""
        session = self.context.session(request)
        session.own_labels = own_labels
        return self.shown.draw(session, chance)

    def describe(self, session: Session, settings: Settings) -> str:
        """What the visitor has before them, and what they can do."""
        recording, comparison = session.recording, session.comparison
        if recording is None:
            return self.with_remarks(session, NO_RECORDING)
        if comparison:
            origin = "A finished example" if session.example else "As you left it"
            return self.with_remarks(session, f"{origin}: {comparison_summary(comparison)}")
        to_do = missing_release(settings.labels, offered_releases(session)) or "Press Compare."
        clips = count_clips(recording.windows)
        return self.with_remarks(session, f"{recording.name}: {clips} to name. {to_do}")

    def describe_end(self, session: Session) -> str:
        """How many models have named all clips."""
        state = "" if session.comparison.answered else "failed"
        return self.with_remarks(session, f"Done: {comparison_summary(session.comparison)}", state)

    def describe_stop(self, session: Session, reason: str, state: str = "") -> str:
        """Why a run stopped, and what stands."""
        return self.with_remarks(session, f"{reason} {what_stands(session.comparison)}", state)

    def with_remarks(self, session: Session, sentence: str, state: str = "") -> str:
        """A status, and a sentence for each model that cannot answer."""
        return self.status_html(sentence, state=state) + remarks_html(remarks_of(session))

    def results(self, session: Session, run: object, settings: Settings) -> Iterator[Updates]:
        """Let several models name the clips of the recording, drawing clips as they are named."""
        recording, pace = session.recording, Pace(self.title, "answers")
        if recording is None or not settings.model:
            raise NothingChosen("Choose a recording and at least one model first.")
        encoding = encoding_of(settings.encoding or "V")
        releases = find_releases(settings.model, settings.labels, encoding, faults=session.faults)
        yield self.downloads.withdraw()
        with closing(compare(recording, releases, encoding, self.context.store)) as states:
            for state in states:
                if state.loading:
                    # While a model is loaded, what was there stays.
                    if session.current_run(self.title) is not run:
                        return
                    yield {self.status: self.status_html(f"Loading {state.loading} …", 0, "running")}
                    continue
                if not session.keep(self.title, run, state):
                    return
                if pace.is_due(state.answers_done, state.finished):
                    status = pace.status(state.answers_done, state.answers_expected)
                    yield {**self.draw_progress(session, settings), self.status: status}


def build(context: PageContext, tab: gr.Tab) -> CompareTab:
    """Place the tab here, and connect it; it shows a finished example, if there is one."""
    with gr.Row(elem_classes="bar"):
        with gr.Accordion("Recording and settings", open=False, elem_classes="fold") as bar:
            with gr.Row():
                recording = RecordingControls.build("compare-")
                truth = TrueLabelsControls.build("compare-truth")
            truth.place_panel()
            model, labels, encoding = compare_settings()
            panel = ReleasePanel.build(context)
        buttons = RunButtons.build("Compare")
    panel.place_note()
    with gr.Row(elem_classes="result"):
        with gr.Column(min_width=320, elem_classes="seen"):
            recording.place_video()
        with gr.Column(min_width=320):
            status = gr.HTML()
            disputed = ComparedLabels.build_list()
            downloads = Downloads.build(DOWNLOADS)
    origin, lanes = gr.HTML(), lanes_control("compared")
    own_labels, chance = ComparedLabels.build_switches()
    shown = ComparedLabels(
        disputed=disputed, lanes=lanes, legend=gr.HTML(), own_labels=own_labels, chance=chance
    )
    comparing = CompareTab(
        context=context,
        recording=recording,
        model=model,
        labels=labels,
        encoding=encoding,
        bar=bar,
        status=status,
        buttons=buttons,
        panel=panel,
        origin=origin,
        truth=truth,
        downloads=downloads,
        shown=shown,
        below=ComparedReport.build(),
    )
    comparing.show_at_first(Settings(model.value, labels.value))
    connect(comparing, tab, run_inputs := [model, labels, encoding, comparing.below.against, chance])
    comparing.connect(run_inputs)
    return comparing
