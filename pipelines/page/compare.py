"""The Compare tab: one recording, several models."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import gradio as gr
from gradio.components import Component

from encodings.names import encoding as encoding_of
from pipelines.exports.csv import comparison_as_csv
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import comparison_as_json
from pipelines.page.context import PageContext
from pipelines.page.controls import (
    LATEST,
    PLAIN,
    QUIET,
    Downloads,
    RecordingControls,
    RunButtons,
    Updates,
    drop_zone,
    lanes_control,
)
from pipelines.page.errors import OURS, show_user_errors
from pipelines.page.progress import Pace
from pipelines.page.recording_tab import NO_RECORDING, RecordingTab
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
from pipelines.page.zero_gpu import compare
from pipelines.recognition.compare import find_releases
from pipelines.recognition.comparison import Comparison
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.views.comparison import agreement_html, disputed_html, references, scores_html, workflows_html
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.format import count, count_clips
from pipelines.views.remarks import comparison_summary, failures
from pipelines.views.status import remarks_html, title_html
from pipelines.views.timeline import JUMP_JS, compared_lanes, lanes_of
from zoo.labels import label_set

DOWNLOADS = {"-compared.json": "JSON", "-compared.csv": "CSV", "-compared.html": "Report"}


@dataclass(frozen=True, eq=False, kw_only=True)
class CompareTab(RecordingTab):
    """The components of the tab, and what its callbacks draw."""

    title: ClassVar[str] = "Comparison"

    truth: gr.File
    disputed: gr.HTML
    downloads: Downloads
    lanes: gr.HTML
    chance: gr.Checkbox
    against: gr.Dropdown
    workflows: gr.HTML
    evidence: gr.HTML

    def draw(self, session: Session, settings: Settings) -> Updates:
        """The whole tab; every model with a release is chosen."""
        comparison = session.comparison
        labels = comparison.labels.key if comparison else settings.labels
        settings = Settings(variant_choices(labels, offered_releases(session))[1], labels)
        return {
            **self.draw_recording(session),
            self.labels: labels,
            self.model: models_update(labels, offered_releases(session)),
            self.encoding: encoding_update(session, labels, used=comparison and comparison.encoding),
            **self.draw_result(session, settings),
            self.status: self.describe(session, settings),
        }

    def draw_progress(self, session: Session, settings: Settings) -> Updates:
        """The clips worth a look and the lanes, as far as clips are named."""
        comparison = session.comparison
        if comparison is None:
            return {self.disputed: "", self.lanes: lanes_of(session.recording, None, session.truth)}
        report = session.report()
        return {
            self.disputed: disputed_html(comparison, report),
            self.lanes: compared_lanes(comparison, report, settings.chance),
        }

    def draw_result(self, session: Session, settings: Settings) -> Updates:
        """The comparison, its downloads, and whether there is something to compare."""
        return {
            **self.draw_progress(session, settings),
            **(self.draw_report(session, settings) if session.comparison else self.draw_no_report()),
            **self.draw_buttons(session, settings),
        }

    def draw_no_report(self) -> Updates:
        """Nothing was compared yet."""
        return {
            self.against: gr.update(choices=[], value=None, interactive=False),
            self.workflows: "",
            self.evidence: "",
            **self.downloads.withdraw(),
        }

    def draw_report(self, session: Session, settings: Settings) -> Updates:
        """What stands under the lanes, and the files."""
        comparison, report = session.comparison, session.report()
        choices = references(comparison, report)
        keys = [key for _, key in choices]
        against = settings.against if settings.against in keys else next(iter(keys), None)
        # Where the random draw has its frequencies from, or why there is none.
        info = f"labels {report.chance_source}" if report.chance else report.chance_source
        parts = (
            scores_html(report),
            agreement_html(comparison, report),
            cost_html(comparison),
            evidence_html(comparison, report),
        )
        as_text = json.dumps(comparison_as_json(comparison, report), indent=2, ensure_ascii=False)
        table, page = comparison_as_csv(comparison, report), comparison_as_html(comparison, report)
        return {
            self.chance: gr.update(interactive=bool(report.chance), value=settings.chance, info=info),
            self.against: gr.update(choices=choices, value=against, interactive=bool(choices)),
            self.workflows: workflows_html(comparison, report, against),
            self.evidence: "".join(parts),
            **self.downloads.offer(session, dict(zip(DOWNLOADS, (as_text, table, page), strict=True))),
        }

    def draw_buttons(self, session: Session, settings: Settings) -> Updates:
        """Compare needs a recording and at least one model."""
        can_start = session.recording is not None and bool(settings.model)
        return self.buttons.draw(can_start, running=session.current_run(self.title) is not None)

    def choose_models(self, request: gr.Request, *settings) -> Updates:
        """Other models: without any, Compare says what it lacks."""
        settings = Settings(*settings)
        session = self.context.session(request)
        buttons = self.draw_buttons(session, settings)
        return {self.model: gr.update(info=models_info(settings.model, offered_releases(session))), **buttons}

    def choose_labels(self, request: gr.Request, *settings) -> Updates:
        """Another label set: offer what it has releases for."""
        session, labels = self.context.session(request), Settings(*settings).labels
        settings = Settings(variant_choices(labels, offered_releases(session))[1], labels)
        return {
            self.model: models_update(labels, offered_releases(session)),
            self.encoding: encoding_update(session, labels),
            **self.draw_buttons(session, settings),
        }

    def read_truth(self, request: gr.Request, file: str | None, *settings) -> Updates:
        """Take true labels, or take them away; the answers stay."""
        session, settings = self.context.session(request), Settings(*settings)
        session.refusal = OURS
        session.uploads |= {Path(file)} if file else set()
        with show_user_errors(session):
            if file and session.recording is None:
                raise NothingChosen("Choose your video first, then its true labels.")
            labels = session.comparison.labels if session.comparison else label_set(settings.labels)
            session.truth = read_labels(Path(file), session.recording.name, labels) if file else ()
        sentence = f"{len(session.truth)} labelled stretches read." if file else "No true labels."
        running = session.current_run(self.title) is not None
        drawn = self.draw_progress if running else self.draw_result
        return {**drawn(session, settings), self.status: self.with_remarks(session, sentence)}

    def connect(self, tab: gr.Tab, run_inputs: list[Component]) -> None:
        """Say what happens when something is touched; true labels go when another video comes."""
        super().connect(tab, run_inputs)
        choices, truth = [self.model, self.labels], self.truth
        read = truth.upload(self.read_truth, [truth, *run_inputs], self.outputs, **QUIET)
        self.connect_refusal(read, truth)
        truth.clear(self.read_truth, [truth, *run_inputs], self.outputs, **QUIET)
        self.recording.video_file.upload(lambda: None, None, truth, queue=False, **QUIET)
        self.model.input(self.choose_models, choices, self.outputs, **LATEST)
        self.labels.input(self.choose_labels, choices, self.outputs, **LATEST)
        self.against.input(self.realign, self.against, [self.workflows], **LATEST)
        self.chance.input(self.show_chance, self.chance, [self.lanes], **LATEST)
        self.connect_seek(self.lanes)
        self.connect_seek(self.disputed)

    def realign(self, request: gr.Request, against: str | None) -> Updates:
        """The workflows against another one."""
        session = self.context.session(request)
        if session.comparison is None:
            return gr.skip()
        return {self.workflows: workflows_html(session.comparison, session.report(), against)}

    def show_chance(self, request: gr.Request, chance: bool) -> Updates:
        """The lanes with or without the random draw."""
        session = self.context.session(request)
        if session.comparison is None:
            return gr.skip()
        return {self.lanes: compared_lanes(session.comparison, session.report(), chance)}

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
        comparison = session.comparison
        state = "" if comparison.answered else "failed"
        return self.with_remarks(session, f"Done: {comparison_summary(comparison)}", state)

    def describe_stop(self, session: Session, reason: str, state: str = "") -> str:
        """Why a run stopped, and what stands."""
        return self.with_remarks(session, f"{reason} {what_stands(session.comparison)}", state)

    def with_remarks(self, session: Session, sentence: str, state: str = "") -> str:
        """A status, and a sentence for each model that cannot answer."""
        remarks = failures(session.comparison) if session.comparison else []
        if session.comparison and session.truth and not session.report().truth:
            remarks.append("The true labels are of another label set and are left out.")
        return self.status_html(sentence, state=state) + remarks_html(remarks)

    def results(self, session: Session, run: object, settings: Settings) -> Iterator[Updates]:
        """Let several models name the clips of the recording, drawing clips as they are named."""
        recording, pace = session.recording, Pace(self.title, "answers")
        if recording is None or not settings.model:
            raise NothingChosen("Choose a recording and at least one model first.")
        encoding = encoding_of(settings.encoding or "V")
        releases = find_releases(settings.model, settings.labels, encoding)
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


def what_stands(comparison: Comparison | None) -> str:
    """What a run that did not end leaves on the page."""
    if comparison is None:
        return "Nothing was named."
    done = comparison.answers_done
    return f"The {count(done, 'answer')} so far stand{'s' * (done == 1)}."


def build(context: PageContext, tab: gr.Tab) -> CompareTab:
    """Place the tab here, and connect it."""
    with gr.Row():
        with gr.Column(min_width=320):
            recording = RecordingControls.build("compare-")
            truth = drop_zone("True labels, if you have them", "compare-truth", [".csv"])
            model, labels, encoding = compare_settings()
            buttons = RunButtons.build("Compare")
        with gr.Column(min_width=320):
            status = gr.HTML()
            disputed = gr.HTML(html_template="${value}", js_on_load=JUMP_JS)
            downloads = Downloads.build(DOWNLOADS)
    lanes = lanes_control("compared")
    chance = gr.Checkbox(label="Also a random draw", interactive=False)
    gr.HTML(title_html("Workflows side by side"))
    against = gr.Dropdown([], label="Aligned with", elem_id="against", **PLAIN)
    workflows, evidence = gr.HTML(), gr.HTML()
    comparing = CompareTab(
        context=context,
        recording=recording,
        model=model,
        labels=labels,
        encoding=encoding,
        status=status,
        buttons=buttons,
        truth=truth,
        disputed=disputed,
        downloads=downloads,
        lanes=lanes,
        chance=chance,
        against=against,
        workflows=workflows,
        evidence=evidence,
    )
    comparing.connect(tab, [model, labels, encoding, against, chance])
    return comparing
