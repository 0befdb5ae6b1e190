"""Lanes over time, one row a model or the truth, a cell a clip: for the page and for a report."""

from collections.abc import Callable, Sequence
from html import escape

from pipelines.evaluation.comparison_report import ComparisonReport, clip_spans
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import NamedClip, Recognition
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import Recording
from pipelines.views import STATIC
from pipelines.views.colours import COLOURS, css_class
from pipelines.views.format import TITLES, clock, detail, span

TICKS, CLIPS_A_TICK = 12, 4  # marks on the time axis: this many, or more where the lanes scroll
LANES_SCRIPT = (STATIC / "timeline.js").read_text(encoding="utf-8")
EMPTY = {"clips": 0, "duration_s": 1, "ticks": [], "rows": [], "thumbnails": []}


def lanes_of(recording: Recording | None, answer: Recognition | None, truth: Sequence[Segment] = ()) -> dict:
    """One model's answer, its labels in the workflow, the truth: marks of time, rows of cells, pictures.

    Each picture is sent once.  The same rows stand there from the first clip to the last: the page is told
    of what is new, and a row that came or went in between would be taken for another.
    """
    if recording is None:
        return EMPTY
    clips = answer.clips if answer else ()
    name = answer.release.variant.title if answer else "Clips"
    rows = [
        {"name": name, "cells": _clip_cells(recording, clips)},
        {"name": "Workflow", "cells": _settled_cells(recording, answer)},
    ]
    if truth:
        rows.append(_row("Truth", truth, "the true label", recording))
    return _lanes(recording, rows, clips)


def compared_lanes(comparison: Comparison, report: ComparisonReport, chance: bool = False) -> dict:
    """Every run, their consensus, the truth if it is known, and a random draw if it is wanted."""
    recording, spans = comparison.recording, clip_spans(comparison.recording)
    rows = [_run_row(run, comparison, report) for run in comparison.runs]
    if report.votes:
        segments = [Segment(vote.label, *place) for vote, place in zip(report.votes, spans, strict=False)]
        told = [f"{vote.votes} of {vote.voters} models" for vote in report.votes]
        rows.append(_row("Consensus", segments, told, recording))
    if report.truth:
        rows.append(_row("Truth", report.truth, "the true label", recording))
    if chance and report.chance:
        segments = [Segment(label, *place) for label, place in zip(report.chance, spans, strict=True)]
        rows.append(_row("Chance", segments, report.chance_source, recording))
    longest = max((run.answer.clips for run in comparison.answered), key=len, default=())
    return _lanes(recording, rows, longest)


def lanes_html(lanes: dict) -> str:
    """The lanes as HTML, which the script then brings to life."""
    rows = "".join(
        _row_html(row["name"], "".join(row["cells"]), row.get("note", "")) for row in lanes["rows"]
    )
    empty = "" if lanes["rows"] else "No clips yet."
    return _frame_html(lanes["clips"], "".join(lanes["ticks"]), rows, empty)


def lanes_template() -> str:
    """The same as a template of JavaScript, filled by `value`: so that only what is new need be sent."""
    row = _row_html("${row.name}", "${row.cells.join('')}", "${row.note || ''}")
    empty = "${value.rows.length ? '' : 'No clips yet.'}"
    return _frame_html(
        "${value.clips}", "${value.ticks.join('')}", f"${{value.rows.map(row => `{row}`).join('')}}", empty
    )


def _frame_html(clips: object, ticks: str, rows: str, empty: str) -> str:
    return (
        f'<div class="lanes" style="--clips:{clips}"><div class="scroll">'
        f'<div class="lane axis"><span class="name"></span><div class="track">{ticks}</div></div>{rows}</div>'
        f'<div class="readout" aria-hidden="true">{empty}</div></div>'
    )


def _row_html(name: str, cells: str, note: str) -> str:
    return (
        f'<div class="lane" role="group" aria-label="{name}"><span class="name">{name}</span>'
        f'<div class="track">{cells}{note}<i class="now"></i></div></div>'
    )


def _lanes(recording: Recording, rows: list[dict], clips: Sequence[NamedClip]) -> dict:
    size = {"clips": recording.windows, "duration_s": recording.duration_s}
    return {
        **size,
        "ticks": _ticks(recording),
        "rows": rows,
        "thumbnails": [clip.thumbnail for clip in clips],
    }


def _run_row(run: Run, comparison: Comparison, report: ComparisonReport) -> dict:
    recording, clips = comparison.recording, run.answer.clips if run.answer else ()
    agreed = [vote.label for vote in report.votes]

    def differs(number: int) -> str:
        other = number < len(agreed) and run.answer.smoothed[number] != agreed[number]
        return " differs" if other else ""

    if not run.failed:
        return {"name": run.variant.title, "cells": _clip_cells(recording, clips, differs)}
    cells = [_clip_cell(clip, number, recording, differs(number)) for number, clip in enumerate(clips)]
    at = clips[-1].prediction.end_s / recording.duration_s * 100 if clips else 0
    note = f'<span class="lost" style="left:{at:.3f}%">{"stopped" if clips else "no answer"}</span>'
    return {"name": run.variant.title, "cells": cells, "note": note}


def _row(name: str, segments: Sequence[Segment], told: str | Sequence[str], recording: Recording) -> dict:
    details = [told] * len(segments) if isinstance(told, str) else told
    cells = [
        _cell(segment.label, segment.start_s, segment.end_s, recording, each)
        for segment, each in zip(segments, details, strict=True)
    ]
    return {"name": name, "cells": cells}


def _clip_cells(
    recording: Recording, clips: Sequence[NamedClip], mark: Callable[[int], str] = lambda _: ""
) -> list[str]:
    """A cell for each clip that is named, and an empty place for each that is not yet."""
    cells = [_clip_cell(clip, number, recording, mark(number)) for number, clip in enumerate(clips)]
    return cells + _pending(recording, len(cells))


def _settled_cells(recording: Recording, answer: Recognition | None) -> list[str]:
    """The same for the labels that the clips have in the workflow."""
    smoothed = answer.smoothed if answer else ()
    told = "weighed with the clips around it" if answer and answer.is_smoothed else "as the model named it"
    cells = [
        _cell(label, *place, recording, told)
        for label, place in zip(smoothed, clip_spans(recording), strict=False)
    ]
    return cells + _pending(recording, len(cells))


def _pending(recording: Recording, done: int) -> list[str]:
    pending = clip_spans(recording)[done:]
    return [f'<span class="pending" style="{_place(*each, recording)}"></span>' for each in pending]


def _clip_cell(clip: NamedClip, number: int, recording: Recording, mark: str) -> str:
    said = clip.prediction
    told = detail(clip) + (" · differs from the consensus" if mark else "")
    return _cell(said.label, said.start_s, said.end_s, recording, told, number, mark)


def _cell(
    label: str,
    start_s: float,
    end_s: float,
    recording: Recording,
    told: str,
    number: int | str = "",
    mark: str = "",
) -> str:
    title, when, told = escape(TITLES[label]), span(start_s, end_s), escape(told)
    return (
        f'<button type="button" class="cell {css_class(label)}{mark}" data-clip="{number}" '
        f'data-at="{start_s:.3f}" data-title="{title}" data-span="{when}" data-detail="{told}" '
        f'style="{_place(start_s, end_s, recording)}" tabindex="-1" '
        f'aria-label="{when}, {title}, {told}">{COLOURS[label].initials}</button>'
    )


def _place(start_s: float, end_s: float, recording: Recording) -> str:
    whole_s = recording.duration_s
    return f"left:{start_s / whole_s * 100:.3f}%;width:{(min(end_s, whole_s) - start_s) / whole_s * 100:.3f}%"


def _ticks(recording: Recording) -> list[str]:
    """Marks of time, a few to each screenful of clips."""
    duration_s, most = recording.duration_s, max(TICKS, recording.windows / CLIPS_A_TICK)
    step_s = next((s for s in (1, 2, 4, 8, 20, 40, 60) if duration_s / s <= most), 120)
    times = range(0, int(duration_s) + 1, step_s)
    return [f'<span style="left:{t / duration_s * 100:.3f}%">{clock(t)}</span>' for t in times]
