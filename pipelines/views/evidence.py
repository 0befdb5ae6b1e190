"""What stands beside the answers of a comparison, as HTML: their cost, and the models that gave them."""

from collections import Counter
from dataclasses import dataclass

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.evaluation.published import DOI, RANDOM, TABLE_2, TABLE_3, TABLE_3_CLOCK, below_chance
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.latency import STAGES
from pipelines.views.format import count, f1_by_name, fixed, megabytes, millions, rounded, seconds
from pipelines.views.templates import render
from pipelines.views.workflow import bars

COST = (
    "Cost",
    *STAGES,
    "a clip",
    "× real time",
    "weights",
    "memory",
    "forward pass",
    "Table 3: a clip",
    "Table 3: weights",
)
NOTHING = "–"


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """A model's row: `answers` is "" where there is none, and `failed` says why; F1 here and in the paper."""

    model: str
    tier: str
    published: str
    failed: str = ""
    answers: str = ""
    release: str = NOTHING
    trained_on: str = NOTHING
    shown: str = NOTHING
    measured: str = NOTHING
    note: str = ""  # what to know of that F1


def cost_html(comparison: Comparison) -> str:
    """Latency by stage, size and shared passes of each run, beside the paper's own clock."""
    runs = comparison.answered
    if not runs:
        return ""
    return render(
        "cost.html",
        total_s=comparison.latency.total,
        seen_s=max(run.answer.clips[-1].prediction.end_s for run in runs),
        alone_s=sum(run.answer.latency.total for run in runs),
        forward_passes=comparison.forward_passes,
        models=count(len(runs), "model"),
        stages=bars(comparison.latency),
        heads=COST,
        rows=[(run.title, _cost_cells(run, comparison)) for run in runs],
        doi=DOI,
        clock_of_table_3=TABLE_3_CLOCK,
    )


def _cost_cells(run: Run, comparison: Comparison) -> list[str]:
    latency, about = run.answer.latency, run.about
    timed = TABLE_3.get(run.variant.key)
    return [
        *(seconds(spent_s) if spent_s else NOTHING for spent_s in latency.by_stage().values()),
        seconds(latency.total / run.clips_done),
        rounded(latency.total / run.answer.clips[-1].prediction.end_s),
        NOTHING if about.parameters is None else millions(about.parameters),
        NOTHING if about.memory_bytes is None else megabytes(about.memory_bytes),
        _forward_pass(run, comparison),
        f"{timed.clip_s:.2f} ± {timed.deviation_s:.2f} s" if timed else NOTHING,
        timed.parameters if timed else NOTHING,
    ]


def _forward_pass(run: Run, comparison: Comparison) -> str:
    """The models that share a run's forward pass, if any does."""
    others = [
        other.title
        for other in comparison.answered
        if other is not run and other.about.forward_pass == run.about.forward_pass
    ]
    return f"with {', '.join(others)}" if others else "its own"


def evidence_html(comparison: Comparison, report: ComparisonReport) -> str:
    """Each model's release, training data, encoding, and its F1 measured here and in the paper."""
    labels, source = comparison.labels, report.chance_source
    return render(
        "evidence.html",
        rows=[_evidence(run, comparison) for run in comparison.runs],
        labels=labels.title,
        chance_f1=TABLE_2[labels.key][RANDOM].f1,
        chance=f"A lane of labels {source}." if report.chance else f"No lane of random labels: {source}",
    )


def _evidence(run: Run, comparison: Comparison) -> EvidenceRow:
    key, labels = run.variant.key, comparison.labels.key
    below = " ▼ below chance in the paper" if below_chance(key, labels) else ""
    published = fixed(TABLE_2[labels][key].f1, 2) + below
    if run.answer is None:
        return EvidenceRow(model=run.title, tier=comparison.tier, published=published, failed=run.failed)
    release = run.answer.release
    revision = f" @ {release.weights.revision[:8]}" if release.weights.revision else ""
    return EvidenceRow(
        model=run.title,
        tier=release.tier,
        published=published,
        failed=run.failed,
        answers=f"{run.clips_done} of {run.answer.total}",
        release=release.weights.name + revision,
        trained_on=run.about.trained_on or NOTHING,
        shown=_shown(run, comparison),
        measured=f1_by_name(run.about.measured_f1) or "not measured",
        note=run.about.zero_shot_note,
    )


def _shown(run: Run, comparison: Comparison) -> str:
    """The encodings that the model was shown, and why they are not the one that was asked for."""
    clips = Counter(clip.encoding for clip in run.answer.clips)
    shown = ", ".join(
        f"{encoding.title} ({encoding.name})" + (f" on {number} clips" if len(clips) > 1 else "")
        for encoding, number in clips.items()
    )
    if shown and run.answer.encoding != comparison.encoding:
        shown += f"; has no release for {comparison.encoding.name}"
    return shown or NOTHING
