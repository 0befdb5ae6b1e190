"""Components that several tabs have: the recording, a run and its Cancel, lanes, downloads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import gradio as gr
from gradio.components import Component

from pipelines.examples import examples, title_of
from pipelines.page.session import Session
from pipelines.views.gaze import GAZE_JS, gaze_of
from pipelines.views.timeline import LANES_SCRIPT, lanes_of, lanes_template

VIDEO_TYPES = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ogv"]
GAZE_TYPES = [".csv", ".zip", ".txt", ".tsv"]
PLAIN = {"filterable": False, "interactive": True, "min_width": 120}  # a dropdown of few choices
QUIET = {"show_progress": "hidden", "api_visibility": "private"}  # an event of the page alone
LATEST = {**QUIET, "queue": False, "trigger_mode": "always_last"}  # one that answers the last change

Updates = dict[Component, object]  # new values by component; what is not in it stays


def components_of(noun: object) -> Iterator[Component]:
    """Every component in a dataclass, in the values of its dicts, and in the dataclasses within it."""
    if isinstance(noun, Component):
        yield noun
    elif isinstance(noun, dict):
        for value in noun.values():
            yield from components_of(value)
    elif is_dataclass(noun):
        for each in fields(noun):
            yield from components_of(getattr(noun, each.name))


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordingControls:
    """The recording, what is known of its gaze, and the ways to another one."""

    example: gr.Radio
    video: gr.Video
    gaze_note: gr.HTML
    video_file: gr.File
    gaze_files: gr.File

    @classmethod
    def build(cls, prefix: str = "") -> "RecordingControls":
        """Place them here; a prefix tells the ids of one tab from those of another."""
        named = examples()
        example = gr.Radio(named, label="Worked examples", visible=len(named) > 1)
        video = gr.Video(
            elem_id=f"{prefix}recording", label="Recording", interactive=False, height=300, buttons=[]
        )
        gaze_note = gr.HTML(gaze_of(None), html_template="${value.note}", js_on_load=GAZE_JS)
        with gr.Row():
            return cls(
                example=example,
                video=video,
                gaze_note=gaze_note,
                video_file=drop_zone("Your video", f"{prefix}video-file", VIDEO_TYPES),
                gaze_files=drop_zone(
                    "Its gaze, if you have it", f"{prefix}gaze-files", GAZE_TYPES, file_count="multiple"
                ),
            )

    def draw(self, session: Session) -> Updates:
        """The recording of a session."""
        recording = session.recording
        title = title_of(session.example) if session.example else recording and recording.name
        video = gr.update(value=str(recording.path), label=title) if recording else None
        return {self.example: session.example, self.video: video, self.gaze_note: gaze_of(recording)}


@dataclass(frozen=True, eq=False)
class RunButtons:
    """The button that starts a run, and its Cancel."""

    start: gr.Button
    cancel: gr.Button

    @classmethod
    def build(cls, verb: str) -> "RunButtons":
        """Place them here, both disabled."""
        with gr.Row():
            return cls(
                gr.Button(verb, variant="primary", interactive=False, scale=3),
                gr.Button("Cancel", interactive=False, scale=1, min_width=100),
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

    def offer(self, session: Session, texts: dict[str, str]) -> Updates:
        """Write texts by suffix as files that the page may serve."""
        under = Path(next(iter(self.by_suffix.values())).GRADIO_CACHE)
        paths = session.write(texts, under)
        return {
            self.by_suffix[suffix]: gr.update(value=path, interactive=True)
            for suffix, path in zip(texts, paths, strict=True)
        }

    def withdraw(self) -> Updates:
        """Nothing to give yet."""
        return {each: gr.update(value=None, interactive=False) for each in self.by_suffix.values()}


def drop_zone(label: str, name: str, types: Iterable[str], file_count: str = "single") -> gr.File:
    """A place to drop files on."""
    return gr.File(
        label=label,
        file_types=list(types),
        file_count=file_count,
        elem_id=name,
        height=84,
        elem_classes="drop",
        min_width=200,
    )


def lanes_control(*classes: str) -> gr.HTML:
    """Lanes over time, empty."""
    return gr.HTML(
        lanes_of(None, None),
        html_template=lanes_template(),
        js_on_load=LANES_SCRIPT,
        apply_default_css=False,
        elem_classes=list(classes),
    )


def seek(event: gr.EventData):
    """Move the video to a clip."""
    return gr.update(playback_position=event.at_s)
