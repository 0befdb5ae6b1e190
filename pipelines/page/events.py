"""What happens on a tab when something is touched: which callback answers, with what, and after which.

Through Gradio's queue go only runs, fetches and the reading of files.  The rest are plain requests: one that
leaves the queue as another joins it makes Gradio's script miss the answer of the second.
"""

from collections.abc import Callable

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from pipelines.page.controls import LATEST, QUIET, Upload
from pipelines.page.recording_tab import RecordingTab
from pipelines.views.status import reading_html


def connect(shown: RecordingTab, tab: gr.Tab, run_inputs: list[Component]) -> None:
    """Connect what all tabs with a recording have in common."""
    connect_recording(shown)
    connect_gaze(shown, run_inputs)
    connect_releases(shown, run_inputs)
    connect_runs(shown, run_inputs)
    choices = [shown.model, shown.labels]
    tab.select(shown.draw_if_changed, choices, shown.outputs, queue=False, **QUIET)


def connect_runs(tab: RecordingTab, run_inputs: list[Component]) -> None:
    """Begin a run by its button or by an offered model, and cancel it."""
    outputs, start, cancel = tab.outputs, tab.buttons.start, tab.buttons.cancel
    started = [start.click(tab.wait, None, outputs, queue=False, **QUIET)]
    for key, offer in tab.panel.offers.items():
        chosen = offer.click(tab.take_offer(key), [tab.model, tab.labels], outputs, queue=False, **QUIET)
        started.append(chosen.then(tab.wait, None, outputs, queue=False, **QUIET))
    runs = [each for event in started for each in _connect_run(tab, event, run_inputs)]
    # Gradio stops listening to the run, which ends at its next clip.
    cancelled = cancel.click(None, cancels=runs, **QUIET)
    cancelled.then(tab.stop, run_inputs, outputs, queue=False, **QUIET)


def _connect_run(
    tab: RecordingTab, waiting: Dependency, run_inputs: list[Component]
) -> tuple[Dependency, Dependency]:
    """After a run was begun: fetch what it needs, then let the models answer."""
    # One recording at a time has the models.  A run that is over may still be at its last clip when
    # the next one is started: so it may be triggered again.
    fetching = waiting.then(tab.fetch, run_inputs, tab.outputs, concurrency_limit=None, **QUIET)
    running = fetching.then(
        tab.run,
        run_inputs,
        tab.outputs,
        concurrency_id="models",
        concurrency_limit=1,
        trigger_mode="multiple",
        **QUIET,
    )
    # A menu may have been changed during the run: then its result is of the earlier settings.
    running.then(tab.choosers()[2], run_inputs, tab.outputs, queue=False, **QUIET)
    return fetching, running


def connect_releases(tab: RecordingTab, inputs: list[Component]) -> None:
    """Describe another model, label set or encoding, fetch it now, or name one that is not listed."""
    panel, outputs = tab.panel, tab.outputs
    for control, choose in zip((tab.model, tab.labels, tab.encoding), tab.choosers(), strict=True):
        # One after the other: a menu that has other choices by now refuses a value sent before.
        chosen = control.input(choose, inputs, outputs, **LATEST)
        described = chosen.then(tab.describe_releases, inputs, outputs, **LATEST)
        described.then(tab.ask_hub, inputs, outputs, **LATEST)
    fetching = panel.fetch.click(tab.fetch, inputs, outputs, concurrency_limit=None, **QUIET)
    fetching.then(tab.describe_releases, inputs, outputs, queue=False, **QUIET)
    stopped = panel.cancel.click(None, cancels=[fetching], **QUIET)
    stopped.then(tab.describe_releases, inputs, outputs, queue=False, **QUIET)
    for event in (panel.add.click, panel.name.submit):
        named = event(tab.name, [panel.name, *inputs], outputs, queue=False, **QUIET)
        named.then(tab.ask_hub, inputs, outputs, **LATEST)


def connect_upload(tab: RecordingTab, upload: Upload, read: Callable, inputs: list[Component]) -> None:
    """Read files as soon as they are there, and again when some are taken away."""
    file = upload.file
    for event in (file.upload, file.delete, file.clear):
        reading = event(reading_html, None, upload.problem, queue=False, **QUIET)
        read_files = reading.then(read, [file, *inputs], tab.outputs, **QUIET)
        read_files.then(tab.ask_hub, [tab.model, tab.labels, tab.encoding], tab.outputs, **LATEST)


def connect_gaze(tab: RecordingTab, run_inputs: list[Component]) -> None:
    """Shift gaze by hand."""
    numbers = tab.recording.gaze_controls.numbers
    for number in numbers:
        number.input(tab.shift_gaze, [*numbers, *run_inputs], tab.outputs, **LATEST)


def connect_recording(tab: RecordingTab) -> None:
    """Show another example, or a visitor's own recording."""
    recording, choices = tab.recording, [tab.model, tab.labels]
    recording.example.input(tab.show_example, [recording.example, *choices], tab.outputs, **QUIET)
    connect_upload(tab, recording.video_upload, tab.show_video, choices)
    connect_upload(tab, recording.gaze_upload, tab.show_gaze, choices)
