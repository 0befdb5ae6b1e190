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
from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.examples import EXAMPLES, examples, title_of
from pipelines.exports.csv import as_csv, comparison_as_csv
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import as_json, comparison_as_json
from pipelines.page.session import NothingChosen, Session, SessionStore, split_gaze
from pipelines.recognition.compare import compare, find_releases
from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition, recognise
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.recordings.recording import open_recording
from pipelines.views.comparison import agreement_html, disputed_html, references, scores_html, workflows_html
from pipelines.views.evidence import cost_html, evidence_html
from pipelines.views.format import count, count_clips
from pipelines.views.panels import GAZE_JS, JUMP_JS, gaze_of, header, status_html, zoo_html
from pipelines.views.style import page_css
from pipelines.views.timeline import LANES_SCRIPT, compared_lanes, lanes_of, lanes_template
from pipelines.views.workflow import latency_html, workflow_html
from zoo.labels import LABEL_SETS, label_set
from zoo.model_store import ModelStore, device
from zoo.releases import embedded_releases, find_release
from zoo.variants import VARIANTS

VIDEO_TYPES = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ogv"]
GAZE_TYPES = [".csv", ".zip", ".txt", ".tsv"]
UPDATE_S = 0.25  # the page is redrawn at most this often while clips come in
KEPT_S = 6 * 3600  # whatever happens, a file of a visitor is deleted after this long

RECOGNISE, COMPARE = "Workflow", "Comparison"  # the two tabs, by what they lead to
COMPARED_VIEWS = 12  # components that `compared_views` draws
PRETTY = {"indent": 2, "ensure_ascii": False}
OURS = "This is a mistake of ours, not yours; the server’s log says more."

store = ModelStore()


# What one visitor has on the page ---------------------------------------------------------------


sessions = SessionStore()


def session_of(request: gr.Request) -> Session:
    """The desk of the visitor who asks."""
    return sessions.at(request.session_hash)


def leave(request: gr.Request) -> None:
    """A page was closed, or is being loaded again."""
    sessions.leave(request.session_hash)


@contextmanager
def show_user_errors(session: Session) -> Iterator[None]:
    """Show a UserError as the sentence it is; anything else is our mistake and stays one."""
    try:
        yield
    except UserError as error:
        session.refusal = str(error)
        raise gr.Error(escape(session.refusal, quote=False), print_exception=False) from error


# What the controls do ---------------------------------------------------------------------------


def answer_views(session: Session, status: str, labels: str, growing: Recognition | None = None) -> tuple:
    """Values of the answer's components, in the order in which `recognise_tab` lists them."""
    answer = growing or session.answer
    files = (gr.update(value=None, interactive=False),) * 2
    if answer and not session.running:
        files = tuple(gr.update(value=path, interactive=True) for path in write_downloads(session))
    return (
        status,
        workflow_html(answer),
        latency_html(answer),
        lanes_of(session.recording, answer, session.truth),
        *files,
        gr.update(interactive=can_start(session, labels)),
        gr.update(interactive=session.running),
    )


def can_start(session: Session, labels: str) -> bool:
    """Whether Recognise has something to do."""
    return session.recording is not None and not session.running and bool(encodings_for(labels))


def write_downloads(session: Session) -> tuple[str, ...]:
    """The answer as JSON and CSV."""
    return write_files(
        session, {".json": json.dumps(as_json(session.answer), **PRETTY), ".csv": as_csv(session.answer)}
    )


def write_files(session: Session, texts: dict[str, str]) -> tuple[str, ...]:
    """Texts by the end of their names, as files that the page may serve."""
    return session.write(texts, Path(demo.GRADIO_CACHE))


def encodings_for(labels: str, model: str | None = None) -> list[tuple[str, str]]:
    """The encodings that a model, or any, answers for a label set in the embedded tier."""
    asked = [each for each in embedded_releases() if each.labels.key == labels]
    held = {name for each in asked if model in (None, each.variant.key) for name in each.encodings}
    return [(f"{each.name}: {each.title}", each.name) for each in ENCODINGS if each.name in held]


def encoding_update(labels: str, session: Session, used: Encoding | None = None, model: str | None = None):
    """The encodings to choose from; unless one was used already, gaze is painted where there is some."""
    choices = encodings_for(labels, model)
    names = [name for _, name in choices]
    blind = session.recording is not None and session.recording.gaze is None
    wanted = used.name if used else "V" if blind else "VG"
    chosen = wanted if wanted in names else next(iter(names), None)
    info = SHOWN if names else f"No release for {label_set(labels).title} is on this machine yet."
    return gr.update(choices=choices, value=chosen, info=info)


def page_views(session: Session, status: str, labels: str) -> tuple:
    """Values of all that depends on the recording, in the order in which `recognise_tab` lists it."""
    views = answer_views(session, status_html(status), labels)
    encodings = encoding_update(labels, session, session.answer and session.answer.encoding, session.model)
    return (*recording_views(session, RECOGNISE), labels, encodings, *views)


def recording_views(session: Session, tab: str) -> tuple:
    """Values of a tab's example, video and note on gaze."""
    session.shown[tab] = session.recording
    title = title_of(session.example) if session.example else session.recording and session.recording.name
    video = gr.update(value=str(session.recording.path), label=title) if session.recording else None
    return session.example, video, gaze_of(session.recording)


def open_page(ticket: str, request: gr.Request) -> tuple:
    """What a visitor sees first: what they left a moment ago, or a finished example."""
    session = sessions.come_back(request.session_hash, ticket)
    session.shown.clear()
    session.model = None  # a page that is loaded anew has its first model chosen
    if session.recording is None or session.example:
        session.choose_example(session.example)
        return (session.ticket, *draw_recognise(session))
    return (session.ticket, *draw_recognise(session, LABEL_SETS[0].key, "As you left it. "))


def draw_recognise(session: Session, labels: str = LABEL_SETS[0].key, before: str = "") -> tuple:
    """The Recognise tab as the desk is."""
    labels = session.answer.release.labels.key if session.answer else labels
    if session.recording is None:
        status = "No recording yet: choose a video, and then its gaze if you have it."
    elif session.answer and session.example:
        status = f"A finished example: {count_clips(session.answer.total)}. Recognise runs it again."
    else:
        status = f"{before}{what_stands(session)}" if session.answer else ready_words(session, labels)
    return page_views(session, status, labels)


def read_upload(session: Session, video: str | None, gaze: list[str] | None) -> None:
    """Open what was uploaded; what was on the desk stays if it cannot be read."""
    session.refusal = OURS
    session.uploads |= {Path(path) for path in ([video] if video else []) + (gaze or [])}
    with show_user_errors(session):
        if video is None:
            raise NothingChosen("Choose your video first, then its gaze.")
        recording = open_recording(video, *split_gaze(gaze or []))
    session.choose(recording)


def ready_words(session: Session, labels: str) -> str:
    """What can be done with a recording that was just opened."""
    to_do = "Press Recognise." if encodings_for(labels) else "Choose labels that have a release."
    return f"{session.recording.name}: {count_clips(session.recording.windows)} to name. {to_do}"


def wait(request: gr.Request) -> tuple:
    """Until it is this visitor's turn."""
    session_of(request).running = True
    status = status_html("Waiting for the models …", 0, "running")
    return status, gr.update(interactive=False), gr.update(interactive=True)


def run(model: str, labels: str, encoding: str | None, request: gr.Request) -> Iterator[tuple]:
    """Recognise what is on the desk, drawing clips as they are named."""
    session = session_of(request)
    recording, pace = session.recording, Pace()
    try:
        yield answer_views(session, status_html("Loading the model …", 0, "running"), labels)
        if recording is None:
            raise NothingChosen("Choose a recording first: a video, and its gaze if you have it.")
        release = find_release(model, labels, encoding or "V")
        with closing(recognise(recording, release, encoding_of(encoding), store)) as answers:
            for answer in answers:
                if session.recording is not recording:
                    return  # another one was chosen meanwhile
                session.answer = answer if answer.clips else session.answer
                if pace.due(len(answer.clips), answer.finished):
                    words = pace.words(len(answer.clips), answer.total)
                    yield answer_views(session, words, labels, answer)
        session.running = False
        yield answer_views(session, status_html(f"Done: {count_clips(answer.total)} named."), labels)
    except Exception as error:
        session.running = False
        yield answer_views(session, status_html(failed_words(session, error), state="failed"), labels)
        with show_user_errors(session):
            raise
    finally:
        session.running = False


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


def failed_words(session: Session, error: Exception) -> str:
    """Why a run stopped, and what stands."""
    return f"Stopped. {error if isinstance(error, UserError) else OURS} {what_stands(session)}"


def what_stands(session: Session) -> str:
    """What a run that did not end leaves on the page."""
    if session.answer is None:
        return "Nothing was named."
    named = len(session.answer.clips)
    if session.answer.finished:
        return f"The result of all {count_clips(named)} stands."
    return f"The first {count_clips(named)} stand{'s' * (named == 1)}."


def stop(labels: str, request: gr.Request) -> tuple:
    """After Cancel: what was named stands."""
    session = session_of(request)
    session.running = False
    return answer_views(session, status_html(f"Cancelled. {what_stands(session)}"), labels)


def refuser(title: str) -> Callable[[gr.Request], tuple]:
    """After an upload that cannot be read: an empty control, and the sentence for as long as it is needed."""

    def refused(request: gr.Request) -> tuple:
        words = f"{session_of(request).refusal} What was here stays."
        return None, status_html(words, state="failed", title=title)

    return refused


# What the controls of Compare do -----------------------------------------------------------------


def draw_compare(session: Session, labels: str = LABEL_SETS[0].key, before: str = "") -> tuple:
    """Values of all that depends on the recording, in the order in which `compare_tab` lists it."""
    comparison = session.comparison
    labels = comparison.labels.key if comparison else labels
    encodings = encoding_update(labels, session, comparison and comparison.encoding)
    if session.recording is None:
        status = "No recording yet: choose a video, and then its gaze if you have it."
    elif comparison:
        status = (
            f"{'A finished example' if session.example else 'As you left it'}: {compared_words(comparison)}"
        )
    else:
        status = f"{session.recording.name}: {count_clips(session.recording.windows)} to name. Press Compare."
    views = compared_views(session, compare_status(session, status))
    return (*recording_views(session, COMPARE), labels, encodings, variants_update(labels), *views)


def compare_status(session: Session, words: str, state: str = "") -> str:
    """The line on what is going on, and a sentence for each model that cannot answer."""
    failed = failures(session.comparison) if session.comparison else []
    if session.comparison and session.truth and not session.report().truth:
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


def compared_views(session: Session, status: str, against: str | None = None, chance: bool = False) -> tuple:
    """Values of the comparison's components, in the order in which `compare_tab` lists them."""
    buttons = (gr.update(interactive=can_compare(session)), gr.update(interactive=session.comparing))
    comparison = session.comparison
    if comparison is None:
        lanes = lanes_of(session.recording, None, session.truth)
        nothing = gr.update(choices=[], value=None, interactive=False)
        return (status, "", lanes, gr.skip(), nothing, "", "", *no_files(3), *buttons)
    report = session.report()
    worth, lanes = disputed_html(comparison, report), compared_lanes(comparison, report, chance)
    if session.comparing:
        return (status, worth, lanes, *(gr.skip(),) * 4, *no_files(3), *buttons)
    choices = references(comparison, report)
    keys = [key for _, key in choices]
    against = against if against in keys else next(iter(keys), None)
    rest = scores_html(report) + agreement_html(comparison, report)
    rest += cost_html(comparison) + evidence_html(comparison, report)
    return (
        status,
        worth,
        lanes,
        gr.update(interactive=bool(report.chance), value=chance, info=chance_words(report)),
        gr.update(choices=choices, value=against, interactive=bool(choices)),
        workflows_html(comparison, report, against),
        rest,
        *(gr.update(value=path, interactive=True) for path in write_compared(session, report)),
        *buttons,
    )


def no_files(number: int) -> tuple:
    """Download buttons with nothing to give yet."""
    return (gr.update(value=None, interactive=False),) * number


def can_compare(session: Session) -> bool:
    """Whether Compare has something to do."""
    return session.recording is not None and not session.comparing


def write_compared(session: Session, report: ComparisonReport) -> tuple[str, ...]:
    """The comparison as JSON, CSV and a report."""
    comparison = session.comparison
    texts = {
        "-compared.json": json.dumps(comparison_as_json(comparison, report), **PRETTY),
        "-compared.csv": comparison_as_csv(comparison, report),
        "-compared.html": comparison_as_html(comparison, report),
    }
    return write_files(session, texts)


def variants_update(labels: str):
    """The eight variants; those without a release can be asked, and then say so."""
    held = {each.variant for each in embedded_releases() if each.labels.key == labels}
    choices = [
        (each.title if each in held else f"{each.title} (no release yet)", each.key) for each in VARIANTS
    ]
    return gr.update(choices=choices, value=[each.key for each in VARIANTS if each in held])


def relabel_compare(labels: str, request: gr.Request) -> tuple:
    """Offer what another label set has releases for."""
    return encoding_update(labels, session_of(request)), variants_update(labels)


def read_truth(file: str | None, labels: str, request: gr.Request) -> tuple:
    """Put true labels on the desk, or take them away; the answers stay."""
    session = session_of(request)
    session.refusal = OURS
    session.uploads |= {Path(file)} if file else set()
    with show_user_errors(session):
        if file and session.recording is None:
            raise NothingChosen("Choose your video first, then its true labels.")
        chosen = session.comparison.labels if session.comparison else label_set(labels)
        session.truth = read_labels(Path(file), session.recording.name, chosen) if file else ()
    words = f"{len(session.truth)} labelled stretches read." if file else "No true labels."
    return compared_views(session, compare_status(session, words))


def wait_compare(request: gr.Request) -> tuple:
    """Until it is this visitor's turn."""
    session_of(request).comparing = True
    status = status_html("Waiting for the models …", 0, "running", "Comparison")
    return status, gr.update(interactive=False), gr.update(interactive=True)


def run_compare(
    keys: list[str], labels: str, encoding: str | None, chance: bool, request: gr.Request
) -> Iterator[tuple]:
    """Let several models name what is on the desk, drawing clips as they are named."""
    session = session_of(request)
    recording, pace = session.recording, Pace()
    try:
        if recording is None or not keys:
            raise NothingChosen("Choose a recording and at least one model first.")
        asked = encoding_of(encoding or "V")
        with closing(compare(recording, find_releases(keys, labels, asked), asked, store)) as states:
            for state in states:
                if session.recording is not recording:
                    return  # another one was chosen meanwhile
                if state.loading:
                    yield loading_views(state)
                    continue
                session.comparison = state
                if pace.due(state.named, state.finished):
                    words = pace.words(state.named, state.to_name, "answers", "Comparison")
                    yield compared_views(session, words, chance=chance)
        session.comparing = False
        state_of = "failed" if not state.answered else ""
        done = compare_status(session, f"Done: {compared_words(state)}", state_of)
        yield compared_views(session, done, chance=chance)
    except Exception as error:
        session.comparing = False
        words = f"Stopped. {error if isinstance(error, UserError) else OURS} {compared_so_far(session)}"
        yield compared_views(session, compare_status(session, words, "failed"), chance=chance)
        with show_user_errors(session):
            raise
    finally:
        session.comparing = False


def loading_views(state: Comparison) -> tuple:
    """While a model is loaded, what was there stays."""
    words = f"Loading {state.loading} …"
    return (status_html(words, 0, "running", "Comparison"), *(gr.skip(),) * (COMPARED_VIEWS - 1))


def compared_so_far(session: Session) -> str:
    """What a comparison that did not end leaves on the page."""
    if session.comparison is None:
        return "Nothing was named."
    named = session.comparison.named
    return f"The {count(named, 'answer')} so far stand{'s' * (named == 1)}."


def stop_compare(against: str | None, chance: bool, request: gr.Request) -> tuple:
    """After Cancel: what was named stands."""
    session = session_of(request)
    session.comparing = False
    words = f"Cancelled. {compared_so_far(session)}"
    return compared_views(session, compare_status(session, words), against, chance)


def realign(against: str | None, request: gr.Request) -> str:
    """The workflows against another one."""
    session = session_of(request)
    return workflows_html(session.comparison, session.report(), against) if session.comparison else ""


def relane(chance: bool, request: gr.Request):
    """The lanes with or without the random draw."""
    session = session_of(request)
    return compared_lanes(session.comparison, session.report(), chance) if session.comparison else gr.skip()


def chance_words(report: ComparisonReport) -> str:
    """Where the random draw has its frequencies from, or why there is none."""
    source = report.chance_source
    return f"labels {source}" if report.chance else source


def header_with_device() -> str:
    """The header, once the model libraries know what they run on."""
    name = {"cpu": "processor", "cuda": "GPU"}.get(device().type, device().type)
    return header(f", on this machine’s {name} ({device().type.upper()})")


def zoo_table() -> str:
    """The catalogue as it is now."""
    return zoo_html(catalogue(store))


def seek(event: gr.EventData):
    """Move the video to a clip."""
    return gr.update(playback_position=event.at_s)


def warm_up() -> None:
    """Load the embedded models before anyone asks; a release that fails says so when it is used."""
    for release in embedded_releases():
        with suppress(UserError):
            store.load(release)


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
    session = session_of(request)
    session.model = model
    encodings = encoding_update(labels, session, model=model)
    return encodings, gr.update(interactive=can_start(session, labels))


def refresher(tab: str, draw: Callable[..., tuple], views: int) -> Callable:
    """Draw a tab that is opened, if another recording was put on the desk since it was drawn last."""

    def refresh(labels: str, request: gr.Request) -> tuple:
        session = session_of(request)
        drawn = tab in session.shown and session.shown[tab] is session.recording
        return (gr.skip(),) * views if drawn else draw(session, labels)

    return refresh


def connect_recording(example, files, labels, page, status, tab: str, draw: Callable[..., tuple]) -> None:
    """Another example, or the visitor's own files: a video, then its gaze.  draw gives the page's values."""
    own, gaze = files
    nothing = gr.State(None)

    def show_example(name: str | None, request: gr.Request) -> tuple:
        session = session_of(request)
        session.choose_example(name)
        return draw(session)

    def show_upload(video: str | None, gaze: list[str] | None, labels: str, request: gr.Request) -> tuple:
        session = session_of(request)
        read_upload(session, video, gaze)
        return draw(session, labels)

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
