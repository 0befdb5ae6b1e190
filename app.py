"""The page: a recording and its gaze in, lanes and a workflow out, clip by clip."""

import os

import zoo  # noqa: F401  (opens the floor `encodings`, see there)

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import csv
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from secrets import token_urlsafe
from shutil import rmtree

import gradio as gr
import numpy as np

from encodings.errors import UserError
from encodings.names import ENCODINGS
from encodings.names import encoding as encoding_of
from pipelines.catalogue import Entry, catalogue
from pipelines.check_gaze import gaze_sentence
from pipelines.colours import COLOURS, css_class, stylesheet
from pipelines.export.to_csv import as_csv
from pipelines.export.to_json import as_json
from pipelines.gaze import join_gaze
from pipelines.recognise import STAGES, NamedClip, Recognition, recognise
from pipelines.recording import Recording, open_recording
from pipelines.workflow import Step, Workflow
from zoo.answers import ClipPrediction
from zoo.hub import describe
from zoo.labels import LABEL_SETS, LabelSet, label_set, parse_label
from zoo.releases import Release, embedded_releases, find_release, measured_f1
from zoo.shelf import Shelf, device
from zoo.variants import VARIANTS, variant
from zoo.weights import Weights

EXAMPLES = Path(os.environ.get("BENCHSCRIBE_EXAMPLES", Path(__file__).parent / "examples"))
VIDEO_TYPES = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ogv"]
GAZE_TYPES = [".csv", ".zip", ".txt", ".tsv"]
UPDATE_S = 0.25  # the page is redrawn at most this often while clips come in
TICKS, CLIPS_A_TICK = 12, 4  # marks on the time axis: this many, or more where the lanes scroll
DOTS = 4  # of a score
RING_HZ = 10  # places of the gaze a second, on the video
LEFT_S = 60  # after closing the page its uploads and downloads are deleted; until then a reload finds them
KEPT_S = 6 * 3600  # whatever happens, a file of a visitor is deleted after this long

OURS = "This is a mistake of ours, not yours; the server’s log says more."

shelf = Shelf()


# What one visitor has on the page ---------------------------------------------------------------


class NothingChosen(UserError):
    """A run without a recording."""


@dataclass(eq=False)
class Desk:
    """One visitor's recording, the answer so far, and the files that go when they do."""

    recording: Recording | None = None
    example: str | None = None  # where the recording is from, if it was not uploaded
    answer: Recognition | None = None
    truth: tuple[Step, ...] = ()
    running: bool = False
    refusal: str = ""  # the sentence with which the last upload was refused
    uploads: set[Path] = field(default_factory=set)
    downloads: Path | None = None
    ticket: str = field(default_factory=token_urlsafe)  # brings a visitor back to it after a reload
    left: bool = False

    def choose(
        self,
        recording: Recording | None,
        example: str | None = None,
        answer: Recognition | None = None,
        truth=(),
    ) -> None:
        """Put a recording on the desk in place of what was there."""
        self.recording, self.example, self.answer, self.truth = recording, example, answer, tuple(truth)


_desks: dict[str, Desk] = {}  # by session


def desk_of(request: gr.Request) -> Desk:
    """The desk of the visitor who asks, and nobody else's."""
    desk = _desks.setdefault(request.session_hash, Desk())
    desk.left = False
    return desk


def return_to_desk(ticket: str, request: gr.Request) -> Desk:
    """The desk that was left with a ticket, if that was a moment ago, else a new one."""
    for session, desk in list(_desks.items()):
        if desk.left and desk.ticket == ticket:
            _desks[request.session_hash] = _desks.pop(session)
    return desk_of(request)


def leave_desk(request: gr.Request) -> None:
    """A page was closed, or is being loaded again: wait a little before clearing the desk."""
    if desk := _desks.get(request.session_hash):
        desk.left, desk.running = True, False
        timer = threading.Timer(LEFT_S, clear_desk, [request.session_hash])
        timer.daemon = True
        timer.start()


def clear_desk(session: str) -> None:
    """Delete what a visitor left behind; an upload that another visitor shares stays."""
    if session not in _desks or not _desks[session].left:
        return
    desk = _desks.pop(session)
    in_use = set().union(*(other.uploads for other in _desks.values()))
    for path in desk.uploads - in_use:
        path.unlink(missing_ok=True)
    if desk.downloads:
        rmtree(desk.downloads, ignore_errors=True)


@contextmanager
def spoken(desk: Desk) -> Iterator[None]:
    """Show a UserError as the sentence it is; anything else is our mistake and stays one."""
    try:
        yield
    except UserError as error:
        desk.refusal = str(error)
        raise gr.Error(escape(desk.refusal, quote=False), print_exception=False) from error


# Words ------------------------------------------------------------------------------------------


def clock(seconds: float) -> str:
    """0:04, 12:30, 1:02:03; with a tenth where it is not a whole second."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    text = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"


def span(start_s: float, end_s: float) -> str:
    """0:04 – 0:20"""
    return f"{clock(start_s)} – {clock(end_s)}"


TITLES = {each.name: each.title for labels in LABEL_SETS for each in labels.activities}


def score_of(clip: NamedClip) -> float | None:
    """The score of the label a clip was given."""
    scores = clip.prediction.scores
    return None if scores is None else scores[clip.prediction.label]


def remarks(answer: Recognition) -> list[str]:
    """What a reader of the workflow has to know beside it."""
    said = []
    for painted, run in groupby(answer.clips, key=lambda clip: clip.encoding):
        if painted != answer.encoding:
            clips = list(run)
            where = f"{clock(clips[0].prediction.start_s)} and {clock(clips[-1].prediction.end_s)}"
            said.append(f"No gaze between {where}: painted without the dot.")
    if answer.finished and not answer.workflow.steps:
        said.append("No step was seen: every clip is No action, or stands alone.")
    if (rest_s := answer.recording.unnamed_s) >= 0.05:
        said.append(f"The last {rest_s:.2g} s are too short for a clip.")
    return said


def gaze_words(recording: Recording) -> str:
    """One line on the gaze, or on its absence."""
    return gaze_sentence(recording) if recording.gaze else "no file; clips can be shown without the dot only."


def tier_words(where: str) -> str:
    """Which tier answers, what it was trained on, and what it runs on."""
    releases = embedded_releases()
    if not releases:
        return "No embedded release is on this machine: only finished examples can be shown."
    told = {str(describe(Path(each.weights.source)).get("trained_on", "")) for each in releases} - {""}
    trained_on = " and ".join(sorted(told))
    who = f"Embedded tier: small models trained on {trained_on}, never on video of a real lab{where}"
    return f"{who}; {f1_words(releases)}"


def f1_words(releases: tuple[Release, ...]) -> str:
    """How good the models that answer were on wearers they had never seen."""
    scores = [f1 for each in releases for f1 in measured_f1(Path(each.weights.source)).values()]
    if not scores:
        return "how good they are was not measured."
    low, high = f"{min(scores):.2f}", f"{max(scores):.2f}"
    reached = low if low == high else f"{low} to {high}"
    return f"on rendered scenes they had never seen they reach an F1 of {reached} (1 is perfect)."


def header(where: str = "") -> str:
    """Title, tier, training data, device."""
    return (
        "<header><h1>BenchScribe</h1><p>What a video of lab work shows, clip by clip, as a workflow.</p>"
        f"<p class='tier'>{escape(tier_words(where))}</p></header>"
    )


def header_with_device() -> str:
    """The header, once the model libraries know what they run on."""
    name = {"cpu": "processor", "cuda": "GPU"}.get(device().type, device().type)
    return header(f", on this machine’s {name} ({device().type.upper()})")


# The answer, drawn ------------------------------------------------------------------------------


def workflow_html(answer: Recognition | None) -> str:
    """The workflow as numbered steps, and what has to be said beside it."""
    if answer is None:
        return "<p class='quiet'>The steps will stand here, in order, with their times.</p>"
    steps = "".join(_step_html(number, answer) for number in range(len(answer.workflow.steps)))
    notes = "".join(f"<li>{escape(each)}</li>" for each in remarks(answer))
    return f"<ol class='steps'>{steps}</ol>" + (f"<ul class='remarks'>{notes}</ul>" if notes else "")


def _step_html(number: int, answer: Recognition) -> str:
    step, labels = answer.workflow.steps[number], answer.release.labels
    clips = [
        clip
        for clip in answer.clips
        if step.start_s <= clip.prediction.start_s < step.end_s
        and labels.activity(clip.prediction.label).step == step.activity
    ]
    key = clips[len(clips) // 2]
    title, times = escape(TITLES.get(step.activity, step.activity)), span(step.start_s, step.end_s)
    return (
        f"<li><span class='number'>{number + 1}</span><img src='{escape(key.thumbnail)}' alt=''>"
        f"<span class='chip {css_class(step.activity)}' aria-hidden='true'>"
        f"{COLOURS[step.activity].initials}</span>"
        f"<b>{title}</b><span class='span'>{times}</span>{_dots_html(clips)}</li>"
    )


def _dots_html(clips: list[NamedClip]) -> str:
    scores = [score for clip in clips if (score := score_of(clip)) is not None]
    if not scores:
        return "<span></span>"
    score = sum(scores) / len(scores)
    full = round(score * DOTS)
    return (
        f"<span class='dots' role='img' aria-label='mean score {score:.2f}' title='mean score {score:.2f}'>"
        f"{'●' * full}{'○' * (DOTS - full)}</span>"
    )


def latency_html(answer: Recognition | None) -> str:
    """Seconds by stage, and how they compare with the recording's own."""
    spent = answer.latency_s if answer else {}
    if not spent.get("total"):
        return ""
    longest = max(spent[stage] for stage in STAGES) or 1
    bars = "".join(
        f"<li><span>{stage}</span><i style='width:{spent[stage] / longest * 60:.1f}%'></i>"
        f"{_seconds(spent[stage])}</li>"
        for stage in STAGES
        if spent[stage]
    )
    seen_s = answer.clips[-1].prediction.end_s
    return (
        f"<p class='note'><b>Latency</b> {_seconds(spent['total'])} for {clock(seen_s)} of video: "
        f"{spent['total'] / seen_s:.2g} × real time</p><ul class='bars'>{bars}</ul>"
    )


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def zoo_html() -> str:
    """The catalogue as a table."""
    heads = (
        "Variant",
        "Labels",
        "Tier",
        "Encodings",
        "Weights",
        "Trained on",
        "F1 measured",
        "F1 in the paper",
    )
    return (
        "<div class='zoo' tabindex=0><p class='note'>Measured: on rendered scenes of wearers that training "
        "never saw, each encoding for itself. In the paper: on video of a real laboratory, encoding V. "
        "The two cannot be compared."
        f"</p><table><thead><tr>{''.join(f'<th scope=col>{each}</th>' for each in heads)}</tr></thead>"
        f"<tbody>{''.join(map(_zoo_row, catalogue(shelf)))}</tbody></table></div>"
    )


def _zoo_row(entry: Entry) -> str:
    measured = ", ".join(f"{name} {f1:.2f}" for name, f1 in entry.measured.items()) or "not measured"
    size = f", {entry.size_bytes / 1e6:.1f} MB" if entry.size_bytes is not None else ""
    pinned = f" @ {entry.revision[:8]}" if entry.revision else ""
    state = "loaded" if entry.loaded else "not loaded"
    published = f"{entry.published_f1:.2f}" + (" ▼ below chance" if entry.below_chance else "")
    about = f"<th scope=row title='{escape(entry.variant.what)}'>{escape(entry.variant.title)}</th>"
    about += f"<td>{escape(entry.labels.title)}</td><td>{entry.tier}</td>"
    if entry.remedy:
        return f"<tr class=missing>{about}<td colspan=4>{escape(entry.remedy)}</td><td>{published}</td></tr>"
    return (
        f"<tr>{about}<td>{', '.join(entry.encodings)}</td>"
        f"<td>{escape(entry.source)}{pinned}{size} ({state})</td><td>{escape(entry.trained_on)}</td>"
        f"<td>{measured}</td><td>{published}</td></tr>"
    )


def lanes_of(recording: Recording | None, answer: Recognition | None, truth=()) -> dict:
    """What the lanes component draws: a row a model and the truth, a cell a clip, marks of time."""
    if recording is None:
        return {"clips": 0, "duration_s": 1, "ticks": [], "rows": []}
    rows = [
        {"name": answer.release.variant.title if answer else "Clips", "cells": _clip_cells(recording, answer)}
    ]
    if truth:
        rows.append({"name": "Truth", "cells": [_truth_cell(each, recording) for each in truth]})
    size = {"clips": recording.windows, "duration_s": recording.duration_s}
    return {**size, "ticks": _ticks(recording), "rows": rows}


def _clip_cells(recording: Recording, answer: Recognition | None) -> list[dict]:
    clips = answer.clips if answer else ()
    cells = [_clip_cell(clip, recording) for clip in clips]
    named_s = clips[-1].prediction.end_s if clips else 0.0
    left = recording.windows - len(clips)
    width_s = (recording.duration_s - recording.unnamed_s - named_s) / left if left else 0
    width_s = min(width_s, 4.0) if left > 1 else width_s
    return cells + [
        _place(named_s + n * width_s, named_s + (n + 1) * width_s, recording.duration_s) for n in range(left)
    ]


def _place(start_s: float, end_s: float, duration_s: float) -> dict:
    left, width = start_s / duration_s * 100, (min(end_s, duration_s) - start_s) / duration_s * 100
    return {"at_s": round(start_s, 3), "left": round(left, 3), "width": round(width, 3)}


def _clip_cell(clip: NamedClip, recording: Recording) -> dict:
    said, score = clip.prediction, score_of(clip)
    parts = [f"score {score:.2f}"] if score is not None else []
    parts += [said.caption] if said.caption else []
    shown = f"shown as {clip.encoding.title}"
    parts.append(
        f"{shown}, gaze on {clip.gaze_coverage * 100:.0f} % of its frames"
        if "G" in clip.encoding.name
        else shown
    )
    cell = _cell(said.label, said.start_s, said.end_s, recording)
    return cell | {"detail": escape(" · ".join(parts)), "thumbnail": clip.thumbnail}


def _truth_cell(step: Step, recording: Recording) -> dict:
    cell = _cell(step.activity, step.start_s, step.end_s, recording)
    return cell | {"detail": "the true label", "thumbnail": ""}


def _cell(label: str, start_s: float, end_s: float, recording: Recording) -> dict:
    return _place(start_s, end_s, recording.duration_s) | {
        "title": escape(TITLES[label]),
        "css": css_class(label),
        "initials": COLOURS[label].initials,
        "span": span(start_s, end_s),
    }


def _ticks(recording: Recording) -> list[dict]:
    """Marks of time, a few to each screenful of clips."""
    duration_s, most = recording.duration_s, max(TICKS, recording.windows / CLIPS_A_TICK)
    step_s = next((s for s in (1, 2, 4, 8, 20, 40, 60) if duration_s / s <= most), 120)
    return [{"left": t / duration_s * 100, "text": clock(t)} for t in range(0, int(duration_s) + 1, step_s)]


def gaze_of(recording: Recording | None) -> dict:
    """What the gaze component draws: a line of words, and a ring on the video."""
    if recording is None:
        return {"note": "", "points": []}
    assumed = " ".join(recording.gaze.notes) if recording.gaze else ""
    note = f"<p class='note'><b>Gaze</b> {escape(gaze_words(recording))}</p>"
    note += f"<p class='note'>{escape(assumed)}</p>"
    if recording.gaze is None:
        return {"note": note, "points": []}
    shares = join_gaze(recording.gaze, np.arange(0, recording.duration_s, 1 / RING_HZ))
    shares = (shares / (recording.width, recording.height)).round(3)
    return {"note": note, "points": [p if np.isfinite(p).all() else None for p in shares.tolist()]}


def status_html(words: str, share: float | None = None, state: str = "") -> str:
    """One line on what is going on, with a bar while something is."""
    bar = "" if share is None else f"<progress max='1' value='{share:.3f}'></progress>"
    role = "" if state == "running" else "role='status'"  # a screen reader need not hear every clip
    line = f"<p class='status {state}' {role}>{escape(words)}</p>"
    return f"<div class='head'><h2>Workflow</h2>{line}</div>{bar}"


# Worked examples --------------------------------------------------------------------------------


def examples() -> list[tuple[str, str]]:
    """(title, folder name) of each finished example."""
    return [(_title(each.parent), each.parent.name) for each in sorted(EXAMPLES.glob("*/result.json"))]


def _title(folder: Path) -> str:
    info = json.loads((folder / "info.json").read_text()) if (folder / "info.json").is_file() else {}
    return info.get("title") or folder.name.replace("-", " ").capitalize()


@cache
def read_example(name: str) -> tuple[Recognition, tuple[Step, ...]]:
    """A finished answer and the truth, from their files: no model is asked or even imported."""
    folder = EXAMPLES / name
    data = json.loads((folder / "result.json").read_text())
    thumbnails = json.loads((folder / "thumbnails.json").read_text())
    gaze, world = (
        path if path.is_file() else None for path in (folder / "gaze.csv", folder / "world_timestamps.csv")
    )
    recording = open_recording(folder / "scene.mp4", gaze, world)
    settings = data["settings"]
    labels = label_set(settings["labels"])
    asked = encoding_of(settings["encoding"])
    weights = Weights(settings["release"], settings["revision"])
    release = Release(variant(settings["variant"]), labels, (asked.name,), settings["tier"], weights)
    clips = tuple(_read_clip(c, t) for c, t in zip(data["clips"], thumbnails, strict=True))
    steps = tuple(Step(s["step"], s["start_s"], s["end_s"]) for s in data["workflow"])
    answer = Recognition(recording, release, asked, len(clips), clips, Workflow(steps), data["latency_s"])
    return answer, _read_truth(folder / "labels.csv", labels)


def _read_clip(clip: dict, thumbnail: str) -> NamedClip:
    said = ClipPrediction(clip["start_s"], clip["end_s"], clip["label"], clip["scores"], clip["caption"])
    return NamedClip(said, encoding_of(clip["encoding"]), clip.get("gaze_coverage", 0.0), thumbnail)


def _read_truth(path: Path, labels: LabelSet) -> tuple[Step, ...]:
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return tuple(Step(parse_label(r["label"], labels), float(r["start_s"]), float(r["end_s"])) for r in rows)


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


def write_downloads(desk: Desk) -> tuple[str, str]:
    """The answer as JSON and CSV, in a folder of this visitor's own."""
    cache_folder = Path(demo.GRADIO_CACHE)
    cache_folder.mkdir(parents=True, exist_ok=True)
    if desk.downloads is None:
        desk.downloads = Path(tempfile.mkdtemp(prefix="benchscribe-", dir=cache_folder))
    stem = desk.downloads / Path(desk.recording.name).stem
    written = Path(f"{stem}.json"), Path(f"{stem}.csv")
    written[0].write_text(json.dumps(as_json(desk.answer), indent=2, ensure_ascii=False))
    written[1].write_text(as_csv(desk.answer))
    return str(written[0]), str(written[1])


def encodings_for(labels: str) -> list[tuple[str, str]]:
    """The encodings that some embedded release answers for a label set, in the paper's order."""
    held = {name for each in embedded_releases() if each.labels.key == labels for name in each.encodings}
    return [(f"{each.name}: {each.title}", each.name) for each in ENCODINGS if each.name in held]


def encoding_update(labels: str, desk: Desk):
    """The encodings to choose from; unless one was used already, gaze is painted where there is some."""
    choices = encodings_for(labels)
    names = [name for _, name in choices]
    blind = desk.recording is not None and desk.recording.gaze is None
    wanted = desk.answer.encoding.name if desk.answer else "V" if blind else "VG"
    chosen = wanted if wanted in names else next(iter(names), None)
    info = SHOWN if names else f"No release for {label_set(labels).title} is on this machine yet."
    return gr.update(choices=choices, value=chosen, info=info)


def page_views(desk: Desk, status: str, labels: str) -> tuple:
    """Values of all that depends on the recording, in the order in which `recognise_tab` lists it."""
    title = _title(EXAMPLES / desk.example) if desk.example else desk.recording and desk.recording.name
    video = gr.update(value=str(desk.recording.path), label=title) if desk.recording else None
    views = answer_views(desk, status_html(status), labels)
    return (desk.example, video, gaze_of(desk.recording), labels, encoding_update(labels, desk), *views)


def open_page(ticket: str, request: gr.Request) -> tuple:
    """What a visitor sees first: what they left a moment ago, or a finished example."""
    desk = return_to_desk(ticket, request)
    if desk.recording is None or desk.example:
        return (desk.ticket, *show_example(desk.example, request))
    labels = desk.answer.release.labels.key if desk.answer else LABEL_SETS[0].key
    status = f"As you left it. {what_stands(desk)}" if desk.answer else ready_words(desk, labels)
    return (desk.ticket, *page_views(desk, status, labels))


def show_example(name: str | None, request: gr.Request) -> tuple:
    """Put a finished example on the page: one by name, or the first."""
    desk = desk_of(request)
    name = name or next((folder for _, folder in examples()), None)
    if name is None:
        desk.choose(None)
        status = "No recording yet: choose a video, and then its gaze if you have it."
        return page_views(desk, status, LABEL_SETS[0].key)
    answer, truth = read_example(name)
    desk.choose(answer.recording, name, answer, truth)
    status = f"A finished example: {count_clips(answer.total)}. Recognise runs it again."
    return page_views(desk, status, answer.release.labels.key)


def read_upload(video: str | None, gaze: list[str] | None, labels: str, request: gr.Request) -> tuple:
    """Open what was uploaded; what was on the page stays if it cannot be read."""
    desk = desk_of(request)
    desk.refusal = OURS
    desk.uploads |= {Path(path) for path in ([video] if video else []) + (gaze or [])}
    with spoken(desk):
        if video is None:
            raise NothingChosen("Choose your video first, then its gaze.")
        recording = open_recording(video, *split_gaze(gaze or []))
    desk.choose(recording)
    return page_views(desk, ready_words(desk, labels), labels)


def ready_words(desk: Desk, labels: str) -> str:
    """What can be done with a recording that was just opened."""
    to_do = "Press Recognise." if encodings_for(labels) else "Choose labels that have a release."
    return f"{desk.recording.name}: {count_clips(desk.recording.windows)} to name. {to_do}"


def count_clips(number: int) -> str:
    """1 clip, 2 clips"""
    return f"{number} clip" + "s" * (number != 1)


def split_gaze(paths: list[str]) -> tuple[str | None, str | None]:
    """(gaze, world timestamps) of the files given together.  Raises NothingChosen."""
    world = [path for path in paths if Path(path).name.lower().startswith("world_timestamps")]
    gaze = [path for path in paths if path not in world]
    if len(gaze) > 1 or len(world) > 1 or (world and not gaze):
        names = ", ".join(Path(path).name for path in paths)
        raise NothingChosen(
            f"Found {names}; expected one gaze file, and beside it at most one world_timestamps.csv."
        )
    return next(iter(gaze), None), next(iter(world), None)


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
                if pace.due(answer):
                    yield answer_views(desk, pace.words(answer), labels, answer)
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

    def due(self, answer: Recognition) -> bool:
        """The empty lanes, the first clip and the last are drawn, in between a few a second."""
        now_s = time.monotonic()
        if not answer.clips:
            self.started_s = now_s  # the models are loaded by now
        drawn = len(answer.clips) < 2 or answer.finished or now_s - self.drawn_s >= UPDATE_S
        self.drawn_s = now_s if drawn else self.drawn_s
        return drawn

    def words(self, answer: Recognition) -> str:
        """12 of 22 clips, about 4 s left."""
        done, total = len(answer.clips), answer.total
        each_s = (time.monotonic() - self.started_s) / max(1, done)
        left = f", about {each_s * (total - done):.0f} s left" if done else ""
        return status_html(f"{done} of {total} clips{left}", done / total, "running")


def failed_words(desk: Desk, error: Exception) -> str:
    """Why a run stopped, and what stands."""
    return f"Stopped. {error if isinstance(error, UserError) else OURS} {what_stands(desk)}"


def what_stands(desk: Desk) -> str:
    """What a run that did not end leaves on the page."""
    if desk.answer is None:
        return "Nothing was named."
    done = count_clips(len(desk.answer.clips))
    return f"The result of all {done} stands." if desk.answer.finished else f"The first {done} stand."


def stop(labels: str, request: gr.Request) -> tuple:
    """After Cancel: what was named stands."""
    desk = desk_of(request)
    desk.running = False
    return answer_views(desk, status_html(f"Cancelled. {what_stands(desk)}"), labels)


def refused(request: gr.Request) -> tuple:
    """After an upload that cannot be read: an empty control, and the sentence for as long as it is needed."""
    return None, status_html(f"{desk_of(request).refusal} What was here stays.", state="failed")


def seek(event: gr.EventData):
    """Move the video to a clip."""
    return gr.update(playback_position=event.at_s)


def warm_up() -> None:
    """Load the embedded models before anyone asks; a release that fails says so when it is used."""
    for release in embedded_releases():
        with suppress(UserError):
            shelf.load(release)


# Looks ------------------------------------------------------------------------------------------

LANES_HTML = """
<div class="lanes" style="--clips:${value.clips}">
  <div class="scroll">
    <div class="lane axis"><span class="name"></span><div class="track">
      ${value.ticks.map(t => `<span style="left:${t.left}%">${t.text}</span>`).join("")}
    </div></div>
    ${value.rows.map((row, r) => `
      <div class="lane" role="group" aria-label="${row.name}"><span class="name">${row.name}</span>
      <div class="track">${row.cells.map((c, n) => c.title
        ? `<button class="cell ${c.css}" data-row="${r}" data-number="${n}" data-at="${c.at_s}"
             style="left:${c.left}%;width:${c.width}%" tabindex="-1"
             aria-label="${c.span}, ${c.title}, ${c.detail}">${c.initials}</button>`
        : `<span class="pending" style="left:${c.left}%;width:${c.width}%"></span>`).join("")}
      <i class="now"></i></div></div>`).join("")}
  </div>
  <div class="readout" aria-hidden="true">${value.rows.length ? "" : "No clips yet."}</div>
</div>
"""

# One cell is marked; ← → ↑ ↓ Home End move the mark, and the video follows it.
LANES_JS = """
let marked = "0,0", waiting;
const cells = (root = element) => [...root.querySelectorAll(".cell")];
const key = cell => cell.dataset.row + "," + cell.dataset.number;
const current = () => cells().find(cell => key(cell) === marked) || cells()[0];
function tell(cell) {
  const readout = element.querySelector(".readout");
  if (!cell) return;
  const c = props.value.rows[cell.dataset.row].cells[cell.dataset.number];
  readout.innerHTML = `${c.thumbnail ? `<img src="${c.thumbnail}" alt="">` : ""}
    <span><b>${c.title}</b> <span class="span">${c.span}</span><br>${c.detail}</span>`;
}
function mark() {
  const now = current();
  for (const cell of cells()) {
    cell.tabIndex = cell === now ? 0 : -1;
    if (cell === now) cell.setAttribute("aria-current", "true"); else cell.removeAttribute("aria-current");
  }
  tell(now);
}
function select(cell) {
  marked = key(cell);
  mark();
  cell.focus();
  clearTimeout(waiting);  // a held arrow key moves the video once, when it is let go
  waiting = setTimeout(() => trigger("select", {at_s: Number(cell.dataset.at)}), 60);
}
function neighbour(cell, name) {
  const row = cells(cell.parentElement), at = row.indexOf(cell), x = parseFloat(cell.style.left) + 0.01;
  const beside = cells().filter(c => parseFloat(c.style.left) <= x
    && parseFloat(c.style.left) + parseFloat(c.style.width) > x);
  const level = beside.indexOf(cell);
  return {ArrowLeft: row[at - 1], ArrowRight: row[at + 1], Home: row[0], End: row.at(-1),
    ArrowUp: beside[level - 1], ArrowDown: beside[level + 1]}[name];
}
const over = (kind, act) => element.addEventListener(kind, event => {
  const cell = event.target.closest?.(".cell");
  if (cell) act(cell, event);
});
over("click", select);
over("mouseover", tell);
over("keydown", (cell, event) => {
  const next = neighbour(cell, event.key);
  if (next) { event.preventDefault(); select(next); }
});
element.addEventListener("mouseleave", () => tell(current()));
watch("value", mark);
mark();
document.addEventListener("timeupdate", event =>
  element.style.setProperty("--now", event.target.currentTime / props.value.duration_s), true);
"""

# A ring on the video where its wearer looked, at the time that is on screen.
GAZE_JS = """
const ring = document.createElement("i");
ring.className = "ring";
function follow() {
  requestAnimationFrame(follow);
  const video = document.querySelector("#recording video");
  const point = video?.videoWidth && props.value.points[Math.round(video.currentTime * RING_HZ)];
  ring.hidden = !point;
  if (!point) return;
  if (ring.parentElement !== video.parentElement) video.parentElement.append(ring);
  const scale = Math.min(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight);
  const middle = {x: video.offsetLeft + video.clientWidth / 2, y: video.offsetTop + video.clientHeight / 2};
  ring.style.left = `${middle.x + (point[0] - 0.5) * video.videoWidth * scale}px`;
  ring.style.top = `${middle.y + (point[1] - 0.5) * video.videoHeight * scale}px`;
}
follow();
""".replace("RING_HZ", str(RING_HZ))

CSS = (
    stylesheet()
    + """
.gradio-container { max-width: 1280px !important; --quiet: #526071; --color-accent: #0f766e; }
.dark .gradio-container, .gradio-container.dark { --quiet: #a3afbf; --color-accent: #2dd4bf; }
.gradio-container .html-container { padding: 0; }
header h1 { font-size: 1.5rem; font-weight: 650; margin: 0; letter-spacing: -0.01em; }
header p { margin: 0; }
header p, .note, .quiet, .remarks, .status, .span, .dots, .number, .readout, .axis, .bars span, .drop .or {
  color: var(--quiet); }
.note, .quiet, .status { margin: 0; }
.note b, .readout b, .status.running, .status.failed { color: var(--body-text-color); }
.note b { font-weight: 600; margin-right: 0.4em; }
.ring { position: absolute; width: 28px; height: 28px; margin: -14px; border-radius: 50%;
  border: 3px solid #ff00ff; box-shadow: 0 0 0 1px #fff, inset 0 0 0 1px #fff; pointer-events: none; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; min-height: 2rem; }
.head h2 { font-size: 1.1rem; font-weight: 600; margin: 0; }
.status.failed::before { content: "▲ "; }
progress { display: block; width: 100%; height: 4px; appearance: none; border: 0; }
progress, progress::-webkit-progress-bar { background: var(--border-color-primary); }
progress::-webkit-progress-value { background: var(--color-accent); transition: width 0.2s; }
progress::-moz-progress-bar { background: var(--color-accent); }
.span, .dots, .bars, .number, .axis { font-variant-numeric: tabular-nums; }
.steps { list-style: none; margin: 0; padding: 0; max-height: 24rem; overflow-y: auto; }
.steps li { display: grid; align-items: center; gap: 0 0.75rem; padding: 0.25rem 0; margin: 0;
  grid-template-columns: 1.2rem 3.6rem 2.2rem 1fr auto 3.4rem;
  border-bottom: 1px solid var(--border-color-primary); }
.steps img { height: 2.5rem; width: 3.6rem; object-fit: cover; border-radius: 3px; margin: 0; }
.steps b { font-weight: 600; }
.chip, .cell { background: var(--fill); color: var(--ink); font-weight: 600; font-size: 0.8rem;
  border: 1px solid color-mix(in srgb, var(--fill), black 25%); border-radius: 3px; text-align: center; }
.chip { padding: 0.1rem 0; }
.remarks { list-style: none; padding: 0; margin: 0.5rem 0 0; font-size: 0.9rem; }
.bars { list-style: none; padding: 0; margin: 0.25rem 0 0; font-size: 0.85rem; }
.bars li { display: flex; align-items: center; gap: 0.5rem; margin: 0; }
.bars span { width: 3.5rem; }
.bars i { height: 8px; min-width: 1px; background: var(--color-accent); }
.drop .wrap { flex-flow: row wrap; gap: 0 0.3em; align-content: center;
  font-size: 0.85rem; padding-top: 1.2rem; }
.drop .icon-wrap { display: none; }
.gradio-container button.lg, .gradio-container button.sm { min-height: 2.75rem; }
.lanes .scroll { overflow-x: auto; padding: 3px 3px 6px 0; }
.lane { display: flex; min-width: max-content; margin-bottom: 4px; }
.lane .name { position: sticky; left: 0; z-index: 2; width: 4rem; flex: none; align-self: center;
  background: var(--body-background-fill); font-weight: 600; line-height: 2.75rem; }
.track { position: relative; flex: 1; min-width: calc(var(--clips) * 2.4rem); height: 2.75rem; }
.axis .track, .axis .name { height: 1.25rem; line-height: 1.25rem; }
.axis .track span { position: absolute; font-size: 0.75rem; padding-left: 3px;
  border-left: 1px solid var(--border-color-primary); }
.cell, .pending { position: absolute; top: 0; height: 100%; border-radius: 2px; }
.cell { cursor: pointer; padding: 0; overflow: hidden; }
.cell:hover { filter: brightness(1.08); }
.cell[aria-current] { box-shadow: inset 0 -4px 0 var(--ink); }
.cell:focus-visible { outline: 3px solid var(--ink); outline-offset: -6px; }
.pending { border: 1px dashed var(--border-color-primary); }
.now { position: absolute; top: -2px; bottom: -2px; left: calc(var(--now, 0) * 100%); width: 2px;
  background: var(--body-text-color); pointer-events: none; }
.readout { display: flex; align-items: center; gap: 0.75rem; min-height: 4rem; padding-top: 0.25rem; }
.readout img { height: 3.5rem; border-radius: 3px; }
.zoo { overflow-x: auto; }
.gradio-container .zoo tr, .gradio-container .zoo table { border: 0; }
.zoo table { border-collapse: collapse; border: 0; font-size: 0.9rem; min-width: 70rem; margin-top: 0.5rem; }
.zoo th, .zoo td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem 0.4rem 0;
  border: 0; border-bottom: 1px solid var(--border-color-primary); }
.zoo th:first-child, .zoo td:nth-child(2) { white-space: nowrap; }
.zoo .missing td { color: var(--quiet); }
@media (max-width: 600px) {
  .steps li { grid-template-columns: 1.2rem 3.6rem 2.2rem 1fr 3.4rem; }
  .steps .number, .steps img, .chip { grid-row: 1 / 3; }
  .steps .span { grid-area: 2 / 4; }
  .steps .dots { grid-area: 1 / 5 / 3; }
  .steps { max-height: none; }
}
"""
)

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


def recognise_tab(whole: gr.Blocks) -> None:
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
            with gr.Row():
                downloads = [
                    gr.DownloadButton(kind, size="sm", interactive=False, scale=0, min_width=100)
                    for kind in ("JSON", "CSV")
                ]
    lanes = gr.HTML(
        lanes_of(None, None), html_template=LANES_HTML, js_on_load=LANES_JS, apply_default_css=False
    )

    _, labels, encoding = settings
    answer = [status, workflow, latency, lanes, *downloads, go, cancel]
    page = [example, video, gaze_note, labels, encoding, *answer]
    connect_recording(example, files, labels, page)
    connect_run(go, cancel, settings, answer)
    labels.input(relabel, labels, [encoding, go], queue=False, **QUIET)
    lanes.select(seek, None, video, queue=False, trigger_mode="multiple", **QUIET)
    ticket = gr.BrowserState("", storage_key="benchscribe")
    whole.load(open_page, ticket, [ticket, *page], **QUIET)


def zoo_tab(tab: gr.Tab) -> None:
    """Every variant, where its weights come from, and how good it is; read anew whenever it is opened."""
    table = gr.HTML(padding=False)
    tab.select(zoo_html, None, table, queue=False, **QUIET)


def recording_controls() -> tuple:
    """The video, what is known of its gaze, and the ways to another one."""
    named = examples()
    example = gr.Radio(named, label="Worked examples", visible=len(named) > 1)
    video = gr.Video(elem_id="recording", label="Recording", interactive=False, height=300, buttons=[])
    gaze_note = gr.HTML(gaze_of(None), html_template="${value.note}", js_on_load=GAZE_JS)
    with gr.Row():
        drop = {"height": 84, "elem_classes": "drop", "min_width": 200}
        own = gr.File(elem_id="video-file", label="Your video", file_types=VIDEO_TYPES, **drop)
        gaze = gr.File(
            elem_id="gaze-files",
            label="Its gaze, if you have it",
            file_types=GAZE_TYPES,
            file_count="multiple",
            **drop,
        )
    return example, video, gaze_note, (own, gaze)


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
            gr.Dropdown(models, value=models[0][1], label="Model", info="who answers", scale=2, **PLAIN),
            gr.Dropdown(
                labels, value=labels[0][1], label="Labels", info="what may be answered", scale=3, **PLAIN
            ),
            gr.Dropdown(encodings_for(labels[0][1]), label="Encoding", info=SHOWN, scale=3, **PLAIN),
        )


def relabel(labels: str, request: gr.Request) -> tuple:
    """Offer what another label set has releases for."""
    desk = desk_of(request)
    return encoding_update(labels, desk), gr.update(interactive=can_start(desk, labels))


def connect_recording(example, files, labels, page) -> None:
    """Another example, or the visitor's own files: a video, then its gaze."""
    own, gaze = files
    status, nothing = page[5], gr.State(None)
    for event in (example.input, own.clear):
        event(show_example, example, page, **QUIET)
        event(lambda: (None, None), None, [own, gaze], queue=False, **QUIET)
    for event, inputs in (
        (own.upload, [own, nothing, labels]),
        *((event, [own, gaze, labels]) for event in (gaze.upload, gaze.delete, gaze.clear)),
    ):
        event(lambda: status_html("Reading …", state="running"), None, status, queue=False, **QUIET)
        read = event(read_upload, inputs, page, **QUIET)
        control = own if inputs[1] is nothing else gaze
        read.failure(refused, None, [control, status], queue=False, **QUIET)
        if control is own:
            read.success(lambda: None, None, gaze, queue=False, **QUIET)


def connect_run(go, cancel, settings, answer) -> None:
    """Recognise and Cancel; one recording at a time has the models."""
    asked = go.click(wait, None, [answer[0], *answer[-2:]], queue=False, **QUIET)
    running = asked.then(run, settings, answer, concurrency_id="models", concurrency_limit=1, **QUIET)
    cancel.click(stop, settings[1], answer, cancels=[running], queue=False, **QUIET)


def build() -> gr.Blocks:
    """The whole page, tab by tab."""
    with gr.Blocks(title="BenchScribe", delete_cache=(KEPT_S // 6, KEPT_S)) as page:
        top = gr.HTML(header())
        with gr.Tab("Recognise"):
            recognise_tab(page)
        with gr.Tab("Zoo") as zoo:
            zoo_tab(zoo)
        page.load(header_with_device, None, top, **QUIET)
        page.unload(leave_desk)
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
        css=CSS,
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
