"""What the tabs of one recording have in common: choosing it, a run, its progress, and its Cancel."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import gradio as gr
from gradio.components import Component

from pipelines.examples import title_of
from pipelines.page.context import PageContext
from pipelines.page.controls import (
    Downloads,
    RecordingControls,
    RunButtons,
    Updates,
    Upload,
    components_of,
    show_at_first,
)
from pipelines.page.errors import sentence_of
from pipelines.page.gaze_controls import shift_gaze
from pipelines.page.release_panel import ReleasePanel, name_release
from pipelines.page.session import NothingChosen, Session, split_gaze
from pipelines.page.settings import Settings
from pipelines.recordings.recording import open_recording
from pipelines.views.gaze import gaze_of
from pipelines.views.status import problem_html, status_html

NO_NAME, BAR_TO_DO = "No recording yet", "upload your own, choose an example or other settings"
NO_RECORDING = "No recording yet: choose a video, and then its gaze if you have it."


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordingTab(ABC):
    """The components of a tab, and its callbacks; these return new values by component."""

    title: ClassVar[str]

    context: PageContext
    recording: RecordingControls
    model: Component
    labels: gr.Dropdown
    encoding: gr.Dropdown
    bar: gr.Accordion  # uploads and settings; one line while there is a result
    status: gr.HTML
    buttons: RunButtons
    panel: ReleasePanel  # what to know of the chosen releases
    origin: gr.HTML  # whose result it is
    downloads: Downloads

    @abstractmethod
    def draw(self, session: Session, settings: Settings) -> Updates:
        """The whole tab, for a recording that was just chosen or left a moment ago."""

    @abstractmethod
    def draw_progress(self, session: Session, settings: Settings) -> Updates:
        """The result so far, and nothing that depends on whether a run goes on."""

    @abstractmethod
    def draw_result(self, session: Session, settings: Settings) -> Updates:
        """The result, its downloads, and the buttons, while no run goes on."""

    @abstractmethod
    def draw_downloads(self, session: Session) -> Updates:
        """The files of the result."""

    @abstractmethod
    def choose_named(self, session: Session, choice: str, labels: str) -> Updates:
        """Choose a release that a visitor has named, and a label set that it answers for."""

    @abstractmethod
    def choosers(self) -> tuple[Callable, Callable, Callable]:
        """The callbacks that draw what another model, label set or encoding changes."""

    @abstractmethod
    def describe(self, session: Session, settings: Settings) -> str:
        """The status while no run goes on, as HTML."""

    @abstractmethod
    def describe_end(self, session: Session) -> str:
        """The status of a run that ended by itself, as HTML."""

    @abstractmethod
    def describe_stop(self, session: Session, reason: str, state: str = "") -> str:
        """The status of a run that did not, with what stands, as HTML."""

    @abstractmethod
    def results(self, session: Session, run: object, settings: Settings) -> Iterator[Updates]:
        """Do the work of a run, drawing what it finds; it ends early if the run is over."""

    def show_at_first(self, settings: Settings) -> None:
        """Build the tab as a visitor sees it first, but for the downloads: those are the visitor's own."""
        drawn = self.draw(Session.first(), settings)
        own = set(components_of(self.downloads))
        show_at_first({block: update for block, update in drawn.items() if block not in own})

    @property
    def outputs(self) -> list[Component]:
        """Every component of the tab."""
        return list(components_of(self))

    def status_html(self, sentence: str, share: float | None = None, state: str = "") -> str:
        """The line on what is going on."""
        return status_html(sentence, share, state, self.title)

    def show_example(self, request: gr.Request, name: str | None, *settings) -> Updates:
        """Show another finished example, or the first."""
        session = self.context.session(request)
        session.choose_example(name)
        return {**self.draw(session, Settings(*settings)), **self.forget_files()}

    def show_video(self, request: gr.Request, video: str | None, *settings) -> Updates:
        """Show the visitor's own video; the gaze of the one before does not belong to it."""
        session, settings = self.context.session(request), Settings(*settings)
        if video is None:  # taken away before it was read: what is shown stays
            return self.recording.video_upload.empty()
        session.uploads.add(Path(video))
        try:
            session.choose(open_recording(video))
        except Exception as error:
            return self.refuse(session, self.recording.video_upload, error)
        return {**self.draw(session, settings), **self.forget_files()}

    def show_gaze(self, request: gr.Request, files: list[str] | None, *settings) -> Updates:
        """Show the visitor's own video with other gaze or none; what was there stays if it is unreadable."""
        session, settings = self.context.session(request), Settings(*settings)
        session.uploads |= set(map(Path, files or []))
        try:
            if session.recording is None or session.example:
                raise NothingChosen("Choose your video first, then its gaze.")
            session.choose(open_recording(session.recording.path, *split_gaze(files or [])))
        except Exception as error:
            return self.refuse(session, self.recording.gaze_upload, error)
        return {**self.draw(session, settings), self.recording.gaze_upload.problem: ""}

    def shift_gaze(self, request: gr.Request, later_ms, right_px, down_px, *settings) -> Updates:
        """Shift gaze by hand: the ring follows, and a result is of the earlier gaze until it is run again."""
        session = self.context.session(request)
        shift_gaze(session, later_ms, right_px, down_px)
        session.drawn[self.title] = session.recording
        drawn = self.draw_progress(session, Settings(*settings))
        return {self.recording.gaze_note: gaze_of(session.recording), **drawn}

    def refuse(self, session: Session, upload: Upload, error: Exception) -> Updates:
        """Say beside a control why its files cannot be read; everything else stays."""
        return upload.empty(f"{sentence_of(error)} What was here stays.")

    def forget_files(self) -> Updates:
        """Empty the controls whose files belong to the recording before."""
        return self.recording.gaze_upload.empty()

    def draw_if_changed(self, request: gr.Request, *settings) -> Updates:
        """Draw the tab when it is opened, if another recording was chosen since it was drawn."""
        session = self.context.session(request)
        if not session.is_drawn(self.title):
            return self.draw(session, Settings(*settings))
        if self.title in session.drawn:
            return gr.skip()
        session.drawn[self.title] = session.recording  # as served, which lacks the visitor's own files
        return self.draw_downloads(session)

    def draw_recording(self, session: Session) -> Updates:
        """The recording, and note that this tab shows it."""
        session.drawn[self.title] = session.recording
        return self.recording.draw(session)

    def draw_bar(self, session: Session, has_result: bool) -> Updates:
        """Uploads and settings: one line while there is a result."""
        recording = session.recording
        name = title_of(session.example) if session.example else recording.name if recording else NO_NAME
        return {self.bar: gr.update(label=f"{name} · {BAR_TO_DO}", open=not has_result)}

    def wait(self, request: gr.Request) -> Updates:
        """Begin a run, which waits until it is this visitor's turn."""
        self.context.session(request).start_run(self.title)
        waiting = self.status_html("Waiting for the models …", 0, "running")
        return {self.status: waiting, **self.buttons.draw(can_start=False, running=True)}

    def fetch(self, request: gr.Request, *values) -> Iterator[Updates]:
        """Fetch what a run needs and this machine has not; others have the models meanwhile."""
        session, settings = self.context.session(request), Settings(*values)
        run = session.current_run(self.title)
        for updates in self.panel.fetch_chosen(session, settings):
            if run and session.current_run(self.title) is not run:
                return
            yield updates

    def name(self, request: gr.Request, text: str, *values) -> Updates:
        """Add a repository or a folder that a visitor names to the models, and choose it."""
        session, settings = self.context.session(request), Settings(*values)
        try:
            choice, labels = name_release(session, text, settings)
        except Exception as error:
            return {self.panel.problem: problem_html(sentence_of(error))}
        emptied = {self.panel.problem: "", self.panel.name: ""}
        return {**emptied, **self.choose_named(session, choice.text, labels)}

    def run(self, request: gr.Request, *values) -> Iterator[Updates]:
        """Draw what a run finds until it ends, fails, or is over because another recording was chosen."""
        session, settings = self.context.session(request), Settings(*values)
        run = session.current_run(self.title)
        try:
            if run:
                yield from self.results(session, run, settings)
            if session.end_run(self.title, run):
                yield {**self.draw_result(session, settings), self.status: self.describe_end(session)}
            elif session.current_run(self.title) is None:
                # What was drawn last may have come after the other recording.
                late = self.draw_progress(session, settings)
                yield {**late, self.status: self.describe(session, settings)}
        except Exception as error:
            sentence = sentence_of(error)
            if session.end_run(self.title, run):
                failed = self.describe_stop(session, f"Stopped. {sentence}", "failed")
                yield {**self.draw_result(session, settings), self.status: failed}
        finally:
            session.end_run(self.title, run)

    def stop(self, request: gr.Request, *values) -> Updates:
        """After Cancel: what was found stands."""
        session = self.context.session(request)
        session.end_run(self.title, session.current_run(self.title))
        stopped = self.describe_stop(session, "Cancelled.")
        return {**self.draw_result(session, Settings(*values)), self.status: stopped}

    def take_offer(self, key: str) -> Callable:
        """A callback that chooses a zero-shot model from the Hub, which a run then begins with."""

        def take(request: gr.Request, *values) -> Updates:
            session, settings = self.context.session(request), Settings(*values)
            offered = self.panel.offered(session, settings)
            return self.choose_named(session, offered[key], settings.labels) if key in offered else gr.skip()

        return take

    def describe_releases(self, request: gr.Request, *values) -> Updates:
        """What is known of the chosen releases without asking the Hub."""
        return self.panel.draw(self.context.session(request), Settings(*values))

    def ask_hub(self, request: gr.Request, *values) -> Updates:
        """The same, and how much of them is to be fetched; answers to earlier queries draw nothing."""
        session = self.context.session(request)
        session.hub_queries = query = session.hub_queries + 1
        updates = self.panel.draw(session, Settings(*values), ask_hub=True)
        return updates if query == session.hub_queries else gr.skip()
