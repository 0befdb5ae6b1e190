"""The page: a recording and its gaze in, lanes and a workflow out, clip by clip."""

import os

import zoo  # noqa: F401  (opens the floor `encodings`, see there)

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from html import escape
from pathlib import Path

import gradio as gr

from encodings.errors import UserError
from encodings.names import ENCODINGS, Encoding
from encodings.names import encoding as encoding_of
from pipelines.catalogue import catalogue
from pipelines.compare import compare, find_releases
from pipelines.comparison import Comparison
from pipelines.desk import Desk, Desks, NothingChosen, split_gaze
from pipelines.examples import EXAMPLES, examples, title_of
from pipelines.export.compared import agreement_html, disputed_html, references, scores_html, workflows_html
from pipelines.export.evidence import cost_html, evidence_html
from pipelines.export.lanes import LANES_SCRIPT, compared_lanes, lanes_of, lanes_template
from pipelines.export.page import GAZE_JS, JUMP_JS, gaze_of, header, status_html, zoo_html
from pipelines.export.steps import latency_html, workflow_html
from pipelines.export.style import page_css
from pipelines.export.to_csv import as_csv, comparison_as_csv
from pipelines.export.to_html import comparison_as_html
from pipelines.export.to_json import as_json, comparison_as_json
from pipelines.export.words import count, count_clips
from pipelines.findings import Findings
from pipelines.labels_file import read_labels
from pipelines.recognise import Recognition, recognise
from pipelines.recording import open_recording
from zoo.labels import LABEL_SETS, label_set
from zoo.releases import embedded_releases, find_release
from zoo.shelf import Shelf, device
from zoo.variants import VARIANTS

VIDEO_TYPES = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ogv"]
GAZE_TYPES = [".csv", ".zip", ".txt", ".tsv"]
UPDATE_S = 0.25  # the page is redrawn at most this often while clips come in
KEPT_S = 6 * 3600  # whatever happens, a file of a visitor is deleted after this long

RECOGNISE, COMPARE = "Workflow", "Comparison"  # the two tabs, by what they lead to
COMPARED_VIEWS = 12  # components that `compared_views` draws
PRETTY = {"indent": 2, "ensure_ascii": False}
OURS = "This is a mistake of ours, not yours; the server’s log says more."

shelf = Shelf()


# What one visitor has on the page ---------------------------------------------------------------


desks = Desks()


def desk_of(request: gr.Request) -> Desk:
    """The desk of the visitor who asks."""
    return desks.at(request.session_hash)


def leave(request: gr.Request) -> None:
    """A page was closed, or is being loaded again."""
    desks.leave(request.session_hash)


@contextmanager
def spoken(desk: Desk) -> Iterator[None]:
    """Show a UserError as the sentence it is; anything else is our mistake and stays one."""
    try:
        yield
    except UserError as error:
        desk.refusal = str(error)
        raise gr.Error(escape(desk.refusal, quote=False), print_exception=False) from error


# What the controls do ---------------------------------------------------------------------------


def answer_views(desk: Desk, status: str, labels: str, growing: Recognition | None = None) -> tuple:
    """Values of the answer's components, in the order in which `recognise_tab` lists them."""
    answer = growing or desk.answer
    files = (gr.update(value=None, interactive=False),) * 2
    if answer and not desk.running:
        files = tuple(gr.update(value=path, interactive=True) for path in write_downloads(desk))
    return (
        status,
        workflow_html(answer),
        latency_html(answer),
        lanes_of(desk.recording, answer, desk.truth),
        *files,
        gr.update(interactive=can_start(desk, labels)),
        gr.update(interactive=desk.running),
    )


def can_start(desk: Desk, labels: str) -> bool:
    """Whether Recognise has something to do."""
    return desk.recording is not None and not desk.running and bool(encodings_for(labels))


def write_downloads(desk: Desk) -> tuple[str, ...]:
    """The answer as JSON and CSV."""
    return write_files(
        desk, {".json": json.dumps(as_json(desk.answer), **PRETTY), ".csv": as_csv(desk.answer)}
    )


def write_files(desk: Desk, texts: dict[str, str]) -> tuple[str, ...]:
    """Texts by the end of their names, as files that the page may serve."""
    return desk.write(texts, Path(demo.GRADIO_CACHE))


def encodings_for(labels: str, model: str | None = None) -> list[tuple[str, str]]:
    """The encodings that a model, or any, answers for a label set in the embedded tier."""
    asked = [each for each in embedded_releases() if each.labels.key == labels]
    held = {name for each in asked if model in (None, each.variant.key) for name in each.encodings}
    return [(f"{each.name}: {each.title}", each.name) for each in ENCODINGS if each.name in held]


def encoding_update(labels: str, desk: Desk, used: Encoding | None = None, model: str | None = None):
    """The encodings to choose from; unless one was used already, gaze is painted where there is some."""
    choices = encodings_for(labels, model)
    names = [name for _, name in choices]
    blind = desk.recording is not None and desk.recording.gaze is None
    wanted = used.name if used else "V" if blind else "VG"
    chosen = wanted if wanted in names else next(iter(names), None)
    info = SHOWN if names else f"No release for {label_set(labels).title} is on this machine yet."
    return gr.update(choices=choices, value=chosen, info=info)


def page_views(desk: Desk, status: str, labels: str) -> tuple:
    """Values of all that depends on the recording, in the order in which `recognise_tab` lists it."""
    views = answer_views(desk, status_html(status), labels)
    encodings = encoding_update(labels, desk, desk.answer and desk.answer.encoding, desk.model)
    return (*recording_views(desk, RECOGNISE), labels, encodings, *views)


def recording_views(desk: Desk, tab: str) -> tuple:
    """Values of a tab's example, video and note on gaze."""
    desk.shown[tab] = desk.recording
    title = title_of(desk.example) if desk.example else desk.recording and desk.recording.name
    video = gr.update(value=str(desk.recording.path), label=title) if desk.recording else None
    return desk.example, video, gaze_of(desk.recording)


def open_page(ticket: str, request: gr.Request) -> tuple:
    """What a visitor sees first: what they left a moment ago, or a finished example."""
    desk = desks.come_back(request.session_hash, ticket)
    desk.shown.clear()
    desk.model = None  # a page that is loaded anew has its first model chosen
    if desk.recording is None or desk.example:
        desk.choose_example(desk.example)
        return (desk.ticket, *draw_recognise(desk))
    return (desk.ticket, *draw_recognise(desk, LABEL_SETS[0].key, "As you left it. "))


def draw_recognise(desk: Desk, labels: str = LABEL_SETS[0].key, before: str = "") -> tuple:
    """The Recognise tab as the desk is."""
    labels = desk.answer.release.labels.key if desk.answer else labels
    if desk.recording is None:
        status = "No recording yet: choose a video, and then its gaze if you have it."
    elif desk.answer and desk.example:
        status = f"A finished example: {count_clips(desk.answer.total)}. Recognise runs it again."
    else:
        status = f"{before}{what_stands(desk)}" if desk.answer else ready_words(desk, labels)
    return page_views(desk, status, labels)


def read_upload(desk: Desk, video: str | None, gaze: list[str] | None) -> None:
    """Open what was uploaded; what was on the desk stays if it cannot be read."""
    desk.refusal = OURS
    desk.uploads |= {Path(path) for path in ([video] if video else []) + (gaze or [])}
    with spoken(desk):
        if video is None:
            raise NothingChosen("Choose your video first, then its gaze.")
        recording = open_recording(video, *split_gaze(gaze or []))
    desk.choose(recording)


def ready_words(desk: Desk, labels: str) -> str:
    """What can be done with a recording that was just opened."""
    to_do = "Press Recognise." if encodings_for(labels) else "Choose labels that have a release."
    return f"{desk.recording.name}: {count_clips(desk.recording.windows)} to name. {to_do}"


def wait(request: gr.Request) -> tuple:
    """Until it is this visitor's turn."""
    desk_of(request).running = True
    status = status_html("Waiting for the models …", 0, "running")
    return status, gr.update(interactive=False), gr.update(interactive=True)


def run(model: str, labels: str, encoding: str | None, request: gr.Request) -> Iterator[tuple]:
    """Recognise what is on the desk, drawing clips as they are named."""
    desk = desk_of(request)
    recording, pace = desk.recording, Pace()
    try:
        yield answer_views(desk, status_html("Loading the model …", 0, "running"), labels)
        if recording is None:
            raise NothingChosen("Choose a recording first: a video, and its gaze if you have it.")
        release = find_release(model, labels, encoding or "V")
        with closing(recognise(recording, release, encoding_of(encoding), shelf)) as answers:
            for answer in answers:
                if desk.recording is not recording:
                    return  # another one was chosen meanwhile
                desk.answer = answer if answer.clips else desk.answer
                if pace.due(len(answer.clips), answer.finished):
                    words = pace.words(len(answer.clips), answer.total)
                    yield answer_views(desk, words, labels, answer)
        desk.running = False
        yield answer_views(desk, status_html(f"Done: {count_clips(answer.total)} named."), labels)
    except Exception as error:
        desk.running = False
        yield answer_views(desk, status_html(failed_words(desk, error), state="failed"), labels)
        with spoken(desk):
            raise
    finally:
        desk.running = False


class Pace:
    """Says when to draw a growing answer, and how far it is."""

    def __init__(self) -> None:
        self.started_s = self.drawn_s = time.monotonic()

    def due(self, done: int, finished: bool) -> bool:
        """The empty lanes, the first clip and the last are drawn, in between a few a second."""
        now_s = time.monotonic()
        if not done:
            self.started_s = now_s  # the models are loaded by now
        drawn = done < 2 or finished or now_s - self.drawn_s >= UPDATE_S
        self.drawn_s = now_s if drawn else self.drawn_s
        return drawn

    def words(self, done: int, total: int, what: str = "clips", title: str = "Workflow") -> str:
        """12 of 22 clips, about 4 s left."""
        each_s = (time.monotonic() - self.started_s) / max(1, done)
        left = f", about {each_s * (total - done):.0f} s left" if done else ""
        return status_html(f"{done} of {total} {what}{left}", done / max(1, total), "running", title)


def failed_words(desk: Desk, error: Exception) -> str:
    """Why a run stopped, and what stands."""
    return f"Stopped. {error if isinstance(error, UserError) else OURS} {what_stands(desk)}"


def what_stands(desk: Desk) -> str:
    """What a run that did not end leaves on the page."""
    if desk.answer is None:
        return "Nothing was named."
    named = len(desk.answer.clips)
    if desk.answer.finished:
        return f"The result of all {count_clips(named)} stands."
    return f"The first {count_clips(named)} stand{'s' * (named == 1)}."


def stop(labels: str, request: gr.Request) -> tuple:
    """After Cancel: what was named stands."""
    desk = desk_of(request)
    desk.running = False
    return answer_views(desk, status_html(f"Cancelled. {what_stands(desk)}"), labels)


def refuser(title: str) -> Callable[[gr.Request], tuple]:
    """After an upload that cannot be read: an empty control, and the sentence for as long as it is needed."""

    def refused(request: gr.Request) -> tuple:
        words = f"{desk_of(request).refusal} What was here stays."
        return None, status_html(words, state="failed", title=title)

    return refused


# What the controls of Compare do -----------------------------------------------------------------


def draw_compare(desk: Desk, labels: str = LABEL_SETS[0].key, before: str = "") -> tuple:
    """Values of all that depends on the recording, in the order in which `compare_tab` lists it."""
    comparison = desk.comparison
    labels = comparison.labels.key if comparison else labels
    encodings = encoding_update(labels, desk, comparison and comparison.encoding)
    if desk.recording is None:
        status = "No recording yet: choose a video, and then its gaze if you have it."
    elif comparison:
        status = f"{'A finished example' if desk.example else 'As you left it'}: {compared_words(comparison)}"
    else:
        status = f"{desk.recording.name}: {count_clips(desk.recording.windows)} to name. Press Compare."
    views = compared_views(desk, compare_status(desk, status))
    return (*recording_views(desk, COMPARE), labels, encodings, variants_update(labels), *views)


def compare_status(desk: Desk, words: str, state: str = "") -> str:
    """The line on what is going on, and a sentence for each model that cannot answer."""
    failed = failures(desk.comparison) if desk.comparison else []
    if desk.comparison and desk.truth and not desk.findings().truth:
        failed.append("The true labels are of another label set and are left out.")
    items = "".join(f"<li>{escape(each)}</li>" for each in failed)
    return status_html(words, state=state, title="Comparison") + f"<ul class='remarks'>{items}</ul>" * bool(
        items
    )


def failures(comparison: Comparison) -> list[str]:
    """Each reason for which models have no answer, after their names."""
    reasons: dict[str, list[str]] = {}
    for run in comparison.runs:
        if run.failed:
            reasons.setdefault(run.failed, []).append(run.variant.title)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def compared_words(comparison: Comparison) -> str:
    """7 of 8 models named 18 clips."""
    done = sum(run.named == comparison.total for run in comparison.runs)
    asked = len(comparison.runs)
    return f"{done} of {count(asked, 'model')} named {count_clips(comparison.total)}."


def compared_views(desk: Desk, status: str, against: str | None = None, chance: bool = False) -> tuple:
    """Values of the comparison's components, in the order in which `compare_tab` lists them."""
    buttons = (gr.update(interactive=can_compare(desk)), gr.update(interactive=desk.comparing))
    comparison = desk.comparison
    if comparison is None:
        lanes = lanes_of(desk.recording, None, desk.truth)
        nothing = gr.update(choices=[], value=None, interactive=False)
        return (status, "", lanes, gr.skip(), nothing, "", "", *no_files(3), *buttons)
    findings = desk.findings()
    worth, lanes = disputed_html(comparison, findings), compared_lanes(comparison, findings, chance)
    if desk.comparing:
        return (status, worth, lanes, *(gr.skip(),) * 4, *no_files(3), *buttons)
    choices = references(comparison, findings)
    keys = [key for _, key in choices]
    against = against if against in keys else next(iter(keys), None)
    rest = scores_html(findings) + agreement_html(comparison, findings)
    rest += cost_html(comparison) + evidence_html(comparison, findings)
    return (
        status,
        worth,
        lanes,
        gr.update(interactive=bool(findings.chance), value=chance, info=chance_words(findings)),
        gr.update(choices=choices, value=against, interactive=bool(choices)),
        workflows_html(comparison, findings, against),
        rest,
        *(gr.update(value=path, interactive=True) for path in write_compared(desk, findings)),
        *buttons,
    )


def no_files(number: int) -> tuple:
    """Download buttons with nothing to give yet."""
    return (gr.update(value=None, interactive=False),) * number


def can_compare(desk: Desk) -> bool:
    """Whether Compare has something to do."""
    return desk.recording is not None and not desk.comparing


def write_compared(desk: Desk, findings: Findings) -> tuple[str, ...]:
    """The comparison as JSON, CSV and a report."""
    comparison = desk.comparison
    texts = {
        "-compared.json": json.dumps(comparison_as_json(comparison, findings), **PRETTY),
        "-compared.csv": comparison_as_csv(comparison, findings),
        "-compared.html": comparison_as_html(comparison, findings),
    }
    return write_files(desk, texts)


def variants_update(labels: str):
    """The eight variants; those without a release can be asked, and then say so."""
    held = {each.variant for each in embedded_releases() if each.labels.key == labels}
    choices = [
        (each.title if each in held else f"{each.title} (no release yet)", each.key) for each in VARIANTS
    ]
    return gr.update(choices=choices, value=[each.key for each in VARIANTS if each in held])


def relabel_compare(labels: str, request: gr.Request) -> tuple:
    """Offer what another label set has releases for."""
    return encoding_update(labels, desk_of(request)), variants_update(labels)


def read_truth(file: str | None, labels: str, request: gr.Request) -> tuple:
    """Put true labels on the desk, or take them away; the answers stay."""
    desk = desk_of(request)
    desk.refusal = OURS
    desk.uploads |= {Path(file)} if file else set()
    with spoken(desk):
        if file and desk.recording is None:
            raise NothingChosen("Choose your video first, then its true labels.")
        chosen = desk.comparison.labels if desk.comparison else label_set(labels)
        desk.truth = read_labels(Path(file), desk.recording.name, chosen) if file else ()
    words = f"{len(desk.truth)} labelled stretches read." if file else "No true labels."
    return compared_views(desk, compare_status(desk, words))


def wait_compare(request: gr.Request) -> tuple:
    """Until it is this visitor's turn."""
    desk_of(request).comparing = True
    status = status_html("Waiting for the models …", 0, "running", "Comparison")
    return status, gr.update(interactive=False), gr.update(interactive=True)


def run_compare(
    keys: list[str], labels: str, encoding: str | None, chance: bool, request: gr.Request
) -> Iterator[tuple]:
    """Let several models name what is on the desk, drawing clips as they are named."""
    desk = desk_of(request)
    recording, pace = desk.recording, Pace()
    try:
        if recording is None or not keys:
            raise NothingChosen("Choose a recording and at least one model first.")
        asked = encoding_of(encoding or "V")
        with closing(compare(recording, find_releases(keys, labels, asked), asked, shelf)) as states:
            for state in states:
                if desk.recording is not recording:
                    return  # another one was chosen meanwhile
                if state.loading:
                    yield loading_views(state)
                    continue
                desk.comparison = state
                if pace.due(state.named, state.finished):
                    words = pace.words(state.named, state.to_name, "answers", "Comparison")
                    yield compared_views(desk, words, chance=chance)
        desk.comparing = False
        state_of = "failed" if not state.answered else ""
        done = compare_status(desk, f"Done: {compared_words(state)}", state_of)
        yield compared_views(desk, done, chance=chance)
    except Exception as error:
        desk.comparing = False
        words = f"Stopped. {error if isinstance(error, UserError) else OURS} {compared_so_far(desk)}"
        yield compared_views(desk, compare_status(desk, words, "failed"), chance=chance)
        with spoken(desk):
            raise
    finally:
        desk.comparing = False


def loading_views(state: Comparison) -> tuple:
    """While a model is loaded, what was there stays."""
    words = f"Loading {state.loading} …"
    return (status_html(words, 0, "running", "Comparison"), *(gr.skip(),) * (COMPARED_VIEWS - 1))


def compared_so_far(desk: Desk) -> str:
    """What a comparison that did not end leaves on the page."""
    if desk.comparison is None:
        return "Nothing was named."
    named = desk.comparison.named
    return f"The {count(named, 'answer')} so far stand{'s' * (named == 1)}."


def stop_compare(against: str | None, chance: bool, request: gr.Request) -> tuple:
    """After Cancel: what was named stands."""
    desk = desk_of(request)
    desk.comparing = False
    words = f"Cancelled. {compared_so_far(desk)}"
    return compared_views(desk, compare_status(desk, words), against, chance)


def realign(against: str | None, request: gr.Request) -> str:
    """The workflows against another one."""
    desk = desk_of(request)
    return workflows_html(desk.comparison, desk.findings(), against) if desk.comparison else ""


def relane(chance: bool, request: gr.Request):
    """The lanes with or without the random draw."""
    desk = desk_of(request)
    return compared_lanes(desk.comparison, desk.findings(), chance) if desk.comparison else gr.skip()


def chance_words(findings: Findings) -> str:
    """Where the random draw has its frequencies from, or why there is none."""
    source = findings.chance_source
    return f"labels {source}" if findings.chance else source


def header_with_device() -> str:
    """The header, once the model libraries know what they run on."""
    name = {"cpu": "processor", "cuda": "GPU"}.get(device().type, device().type)
    return header(f", on this machine’s {name} ({device().type.upper()})")


def zoo_table() -> str:
    """The catalogue as it is now."""
    return zoo_html(catalogue(shelf))


def seek(event: gr.EventData):
    """Move the video to a clip."""
    return gr.update(playback_position=event.at_s)


def warm_up() -> None:
    """Load the embedded models before anyone asks; a release that fails says so when it is used."""
    for release in embedded_releases():
        with suppress(UserError):
            shelf.load(release)


# Looks ------------------------------------------------------------------------------------------

FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Quiet surfaces, one accent, and only fonts the visitor's machine has."""
    sizes = gr.themes.sizes
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        spacing_size=sizes.spacing_sm,
        radius_size=sizes.radius_sm,
        font=FONT,
        font_mono=MONO,
    ).set(
        body_background_fill="#f6f7f9",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        block_label_text_color="*neutral_600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
    )


# The page ---------------------------------------------------------------------------------------

PLAIN = {"filterable": False, "interactive": True, "min_width": 120}
SHOWN = "what the model is shown"
QUIET = {"show_progress": "hidden", "api_visibility": "private"}


def recognise_tab(whole: gr.Blocks, tab: gr.Tab) -> None:
    """One recording, one model: what is on the page, and what happens when it is touched."""
    with gr.Row():
        with gr.Column(min_width=320):
            example, video, gaze_note, files = recording_controls()
            settings = setting_controls()
            with gr.Row():
                go = gr.Button("Recognise", variant="primary", interactive=False, scale=3)
                cancel = gr.Button("Cancel", interactive=False, scale=1, min_width=100)
        with gr.Column(min_width=320):
            status, workflow, latency = gr.HTML(), gr.HTML(), gr.HTML()
            downloads = download_buttons("JSON", "CSV")
    lanes = lanes_control()
    model, labels, encoding = settings
    answer = [status, workflow, latency, lanes, *downloads, go, cancel]
    page = [example, video, gaze_note, labels, encoding, *answer]
    connect_recording(example, files, labels, page, status, RECOGNISE, draw_recognise)
    tab.select(refresher(RECOGNISE, draw_recognise, len(page)), labels, page, queue=False, **QUIET)
    connect_run(go, cancel, (wait, run, stop), settings, labels, answer)
    for control in (model, labels):
        control.input(relabel, [model, labels], [encoding, go], queue=False, **QUIET)
    lanes.select(seek, None, video, queue=False, trigger_mode="multiple", **QUIET)
    ticket = gr.BrowserState("", storage_key="benchscribe")
    whole.load(open_page, ticket, [ticket, *page], queue=False, **QUIET)


def compare_tab(tab: gr.Tab) -> None:
    """One recording, several models: what is on the page, and what happens when it is touched."""
    with gr.Row():
        with gr.Column(min_width=320):
            example, video, gaze_note, (own, gaze) = recording_controls("compare-")
            truth = gr.File(
                label="True labels, if you have them", file_types=[".csv"], **drop("compare-truth")
            )
            settings = comparing_controls()
            with gr.Row():
                go = gr.Button("Compare", variant="primary", interactive=False, scale=3)
                cancel = gr.Button("Cancel", interactive=False, scale=1, min_width=100)
        with gr.Column(min_width=320):
            status = gr.HTML()
            worth = gr.HTML(html_template="${value}", js_on_load=JUMP_JS)
            files = download_buttons("JSON", "CSV", "Report")
    lanes = lanes_control("compared")
    chance = gr.Checkbox(label="Also a random draw", interactive=False)
    gr.HTML("<h2 class='title'>Workflows side by side</h2>")
    against = gr.Dropdown([], label="Aligned with", elem_id="against", **PLAIN)
    workflows, rest = gr.HTML(), gr.HTML()

    body = [status, worth, lanes, chance, against, workflows, rest, *files, go, cancel]
    page = [example, video, gaze_note, *settings, *body]
    labels, encoding, variants = settings
    connect_recording(example, (own, gaze), labels, page, status, COMPARE, draw_compare)
    connect_truth(truth, own, labels, body)
    acts = (wait_compare, run_compare, stop_compare)
    connect_run(go, cancel, acts, [variants, labels, encoding, chance], [against, chance], body)
    tab.select(refresher(COMPARE, draw_compare, len(page)), labels, page, queue=False, **QUIET)
    labels.input(relabel_compare, labels, [encoding, variants], queue=False, **QUIET)
    against.input(realign, against, workflows, queue=False, **QUIET)
    chance.input(relane, chance, lanes, queue=False, **QUIET)
    for place in (lanes, worth):
        place.select(seek, None, video, queue=False, trigger_mode="multiple", **QUIET)


def zoo_tab(tab: gr.Tab) -> None:
    """Every variant, where its weights come from, and how good it is; read anew whenever it is opened."""
    table = gr.HTML(padding=False)
    tab.select(zoo_table, None, table, queue=False, **QUIET)


def recording_controls(prefix: str = "") -> tuple:
    """The video, what is known of its gaze, and the ways to another one."""
    named = examples()
    example = gr.Radio(named, label="Worked examples", visible=len(named) > 1)
    video = gr.Video(
        elem_id=f"{prefix}recording", label="Recording", interactive=False, height=300, buttons=[]
    )
    gaze_note = gr.HTML(gaze_of(None), html_template="${value.note}", js_on_load=GAZE_JS)
    with gr.Row():
        own = gr.File(label="Your video", file_types=VIDEO_TYPES, **drop(f"{prefix}video-file"))
        gaze = gr.File(
            label="Its gaze, if you have it",
            file_types=GAZE_TYPES,
            file_count="multiple",
            **drop(f"{prefix}gaze-files"),
        )
    return example, video, gaze_note, (own, gaze)


def drop(name: str) -> dict:
    """How a place to drop files on looks."""
    return {"elem_id": name, "height": 84, "elem_classes": "drop", "min_width": 200}


def lanes_control(*classes: str) -> gr.HTML:
    """Lanes over time, empty."""
    return gr.HTML(
        lanes_of(None, None),
        html_template=lanes_template(),
        js_on_load=LANES_SCRIPT,
        apply_default_css=False,
        elem_classes=list(classes),
    )


def download_buttons(*kinds: str) -> list[gr.DownloadButton]:
    """A button a format, with nothing to give yet."""
    look = {"size": "sm", "interactive": False, "scale": 0, "min_width": 100}
    with gr.Row():
        return [gr.DownloadButton(kind, **look) for kind in kinds]


def comparing_controls() -> tuple:
    """What may be answered, what the models are shown, and which of them are asked."""
    labels = [(each.title, each.key) for each in LABEL_SETS]
    with gr.Row():
        chosen = gr.Dropdown(
            labels, value=labels[0][1], label="Labels", info="what may be answered", scale=3, **PLAIN
        )
        shown = "what the models are shown, where they were trained on it"
        encoding = gr.Dropdown(encodings_for(labels[0][1]), label="Encoding", info=shown, scale=3, **PLAIN)
    models = [(each.title, each.key) for each in VARIANTS]
    return chosen, encoding, gr.CheckboxGroup(models, label="Models", elem_id="models", interactive=True)


def setting_controls() -> tuple:
    """Who answers, with which labels, shown what."""
    labels = [
        (each.title if encodings_for(each.key) else f"{each.title} (no release yet)", each.key)
        for each in LABEL_SETS
    ]
    with gr.Row():
        held = {each.variant for each in embedded_releases()}
        models = [(each.title, each.key) for each in VARIANTS if each in held]
        return (
            gr.Dropdown(models, value=models[0][1], label="Model", info="who answers", scale=6, **PLAIN),
            gr.Dropdown(labels, value=labels[0][1], label="Labels", info="what it may say", scale=5, **PLAIN),
            gr.Dropdown(encodings_for(labels[0][1]), label="Encoding", info=SHOWN, scale=6, **PLAIN),
        )


def relabel(model: str, labels: str, request: gr.Request) -> tuple:
    """Offer what another model or label set has releases for."""
    desk = desk_of(request)
    desk.model = model
    encodings = encoding_update(labels, desk, model=model)
    return encodings, gr.update(interactive=can_start(desk, labels))


def refresher(tab: str, draw: Callable[..., tuple], views: int) -> Callable:
    """Draw a tab that is opened, if another recording was put on the desk since it was drawn last."""

    def refresh(labels: str, request: gr.Request) -> tuple:
        desk = desk_of(request)
        drawn = tab in desk.shown and desk.shown[tab] is desk.recording
        return (gr.skip(),) * views if drawn else draw(desk, labels)

    return refresh


def connect_recording(example, files, labels, page, status, tab: str, draw: Callable[..., tuple]) -> None:
    """Another example, or the visitor's own files: a video, then its gaze.  draw gives the page's values."""
    own, gaze = files
    nothing = gr.State(None)

    def show_example(name: str | None, request: gr.Request) -> tuple:
        desk = desk_of(request)
        desk.choose_example(name)
        return draw(desk)

    def show_upload(video: str | None, gaze: list[str] | None, labels: str, request: gr.Request) -> tuple:
        desk = desk_of(request)
        read_upload(desk, video, gaze)
        return draw(desk, labels)

    for event in (example.input, own.clear):
        event(show_example, example, page, **QUIET)
        event(lambda: (None, None), None, [own, gaze], queue=False, **QUIET)
    for event, inputs in (
        (own.upload, [own, nothing, labels]),
        *((event, [own, gaze, labels]) for event in (gaze.upload, gaze.delete, gaze.clear)),
    ):
        reading = status_html("Reading …", state="running", title=tab)
        event(lambda words=reading: words, None, status, queue=False, **QUIET)
        read = event(show_upload, inputs, page, **QUIET)
        control = own if inputs[1] is nothing else gaze
        read.failure(refuser(tab), None, [control, status], queue=False, **QUIET)
        if control is own:
            read.success(lambda: None, None, gaze, queue=False, **QUIET)


def connect_truth(truth, own, labels, body) -> None:
    """True labels, which go when another video comes."""
    read = truth.upload(read_truth, [truth, labels], body, **QUIET)
    read.failure(refuser(COMPARE), None, [truth, body[0]], queue=False, **QUIET)
    truth.clear(read_truth, [truth, labels], body, **QUIET)
    own.upload(lambda: None, None, truth, queue=False, **QUIET)


def connect_run(go, cancel, acts, settings, view, body) -> None:
    """A run and its Cancel; acts wait, run and stop.  One recording at a time has the models."""
    waiting, runs, stops = acts
    asked = go.click(waiting, None, [body[0], *body[-2:]], queue=False, **QUIET)
    running = asked.then(runs, settings, body, concurrency_id="models", concurrency_limit=1, **QUIET)
    # Only once the run has ended is it said: what it had drawn last would come after.
    cancel.click(None, cancels=[running], **QUIET).then(stops, view, body, queue=False, **QUIET)


def build() -> gr.Blocks:
    """The whole page, tab by tab."""
    with gr.Blocks(title="BenchScribe", delete_cache=(KEPT_S // 6, KEPT_S)) as page:
        top = gr.HTML(header())
        with gr.Tab("Recognise") as recognising:
            recognise_tab(page, recognising)
        with gr.Tab("Compare") as comparing:
            compare_tab(comparing)
        with gr.Tab("Zoo") as zoo:
            zoo_tab(zoo)
        page.load(header_with_device, None, top, queue=False, **QUIET)
        page.unload(leave)
    return page.queue(max_size=32)


gr.set_static_paths([EXAMPLES])
demo = build()


def has_screen() -> bool:
    """Whether somebody sits before this machine who would see a browser open."""
    return sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def main() -> None:
    """Serve the page, then load the models behind it."""
    _, address, _ = demo.launch(
        theme=theme(),
        css=page_css(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        max_file_size="4gb",
        quiet=True,
        inbrowser=has_screen(),
        prevent_thread_lock=True,
    )
    print(f"BenchScribe is open at {address}", flush=True)
    threading.Thread(target=warm_up, daemon=True).start()
    demo.block_thread()


if __name__ == "__main__":
    main()
