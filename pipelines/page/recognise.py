"""The Recognise tab: one recording, one model."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar

import gradio as gr

from encodings.names import encoding as encoding_of
from pipelines.exports.csv import as_csv
from pipelines.exports.json import as_json
from pipelines.page.answer import chosen_release, is_of_earlier_settings, what_stands
from pipelines.page.context import PageContext
from pipelines.page.controls import (
    QUIET,
    Downloads,
    RecordingControls,
    RunButtons,
    Updates,
    lanes_control,
)
from pipelines.page.events import connect
from pipelines.page.gaze_controls import has_same_gaze
from pipelines.page.progress import Pace
from pipelines.page.recording_tab import NO_RECORDING, RecordingTab
from pipelines.page.release_panel import OFFERED, ReleasePanel
from pipelines.page.session import NothingChosen, Session
from pipelines.page.settings import (
    Settings,
    encoding_update,
    missing_release,
    model_choices,
    offered_releases,
    recognise_settings,
)
from pipelines.page.zero_gpu import recognise
from pipelines.recognition.recognise import Recognition
from pipelines.views.format import count_clips
from pipelines.views.header import header_html
from pipelines.views.legend import legend_html
from pipelines.views.origin import origin_html, origin_of, warning_of
from pipelines.views.timeline import TRUTH_NAME, lanes_of
from pipelines.views.workflow import latency_html, workflow_html
from zoo.labels import label_set
from zoo.release_choices import ReleaseChoice
from zoo.weights import WeightsMissing

READ_TICKET = """(_, ...settings) => {
  try { return [sessionStorage.getItem("benchscribe") ?? "", ...settings]; }
  catch { return ["", ...settings]; }  // a browser that keeps nothing
}"""
# A duplicated tab copies the ticket of a tab that is still open, so the copy has no “left” after it.
KEEP_TICKET = """ticket => {
  const keep = value => { try { sessionStorage.setItem("benchscribe", value); } catch {} };
  keep(ticket);
  addEventListener("pagehide", () => keep(`${ticket} left`));
  addEventListener("pageshow", () => keep(ticket));  // brought back as it was
}"""


@dataclass(frozen=True, eq=False, kw_only=True)
class RecogniseTab(RecordingTab):
    """The components of the tab, and what its callbacks draw."""

    title: ClassVar[str] = "Workflow"

    ticket: gr.Textbox  # never shown: what the browser tab keeps of its session
    header: gr.HTML  # has the F1 of the chosen model
    workflow: gr.HTML
    latency: gr.HTML
    lanes: gr.HTML
    legend: gr.HTML

    def open(self, request: gr.Request, ticket: str, *settings) -> Updates:
        """What a visitor sees first: what they left a moment ago, or a finished example."""
        ticket, _, left = ticket.partition(" ")
        session = self.context.sessions.resume(request.session_hash, ticket, has_left=left == "left")
        session.drawn.clear()
        if session.is_first:  # which the page as it is served shows already
            session.drawn[self.title] = session.recording
            return {self.ticket: session.ticket, **self.draw_downloads(session)}
        session.served = None
        drawn = self.draw(session, Settings(*settings), before="As you left it. ")
        return {self.ticket: session.ticket, **drawn}

    def draw(self, session: Session, settings: Settings, before: str = "") -> Updates:
        """The whole tab; `before` stands before the sentence on a result."""
        answer = session.answer
        labels = answer.release.labels.key if answer else settings.labels
        encoding = encoding_update(session, labels, settings.model, answer and answer.encoding)
        settings = settings._replace(labels=labels, encoding=encoding["value"])
        return {
            **self.draw_recording(session),
            self.model: gr.update(choices=model_choices(offered_releases(session))),
            self.labels: labels,
            self.encoding: encoding,
            self.header: self.draw_header(session, settings),
            self.legend: legend_html(label_set(labels), TRUTH_NAME if session.truth else ""),
            **self.panel.draw(session, settings),
            **self.draw_result(session, settings),
            self.status: self.describe(session, settings, before),
        }

    def draw_progress(self, session: Session, settings: Settings) -> Updates:
        """Workflow, latency and lanes as far as clips are named."""
        return self.draw_answer(session, session.answer, settings)

    def draw_answer(self, session: Session, answer: Recognition | None, settings: Settings) -> Updates:
        """Workflow, latency and lanes of an answer, and whose it is; it need not be the one that is kept."""
        return {
            self.workflow: workflow_html(answer),
            self.latency: latency_html(answer),
            self.origin: self.draw_origin(session, answer, settings),
            self.lanes: lanes_of(session.recording, answer, session.truth),
        }

    def draw_origin(self, session: Session, answer: Recognition | None, settings: Settings) -> str:
        """Whose the answer is; of an own recording also what the model has learnt from."""
        if answer is None:
            return ""
        warning = "" if session.example else warning_of(answer.release)
        same_gaze = has_same_gaze(answer.recording, session.recording)
        earlier = not same_gaze or is_of_earlier_settings(answer, settings)
        return origin_html(origin_of(answer), warning, earlier)

    def draw_header(self, session: Session, settings: Settings) -> str:
        """The header, with the F1 of the chosen model."""
        return header_html(chosen_release(session, settings), settings.encoding)

    def draw_result(self, session: Session, settings: Settings) -> Updates:
        """The answer, its downloads, and whether there is something to recognise."""
        return {
            **self.draw_bar(session, has_result=session.answer is not None),
            **self.draw_progress(session, settings),
            **self.draw_downloads(session),
            **self.draw_buttons(session, settings),
        }

    def draw_downloads(self, session: Session) -> Updates:
        """The answer as JSON and CSV."""
        if session.answer is None:
            return self.downloads.withdraw()
        as_text = json.dumps(as_json(session.answer), indent=2, ensure_ascii=False)
        truth = session.truth_in(session.answer.release.labels)
        texts = {".json": as_text, ".csv": as_csv(session.answer, truth)}
        model = f"{session.answer.release.variant.key}-{session.answer.encoding.name.lower()}"
        return self.downloads.offer(session, model, texts)

    def draw_buttons(self, session: Session, settings: Settings) -> Updates:
        """Recognise needs a recording, and a model with a release for the labels."""
        missing = missing_release(settings.labels, offered_releases(session), settings.model)
        can_start = bool(session.recording and settings.model and not missing)
        return self.buttons.draw(can_start, running=session.current_run(self.title) is not None)

    def choose(self, request: gr.Request, *settings) -> Updates:
        """Another model or label set: offer what it has releases for."""
        session, settings = self.context.session(request), Settings(*settings)
        encodings = encoding_update(session, settings.labels, settings.model)
        chosen = self.draw_choice(session, settings._replace(encoding=encodings["value"]))
        return {self.encoding: encodings, **chosen, **self.draw_buttons(session, settings)}

    def choose_named(self, session: Session, choice: str, labels: str) -> Updates:
        """Choose a release that a visitor has named."""
        encodings = encoding_update(session, labels, choice)
        settings = Settings(choice, labels, encodings["value"])
        return {
            self.model: gr.update(choices=model_choices(offered_releases(session)), value=choice),
            self.labels: labels,
            self.encoding: encodings,
            **self.draw_choice(session, settings),
            **self.draw_buttons(session, settings),
        }

    def choose_encoding(self, request: gr.Request, *settings) -> Updates:
        """Another encoding: the result is of the earlier one."""
        return self.draw_choice(self.context.session(request), Settings(*settings))

    def draw_choice(self, session: Session, settings: Settings) -> Updates:
        """What the choice of a model, labels or an encoding says of it, and of the result."""
        origin = self.draw_origin(session, session.answer, settings)
        return {self.header: self.draw_header(session, settings), self.origin: origin}

    def choosers(self) -> tuple[Callable, ...]:
        """The callbacks of its three menus."""
        return self.choose, self.choose, self.choose_encoding

    def connect_load(self, page: gr.Blocks) -> None:
        """Say what happens when the page is loaded: the browser tab keeps its ticket for the next time."""
        inputs = [self.ticket, self.model, self.labels]
        opened = page.load(self.open, inputs, self.outputs, js=READ_TICKET, queue=False, **QUIET)
        opened.then(None, self.ticket, None, js=KEEP_TICKET, **QUIET)

    def describe(self, session: Session, settings: Settings, before: str = "") -> str:
        """What the visitor has before them, and what they can do."""
        recording, answer = session.recording, session.answer
        missing = missing_release(settings.labels, offered_releases(session), settings.model)
        if recording is None:
            return self.status_html(NO_RECORDING)
        if answer is None:
            to_name = count_clips(recording.windows)
            return self.status_html(f"{recording.name}: {to_name} to name. {missing or 'Press Recognise.'}")
        if session.example:
            clips, again = count_clips(answer.total), missing or "Recognise runs it again."
            return self.status_html(f"A finished example: {clips}. {again}")
        return self.status_html(f"{before}{what_stands(session.answer)}")

    def describe_end(self, session: Session) -> str:
        """How many clips a run has named."""
        return self.status_html(f"Done: {count_clips(session.answer.total)} named.")

    def describe_stop(self, session: Session, reason: str, state: str = "") -> str:
        """Why a run stopped, and what stands."""
        return self.status_html(f"{reason} {what_stands(session.answer)}", state=state)

    def results(self, session: Session, run: object, settings: Settings) -> Iterator[Updates]:
        """Recognise the recording, drawing clips as they are named."""
        recording, pace = session.recording, Pace(self.title, "clips")
        loading = self.status_html("Loading the model …", 0, "running")
        yield {self.status: loading, **self.downloads.withdraw()}
        if recording is None:
            raise NothingChosen("Choose a recording first: a video, and its gaze if you have it.")
        if fault := session.faults.get(settings.model):
            raise WeightsMissing(fault)
        encoding = encoding_of(settings.encoding or "V")
        release = ReleaseChoice.parse(settings.model or "").find(settings.labels, encoding.name)
        with closing(recognise(recording, release, encoding, self.context.store)) as answers:
            for answer in answers:
                named = len(answer.clips)
                # Until the first clip is named, the result before stands.
                if not session.keep(self.title, run, answer if named else session.answer):
                    return
                if pace.is_due(named, answer.finished):
                    status = pace.status(named, answer.total)
                    yield {**self.draw_answer(session, answer, settings), self.status: status}


def build(context: PageContext, page: gr.Blocks, header: gr.HTML, tab: gr.Tab) -> RecogniseTab:
    """Place the tab here, and connect it; it shows a finished example, if there is one."""
    with gr.Row(elem_classes="bar"):
        with gr.Accordion("Recording and settings", open=False, elem_classes="fold") as bar, gr.Row():
            with gr.Column(scale=1, min_width=560), gr.Row():
                recording = RecordingControls.build()
            with gr.Column(scale=1, min_width=560):
                model, labels, encoding = recognise_settings()
                panel = ReleasePanel.build(context, OFFERED)
        buttons = RunButtons.build("Recognise")
    panel.place_note()
    with gr.Row(elem_classes="result"):
        with gr.Column(min_width=320, elem_classes="seen"):
            recording.place_video()
        with gr.Column(min_width=320):
            status, workflow = gr.HTML(), gr.HTML()
            downloads = Downloads.build({".json": "JSON", ".csv": "CSV"})
    origin, lanes, legend, latency = gr.HTML(), lanes_control(), gr.HTML(), gr.HTML()
    ticket = gr.Textbox(visible=False)
    recognising = RecogniseTab(
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
        ticket=ticket,
        header=header,
        workflow=workflow,
        latency=latency,
        downloads=downloads,
        lanes=lanes,
        legend=legend,
    )
    recognising.show_at_first(Settings(model.value, labels.value))
    connect(recognising, tab, [model, labels, encoding])
    recognising.connect_load(page)
    return recognising
