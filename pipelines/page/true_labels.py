"""True labels on the page: where their file is dropped, and what its names of no label stand for."""

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.components import Component

from pipelines.page.controls import PLAIN, QUIET, Updates, Upload
from pipelines.page.errors import sentence_of
from pipelines.page.events import connect_upload
from pipelines.page.recording_tab import RecordingTab
from pipelines.page.session import NothingChosen, Session
from pipelines.page.settings import Settings
from pipelines.recordings.annotations.labelled_video import as_labelled
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.recordings.annotations.names import LEAVE_OUT, UnknownNames
from pipelines.recordings.annotations.segment import NO_LABELS, TrueLabels
from pipelines.views.mapping import mapping_html, mapping_sentence
from zoo.labels import LabelSet, label_set

LABEL_TYPES = [".csv", ".tsv", ".txt", ".json", ".eaf"]
MOST_NAMES = 16  # that have a menu; a file with more is mapped where it was made
LEFT_OUT = ("leave out", LEAVE_OUT)
STAYS = "What was here stays."


@dataclass(frozen=True, eq=False, kw_only=True)
class TrueLabelsControls:
    """The upload, and beside it a panel with a menu for each name that is no label of the set."""

    upload: Upload
    panel: gr.Column
    found: gr.HTML
    menus: dict[int, gr.Dropdown]
    use: gr.Button

    @classmethod
    def build(cls, name: str) -> "TrueLabelsControls":
        """Place the upload here; `name` is its id.  `place_panel` has the rest."""
        look = {"render": False, "visible": False}
        return cls(
            upload=Upload.build("True labels, if you have them", name, LABEL_TYPES),
            panel=gr.Column(elem_id=f"{name}-mapping", **look),
            found=gr.HTML(render=False),
            menus={number: gr.Dropdown([], **look, **PLAIN) for number in range(MOST_NAMES)},
            use=gr.Button("Use these labels", size="sm", scale=0, min_width=140, render=False),
        )

    def place_panel(self) -> None:
        """Place the panel here; it is hidden until a file has names that are no labels."""
        self.panel.render()
        with self.panel:
            self.found.render()
            with gr.Row():
                for menu in self.menus.values():
                    menu.render()
            self.use.render()

    def hide(self) -> Updates:
        """No name is to be mapped."""
        hidden = {menu: gr.update(visible=False, value=None) for menu in self.menus.values()}
        return {self.panel: gr.update(visible=False), self.found: "", **hidden}

    def empty(self) -> Updates:
        """No file, and no name to be mapped."""
        return {**self.upload.empty(), **self.hide()}

    def read(self, session: Session, file: str | None, labels: LabelSet) -> tuple[TrueLabels | None, Updates]:
        """The true labels of a file, none without a file, or None where it is refused; and what is drawn."""
        session.unmapped = None
        if file is None:
            return NO_LABELS, {self.upload.problem: "", **self.hide()}
        try:
            if session.recording is None:
                raise NothingChosen("Choose your video first, then its true labels.")
            return self._read(session, Path(file), labels, {}), {self.upload.problem: "", **self.hide()}
        except UnknownNames as error:
            if error.of_other_set or len(error.names) > MOST_NAMES:
                return None, self._refused(error)
            session.unmapped = Path(file), error.names
            return None, self._draw_menus(session, error, labels)
        except Exception as error:
            return None, self._refused(error)

    def read_mapped(
        self, session: Session, chosen: tuple[str | None, ...], labels: LabelSet
    ) -> tuple[TrueLabels | None, Updates]:
        """The same of the file whose names were just mapped, each by its menu."""
        if session.unmapped is None or session.recording is None:
            return None, self.hide()
        file, names = session.unmapped
        open_names = [name for name, label in zip(names, chosen, strict=False) if label is None]
        if open_names:
            return None, {self.found: mapping_html(file.name, len(names), labels, open_names)}
        mapping = dict(zip(names, chosen, strict=False))
        try:
            truth = self._read(session, file, labels, mapping)
        except Exception as error:
            return None, self._refused(error)
        session.unmapped, session.mapping = None, session.mapping | mapping
        return truth, self.empty()

    def _read(self, session: Session, file: Path, labels: LabelSet, mapping: dict[str, str]) -> TrueLabels:
        return read_labels(file, as_labelled(session.recording), labels, mapping)

    def _refused(self, error: Exception) -> Updates:
        return {**self.upload.empty(f"{sentence_of(error)} {STAYS}"), **self.hide()}

    def _draw_menus(self, session: Session, error: UnknownNames, labels: LabelSet) -> Updates:
        """A menu for each unknown name, on what the visitor chose for it before."""
        choices = [*((each.title, each.name) for each in labels.activities), LEFT_OUT]
        updates = self.hide()
        for menu, name in zip(self.menus.values(), error.names, strict=False):
            before = session.mapping.get(name)
            known = before if before in dict(choices).values() else None
            updates[menu] = gr.update(visible=True, label=name, choices=choices, value=known)
        updates[self.found] = mapping_html(error.file, len(error.names), labels)
        updates[self.panel] = gr.update(visible=True)
        return {
            **updates,
            **self.upload.empty(f"{mapping_sentence(error.file, error.names, labels)} {STAYS}"),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelledTab(RecordingTab):
    """A tab that takes the true labels of its recording."""

    truth: TrueLabelsControls

    def read_truth(self, request: gr.Request, file: str | None, *settings) -> Updates:
        """Take true labels, or take them away; the answers stay."""
        session, settings = self.context.session(request), Settings(*settings)
        session.uploads |= {Path(file)} if file else set()
        truth, updates = self.truth.read(session, file, self.labels_of(session, settings))
        return {**updates, **self.take_truth(session, truth, settings)}

    def map_truth(self, request: gr.Request, *values) -> Updates:
        """Take the true labels whose names have just been mapped."""
        session, menus = self.context.session(request), len(self.truth.menus)
        settings, chosen = Settings(*values[:-menus]), values[-menus:]
        truth, updates = self.truth.read_mapped(session, chosen, self.labels_of(session, settings))
        return {**updates, **self.take_truth(session, truth, settings)}

    def labels_of(self, session: Session, settings: Settings) -> LabelSet:
        """The label set of the comparison, or else the chosen one."""
        return session.comparison.labels if session.comparison else label_set(settings.labels)

    def take_truth(self, session: Session, truth: TrueLabels | None, settings: Settings) -> Updates:
        """Show true labels, or leave what was there if they were refused."""
        if truth is None:
            return {}
        session.truth = truth
        sentence = f"{len(truth)} labelled stretches read." if truth else "No true labels."
        drawn = self.draw_progress if session.current_run(self.title) else self.draw_result
        return {**drawn(session, settings), self.status: self.with_remarks(session, sentence)}

    def connect_truth(self, run_inputs: list[Component]) -> None:
        """Read a file of true labels as it is dropped, and again once its names are mapped."""
        connect_upload(self, self.truth.upload, self.read_truth, run_inputs)
        inputs = [*run_inputs, *self.truth.menus.values()]
        self.truth.use.click(self.map_truth, inputs, self.outputs, **QUIET)

    @abstractmethod
    def with_remarks(self, session: Session, sentence: str, state: str = "") -> str:
        """A status, and sentences on what is missing, as HTML."""
