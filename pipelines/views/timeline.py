"""Lanes over time, one row a model or the truth, a cell a clip: for the page and for a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NotRequired, TypedDict

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import Recording
from pipelines.views import STATIC
from pipelines.views.remarks import detail
from pipelines.views.templates import macro

TICKS, CLIPS_A_TICK = 12, 4  # marks on the time axis: this many, or more where the lanes scroll
TICK_STEPS_S, LONGEST_TICK_STEP_S = (1, 2, 4, 8, 20, 40, 60), 120
LANES_SCRIPT, JUMP_JS = ((STATIC / name).read_text(encoding="utf-8") for name in ("timeline.js", "jump.js"))


class Row(TypedDict):
    """One lane: its name, the HTML of its cells, and HTML that stands behind the last of them.

    The browser does not escape the name: it is a title of this repository, never a text of a user.
    """

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
    differs: bool = False  # from the consensus


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
    rows = [
        Row(name=name, cells=_clip_cells(recording, clips)),
        Row(name="Workflow", cells=_smoothed_cells(recording, answer)),
    ]
    if truth:
        rows.append(_truth_row(truth, recording))
    return _lanes(recording, rows, clips)


def compared_lanes(comparison: Comparison, report: ComparisonReport, chance: bool = False) -> Lanes:
    """Every run, their consensus, the truth if it is known, and a random draw if it is wanted."""
    recording = comparison.recording
    rows = [_run_row(run, comparison, report) for run in comparison.runs]
    if report.votes:
        details = [f"{vote.votes} of {vote.voters} models" for vote in report.votes]
        rows.append(_row("Consensus", [vote.label for vote in report.votes], details, recording))
    if report.truth:
        rows.append(_truth_row(report.truth, recording))
    if chance and report.chance:
        details = [report.chance_source] * len(report.chance)
        rows.append(_row("Chance", report.chance, details, recording))
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


def _run_row(run: Run, comparison: Comparison, report: ComparisonReport) -> Row:
    recording, clips = comparison.recording, run.answer.clips if run.answer else ()
    consensus = [vote.label for vote in report.votes]

    def differs(number: int) -> bool:
        return number < len(consensus) and run.answer.smoothed[number] != consensus[number]

    cells = _clip_cells(recording, clips, differs)
    if not run.failed:
        return Row(name=run.title, cells=cells)
    end = clips[-1].prediction.end_s / recording.duration_s * 100 if clips else 0
    note = _part("lost", end, "stopped" if clips else "no answer")
    return Row(name=run.title, cells=cells[: len(clips)], note=note)


def _row(name: str, labels: Sequence[str], details: Sequence[str], recording: Recording) -> Row:
    """A row with a label a clip; there may be fewer labels than clips."""
    cells = [
        Cell(label=label, start_s=start_s, end_s=end_s, detail=detail)
        for label, detail, (start_s, end_s) in zip(labels, details, clip_spans(recording), strict=False)
    ]
    return Row(name=name, cells=[_cell_html(cell, recording) for cell in cells])


def _truth_row(truth: Sequence[Segment], recording: Recording) -> Row:
    cells = [
        Cell(label=each.label, start_s=each.start_s, end_s=each.end_s, detail="the true label")
        for each in truth
    ]
    return Row(name="Truth", cells=[_cell_html(cell, recording) for cell in cells])


def _clip_cells(
    recording: Recording, clips: Sequence[NamedClip], differs: Callable[[int], bool] = lambda _: False
) -> list[str]:
    """A cell for each clip that has a label, and an empty place for each that has none yet."""
    cells = [_clip_cell(clip, number, differs(number)) for number, clip in enumerate(clips)]
    return [_cell_html(cell, recording) for cell in cells] + _pending(recording, len(cells))


def _clip_cell(clip: NamedClip, number: int, differs: bool) -> Cell:
    prediction = clip.prediction
    return Cell(
        label=prediction.label,
        start_s=prediction.start_s,
        end_s=prediction.end_s,
        detail=detail(clip) + (" · differs from the consensus" if differs else ""),
        number=number,
        differs=differs,
    )


def _smoothed_cells(recording: Recording, answer: Recognition | None) -> list[str]:
    """The same for the labels that the clips have in the workflow."""
    labels = answer.smoothed if answer else ()
    smoothed = "smoothed with its neighbours" if answer and answer.is_smoothed else "the label of the model"
    row = _row("Workflow", labels, [smoothed] * len(labels), recording)
    return row["cells"] + _pending(recording, len(labels))


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
