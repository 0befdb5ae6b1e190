"""A result as plain text, for a person at a terminal."""

from collections.abc import Sequence

from pipelines.evaluation.comparison_report import CONSENSUS, ComparisonReport
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.workflow import Workflow
from pipelines.recordings.health import GazeHealth, gaze_sentence
from pipelines.recordings.offset import OffsetEstimate
from pipelines.recordings.recording import Recording
from pipelines.views.format import TITLES, clock, count_clips, score_of, seconds, span
from pipelines.views.remarks import remarks
from zoo.hub.download import fetch
from zoo.releases import trained_on

MOST_GAPS = 5  # that a summary lists


def summarise_recognition(answer: Recognition) -> str:
    """The workflow, the clips, the latency, what is to be remarked, and which model answered."""
    release = answer.release
    origin = trained_on(release, fetch(release.weights))
    model = f"{release.variant.title} ({release.weights.name}, {release.tier} tier)"
    blocks = [
        [
            _recording_line(answer.recording, len(answer.clips)),
            *_notes(answer.recording),
            f"Answered by {model}, encoding {answer.encoding.name} ({answer.encoding.title})."
            + (f" It learnt from {origin}." if origin else ""),
        ],
        ["Workflow", *_steps(answer.workflow)],
        ["Clips", *_clips(answer)],
        _latency(answer.latency, answer.clips[-1].prediction.end_s if answer.clips else 0.0),
        remarks(answer),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def summarise_comparison(comparison: Comparison, report: ComparisonReport) -> str:
    """The workflow of every model and of their consensus, and the latency."""
    blocks = [
        [
            _recording_line(comparison.recording, comparison.total),
            *_notes(comparison.recording),
            f"Encoding {comparison.encoding.name} ({comparison.encoding.title}), {comparison.tier} tier.",
        ],
        *(_run(run, report) for run in comparison.runs),
        _consensus(report),
        _latency(comparison.latency, comparison.recording.duration_s),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def summarise_gaze(health: GazeHealth, offset: OffsetEstimate | None = None) -> str:
    """The verdict first, then the figures, the longest gaps, the offset and what was assumed."""
    longest = sorted(health.gaps, key=lambda gap: gap[0] - gap[1])[:MOST_GAPS]
    gaps = [f"  {start_s:.1f} s to {end_s:.1f} s" for start_s, end_s in sorted(longest)]
    if more := len(health.gaps) - len(longest):
        gaps.append(f"  and {more} shorter")
    blocks = [
        [health.verdict],
        _gaze_figures(health),
        ["Gaps", *gaps] if gaps else [],
        ["Offset", f"  {offset.sentence}"] if offset else [],
        ["Notes", *(f"  {each}" for each in health.notes)] if health.notes else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _gaze_figures(health: GazeHealth) -> list[str]:
    figures = [("Format", health.source)]
    if health.unit:
        figures.append(("Points", f"{health.unit} from the {health.origin}"))
    rate = f", {health.rate_hz:.3g} Hz" if health.rate_hz else ""
    figures += [
        ("Samples", f"{health.samples}{rate}, from {health.start_s:.2f} s to {health.end_s:.2f} s"),
        ("Seen", f"{health.seen:.1%} of the samples"),
        ("Off the frame", f"{health.off_frame:.1%} of the points"),
        ("Times backward", str(health.backward_times)),
    ]
    if health.coverage is not None:
        figures.append(("Coverage", f"{health.coverage:.1%} of the video's frames"))
        figures.append(("Overlap", f"{health.overlap:.1%} of the video's time"))
    return _aligned(figures)


def _recording_line(recording: Recording, clips: int) -> str:
    return (
        f"{recording.name}: {clock(recording.duration_s)}, {count_clips(clips)}, {gaze_sentence(recording)}."
    )


def _notes(recording: Recording) -> tuple[str, ...]:
    """What was assumed of the video and of the gaze."""
    return (*recording.notes, *(recording.gaze.notes if recording.gaze else ()))


def _steps(workflow: Workflow) -> list[str]:
    steps = [(span(each.start_s, each.end_s), _title(each.activity)) for each in workflow.steps]
    numbered = [(f"{number}.", *step) for number, step in enumerate(steps, 1)]
    return _aligned(numbered) or ["  No step."]


def _clips(answer: Recognition) -> list[str]:
    rows = []
    for clip, smoothed in zip(answer.clips, answer.smoothed, strict=True):
        prediction, score = clip.prediction, score_of(clip)
        rows.append(
            (
                span(prediction.start_s, prediction.end_s),
                _title(prediction.label),
                "" if score is None else f"{score:.2f}",
                f"in the workflow {_title(smoothed)}" if smoothed != prediction.label else "",
            )
        )
    return _aligned(rows)


def _run(run: Run, report: ComparisonReport) -> list[str]:
    if run.answer is None or run.failed:
        return [run.title, f"  {run.failed}"]
    head = [run.title, f"encoding {run.answer.encoding.name}"]
    head += [f"learnt from {run.about.trained_on}"] if run.about.trained_on else []
    head += [f"F1 {scores.f1:.2f} here"] if (scores := report.scores.get(run.key)) else []
    return [", ".join(head), *_steps(run.answer.workflow)]


def _consensus(report: ComparisonReport) -> list[str]:
    if CONSENSUS not in report.workflows:
        return []
    disputed = f"{len(report.worth_a_look)} of {count_clips(len(report.votes))}"
    return [f"Consensus; the models disagree on {disputed}", *_steps(report.workflows[CONSENSUS])]


def _latency(latency: Latency, video_s: float) -> list[str]:
    total_s = latency.total
    if not total_s or not video_s:
        return []
    spent = {stage: spent_s for stage, spent_s in latency.by_stage().items() if spent_s}
    stages = ", ".join(f"{stage} {seconds(spent_s)}" for stage, spent_s in spent.items())
    return [f"Latency {seconds(total_s)}, {total_s / video_s:.2g} × real time: {stages}."]


def _title(activity: str) -> str:
    return TITLES.get(activity, activity)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines whose columns start below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        ("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
