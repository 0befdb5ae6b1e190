"""Components that several tabs have: the recording, a run and its Cancel, lanes, downloads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import gradio as gr
from gradio.blocks import Block

from pipelines.examples import examples, title_of
from pipelines.page.gaze_controls import GazeControls
from pipelines.page.session import Session
from pipelines.views.gaze import GAZE_JS, gaze_of
from pipelines.views.status import problem_html
from pipelines.views.timeline import LANES_SCRIPT, lanes_of, lanes_template

VIDEO_TYPES = [".mp4", ".mov", ".m4v", ".3gp", ".mkv", ".webm", ".avi", ".wmv", ".flv", ".gif", ".ogv"]
VIDEO_TYPES += [".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".mxf"]
GAZE_TYPES = [".csv", ".zip", ".txt", ".tsv", ".json", ".jsonl", ".gz", ".raw", ".time"]
GAZE_TYPES += [".xlsx"]  # which is refused in words that say how to save it
PLAIN = {"filterable": False, "interactive": True, "min_width": 120}  # a dropdown of few choices
VIDEO_LABEL = "Your video"
QUIET = {"show_progress": "hidden", "api_visibility": "private"}  # an event of the page alone
LATEST = {**QUIET, "queue": False, "trigger_mode": "always_last"}  # one that answers the last change

Updates = dict[Block, object]  # new values by component or accordion; what is not in it stays


class Menu(gr.Dropdown):
    """A menu whose choices depend on another one.

    Gradio answers with an error if a value comes that was a choice when it was sent and is none when it
    arrives.  The callbacks look at it themselves.
    """

    is_template = True  # to the browser it is its parent

    def preprocess(self, payload: str | None) -> str | None:
        """The value as it was sent."""
        return payload


def components_of(noun: object) -> Iterator[Block]:
    """Every component in a dataclass, in the values of its dicts, and in the dataclasses within it."""
    if isinstance(noun, Block):
        yield noun
    elif isinstance(noun, dict):
        for value in noun.values():
            yield from components_of(value)
    elif is_dataclass(noun):
        for each in fields(noun):
            yield from components_of(getattr(noun, each.name))


def show_at_first(updates: Updates) -> None:
    """Build the page with these values, so that it shows them as it is served, before any event."""
    for block, update in updates.items():
        is_update = isinstance(update, dict) and "__type__" in update
        values = update if is_update else {"value": update}
        block.constructor_args.update({name: value for name, value in values.items() if name != "__type__"})
        for name in values.keys() - {"__type__", "value"}:
            setattr(block, name, values[name])
        if "value" in values:
            block.value = block.__class__(**{**block.constructor_args, "render": False}).value


@dataclass(frozen=True, eq=False)
class Upload:
    """A place to drop files on, and under it why the last ones cannot be read."""

    file: gr.File
    problem: gr.HTML

    @classmethod
    def build(cls, label: str, name: str, types: Iterable[str], file_count: str = "single") -> "Upload":
        """Place them here; `name` is the id of the place."""
        with gr.Column(min_width=150, elem_classes="upload"):
            file = gr.File(
                label=label,
                file_types=list(types),
                file_count=file_count,
                elem_id=name,
                height=72,
                elem_classes="drop",
            )
            return cls(file, gr.HTML())

    def empty(self, problem: str = "") -> Updates:
        """No file, and why if the last one was refused."""
        return {self.file: None, self.problem: problem_html(problem) if problem else ""}


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordingControls:
    """The recording, what is known of its gaze, and the ways to another one."""

    example: gr.Dropdown
    video: gr.Video
    gaze_note: gr.HTML
    gaze_controls: GazeControls
    video_upload: Upload
    gaze_upload: Upload

    @classmethod
    def build(cls, prefix: str = "") -> "RecordingControls":
        """Place the ways to a recording here; a prefix tells the ids of one tab from those of another."""
        named = examples()
        look = {"label": "Recording", "interactive": False, "height": 300, "buttons": []}
        return cls(
            example=gr.Dropdown(
                named,
                value=None,
                label="Example",
                info="a finished one",
                visible=bool(named),
                elem_id=f"{prefix}example",
                **(PLAIN | {"min_width": 220}),
            ),
            video=gr.Video(elem_id=f"{prefix}recording", elem_classes="recording", render=False, **look),
            gaze_note=gr.HTML(gaze_of(None), html_template="${value.note}", js_on_load=GAZE_JS, render=False),
            gaze_controls=GazeControls.build(),
            video_upload=Upload.build(VIDEO_LABEL, f"{prefix}video-file", VIDEO_TYPES),
            gaze_upload=Upload.build(
                "Its gaze, if you have it", f"{prefix}gaze-files", GAZE_TYPES, file_count="multiple"
            ),
        )

    def place_video(self) -> None:
        """Place the recording and the note on its gaze here."""
        self.video.render()
        self.gaze_note.render()
        self.gaze_controls.place()

    def draw(self, session: Session) -> Updates:
        """The recording of a session; the name of an own one stands where the next can be dropped."""
        recording = session.recording
        title = title_of(session.example) if session.example else recording and recording.name
        video = gr.update(value=str(recording.path), label=title) if recording else None
        own = bool(recording) and not session.example
        return {
            self.example: session.example,
            self.video: video,
            self.gaze_note: gaze_of(recording),
            **self.gaze_controls.draw(session),
            self.video_upload.file: gr.update(value=None, label=title if own else VIDEO_LABEL),
            self.video_upload.problem: "",
        }


@dataclass(frozen=True, eq=False)
class RunButtons:
    """The button that starts a run, and its Cancel."""

    start: gr.Button
    cancel: gr.Button

    @classmethod
    def build(cls, verb: str) -> "RunButtons":
        """Place them here, both disabled."""
        with gr.Row(elem_classes="run"):
            return cls(
                gr.Button(verb, variant="primary", interactive=False, scale=2, min_width=120),
                gr.Button("Cancel", interactive=False, scale=1, min_width=80),
            )

    def draw(self, can_start: bool, running: bool) -> Updates:
        """Which of the two can be pressed."""
        return {
            self.start: gr.update(interactive=can_start and not running),
            self.cancel: gr.update(interactive=running),
        }


@dataclass(frozen=True, eq=False)
class Downloads:
    """A button a format; texts are written when there is a whole answer to give."""

    by_suffix: dict[str, gr.DownloadButton]

    @classmethod
    def build(cls, kinds: dict[str, str]) -> "Downloads":
        """Place a button for each suffix of a file name and its title, with nothing to give yet."""
        look = {"size": "sm", "interactive": False, "scale": 0, "min_width": 100}
        with gr.Row():
            return cls({suffix: gr.DownloadButton(title, **look) for suffix, title in kinds.items()})

    def offer(self, session: Session, model: str, texts: dict[str, str]) -> Updates:
        """Write texts by suffix as files that the page may serve, named after the recording and the model."""
        under = Path(next(iter(self.by_suffix.values())).GRADIO_CACHE)
        paths = session.write({f"-{model}{suffix}": text for suffix, text in texts.items()}, under)
        return {
            self.by_suffix[suffix]: gr.update(value=path, interactive=True)
            for suffix, path in zip(texts, paths, strict=True)
        }

    def withdraw(self) -> Updates:
        """Nothing to give yet."""
        return {each: gr.update(value=None, interactive=False) for each in self.by_suffix.values()}


def lanes_control(*classes: str) -> gr.HTML:
    """Lanes over time, empty."""
    return gr.HTML(
        lanes_of(None, None),
        html_template=lanes_template(),
        js_on_load=LANES_SCRIPT,
        apply_default_css=False,
        elem_classes=list(classes),
    )
