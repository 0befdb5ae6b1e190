"""Lanes over time, one row a model or the truth, a cell a clip: for the page and for a report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NotRequired, TypedDict

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.annotations.labels_file import labels_at
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import Recording
from pipelines.views import STATIC
from pipelines.views.remarks import detail
from pipelines.views.templates import macro

TRUTH_NAME, CONSENSUS_NAME = "the truth", "the consensus"
MOST_GAPS = 500  # of gaze that are drawn; more are narrower than a pixel
TICKS, CLIPS_A_TICK = 12, 4  # marks on the time axis: this many, or more where the lanes scroll
TICK_STEPS_S, LONGEST_TICK_STEP_S = (1, 2, 4, 8, 20, 40, 60), 120
SEEK_JS, TIMELINE_JS, MOVE_JS = (
    (STATIC / name).read_text(encoding="utf-8") for name in ("seek.js", "timeline.js", "jump.js")
)
LANES_SCRIPT, JUMP_JS = SEEK_JS + TIMELINE_JS, SEEK_JS + MOVE_JS


class Row(TypedDict):
    """One lane: its name, the HTML of its cells, and HTML that stands behind the last of them."""

    name: str
    cells: list[str]
    note: NotRequired[str]


class Lanes(TypedDict):
    """The value of the lanes as the page sends it to the browser."""

    clips: int
    duration_s: float
    ticks: list[str]  # HTML
    rows: list[Row]
    thumbnails: list[str]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A label of a row over some seconds; `number` is the clip's, "" if the cell is not a model's clip."""

    label: str
    start_s: float
    end_s: float
    detail: str
    number: int | str = ""
    differs: str = ""  # from what, if it does


@dataclass(frozen=True)
class Expected:
    """The label that each clip should have, None where it is not known, and what these labels are."""

    labels: Sequence[str | None]
    name: str


NOTHING_EXPECTED = Expected((), "")


@dataclass(frozen=True)
class Place:
    """Where something stands on the time axis, in per cent of the recording."""

    left: float
    width: float


def lanes_of(recording: Recording | None, answer: Recognition | None, truth: Sequence[Segment] = ()) -> Lanes:
    """One model's answer, its labels in the workflow, and the truth.

    Each picture is sent once.  The rows are the same from the first clip to the last: the page sends
    what is new only, and a row that comes or goes in between is taken for another.
    """
    if recording is None:
        return Lanes(clips=0, duration_s=1, ticks=[], rows=[], thumbnails=[])
    clips = answer.clips if answer else ()
    name = answer.release.variant.title if answer else "Clips"
    expected = Expected(labels_at(truth, clip_spans(recording)), TRUTH_NAME) if truth else NOTHING_EXPECTED
    smoothed = answer.smoothed if answer and answer.is_smoothed else None
    rows = [
        Row(name=name, cells=_clip_cells(recording, clips, None, expected)),
        Row(name="Workflow", cells=_clip_cells(recording, clips, smoothed, expected)),
    ]
    if truth:
        rows.append(_truth_row(truth, recording))
    return _lanes(recording, rows + _gaze_rows(recording), clips)


def reference_name(report: ComparisonReport) -> str:
    """What flagged labels of a comparison differ from: the truth where it is known, else the consensus."""
    return TRUTH_NAME if report.truth else CONSENSUS_NAME if report.votes else ""


def compared_lanes(comparison: Comparison, report: ComparisonReport, chance: bool = False) -> Lanes:
    """Every run, their consensus, the truth if it is known, and a random draw if it is wanted.

    The labels are those that the report's votes are on: smoothed ones, or the models' own.
    """
    recording, expected = comparison.recording, _expected_of(report)
    rows = [_run_row(run, comparison, report, expected) for run in comparison.runs]
    if report.votes:
        details = [f"{vote.votes} of {vote.voters} models" for vote in report.votes]
        named = [vote.label for vote in report.votes]
        rows.append(_row("Consensus", named, details, recording, expected))
    if report.truth:
        rows.append(_truth_row(report.truth, recording))
    if chance and report.chance:
        details = [report.chance_source] * len(report.chance)
        rows.append(_row("Chance", report.chance, details, recording))
    rows += _gaze_rows(recording)
    longest = max((run.answer.clips for run in comparison.answered), key=len, default=())
    return _lanes(recording, rows, longest)


def lanes_html(lanes: Lanes) -> str:
    """The lanes as HTML, which `LANES_SCRIPT` then brings to life."""
    return macro("lanes.html", "lanes", lanes)


def lanes_template() -> str:
    """The same HTML as a template of JavaScript that the browser fills with `Lanes` as `value`."""
    return macro("lanes.html", "script_template")


def _lanes(recording: Recording, rows: list[Row], clips: Sequence[NamedClip]) -> Lanes:
    return Lanes(
        clips=recording.windows,
        duration_s=recording.duration_s,
        ticks=_ticks(recording),
        rows=rows,
        thumbnails=[clip.thumbnail for clip in clips],
    )


def _expected_of(report: ComparisonReport) -> Expected:
    """The truth where it is known, else the consensus."""
    if report.truth:
        return Expected(report.true_labels, TRUTH_NAME)
    return Expected([vote.label for vote in report.votes], CONSENSUS_NAME)


def _run_row(run: Run, comparison: Comparison, report: ComparisonReport, expected: Expected) -> Row:
    recording, clips = comparison.recording, run.answer.clips if run.answer else ()
    labels = run.answer.smoothed if run.answer and report.smoothed else None
    cells = _clip_cells(recording, clips, labels, expected)
    if not run.failed:
        return Row(name=run.title, cells=cells)
    end = clips[-1].prediction.end_s / recording.duration_s * 100 if clips else 0
    note = _part("lost", end, "stopped" if clips else "no answer")
    return Row(name=run.title, cells=cells[: len(clips)], note=note)


def _row(
    name: str,
    labels: Sequence[str],
    details: Sequence[str],
    recording: Recording,
    expected: Expected = NOTHING_EXPECTED,
) -> Row:
    """A row with a label a clip; there may be fewer labels than clips."""
    cells = [
        _flagged(Cell(label=label, start_s=start_s, end_s=end_s, detail=detail), number, expected)
        for number, (label, detail, (start_s, end_s)) in enumerate(
            zip(labels, details, clip_spans(recording), strict=False)
        )
    ]
    return Row(name=name, cells=[_cell_html(cell, recording) for cell in cells])


def _truth_row(truth: Sequence[Segment], recording: Recording) -> Row:
    cells = [
        Cell(label=each.label, start_s=each.start_s, end_s=each.end_s, detail="the true label")
        for each in truth
    ]
    return Row(name="Truth", cells=[_cell_html(cell, recording) for cell in cells])


def _gaze_rows(recording: Recording) -> list[Row]:
    """When gaze was seen, if the recording has any; gaps too short to be drawn are left out."""
    if recording.gaze is None:
        return []
    end_s, shortest_s = recording.duration_s, recording.duration_s / MOST_GAPS
    gaps = [gap for gap in recording.gaze.gaps(end_s) if gap[1] - gap[0] > shortest_s]
    edges = [0.0, *(edge for gap in gaps for edge in gap), end_s]
    seen = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
    return [Row(name="Gaze", cells=[_part("seen", _place(*each, recording), each) for each in seen])]


def _clip_cells(
    recording: Recording, clips: Sequence[NamedClip], labels: Sequence[str] | None, expected: Expected
) -> list[str]:
    """A cell for each clip that has a label, by default its own; an empty place where there is none yet."""
    labels = [clip.prediction.label for clip in clips] if labels is None else labels
    each_clip = enumerate(zip(clips, labels, strict=True))
    cells = [
        _flagged(_clip_cell(clip, number, label), number, expected) for number, (clip, label) in each_clip
    ]
    return [_cell_html(cell, recording) for cell in cells] + _pending(recording, len(cells))


def _clip_cell(clip: NamedClip, number: int, label: str) -> Cell:
    prediction = clip.prediction
    return Cell(
        label=label,
        start_s=prediction.start_s,
        end_s=prediction.end_s,
        detail=detail(clip, label),
        number=number,
    )


def _flagged(cell: Cell, number: int, expected: Expected) -> Cell:
    """The cell, marked if its label differs from the one that is expected of the clip."""
    label = expected.labels[number] if number < len(expected.labels) else None
    if label in (None, cell.label):
        return cell
    return replace(cell, differs=expected.name, detail=f"{cell.detail} · differs from {expected.name}")


def _pending(recording: Recording, named: int) -> list[str]:
    pending = clip_spans(recording)[named:]
    return [_part("pending", _place(*each, recording)) for each in pending]


@lru_cache(maxsize=10_000)  # a growing answer is drawn anew several times a second, most of it unchanged
def _part(name: str, *values: object) -> str:
    """HTML of one part of a lane."""
    return macro("lanes.html", name, *values)


def _cell_html(cell: Cell, recording: Recording) -> str:
    return _part("cell", cell, _place(cell.start_s, cell.end_s, recording))


def _place(start_s: float, end_s: float, recording: Recording) -> Place:
    whole_s = recording.duration_s
    return Place(start_s / whole_s * 100, (min(end_s, whole_s) - start_s) / whole_s * 100)


def _ticks(recording: Recording) -> list[str]:
    """Marks of time, a few to each screenful of clips."""
    duration_s, most = recording.duration_s, max(TICKS, recording.windows / CLIPS_A_TICK)
    step_s = next((step_s for step_s in TICK_STEPS_S if duration_s / step_s <= most), LONGEST_TICK_STEP_S)
    times_s = range(0, int(duration_s) + 1, step_s)
    return [_part("tick", time_s / duration_s * 100, time_s) for time_s in times_s]
